"""Steps per second of the trainer over those of a bare PyTorch loop that is fed the same batches."""

from __future__ import annotations

import os
from dataclasses import dataclass

from benchmarks.report import Check, Section, spread

HOW = (
    "Both sides train the same network with the same optimizer and schedule on the same batches, in turns of some "
    "hundred steps, on the same thread. The trainer does all that it does in real life: every step's loss and "
    "accuracy, safe points, the record and the checkpoints on disk. The bare loop is forward, backward, update and "
    "schedule, and nothing else. With the window open, the trainer's turns have its curves and views drawn "
    "meanwhile; before the bare loop's turns the window comes to rest. In brackets: quartiles of the turns' ratios. "
    "Where both sides get the same batches, they are checked to end in the same weights, bit for bit."
)
HEADER = ("Case", "Ratio", "Trainer, steps/s", "Bare loop, steps/s", "n", "With validation, ratio")


@dataclass(frozen=True)
class Case:
    """One comparison; ``least``: the ratio that it should reach, where there is one."""

    title: str
    data: str
    epochs: int
    window: bool = False
    loader: bool = False
    steps: int = 100
    least: float | None = None


CASES = (
    Case("digits, no window", "digits", 100, least=0.95),
    Case("digits, window open and plotting", "digits", 120, window=True, steps=300, least=0.85),
    Case("digits, no window, nothing varied, rival fed by a DataLoader", "digits", 60, loader=True),
    Case("MNIST, no window", "mnist", 3, least=0.95),
    Case("MNIST, window open and plotting", "mnist", 5, window=True, steps=300, least=0.85),
)


def measure() -> Section:
    """Run the cases; those of MNIST only where ``TRAINYARD_DATA`` says where it is."""
    there = bool(os.environ.get("TRAINYARD_DATA"))
    cases = [case for case in CASES if there or case.data != "mnist"]
    rows, checks = [], []
    for case in cases:
        row, ratio = _row(case)
        rows.append(row)
        if case.least is not None:
            checks.append(Check(f"LeNet on {case.title}", ratio, case.least, at_least=True))
    notes = [] if there else ["MNIST was left out: `TRAINYARD_DATA` is not set."]
    return Section("training_speed", "Training speed", HOW, HEADER, rows, checks, notes)


def _row(case: Case) -> tuple[tuple[str, ...], float]:
    import statistics

    from benchmarks.training_runs import in_the_window, without_window

    duel = (in_the_window if case.window else without_window)(case.data, case.epochs, case.steps, loader=case.loader)
    ratios = duel.ratios()
    ours, theirs = duel.speeds()
    cells = (f"LeNet on {case.title}", spread(ratios, 3), f"{ours:,.0f}", f"{theirs:,.0f}", str(len(ratios)))
    return (*cells, spread(duel.ratios(with_validation=True), 3)), statistics.median(ratios)
