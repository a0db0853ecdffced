"""From values to colours: the colour maps, and the scale that says which value gets which colour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[Any]
Table: TypeAlias = NDArray[np.uint8]

MISSING = ((140, 140, 140), (172, 172, 172))
"""The two greys of the hatch that stands for NaN in a coloured picture."""
MISSING_IN_GREY = ((150, 116, 52), (190, 152, 80))
"""The same for grey pictures, in which a grey hatch would read as a value."""

_DIVERGING = ((28, 66, 140), (88, 146, 206), (245, 245, 242), (228, 128, 100), (156, 26, 40))


@cache
def sequential() -> Table:
    """Dark violet over teal to light yellow, 256×3: lightness rises evenly, so equal steps look equal.

    Made in Oklab (Björn Ottosson, 2020); every colour lies within sRGB, so none is clipped.
    """
    t = np.linspace(0.0, 1.0, 256)
    lightness = 0.27 + 0.65 * t
    hue = np.deg2rad(310.0 - 205.0 * t)
    chroma = 0.118 + 0.022 * np.cos(2.0 * np.pi * t)
    linear = _oklab_to_linear(lightness, chroma * np.cos(hue), chroma * np.sin(hue))
    return _encoded(linear)


@cache
def diverging() -> Table:
    """Blue for the lowest value over near-white for the middle to red for the highest, 256×3."""
    anchors = np.array(_DIVERGING, dtype=float)
    places = np.linspace(0.0, 1.0, len(anchors))
    t = np.linspace(0.0, 1.0, 256)
    channels = [np.interp(t, places, anchors[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


@cache
def grey() -> Table:
    """Black to white, 256×3."""
    return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


@dataclass(frozen=True)
class Scale:
    """Which colour of ``table`` a value gets: ``low`` the first, ``high`` the last; infinities the ends."""

    low: float
    high: float
    table: Table
    missing: tuple[tuple[int, int, int], tuple[int, int, int]] = MISSING

    def colours(self, values: Values) -> NDArray[np.uint8]:
        """``values`` of shape S as RGB of shape S×3; NaN in a hatch of two colours along the last two axes."""
        numbers = np.asarray(values, dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            span = self.high - self.low
            share = (numbers - self.low) / span if span > 0 else np.where(np.isnan(numbers), np.nan, 0.5)
        absent = np.isnan(share)
        index = (np.clip(np.where(absent, 0.0, share), 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
        rgb = np.take(self.table, index, axis=0)  # twice as fast as an index in brackets
        if absent.any():
            rgb[absent] = np.array(self.missing, dtype=np.uint8)[_hatch(absent.shape)[absent]]
        return rgb


def scale_for(values: Values, *, symmetric: bool, table: Table | None = None) -> Scale:
    """A scale from the smallest to the largest finite value, or with ``symmetric`` as far below zero as above.

    ``table`` is for the plain scale (default: :func:`sequential`). Without a finite value the scale is 0 to 1.
    """
    low, high = finite_range(values) or (0.0, 1.0)
    if symmetric:
        reach = max(abs(low), abs(high)) or 1.0
        return Scale(-reach, reach, diverging())
    if table is None:
        return Scale(low, high, sequential())
    return Scale(low, high, table, MISSING_IN_GREY)


def finite_range(values: Values) -> tuple[float, float] | None:
    """The smallest and the largest finite value, or None where there is none."""
    if values.size == 0:
        return None
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = values[np.isfinite(values)]
        if finite.size == 0:
            return None
        low, high = float(finite.min()), float(finite.max())
    return low, high


def _hatch(shape: tuple[int, ...]) -> NDArray[np.intp]:
    if not shape:
        return np.zeros((), dtype=np.intp)
    across = np.arange(shape[-1])
    down = np.arange(shape[-2])[:, None] if len(shape) > 1 else np.zeros((1,), dtype=int)
    return np.broadcast_to((across + down) % 2, shape)


def _oklab_to_linear(lightness: Values, a: Values, b: Values) -> NDArray[np.float64]:
    """Linear sRGB, N×3, of N colours in Oklab; the matrices are those of Oklab's definition."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return np.stack([red, green, blue], axis=1)


def _encoded(linear: NDArray[np.float64]) -> Table:
    clipped = np.clip(linear, 0.0, 1.0)
    gamma = np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
    return (gamma * 255.0).round().astype(np.uint8)
