"""Where the lowest and the highest value of any stretch of a long array lie, in logarithmic time."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gui.plots.growing import GrowingArray

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]
_AnyIndices: TypeAlias = NDArray[np.intp] | NDArray[np.int32]


class _Level:
    """The indices of the lowest and the highest value of each finished block of one size."""

    def __init__(self) -> None:
        # 32 bits hold any index that fits into memory here, and halve what the pyramid costs: 8 bytes a point.
        self.lowest: GrowingArray[np.int32] = GrowingArray(np.int32)
        self.highest: GrowingArray[np.int32] = GrowingArray(np.int32)

    def __len__(self) -> int:
        return len(self.lowest)


class MinMaxPyramid:
    """Indices of extreme values over blocks of 2, 4, 8, … elements of a growing array.

    It keeps indices rather than values, so that what is drawn are points of the curve, at their own x.
    Only full blocks are stored, so a block never changes once written and an append costs amortised O(1) an element.
    NaN loses against any number; a block of nothing but NaN points at one of them.
    """

    def __init__(self, values: GrowingArray[np.float64]) -> None:
        self._values = values
        self._levels: list[_Level] = []

    def catch_up(self) -> None:
        """Add the blocks that have become full since the last call."""
        values = self._values.values
        below: _Level | None = None
        for depth in range(max(0, len(values).bit_length() - 1)):
            if depth == len(self._levels):
                self._levels.append(_Level())
            level = self._levels[depth]
            full = (len(values) if below is None else len(below)) // 2
            if len(level) == full:
                return
            new = slice(2 * len(level), 2 * full)
            lowest, highest = _blocks_of(below, np.arange(new.start, new.stop))
            level.lowest.extend(_lower(values, lowest[0::2], lowest[1::2]))
            level.highest.extend(_higher(values, highest[0::2], highest[1::2]))
            below = level

    def extremes(self, starts: Indices, stops: Indices) -> tuple[Indices, Indices]:
        """Index of the lowest and of the highest value in each half-open stretch `[start, stop)`.

        `starts` and `stops`: shape (n,), every stretch non-empty and within the array. All n stretches are walked
        together, one level of the pyramid at a time, as in a bottom-up segment tree.
        """
        self.catch_up()
        values = self._values.values
        lowest, highest = starts.copy(), starts.copy()
        left, right = starts.copy(), stops.copy()
        for level in [None, *self._levels]:
            odd = np.flatnonzero((left & 1) & (left < right))
            _fold(values, level, left[odd], odd, lowest, highest)
            left[odd] += 1
            odd = np.flatnonzero((right & 1) & (left < right))
            right[odd] -= 1
            _fold(values, level, right[odd], odd, lowest, highest)
            if not np.any(left < right):
                break
            left >>= 1
            right >>= 1
        return lowest, highest


def _blocks_of(level: _Level | None, blocks: Indices) -> tuple[_AnyIndices, _AnyIndices]:
    """Where `blocks` of this level have their extremes; below the first level every element is its own block."""
    return (blocks, blocks) if level is None else (level.lowest.values[blocks], level.highest.values[blocks])


def _fold(
    values: Floats, level: _Level | None, blocks: Indices, targets: Indices, lowest: Indices, highest: Indices
) -> None:
    """Let the extremes of `blocks` of one level compete with those found so far for the stretches `targets`."""
    if not len(targets):
        return
    low, high = _blocks_of(level, blocks)
    lowest[targets] = _lower(values, lowest[targets], low)
    highest[targets] = _higher(values, highest[targets], high)


def _lower(values: Floats, first: _AnyIndices, second: _AnyIndices) -> _AnyIndices:
    one, other = values[first], values[second]
    return np.where((other < one) | np.isnan(one), second, first)


def _higher(values: Floats, first: _AnyIndices, second: _AnyIndices) -> _AnyIndices:
    one, other = values[first], values[second]
    return np.where((other > one) | np.isnan(one), second, first)
