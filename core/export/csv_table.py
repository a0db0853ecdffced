"""Every step's numbers as a table for spreadsheets."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from core.export.request import Request
from core.history import RunCurves, read_curves

TOLD_EVERY = 10_000


def write(request: Request, path: Path) -> None:
    """A row a step: number, epoch, seconds of training, metrics; validation stands in the row that ends an epoch."""
    curves = read_curves(request.run)
    names = sorted(curves.metrics)
    at_step = validation_by_step(curves)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["step", "epoch", "seconds", *names, *(f"val_{name}" for name in curves.validation)])
        for row, step in enumerate(curves.steps.astype(np.int64).tolist()):
            if row % TOLD_EVERY == 0:
                request.progress(row, len(curves.steps), "Writing the numbers")
            measured = (curves.metrics[name][row] for name in names)
            validated = (at_step.get(step, {}).get(name, math.nan) for name in curves.validation)
            shown = (curves.epochs[row], curves.seconds[row], *measured, *validated)
            table.writerow([step, *map(_text, shown)])


def validation_by_step(curves: RunCurves) -> dict[int, dict[str, float]]:
    """What validation gave, by the step after which it was."""
    found: dict[int, dict[str, float]] = {}
    for name, (steps, _, _, values) in curves.validation.items():
        for step, value in zip(steps.astype(np.int64).tolist(), values.tolist(), strict=True):
            found.setdefault(step, {})[name] = value
    return found


def _text(number: float) -> str:
    """Nothing where there is no number: spreadsheets would take "nan" for a word."""
    return f"{number:.9g}" if math.isfinite(number) else ""
