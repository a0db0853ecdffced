"""The names of the groups in the map, each where its points are densest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette

from gui.embedding.marks import colour_of
from gui.theme import mix

MOST_TITLES = 20
"""Of more groups the names would hide the points."""
_FEWEST = 3
_LONGEST = 18
_SQUARE = 48
"""Px of the squares in which a group's points are counted."""


@dataclass(frozen=True)
class Title:
    """``box``: px, with its padding."""

    group: int
    text: str
    box: QRectF


def place_titles(
    places: NDArray[np.float64],
    groups: NDArray[np.int64],
    names: Sequence[str],
    metrics: QFontMetrics,
    area: QRect,
    emphasis: int,
) -> list[Title]:
    """A title where a group's points are thick and among themselves, px; of two that overlap, the larger group's."""
    x, y = places.T
    seen = (x >= 0) & (y >= 0) & (x < area.width()) & (y < area.height()) & (groups >= 0)
    counts = np.bincount(groups[seen], minlength=len(names))
    if int((counts > 0).sum()) > MOST_TITLES and emphasis < 0:
        return []
    middles = _middles(places[seen], groups[seen], len(counts), area.width() // _SQUARE + 1)
    found: list[Title] = []
    for group in np.argsort(-counts, kind="stable").tolist():
        if counts[group] < _FEWEST or (0 <= emphasis != group):
            continue
        text = _short(names[group])
        box = QRectF(0, 0, 1.1 * metrics.horizontalAdvance(text) + 12, metrics.height() + 4)
        box.moveCenter(QPointF(*middles[group]))
        if QRectF(area).contains(box) and not any(title.box.intersects(box) for title in found):
            found.append(Title(group, text, box))
    return found


def draw_titles(painter: QPainter, titles: Sequence[Title], palette: QPalette, font: QFont) -> None:
    """Each on a plate of the ground, framed in its colour."""
    ground = palette.color(QPalette.ColorRole.Base)
    plate = mix(ground, ground, 0.0)
    plate.setAlphaF(0.86)
    painter.setFont(font)
    for title in titles:
        painter.setPen(colour_of(title.group, palette))
        painter.setBrush(plate)
        painter.drawRoundedRect(title.box, 4, 4)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(title.box, Qt.AlignmentFlag.AlignCenter, title.text)


def _middles(places: NDArray[np.float64], groups: NDArray[np.int64], count: int, columns: int) -> NDArray[np.float64]:
    """For each group the middle, px, of its points in that square of the map that has most of them, as far as they
    are among themselves: their number times their share of all points there.
    """
    across, down = (places // _SQUARE).astype(np.int64).T
    cells = down * columns + across
    size = int(cells.max(initial=0)) + 1
    codes = groups * size + cells

    def summed(weights: NDArray[np.float64] | None) -> NDArray[np.float64]:
        return np.bincount(codes, weights, count * size).reshape(count, size).astype(np.float64)

    own = summed(None)
    best = np.argmax(own * own / np.maximum(own.sum(axis=0), 1), axis=1)
    of_each = np.arange(count)
    held = np.maximum(own[of_each, best], 1)
    return np.stack([summed(places[:, axis])[of_each, best] / held for axis in (0, 1)], axis=1)


def _short(name: str) -> str:
    name = " ".join(name.split()) or name
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
