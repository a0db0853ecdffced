"""What the benchmarks on CIFAR-10 share: where the pictures are, and a run on the command line with its curve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.text_learning import ROOT, Learnt

MISSING = "Left out: `TRAINYARD_DATA` is not set, or its folder has no `cifar10.zip`."


def archive() -> Path | None:
    """The pictures, in the folders ``train/CLASS`` and ``test/CLASS`` of a .zip; None where there are none."""
    folder = os.environ.get("TRAINYARD_DATA")
    path = Path(folder) / "cifar10.zip" if folder else None
    return path if path is not None and path.is_file() else None


def train(network: str, pictures: Path, *options: str) -> Learnt:
    """A run on the command line, in the benchmark's own home; its clock starts when the pictures are decoded."""
    command = [sys.executable, "main.py", "train", network, "--data", "image-folder", "--set", f"path={pictures}"]
    done = subprocess.run([*command, *options, "--json"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    summary = json.loads(done.stdout.splitlines()[-1])
    record = Path(os.environ["TRAINYARD_HOME"]) / "runs" / summary["run"] / "events.jsonl"
    return Learnt(summary, [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()])


def passed(curve: list[tuple[float, float]], goal: float) -> tuple[float, float] | None:
    """Seconds and accuracy at the end of the first epoch that is above ``goal``; None where none is."""
    return next(((seconds, accuracy) for seconds, accuracy in curve if accuracy > goal), None)


def shown(curve: list[tuple[float, float]]) -> str:
    """The accuracies after each epoch in percent."""
    return " ".join(f"{100 * accuracy:.1f}" for _, accuracy in curve)
