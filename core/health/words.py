"""What the measurements mean, in plain words: each rule is a sentence that comes when it holds, and goes when not.

A rule looks at the last ``STEADY`` measurements: a finding appears once all of them are beyond its threshold, and goes
once all are back behind a second one that is easier to keep to. So a sentence does not flicker while a value swings
around a threshold, and no single odd batch makes one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.events import HealthMeasured
from core.health.numbers import share
from core.health.rules import RULES, Finding

__all__ = ["PERSISTS", "STEADY", "Diagnosis", "Finding"]

STEADY = 3
"""Measurements in a row that a finding takes to appear, or to go."""
PERSISTS = 12
"""Measurements in a row after which a serious finding counts as persisting."""


@dataclass
class _State:
    """Where a rule stands."""

    shown: Finding | None = None
    streak: int = 0
    """Measurements in a row that speak for a change."""
    held: int = 0
    """Measurements that the finding has been shown for."""


class Diagnosis:
    """Takes the measurements of one run in their order."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._states = {rule.id: _State() for rule in RULES}
        self._recent: deque[HealthMeasured] = deque(maxlen=64)
        self._told: set[str] = set()
        self._highest_rate = 0.0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong now, the serious things first."""
        shown = [state.shown for state in self._states.values() if state.shown]
        return tuple(sorted(shown, key=lambda finding: not finding.serious))

    def take(self, event: HealthMeasured) -> tuple[Finding, ...]:
        """What is wrong after one more measurement."""
        if self._recent and self._recent[-1].layers != event.layers:
            self._begin()  # another network: nothing that was known holds for it
        self._highest_rate = max(self._highest_rate, event.lr)
        for rule in RULES:
            state = self._states[rule.id]
            found = rule.look(event, tuple(self._recent), self._highest_rate, leave=state.shown is not None)
            self._follow(state, found, at_once=rule.at_once)
        self._recent.append(event)
        return self.findings

    def persisting(self) -> tuple[Finding, ...]:
        """Serious findings that have lasted and were not given by this method before."""
        new = [
            (id, state.shown)
            for id, state in self._states.items()
            if state.shown and state.shown.serious and state.held >= PERSISTS and id not in self._told
        ]
        self._told.update(id for id, _ in new)
        return tuple(finding for _, finding in new)

    def summary(self) -> str:
        """A sentence for when nothing is wrong; before anything could be: that it is too early to tell."""
        if len(self._recent) < STEADY:
            return "Too early to tell: a few more steps have to be looked at."
        event, parts = self._recent[-1], []
        gradients, ratios = (_finite(values) for values in (event.gradient_norm, event.update_ratio))
        if len(gradients):
            norms = f"norms {gradients.min():.2g} to {gradients.max():.2g}"
            parts.append(
                f"gradients reach every layer ({norms})" if len(gradients) > 1 else f"gradients flow ({norms})"
            )
        if len(ratios):
            parts.append(f"a step changes the weights by {share(ratios.min())} to {share(ratios.max())}")
        if event.units.any():
            dead = round(float(np.nansum(event.dead * event.units)))
            parts.append(f"{dead:,} of {int(event.units.sum()):,} ReLU units are dead" if dead else "no ReLU is dead")
        return f"All is well: {', '.join(parts)}."

    @staticmethod
    def _follow(state: _State, found: Finding | None, *, at_once: bool) -> None:
        if (found is None) == (state.shown is None):  # as it was; the numbers in it may be others
            state.streak = 0
            state.shown = found
        else:
            state.streak += 1
            if state.streak >= STEADY or (at_once and found):
                state.shown, state.streak, state.held = found, 0, 0
        state.held += state.shown is not None


def _finite(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values[np.isfinite(values)]
