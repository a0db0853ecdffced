"""How well the recurrent networks with all defaults foresee text, how fast they learn it, and what they remember."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import Check, Section

HOW = (
    "`python main.py train lstm --data tiny-shakespeare --json` and the like, with all defaults, seed 0. "
    "The loss is in nats a character, on the last tenth of the text, after each epoch; the seconds are those since "
    "the first step, validation and samples included. "
    "On `long-memory` the accuracy is that of the answer, over a gap of 50; guessing gets 0.25."
)
HEADER = ("Network", "Data", "Result", "Training, s", "After each epoch")
ROOT = Path(__file__).parent.parent
SHAKESPEARE, MEMORY, HELLO = "tiny-shakespeare", "long-memory", "hello"
MOST = {"lstm": 1.52, "char_rnn": 1.70}
EARLY_S, MOST_EARLY = 120.0, 1.60
SAMPLES = 3


@dataclass(frozen=True)
class Learnt:
    """A run: what it printed last, and what it recorded."""

    summary: dict[str, Any]
    events: list[dict[str, Any]]

    def curve(self, name: str) -> list[tuple[float, float]]:
        """Seconds since the first step, and that validation metric, epoch by epoch."""
        began = next(event["time"] for event in self.events if event["event"] == "RunStarted")
        ends = [event for event in self.events if event["event"] == "EpochEnded"]
        return [(event["time"] - began, event["validation"][name]) for event in ends]

    def samples(self) -> list[tuple[int, str]]:
        """What it wrote after the first, the middle and the last epoch."""
        written = [(event["epoch"], event["text"]) for event in self.events if event["event"] == "TextSampled"]
        return [written[round(index * (len(written) - 1) / (SAMPLES - 1))] for index in range(SAMPLES)]


def measure() -> Section:
    """Train each network on each; Shakespeare only where ``TRAINYARD_DATA`` says where it is."""
    there = bool(os.environ.get("TRAINYARD_DATA"))
    rows: list[tuple[str, ...]] = []
    checks: list[Check] = []
    notes = [] if there else ["Tiny Shakespeare was left out: `TRAINYARD_DATA` is not set."]
    for network in ("lstm", "char_rnn"):
        for data in (HELLO, MEMORY, *([SHAKESPEARE] if there else [])):
            learnt = train(network, data)
            rows.append(row(network, data, learnt))
            checks += checks_of(network, data, learnt)
            if data == SHAKESPEARE:
                notes += [f"{network} after epoch {epoch}: `{json.dumps(text)}`" for epoch, text in learnt.samples()]
    return Section("text_learning", "Learning to write", HOW, HEADER, rows, checks, notes)


def train(network: str, data: str) -> Learnt:
    """A run on the command line, in the benchmark's own home."""
    command = [sys.executable, "main.py", "train", network, "--data", data, "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    summary = json.loads(done.stdout.splitlines()[-1])
    record = Path(os.environ["TRAINYARD_HOME"]) / "runs" / summary["run"] / "events.jsonl"
    return Learnt(summary, [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()])


def row(network: str, data: str, learnt: Learnt) -> tuple[str, ...]:
    """One line of the table."""
    name = "accuracy" if data == MEMORY else "loss"
    curve = " ".join(f"{value:.3f}" for _, value in learnt.curve(name))
    return network, data, f"{name} {learnt.summary[f'val_{name}']:.3f}", f"{learnt.summary['seconds']:.1f}", curve


def checks_of(network: str, data: str, learnt: Learnt) -> list[Check]:
    """What should hold of that run."""
    summary, where = learnt.summary, f"{network} on {data}"
    if data == HELLO:
        return [Check(f"{where}, training", summary["seconds"], 5.0, at_least=False, unit="s")]
    if data == MEMORY:
        limit, at_least = (0.95, True) if network == "lstm" else (0.6, False)
        return [Check(f"{where}, accuracy", summary["val_accuracy"], limit, at_least=at_least)]
    checks = [Check(f"{where}, loss", summary["val_loss"], MOST[network], at_least=False)]
    if network == "lstm":
        early = [loss for seconds, loss in learnt.curve("loss") if seconds <= EARLY_S]
        checks.append(Check(f"{where}, loss within 120 s", min(early, default=9.0), MOST_EARLY, at_least=False))
    return checks
