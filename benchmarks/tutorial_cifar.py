"""How soon the tutorial's network, with our recipe, is better than the tutorial's own program ever gets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from benchmarks.cifar import MISSING, archive, passed, shown, train
from benchmarks.report import Check, Section
from benchmarks.text_learning import ROOT, Learnt

HOW = (
    "All train the network of the PyTorch tutorial “Training a Classifier” on 50,000 pictures and are tested on 5,000. "
    "The rival is the tutorial's program: batches of 4 from a `DataLoader` with two worker processes, two epochs of "
    "SGD, on all cores; its seconds are those of its training loop. Trainyard's are those since the first step, "
    "validation on a tenth of the training pictures included, until an epoch ends with a validation accuracy above the "
    "rival's test accuracy. Decoding the pictures once, before, is in neither; the rival decodes them in each epoch."
)
HEADER = ("Side", "Threads", "Above the tutorial after, s", "All, s", "Test accuracy", "After each epoch, %")
LEAST_TIMES = 15.0
LEAST_ACCURACY = 0.64
LEAST_TUTORIAL = 0.53


def measure() -> Section:
    """The tutorial's program, then Trainyard with the tutorial's recipe and with its own."""
    pictures = archive()
    if pictures is None:
        return Section("tutorial_cifar", "The tutorial's network on CIFAR-10", HOW, HEADER, [], [], [MISSING])
    theirs = rival(pictures)
    preset = train("cifar_cnn", pictures, "--preset", "tutorial")
    ours = train("cifar_cnn", pictures)
    every_core = train("cifar_cnn", pictures, "--threads", str(os.cpu_count() or 1))
    goal = theirs["accuracy"]
    rows = [
        ("The tutorial's program", str(theirs["threads"]), "", f"{theirs['seconds']:.1f}", f"{goal:.4f}", ""),
        row("Trainyard, its preset “tutorial”", "default", preset, goal),
        row("Trainyard, its own recipe", "default", ours, goal),
        row("Trainyard, its own recipe", "all cores", every_core, goal),
    ]
    checks = [
        Check("Test accuracy of the preset “tutorial”", preset.summary["test_accuracy"], LEAST_TUTORIAL, at_least=True),
        Check("The tutorial's time over ours until we are above it", times(theirs, ours), LEAST_TIMES, at_least=True),
        Check("The same, on all cores", times(theirs, every_core), LEAST_TIMES, at_least=True),
        Check("Test accuracy of our recipe", ours.summary["test_accuracy"], LEAST_ACCURACY, at_least=True),
    ]
    return Section("tutorial_cifar", "The tutorial's network on CIFAR-10", HOW, HEADER, rows, checks, [])


def rival(pictures: Path) -> dict[str, Any]:
    """Seconds, test accuracy and threads of the tutorial's program, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(pictures) as packed:
            packed.extractall(folder)
        root = next(path.parent for path in sorted(Path(folder).rglob("train")) if path.is_dir())
        command = [sys.executable, "-m", "benchmarks.tutorial_script", str(root)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(side: str, threads: str, learnt: Learnt, goal: float) -> tuple[str, ...]:
    """One line of the table."""
    curve = learnt.curve("accuracy")
    above = passed(curve, goal)
    summary = learnt.summary
    cells = (f"{above[0]:.1f}" if above else "never", f"{summary['seconds']:.1f}", f"{summary['test_accuracy']:.4f}")
    return (side, threads, *cells, shown(curve))


def times(theirs: dict[str, Any], ours: Learnt) -> float:
    """How many times as long as we needed to be above it the tutorial's program took; 0 where we never were."""
    above = passed(ours.curve("accuracy"), theirs["accuracy"])
    seconds: float = theirs["seconds"]
    return seconds / above[0] if above else 0.0
