"""Histograms whose bins never change: equal factors wide, on both sides of zero.

The gradients of one layer may be a billion times those of another, and in the course of a run a thousand times what
they were. Bins of one width would have to be laid anew all the time, and what is near zero would be one bin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 30
"""Bins on either side of zero."""
BINS = 2 * SIDE + 1
MIDDLE = SIDE


@dataclass(frozen=True)
class Bins:
    """``SIDE`` bins from 10**``lowest`` upwards, ``per_decade`` of them for a factor of ten, and the same below zero.

    What is nearer to zero is in the bin between; what is larger is in the outermost ones.
    """

    lowest: int
    per_decade: int

    @property
    def edges(self) -> NDArray[np.float64]:
        """The edges of the bins above zero, ``SIDE`` + 1 rising numbers; the last one is no limit."""
        return np.asarray(10.0 ** (self.lowest + np.arange(SIDE + 1) / self.per_decade), np.float64)

    def place(self, values: NDArray[np.float32]) -> NDArray[np.intp]:
        """The bin of each value, 0 to ``BINS`` - 1, from the most negative; -1 for what is not a number."""
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = (np.log10(np.abs(values)) - self.lowest) * self.per_decade
            outwards = np.clip(np.floor(steps), -1, SIDE - 1) + 1
            placed: NDArray[np.intp] = np.nan_to_num(MIDDLE + np.sign(values) * outwards, nan=-1.0).astype(np.intp)
        return placed

    def words(self, bin: int) -> str:
        """Which values a bin holds: "0.01 to 0.0158", "nearer to 0 than 1e-05"."""
        edges, outwards = self.edges, abs(bin - MIDDLE)
        if not outwards:
            return f"nearer to 0 than {edges[0]:.3g}"
        minus = "−" if bin < MIDDLE else ""
        if outwards == SIDE:
            return f"{minus}{edges[SIDE - 1]:.3g} and beyond"
        return f"{minus}{edges[outwards - 1]:.3g} to {minus}{edges[outwards]:.3g}"


KINDS = {"weights": Bins(-5, 5), "gradients": Bins(-12, 2), "activations": Bins(-3, 5)}
"""Of what there are histograms: weights from 1e-5 to 10, gradients from 1e-12 and activations from 1e-3 to 1000."""


def histograms(values: NDArray[np.float32], rows: NDArray[Any], count: int, bins: Bins) -> NDArray[np.float32]:
    """The share of its values in each bin for each of ``count`` rows, ``count``×``BINS``.

    ``rows``: to which row each value belongs. What is not a number counts nowhere; a row of nothing else is NaN.
    """
    places = bins.place(values)
    known = places >= 0
    counted = np.bincount(rows[known] * BINS + places[known], minlength=count * BINS).reshape(count, BINS)
    sums = counted.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return (counted / np.where(sums > 0, sums, np.nan)).astype(np.float32)
