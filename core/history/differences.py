"""How runs differ: the settings that are not the same in all of them, and what they reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.history.lines import RunLine

REACHED = ("test_accuracy", "test_loss", "val_accuracy", "val_loss", "train_loss", "epochs", "steps", "seconds")
MISSING = ""


@dataclass(frozen=True)
class Differences:
    """A table: a row a run. ``settings`` and ``results`` name the columns; a cell that a run lacks is ""."""

    settings: tuple[str, ...]
    results: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, settings first."""
        return (*self.settings, *self.results)


def differences(lines: Sequence[RunLine]) -> Differences:
    """Just the settings in which these runs differ, and their results; of one run, its results alone."""
    names = dict.fromkeys(name for line in lines for name in line.settings)
    differing = tuple(name for name in names if len({repr(line.settings.get(name, MISSING)) for line in lines}) > 1)
    reached = tuple(name for name in REACHED if any(name in line.summary for line in lines))
    rows = tuple(
        (
            *(line.settings.get(name, MISSING) for name in differing),
            *(line.summary.get(name, MISSING) for name in reached),
        )
        for line in lines
    )
    return Differences(differing, reached, rows)
