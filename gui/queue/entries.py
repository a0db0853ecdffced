"""What can wait in the queue: a run, or a sweep of many."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from core.run_config import RunConfig
from core.sweep import Range, SweepSettings
from core.sweep.space import Space

EntryState: TypeAlias = Literal["waiting", "running", "finished", "stopped", "failed", "removed"]
_numbers = itertools.count(1)


@dataclass
class Entry:
    """A run; or, with a ``space``, a sweep of trials around it. ``words``: how it went, for the list."""

    config: RunConfig
    space: Space = field(default_factory=dict)
    settings: SweepSettings = field(default_factory=SweepSettings)
    state: EntryState = "waiting"
    words: str = ""
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def title(self) -> str:
        """What is trained on what."""
        title = f"{self.config.network} on {self.config.data}"
        return f"Sweep: {title}" if self.space else title

    @property
    def details(self) -> str:
        """The settings that matter most, or what the sweep varies."""
        if self.space:
            varied = ", ".join(f"{name} {_space_words(kind)}" for name, kind in self.space.items())
            return f"{self.settings.trials} trials of {varied}"
        config = self.config
        rate = config.optimizer_settings.get("lr")
        known = {"epochs": config.epochs, "batch": config.batch_size, "seed": config.seed}
        words = ", ".join(f"{name} {value}" for name, value in known.items())
        return f"{config.optimizer}{f' {rate:g}' if isinstance(rate, int | float) else ''}, {words}"


def _space_words(kind: Any) -> str:
    if isinstance(kind, Range):
        return f"{kind.low:g} to {kind.high:g}{' (log)' if kind.log else ''}"
    return ", ".join(kind.values)


def outcome_words(summary: Mapping[str, object]) -> str:
    """What a run reached: "validation loss 0.1285, accuracy 96.1%"."""
    parts = []
    loss, accuracy = summary.get("val_loss"), summary.get("val_accuracy")
    if isinstance(loss, int | float):
        parts.append(f"validation loss {loss:.4f}")
    if isinstance(accuracy, int | float):
        parts.append(f"accuracy {accuracy:.1%}")
    return ", ".join(parts)
