"""All measurements of a run in a room that does not grow: when it is full, two neighbours become one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.events import HealthMeasured
from core.health.bins import BINS, KINDS

MEASURES = ("gradient_norm", "weight_norm", "update_ratio", "dead", "saturated")
MOST = 512
"""Columns of numbers, each of one measurement or of several that followed each other."""
MOST_BYTES = 32 * 2**20
"""For the histograms of all layers; a network with very many of them is remembered in fewer columns."""
LEAST = 32

Columns = NDArray[np.float32]


class HealthHistory:
    """Columns over time. Every column stands for ``stride`` measurements, but for the newest, which is still filled.

    Numbers are means of what is finite, histograms means of shares. The step of a column is that of its newest
    measurement.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """A new run begins."""
        self.layers: tuple[str, ...] = ()
        self.newest: HealthMeasured | None = None
        self.revision = 0
        """Changes whenever columns other than the newest have changed."""
        self.measurements = 0
        self._numbers, self._histograms = _Ring((0,), 2), _Ring((0,), 2)

    def take(self, event: HealthMeasured) -> None:
        """Remember a measurement; one of other layers, or of an earlier step, begins anew."""
        if event.layers != self.layers or (self.newest is not None and event.step < self.newest.step):
            revision = self.revision
            self.clear()
            self._make_room(event.layers)
            self.revision = revision + 1
        numbers = np.stack([getattr(event, name) for name in MEASURES])
        halved = self._numbers.take(event.step, numbers)
        if event.histograms:
            self._histograms.take(event.step, np.stack([event.histograms[kind] for kind in KINDS]))
        self.revision += halved
        self.newest = event
        self.measurements += 1

    @property
    def steps(self) -> NDArray[np.int64]:
        """The step of each column, C; a view."""
        return self._numbers.steps

    def numbers(self, measure: str) -> Columns:
        """One of ``MEASURES`` in each column of each layer, C×layers; a view."""
        found: Columns = self._numbers.values[:, MEASURES.index(measure)]
        return found

    def through_time(self, kind: str, layer: int) -> tuple[NDArray[np.int64], Columns]:
        """The steps of the columns of histograms, H, and a layer's histograms of ``kind``, H×bins; views."""
        return self._histograms.steps, self._histograms.values[:, list(KINDS).index(kind), layer]

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return self._numbers.size + self._histograms.size

    def _make_room(self, layers: tuple[str, ...]) -> None:
        self.layers, count = layers, len(layers)
        column = 4 * len(KINDS) * count * BINS
        columns = min(MOST // 2, max(LEAST, MOST_BYTES // max(1, column)))
        self._numbers = _Ring((len(MEASURES), count), MOST)
        self._histograms = _Ring((len(KINDS), count, BINS), columns - columns % 2)


class _Ring:
    """At most ``most`` (even) columns of one shape. They are allocated as they come."""

    def __init__(self, shape: Sequence[int], most: int) -> None:
        self.stride = 1
        self._most = most
        self._values: Columns = np.empty((min(most, LEAST), *shape), np.float32)
        self._steps = np.empty(min(most, LEAST), np.int64)
        self._length = self._within = 0

    @property
    def steps(self) -> NDArray[np.int64]:
        return self._steps[: self._length]

    @property
    def values(self) -> Columns:
        return self._values[: self._length]

    @property
    def size(self) -> int:
        return self._values.nbytes + self._steps.nbytes

    def take(self, step: int, values: Columns) -> bool:
        """Into the newest column, or a new one; whether the columns were halved for it."""
        halved = False
        if self._within == 0:
            if self._length == self._most:
                self._halve()
                halved = True
            self._grow()
            self._values[self._length] = values
            self._length += 1
        else:
            share = 1 / (self._within + 1)
            self._values[self._length - 1] = _mean(self._values[self._length - 1], values, share)
        self._steps[self._length - 1] = step
        self._within = (self._within + 1) % self.stride
        return halved

    def _halve(self) -> None:
        half = self._length // 2
        self._values[:half] = _mean(self._values[: 2 * half : 2], self._values[1 : 2 * half : 2], 0.5)
        self._steps[:half] = self._steps[1 : 2 * half : 2]
        self._length = half
        self.stride *= 2

    def _grow(self) -> None:
        room = len(self._steps)
        if self._length < room:
            return
        more = min(2 * room, self._most)
        values: Columns = np.empty((more, *self._values.shape[1:]), np.float32)
        values[:room], steps = self._values, np.empty(more, np.int64)
        steps[:room] = self._steps
        self._values, self._steps = values, steps


def _mean(first: Columns, second: Columns, share: float) -> Columns:
    """``share`` of the second in the first; where one of them is not finite, the other."""
    with np.errstate(invalid="ignore"):
        mixed = first + np.float32(share) * (second - first)
    return np.where(np.isfinite(mixed), mixed, np.where(np.isfinite(second), second, first))
