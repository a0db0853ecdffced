"""Strokes of a pen, kept as points so that they can be taken back, and as ink so that they are quick to show."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

SIDE = 280
"""The paper is a square of this many px, however large it is on the screen."""

PEN_WIDTH = 22.0
"""Px of the paper; about as thick, for a digit that fills the paper, as the strokes of MNIST."""

MOST_UNDO = 200
_SHARPNESS = 2
_INK = QColor(0, 0, 0)


@dataclass
class Stroke:
    """The way of the pen from down to up, in px of the paper, and how wide the pen was."""

    width: float
    points: list[QPointF] = field(default_factory=list)


class Drawing:
    """What is on the paper. Coordinates run from 0 to :data:`SIDE` in both directions, y downwards."""

    def __init__(self) -> None:
        self._strokes: tuple[Stroke, ...] = ()
        self._earlier: list[tuple[Stroke, ...]] = []
        self._current: Stroke | None = None
        self._ink = _blank_ink()

    @property
    def ink(self) -> QImage:
        """Black strokes on nothing, :data:`SIDE` times a whole number px a side."""
        return self._ink

    @property
    def drawing(self) -> bool:
        """Whether the pen is down."""
        return self._current is not None

    def is_empty(self) -> bool:
        """Whether there is nothing on the paper."""
        return not self._strokes and self._current is None

    def can_undo(self) -> bool:
        """Whether there is anything to take back."""
        return bool(self._earlier)

    def begin(self, point: QPointF, width: float) -> None:
        """Put the pen down; a stroke that was not ended is ended."""
        self.end()
        self._current = Stroke(width, [point])
        self._draw(_dot(point), width)

    def move(self, point: QPointF) -> None:
        """Go on with the pen down; nothing happens when it is up."""
        stroke = self._current
        if stroke is None or stroke.points[-1] == point:
            return
        stroke.points.append(point)
        self._draw(_bend(stroke.points, len(stroke.points) - 1), stroke.width)

    def end(self) -> None:
        """Lift the pen."""
        if self._current is not None:
            stroke, self._current = self._current, None
            self._draw(_last_bit(stroke.points), stroke.width)
            self._change((*self._strokes, stroke))

    def undo(self) -> None:
        """Take back the last stroke, or the clearing of the paper."""
        self.end()
        if self._earlier:
            self._strokes = self._earlier.pop()
            self._redraw()

    def clear(self) -> None:
        """A new sheet; can be undone."""
        self.end()
        if self._strokes:
            self._change(())
            self._redraw()

    def picture(self) -> QImage:
        """Black on white, :data:`SIDE`×:data:`SIDE` px, grey."""
        page = QImage(self._ink.size(), QImage.Format.Format_Grayscale8)
        page.fill(Qt.GlobalColor.white)
        painter = QPainter(page)
        painter.drawImage(0, 0, self._ink)
        painter.end()
        smooth = Qt.TransformationMode.SmoothTransformation
        return page.scaled(SIDE, SIDE, mode=smooth).convertToFormat(QImage.Format.Format_Grayscale8)

    def _change(self, strokes: tuple[Stroke, ...]) -> None:
        self._earlier.append(self._strokes)
        del self._earlier[:-MOST_UNDO]
        self._strokes = strokes

    def _redraw(self) -> None:
        self._ink = _blank_ink()
        for stroke in self._strokes:
            self._draw(_dot(stroke.points[0]), stroke.width)
            for index in range(1, len(stroke.points)):
                self._draw(_bend(stroke.points, index), stroke.width)
            self._draw(_last_bit(stroke.points), stroke.width)

    def _draw(self, path: QPainterPath, width: float) -> None:
        painter = QPainter(self._ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(_SHARPNESS, _SHARPNESS)
        painter.setPen(QPen(_INK, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)
        painter.end()


def _blank_ink() -> QImage:
    ink = QImage(SIDE * _SHARPNESS, SIDE * _SHARPNESS, QImage.Format.Format_ARGB32_Premultiplied)
    ink.fill(Qt.GlobalColor.transparent)
    return ink


def _dot(point: QPointF) -> QPainterPath:
    path = QPainterPath(point)
    path.lineTo(point + QPointF(0.01, 0.0))  # a path without length has no ends to be rounded
    return path


def _bend(points: list[QPointF], index: int) -> QPainterPath:
    """From the middle of the way to the point before to the middle of the way to this one: no corners remain."""
    before, here = points[index - 1], points[index]
    start = (points[index - 2] + before) / 2 if index > 1 else before
    path = QPainterPath(start)
    path.quadTo(before, (before + here) / 2)
    return path


def _last_bit(points: list[QPointF]) -> QPainterPath:
    if len(points) < 2:
        return _dot(points[0])
    path = QPainterPath((points[-2] + points[-1]) / 2)
    path.lineTo(points[-1])
    return path
