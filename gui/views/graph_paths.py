"""The curves between the boxes of a graph: like tracks, straight on, or round in a bend to the next band."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from gui.views.graph_places import BAND_GAP, LAYER_GAP, Place

RADIUS = LAYER_GAP / 4
_LANES = (0.0, 5.0, -5.0, 10.0, -10.0)


def edge_path(stops: Sequence[Place], lane: int, right: float) -> QPainterPath:
    """From the right side of the first place by way of the others to the left side of the last.

    ``lane``: numbers the edges, so that those in the same gap between two bands do not cover one another;
    ``right``: where the graph ends, beyond which an edge passes whole bands.
    """
    path = QPainterPath(QPointF(stops[0].right, stops[0].middle))
    for before, after in pairwise(stops):
        tail, head = QPointF(before.right, before.middle), QPointF(after.x, after.middle)
        path.lineTo(tail)
        if before.band == after.band and tail.x() < head.x():
            reach = QPointF((head.x() - tail.x()) * 0.5, 0)
            path.cubicTo(tail + reach, head - reach, head)
        else:
            beside = after.band in (before.band, before.band + 1)
            path.lineTo(tail if beside else QPointF(right, tail.y()))
            _round_trip(path, path.currentPosition(), head, after.band_top - BAND_GAP / 2 + _LANES[lane % len(_LANES)])
    return path


def _round_trip(path: QPainterPath, tail: QPointF, head: QPointF, level: float) -> None:
    """Out to the right, along the horizontal at ``level``, and into ``head`` from its left, with rounded corners."""
    out, back = tail.x() + RADIUS, head.x() - 2 * RADIUS
    down = RADIUS if level > tail.y() else -RADIUS
    path.quadTo(QPointF(out, tail.y()), QPointF(out, tail.y() + down))
    path.lineTo(out, level - down)
    path.quadTo(QPointF(out, level), QPointF(out - RADIUS, level))
    path.lineTo(back + RADIUS, level)
    path.quadTo(QPointF(back, level), QPointF(back, level + RADIUS))
    path.lineTo(back, head.y() - RADIUS)
    path.quadTo(QPointF(back, head.y()), QPointF(back + RADIUS, head.y()))
    path.lineTo(head)
