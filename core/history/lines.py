"""A run as the list of runs shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.history.notes import RunNotes, read_notes
from core.runs import Run, RunSummary

TAIL_BYTES = 1 << 16


@dataclass(frozen=True)
class RunLine(RunSummary):
    """A run's summary with all that was asked of it, under names as ``--set`` takes them, and what people wrote.

    ``summary`` of a run that has not ended holds what its newest epoch gave.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: RunNotes = field(default_factory=RunNotes)

    @property
    def title(self) -> str:
        """The name that a person gave the run, else its id."""
        return self.notes.name or self.id


def line_of(run: Run) -> RunLine:
    """All that the list of runs shows of one.

    Raises:
        RunNotFound: where its ``run.json`` cannot be read.
    """
    known = run.summary()
    results = known.summary or _newest_epoch(run.folder / "events.jsonl")
    return RunLine(
        *(known.id, known.network, known.data, known.optimizer, known.created, known.state, results),
        settings=flat_settings(run.asked()["config"]),
        notes=read_notes(run),
    )


def flat_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """A run's configuration in one level: ``epochs``, ``optimizer``, ``optimizer.lr``."""
    flat: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, Mapping):
            group = name.removesuffix("_settings")
            flat |= {f"{group}.{key}": setting for key, setting in value.items() if _is_plain(setting)}
        elif _is_plain(value):
            flat[name] = value
    return flat


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool) or value is None


def _newest_epoch(path: Path) -> dict[str, Any]:
    """What the last whole ``EpochEnded`` of an unfinished record says, as ``val_loss`` and the like."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return {}
    for line in reversed(lines):
        if b'"EpochEnded"' in line and (found := _epoch(line)):
            return found
    return {}


def _epoch(line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:  # the process died while it was written
        return {}
    if not isinstance(event, dict) or event.get("event") != "EpochEnded":
        return {}
    found: dict[str, Any] = {"epochs": event.get("epoch"), "steps": event.get("step")}
    for part, prefix in (("train", "train"), ("validation", "val")):
        means = event.get(part)
        if isinstance(means, dict):
            found |= {f"{prefix}_{name}": value for name, value in means.items()}
    return {name: value for name, value in found.items() if isinstance(value, int | float)}
