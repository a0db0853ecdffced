"""Which units of a layer have been silent for so long that they count as dead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ENOUGH = 256
"""Samples for which a unit must have been silent. In a batch of four, many a healthy unit is."""


class Silence:
    """Counts, for each unit behind a ReLU, the samples since it was last above zero; only watched steps are seen."""

    def __init__(self) -> None:
        self._silent: dict[tuple[str, int], NDArray[np.int64]] = {}
        self._seen: dict[tuple[str, int], int] = {}

    def take(
        self, names: Sequence[str], loudest: Sequence[tuple[int, NDArray[np.float32]]], samples: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Of each layer the share of dead units, and how many units there are; NaN and 0 where there is no ReLU.

        ``loudest``: a row and each unit's largest value in a batch of ``samples``. A unit is dead if it was 0 in every
        batch of the last ``ENOUGH`` samples, or of all as long as fewer were seen. One that is no number is not dead.
        """
        dead, units = np.zeros(len(names)), np.zeros(len(names), np.int64)
        for (row, size), alive in _together(loudest).items():
            key = (names[row], size)
            silent = np.where(alive, 0, self._silent.get(key, np.zeros(size, np.int64)) + samples)
            self._silent[key], self._seen[key] = silent, self._seen.get(key, 0) + samples
            dead[row] += np.count_nonzero(silent >= min(ENOUGH, self._seen[key]))
            units[row] += size
        with np.errstate(invalid="ignore"):
            return np.where(units > 0, dead / np.maximum(units, 1), np.nan).astype(np.float32), units


def _together(loudest: Sequence[tuple[int, NDArray[np.float32]]]) -> dict[tuple[int, int], NDArray[np.bool_]]:
    """A unit that is used several times is alive if it is in any of them."""
    alive: dict[tuple[int, int], NDArray[np.bool_]] = {}
    for row, values in loudest:
        key, now = (row, len(values)), ~(values <= 0)
        alive[key] = alive[key] | now if key in alive else now
    return alive
