"""A log for TensorBoard while a run goes on; off unless the variable ``TRAINYARD_TENSORBOARD`` names a folder.

Each run gets a folder of its own in it: ``tensorboard --logdir FOLDER`` shows them side by side.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.api import Callback, EpochEnded, RunConfig, RunEnded, RunStarted, StepsLogged, hookimpl

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

VARIABLE = "TRAINYARD_TENSORBOARD"


class TensorBoardLog(Callback):
    """Writes train/…, val/… and the learning rate into ``folder``/<the run's id>."""

    def __init__(self, folder: Path, config: RunConfig) -> None:
        self._folder, self._config = folder, config
        self._writer: SummaryWriter | None = None

    def on_start(self, event: RunStarted) -> None:
        """Open the file; importing TensorBoard takes a second."""
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(self._folder / (event.run or "run")), max_queue=1000, flush_secs=10)
        rows = (f"| {name} | {value} |" for name, value in self._config.model_dump().items())
        self._writer.add_text("settings", "\n".join(["| setting | value |", "| --- | --- |", *rows]))

    def on_steps(self, event: StepsLogged) -> None:
        """Every step's numbers."""
        names = {f"train/{name}": values.tolist() for name, values in event.metrics.items()}
        for at, rate in enumerate(event.lr.tolist()):
            step = event.first_step + at
            self._add({name: values[at] for name, values in names.items()}, step)
            self._add({"lr": rate}, step)

    def on_epoch(self, event: EpochEnded) -> None:
        """What validation gave."""
        self._add({f"val/{name}": value for name, value in event.validation.items()}, event.step)

    def on_end(self, event: RunEnded) -> None:
        """Close the file: its writer has a thread of its own."""
        if self._writer is not None:
            results = {name: value for name, value in event.summary.items() if name.startswith("test_")}
            self._add({f"test/{name.removeprefix('test_')}": float(str(v)) for name, v in results.items()}, event.step)
            self._writer.close()
            self._writer = None

    def _add(self, values: Mapping[str, float], step: int) -> None:
        if self._writer is not None:
            for name, value in values.items():
                self._writer.add_scalar(name, value, step)


@hookimpl
def make_callbacks(run: RunConfig) -> list[Callback]:
    """A log, where somebody asked for one."""
    folder = os.environ.get(VARIABLE, "").strip()
    return [TensorBoardLog(Path(folder).expanduser(), run)] if folder else []
