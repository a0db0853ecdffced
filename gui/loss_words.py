"""A loss in other words: as perplexity, or in bits a character; the run's task says which, and how."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from core.events import EpochEnded, Event, StepsLogged
from gui.views.numbers import format_number

Derived: TypeAlias = Callable[[Mapping[str, float]], Mapping[str, float]]
STEPS = 100
"""Steps over which the training's loss is averaged: a single batch says little."""


class LossWords:
    """Follows a run; :meth:`words` is what to show: "perplexity 4.31 / 5.02", of training and validation.

    Where the gradient is clipped, the share of steps in which it was is told, too.
    """

    def __init__(self) -> None:
        self._derived: Derived | None = None
        self._newest: dict[str, deque[float]] = {}
        self._validation: Mapping[str, float] = {}

    def begin(self, derived: Derived | None) -> None:
        """A new run begins, whose task derives these numbers from its mean loss and metrics."""
        self._derived, self._newest, self._validation = derived, {}, {}

    def take(self, event: Event) -> None:
        """Remember what an event says of the loss; others are passed over."""
        if isinstance(event, StepsLogged):
            for name, values in event.metrics.items():
                self._newest.setdefault(name, deque(maxlen=STEPS)).extend(values[-STEPS:].tolist())
        elif isinstance(event, EpochEnded):
            self._validation = event.validation

    def words(self) -> str:
        """The derived numbers of the training, behind each that of the validation; empty where there are none."""
        training = self._numbers({name: float(np.mean(values)) for name, values in self._newest.items()})
        validation = self._numbers(self._validation)
        shown = {name: [_number(one[name]) for one in (training, validation) if name in one] for name in training}
        parts = [f"{name.replace('_', ' ')} {' / '.join(values)}" for name, values in shown.items()]
        if clipped := self._newest.get("clipped"):
            parts.append(f"clipped {float(np.mean(clipped)):.0%}")
        return "  ·  ".join(parts)

    def explanation(self) -> str:
        """What the numbers are, for a tooltip."""
        over = f"Of the training (the last {STEPS} steps)"
        told = f"{over} / of the validation split" if self._validation else over
        return f"{told}; clipped: steps whose gradient was longer than the clip" if "clipped" in self._newest else told

    def _numbers(self, means: Mapping[str, float]) -> dict[str, float]:
        if self._derived is None or "loss" not in means:
            return {}
        try:
            return {str(name): float(value) for name, value in self._derived(means).items()}
        except Exception:  # border: a task is a plugin's; the run's summary reports what is wrong with it
            self._derived = None
            return {}


def _number(value: float) -> str:
    """With two decimals, so that it does not jump about while it changes."""
    return f"{value:.2f}" if abs(value) < 100 else format_number(value, 3)
