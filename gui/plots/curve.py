"""One curve: every point it was ever given, and what of it to draw at any zoom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gui.plots.growing import GrowingArray
from gui.plots.pyramid import Floats, Indices
from gui.plots.series import Series
from gui.plots.smoothing import ExponentialAverage

POINTS_PER_BUCKET = 4


@dataclass(frozen=True)
class Sample:
    """One point of a curve: its x, its y (NaN for a value that was not finite) and y smoothed (None without)."""

    x: float
    y: float
    smoothed: float | None


class Curve:
    """Points with non-decreasing x, never dropped, of which a few thousand stand for a million on the screen.

    y may hold NaN and infinities: both are kept as NaN and are gaps. The smoothed values and the min/max pyramids
    follow the points lazily, when they are first asked for, so that `append` itself only copies.
    """

    def __init__(self) -> None:
        self._weight = 0.0
        self._revision = 0
        self._start_empty()

    def _start_empty(self) -> None:
        self._xs: GrowingArray[np.float64] = GrowingArray(np.float64)
        self._raw = Series()
        self._forget_smoothed()

    def _forget_smoothed(self) -> None:
        self._smoothed = Series()
        self._average = ExponentialAverage(self._weight)

    def __len__(self) -> int:
        return len(self._xs)

    @property
    def revision(self) -> int:
        """A number that is different after every change, so that a plot knows what it has drawn already."""
        return self._revision

    @property
    def xs(self) -> Floats:
        """Every x so far, shape (n,): a view, not to be kept or written to."""
        return self._xs.values

    @property
    def ys(self) -> Floats:
        """Every y so far, shape (n,), NaN where it was not finite: a view, not to be kept or written to."""
        return self._raw.values

    @property
    def smoothing(self) -> float:
        """Weight of the exponential moving average, 0 (off) to 0.99."""
        return self._weight

    def set_smoothing(self, weight: float) -> None:
        """Smooth with this weight, 0 (off) to 0.99; raises ValueError outside. All points are smoothed anew."""
        average = ExponentialAverage(weight)
        if weight == self._weight:
            return
        self._weight = weight
        self._forget_smoothed()
        self._average = average
        self._revision += 1

    def append(self, xs: ArrayLike, ys: ArrayLike) -> None:
        """Add points: `xs` and `ys` are numbers, or both of shape (n,); amortised O(1) a point.

        Raises ValueError, and adds nothing, when the shapes differ, or when x is not finite or goes back.
        """
        new_xs = np.atleast_1d(np.asarray(xs, dtype=np.float64))
        new_ys = np.atleast_1d(np.asarray(ys, dtype=np.float64))
        if new_xs.ndim != 1 or new_xs.shape != new_ys.shape:
            raise ValueError(f"a curve needs as many x as y, not shapes {new_xs.shape} and {new_ys.shape}")
        if not len(new_xs):
            return
        if not np.isfinite(new_xs).all():
            raise ValueError("the x of a curve must be finite")
        if np.any(new_xs[1:] < new_xs[:-1]) or (len(self) and new_xs[0] < self.xs[-1]):
            raise ValueError("the x of a curve must not go back: clear the curve before starting anew")
        self._xs.extend(new_xs)
        self._raw.extend(np.where(np.isfinite(new_ys), new_ys, np.nan))
        self._revision += 1

    def clear(self) -> None:
        """Forget all points; the smoothing weight stays."""
        self._start_empty()
        self._revision += 1

    def x_range(self) -> tuple[float, float] | None:
        """First and last x, or None without points."""
        return (float(self.xs[0]), float(self.xs[-1])) if len(self) else None

    def y_range(self, *, positive_only: bool = False) -> tuple[float, float] | None:
        """Lowest and highest y, or None when there is no number (above zero, with `positive_only`)."""
        return (self._raw.positive if positive_only else self._raw).range()

    def visible(
        self, x_low: float, x_high: float, buckets: int, *, smoothed: bool = False, positive_only: bool = False
    ) -> tuple[Floats, Floats]:
        """The points to draw for the view from `x_low` to `x_high` (finite) that is `buckets` pixels wide.

        With at most 4 points a bucket these are all points in view. With more, the view is cut into buckets of equal
        width, and of each bucket come the first, lowest, highest and last point, in their order: what a line through
        all points would paint, no spike is lost (the M4 aggregation of Jugel, Jerzak, Hackenbroich and Markl, 2014).
        One point beyond either edge comes along, so that the line runs out of the view. Returns new arrays xs and ys,
        both of shape (m,), m at most 4·buckets + 2; a NaN in ys is a gap. With `positive_only` whatever is not above
        zero is a gap, for a logarithmic axis; with `smoothed` it is the moving average.
        """
        if not (np.isfinite(x_low) and np.isfinite(x_high) and buckets > 0):
            raise ValueError(f"a view needs finite edges and a bucket, not {x_low} to {x_high} in {buckets}")
        series = self._smoothed_series() if smoothed else self._raw
        if positive_only:
            series = series.positive
        first = int(np.searchsorted(self.xs, x_low, side="left"))
        last = int(np.searchsorted(self.xs, x_high, side="right"))
        if last - first <= POINTS_PER_BUCKET * buckets:
            shown = slice(max(first - 1, 0), last + 1)
            return self.xs[shown].copy(), series.values[shown].copy()
        inner = np.searchsorted(self.xs, np.linspace(x_low, x_high, buckets + 1)[1:-1], side="left")
        bounds = np.concatenate(([first], np.clip(inner, first, last), [last])).astype(np.intp)
        before, after = range(max(first - 1, 0), first), range(last, min(last + 1, len(self)))
        picked = np.concatenate((before, _first_low_high_last(series, bounds), after)).astype(np.intp)
        return self.xs[picked], series.values[picked]

    def nearest(self, x: float) -> Sample | None:
        """The point whose x is nearest to `x`, or None without points."""
        if not len(self):
            return None
        after = min(int(np.searchsorted(self.xs, x)), len(self) - 1)
        before = max(after - 1, 0)
        index = before if x - self.xs[before] < self.xs[after] - x else after
        smoothed = float(self._smoothed_series().values[index]) if self._weight else None
        return Sample(float(self.xs[index]), float(self.ys[index]), smoothed)

    def _smoothed_series(self) -> Series:
        if not self._weight:
            return self._raw
        missing = self.ys[len(self._smoothed.values) :]
        if len(missing):
            self._smoothed.extend(self._average.push(missing))
        return self._smoothed


def _first_low_high_last(series: Series, bounds: Indices) -> Indices:
    """Indices of up to four points for each bucket `[bounds[i], bounds[i + 1])`, ascending, each once.

    A bucket with any number in it gives no NaN: it would tear a gap into what is one column of pixels.
    """
    starts, stops = bounds[:-1], bounds[1:]
    filled = starts < stops
    starts, stops = starts[filled], stops[filled]
    lowest, highest = series.pyramid.extremes(starts, stops)
    picked = np.stack([starts, np.minimum(lowest, highest), np.maximum(lowest, highest), stops - 1], axis=1)
    values = series.values
    kept = ~np.isnan(values[picked]) | np.isnan(values[lowest])[:, np.newaxis]
    ascending: Indices = picked[kept]
    fresh = np.diff(ascending, prepend=-1) > 0
    return ascending[fresh]
