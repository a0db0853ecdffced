"""Earlier runs, for views that compare: read from the run store, each folder once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.config import ConfigError, validated
from core.run_config import RunConfig
from core.runs import Run, RunNotFound, RunStore

MOST_RUNS = 200
"""Of a data set's runs only the newest are looked at: views are computed while the training waits."""


@dataclass(frozen=True)
class PastRun:
    """A finished run: what was asked for, and what it ended with ("test_accuracy", "val_loss", "seconds", ...)."""

    id: str
    config: RunConfig
    results: Mapping[str, Any]


class PastRuns:
    """The finished runs below a folder; None: there are none."""

    def __init__(self, folder: Path | None) -> None:
        self._store = RunStore(folder) if folder else None
        self._known: dict[str, PastRun | None] = {}

    def on(self, data: str) -> Sequence[PastRun]:
        """Those on the data set with this id, newest first; a damaged one is passed over. Some 0.5 ms a new run."""
        if self._store is None:
            return ()
        # The name only narrows the search: another data set's id may hold this one.
        names = sorted((path.name for path in self._store.folders() if f"-{data}-" in path.name), reverse=True)
        found = [self._look_up(self._store.folder / name) for name in names[:MOST_RUNS]]
        return [run for run in found if run is not None and run.config.data == data]

    def _look_up(self, folder: Path) -> PastRun | None:
        if folder.name not in self._known:
            run = Run(folder)
            try:
                summary = run.summary()
                if summary.state in ("running", "interrupted"):
                    return None  # it may be finished the next time
                config = validated(RunConfig, run.asked()["config"])
            except (RunNotFound, ConfigError):
                self._known[folder.name] = None
            else:
                past = PastRun(run.id, config, summary.summary) if summary.state == "finished" else None
                self._known[folder.name] = past
        return self._known[folder.name]
