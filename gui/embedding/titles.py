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
    seen = (x >= 0) & (y >= 0) & (x <= area.width()) & (y <= area.height())
    places, groups = places[seen], groups[seen]
    shown = [group for group in np.unique(groups).tolist() if 0 <= group < len(names)]
    if emphasis in shown:
        shown = [emphasis]
    if len(shown) > MOST_TITLES:
        return []
    found: list[Title] = []
    for group in sorted(shown, key=lambda group: -int((groups == group).sum())):
        mine = places[groups == group]
        if len(mine) < _FEWEST:
            continue
        text = _short(names[group])
        x, y = _middle(mine, places)
        width, height = 1.1 * metrics.horizontalAdvance(text) + 12, metrics.height() + 4
        box = QRectF(0, 0, width, height)
        box.moveCenter(QPointF(x, y))
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


def _middle(mine: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the square of the map that has most of the group's points, weighted by their share of all in it."""
    corner = mine.min(axis=0)
    columns = int((mine[:, 0].max() - corner[0]) // _SQUARE) + 1
    inside = ((places >= corner) & (places <= mine.max(axis=0))).all(axis=1)

    def squares(points: NDArray[np.float64]) -> NDArray[np.int64]:
        cells = ((points - corner) // _SQUARE).astype(np.int64)
        found: NDArray[np.int64] = cells[:, 1] * columns + cells[:, 0]
        return found

    ours = squares(mine)
    own = np.bincount(ours)
    everyone = np.bincount(squares(places[inside]), minlength=len(own))[: len(own)]
    best = int(np.argmax(own * own / np.maximum(everyone, 1)))
    middle: NDArray[np.float64] = mine[ours == best].mean(axis=0)
    return middle


def _short(name: str) -> str:
    name = " ".join(name.split()) or name
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
