"""A debiased exponential moving average, computed as points arrive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK = 64

MAX_WEIGHT = 0.99
_BIASED_AT_MOST = 4096  # 0.99 to this power is 1e-18: one minus it is exactly one


class ExponentialAverage:
    """The smoothing of TensorBoard's scalar charts, kept up to date a chunk at a time.

    With weight w: `last = w·last + (1 − w)·y`, and the average after n values is `last / (1 − wⁿ)`, which takes away
    the pull towards the zero it started from (the same correction as in Adam: Kingma and Ba, 2015, section 3).
    NaN yields NaN and leaves the average as it was.
    """

    def __init__(self, weight: float) -> None:
        if not 0 <= weight <= MAX_WEIGHT:
            raise ValueError(f"the smoothing weight must be from 0 to {MAX_WEIGHT}, not {weight}")
        self._weight = weight
        self._last = 0.0
        self._count = 0

    def push(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The averages after each of `values`, shape (n,), following on from all values pushed before."""
        averages = np.full(len(values), np.nan)
        numbers = ~np.isnan(values)
        counted = values[numbers]
        if not len(counted):
            return averages
        sums = _decaying_sums((1 - self._weight) * counted, self._weight, self._last)
        self._last = float(sums[-1])
        self._take_out_bias(sums)
        self._count += len(counted)
        averages[numbers] = sums
        return averages

    def _take_out_bias(self, sums: NDArray[np.float64]) -> None:
        # wⁿ soon drops below what changes a float: powers are slow, so only the first values have theirs taken.
        biased = max(0, min(len(sums), _BIASED_AT_MOST - self._count))
        counts = self._count + np.arange(1, biased + 1)
        sums[:biased] /= 1 - self._weight**counts


def _decaying_sums(values: NDArray[np.float64], weight: float, start: float) -> NDArray[np.float64]:
    """`s[i] = weight·s[i−1] + values[i]` with `s[−1] = start`, without a Python loop over the values.

    Blocks of 64 are summed by one matrix product, and the sums carried from block to block obey the same recurrence
    with weight⁶⁴, so the function calls itself on one 64th of the length. (scipy's lfilter would do as well,
    but its import takes over a second, which the window would stand still for.)
    """
    if len(values) <= _BLOCK:
        return _kernel(weight)[: len(values), : len(values)] @ values + start * weight ** np.arange(1, len(values) + 1)
    padded = np.zeros(-(-len(values) // _BLOCK) * _BLOCK)
    padded[: len(values)] = values
    within: NDArray[np.float64] = padded.reshape(-1, _BLOCK) @ _kernel(weight).T
    ends = _decaying_sums(within[:, -1], weight**_BLOCK, start)
    carried = np.concatenate(([start], ends[:-1]))
    sums: NDArray[np.float64] = within + carried[:, np.newaxis] * weight ** np.arange(1, _BLOCK + 1)
    return sums.ravel()[: len(values)]


def _kernel(weight: float) -> NDArray[np.float64]:
    age = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
    return np.tril(weight ** np.maximum(age, 0))
