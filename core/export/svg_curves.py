"""Curves as inline SVG: no script, no picture file, readable in print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 32, 48
MOST_POINTS = 400
TICKS = 5


@dataclass(frozen=True)
class Curve:
    """Points of equal number N. ``dense``: a point a step, drawn as the mean of neighbours within their range."""

    x: Numbers
    y: Numbers
    dense: bool = False


def chart(curves: Mapping[str, Curve], x_label: str, y_label: str) -> str:
    """One ``<svg>`` with a legend; its colours are the CSS classes ``curve0``, ``curve1``, … of the page."""
    shown = {name: _finite(curve) for name, curve in curves.items()}
    shown = {name: curve for name, curve in shown.items() if len(curve.x)}
    if not shown:
        return "<p class='hint'>Nothing was measured.</p>"
    area = _Area.around([_thinned(curve) if curve.dense else (curve.x, curve.y) for curve in shown.values()])
    parts = [*_grid(area, x_label, y_label)]
    for number, (name, curve) in enumerate(shown.items()):
        parts += _drawn(area, curve, number)
        if len(shown) > 1:
            parts.append(_legend(name, number))
    label = escape(f"{y_label} against {x_label}", quote=True)
    head = f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{label}'>"
    return "\n".join([head, *parts, "</svg>"])


@dataclass(frozen=True)
class _Area:
    """Which numbers the edges of the drawing stand for."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    @classmethod
    def around(cls, lines: Sequence[tuple[Numbers, Numbers]]) -> _Area:
        x, y = (np.concatenate([line[axis] for line in lines]) for axis in (0, 1))
        low, high = float(y.min()), float(y.max())
        margin = 0.05 * (high - low) or max(abs(high), 1.0) * 0.05
        begin, end = float(x.min()), float(x.max())
        return cls(begin, end if end > begin else begin + 1, low - margin, high + margin)

    def points(self, x: Numbers, y: Numbers) -> str:
        """As SVG wants them."""
        across = LEFT + (x - self.x_low) / (self.x_high - self.x_low) * (WIDTH - LEFT - RIGHT)
        down = TOP + (self.y_high - y) / (self.y_high - self.y_low) * (HEIGHT - TOP - BOTTOM)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across.tolist(), down.tolist(), strict=True))

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Of one point."""
        across, down = self.points(np.array([x]), np.array([y])).split(",")
        return float(across), float(down)


def _finite(curve: Curve) -> Curve:
    good = np.isfinite(curve.x) & np.isfinite(curve.y)
    return Curve(curve.x[good], curve.y[good], curve.dense)


def _thinned(curve: Curve) -> tuple[Numbers, Numbers]:
    """Means of neighbours."""
    parts = min(len(curve.x), MOST_POINTS)
    means = [[float(part.mean()) for part in np.array_split(values, parts)] for values in (curve.x, curve.y)]
    return np.array(means[0]), np.array(means[1])


def _drawn(area: _Area, curve: Curve, number: int) -> list[str]:
    if not curve.dense:
        dots = [f"<circle cx='{p.split(',')[0]}' cy='{p.split(',')[1]}' r='3'/>" for p in _pairs(area, curve)]
        line = f"<polyline points='{area.points(curve.x, curve.y)}'/>"
        return [f"<g class='curve{number}'>{line}{''.join(dots if len(dots) <= 60 else [])}</g>"]
    x, y = _thinned(curve)
    if len(curve.x) <= MOST_POINTS:
        return [f"<g class='curve{number}'><polyline points='{area.points(x, y)}'/></g>"]
    chunks = np.array_split(curve.y, len(x))
    low, high = (np.clip([of(c) for c in chunks], area.y_low, area.y_high) for of in (np.min, np.max))
    band = f"{area.points(x, high)} {area.points(x[::-1], low[::-1])}"
    return [f"<g class='curve{number}'><polygon points='{band}'/><polyline points='{area.points(x, y)}'/></g>"]


def _pairs(area: _Area, curve: Curve) -> list[str]:
    return area.points(curve.x, curve.y).split()


def _grid(area: _Area, x_label: str, y_label: str) -> list[str]:
    parts = []
    for value in ticks(area.y_low, area.y_high):
        _, down = area.place(area.x_low, value)
        parts.append(f"<line class='grid' x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{down:.1f}' y2='{down:.1f}'/>")
        parts.append(f"<text class='number' x='{LEFT - 8}' y='{down + 4:.1f}' text-anchor='end'>{value:g}</text>")
    bottom = HEIGHT - BOTTOM
    for value in ticks(area.x_low, area.x_high):
        across, _ = area.place(value, area.y_low)
        parts.append(f"<text class='number' x='{across:.1f}' y='{bottom + 18}' text-anchor='middle'>{value:,g}</text>")
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f"<text x='{middle}' y='{HEIGHT - 8}' text-anchor='middle'>{escape(x_label)}</text>")
    up = (TOP + bottom) / 2
    turned = f"transform='rotate(-90 14 {up})'"
    return [*parts, f"<text x='14' y='{up}' {turned} text-anchor='middle'>{escape(y_label)}</text>"]


def _legend(name: str, number: int) -> str:
    across, down = LEFT + 130 * number, TOP - 20
    line = f"<line x1='{across}' x2='{across + 20}' y1='{down}' y2='{down}'/>"
    return f"<g class='curve{number}'>{line}</g><text x='{across + 28}' y='{down + 4}'>{escape(name)}</text>"


def ticks(low: float, high: float) -> list[float]:
    """Some five round numbers from ``low`` to ``high``."""
    rough = (high - low) / TICKS
    if not math.isfinite(rough) or rough <= 0:
        return []
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first = math.ceil(low / step)
    return [round(at * step, 12) for at in range(first, math.floor(high / step) + 1)]
