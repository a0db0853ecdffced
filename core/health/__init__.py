"""How a network fares while it is trained: norms, updates, dead units, histograms, and what is wrong in plain words.

Nothing here but :mod:`core.health.monitor` and what it is made of needs torch.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "Health"
"""Under this name problems are told of."""
EVERY = 10
"""Steps between two looks, at least, unless something else is asked for."""


@dataclass(frozen=True)
class HealthSettings:
    """Whether a run's health is watched, and after how many steps, at the earliest, it is looked at again."""

    on: bool = True
    every: int = EVERY
