"""A run's curves as an event file for TensorBoard."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.export.csv_table import validation_by_step
from core.export.request import Request
from core.history import read_curves
from core.history.lines import flat_settings
from core.outputs import OutputError

FILE = "events.out.tfevents.0.trainyard"
"""TensorBoard looks for "tfevents"; its own names would hold the name of the computer."""
TOLD_EVERY = 5_000


def write(request: Request, path: Path) -> None:
    """One event file in the folder ``path``: train/…, val/…, the learning rate, and the settings as a text."""
    from torch.utils.tensorboard import SummaryWriter

    with tempfile.TemporaryDirectory(dir=path) as folder:
        writer = SummaryWriter(folder, max_queue=1000)
        try:
            writer.add_text("settings", _settings(request))
            for name, value, step, wall_time in _scalars(request):
                writer.add_scalar(name, value, step, wall_time)
        finally:
            writer.close()
        files = list(Path(folder).iterdir())
        if len(files) != 1:
            raise OutputError("TensorBoard's writer left no file: is the disk full?")
        files[0].replace(path / FILE)


def _scalars(request: Request) -> Iterator[tuple[str, float, int, float]]:
    curves, began = read_curves(request.run), request.run.summary().created
    validation = validation_by_step(curves)
    columns = {("lr" if name == "lr" else f"train/{name}"): values.tolist() for name, values in curves.metrics.items()}
    times = (curves.seconds + began).tolist()
    for row, step in enumerate(map(int, curves.steps.tolist())):
        if row % TOLD_EVERY == 0:
            request.progress(row, len(times), "Writing for TensorBoard")
        for name, values in columns.items():
            if math.isfinite(values[row]):
                yield name, values[row], step, times[row]
        for name, value in validation.get(step, {}).items():
            if math.isfinite(value):
                yield f"val/{name}", value, step, times[row]


def _settings(request: Request) -> str:
    """As a table in Markdown."""
    rows = flat_settings(request.run.asked()["config"]).items()
    return "\n".join(["| setting | value |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])
