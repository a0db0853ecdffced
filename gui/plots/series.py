"""The y values of one curve with the pyramid and the range that belong to them."""

from __future__ import annotations

import math

import numpy as np

from gui.plots.growing import GrowingArray
from gui.plots.pyramid import Floats, MinMaxPyramid


class Series:
    """A growing row of numbers, NaN for a gap, that knows its extremes."""

    def __init__(self) -> None:
        self._values: GrowingArray[np.float64] = GrowingArray(np.float64)
        self.pyramid = MinMaxPyramid(self._values)
        self._lowest = math.nan
        self._highest = math.nan
        self._positive: Series | None = None

    @property
    def values(self) -> Floats:
        """Every value so far, shape (n,): a view that the next `extend` may make stale."""
        return self._values.values

    def extend(self, values: Floats) -> None:
        """Put values, shape (n,), finite or NaN, at the end."""
        self._values.extend(values)
        # fmin and fmax skip NaN, and give NaN only when there is nothing else.
        self._lowest = float(np.fmin(self._lowest, np.fmin.reduce(values)))
        self._highest = float(np.fmax(self._highest, np.fmax.reduce(values)))

    def range(self) -> tuple[float, float] | None:
        """Lowest and highest value, or None when there is no number."""
        return None if math.isnan(self._lowest) else (self._lowest, self._highest)

    @property
    def positive(self) -> Series:
        """This series with a gap wherever a value is not above zero; the series itself when there is none such.

        Only a pyramid of its own finds the lowest *positive* value of a block that also holds a zero.
        """
        if not self._lowest <= 0:
            return self
        if self._positive is None:
            self._positive = Series()
        missing = self.values[len(self._positive.values) :]
        if len(missing):
            self._positive.extend(np.where(missing > 0, missing, np.nan))
        return self._positive
