"""Forward, loss, backward, update: which of them a step has come to."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.slow_step.timeline import STAGES, Stage
from gui.theme import contrast, mix

TITLES = {"forward": "Forward", "loss": "Loss", "backward": "Backward", "update": "Update"}
_POINT = 12.0


class StageStrip(QWidget):
    """Four arrows in a row: those that are over, the one that the step is in, and those to come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stage_strip")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._stage: Stage | None = None
        self._details: dict[Stage, str] = {}
        self.show_stage(None, {})

    def stage(self) -> Stage | None:
        """The one that the step is in."""
        return self._stage

    def show_stage(self, stage: Stage | None, details: dict[Stage, str]) -> None:
        """The step is in ``stage``, None: in no one yet; ``details``: a few words below the titles."""
        self._stage, self._details = stage, details
        words = (
            "No step is taken apart" if stage is None else f"The step is at: {TITLES[stage]} {details.get(stage, '')}"
        )
        self.setAccessibleName(words.strip())
        self.update()

    def sizeHint(self) -> QSize:
        """Two lines of text."""
        return QSize(320, 2 * self.fontMetrics().height() + 12)

    def minimumSizeHint(self) -> QSize:
        """The same height, however narrow."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The arrows in the colours of the palette."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        reached = STAGES.index(self._stage) if self._stage else -1
        width = (self.width() - _POINT) / len(STAGES)
        for place, stage in enumerate(STAGES):
            self._draw(painter, QRectF(place * width, 1, width - 3, self.height() - 2), stage, place - reached)

    def _draw(self, painter: QPainter, area: QRectF, stage: Stage, ahead: int) -> None:
        palette, role = self.palette(), QPalette.ColorRole
        base, accent = palette.color(role.Base), palette.color(role.Accent)
        # Over: a tint; here: the full colour; to come: the ground.
        fill = accent if ahead == 0 else mix(base, accent, 0.22) if ahead < 0 else base
        painter.setPen(QPen(palette.color(role.Mid), 1))
        painter.setBrush(fill)
        painter.drawPolygon(_arrow(area))
        inks = (palette.color(role.Text), palette.color(role.HighlightedText), palette.color(role.Base))
        ink = max(inks, key=lambda colour: contrast(colour, fill))
        painter.setPen(palette.color(role.PlaceholderText) if ahead > 0 else ink)
        room = area.adjusted(_POINT + 6, 4, -2, -4)
        font, detail = self.font(), self._details.get(stage, "") if ahead <= 0 else ""
        font.setBold(ahead == 0)
        painter.setFont(font)
        title = painter.fontMetrics().elidedText(TITLES[stage], Qt.TextElideMode.ElideRight, int(room.width()))
        left = Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, left | (Qt.AlignmentFlag.AlignTop if detail else Qt.AlignmentFlag.AlignVCenter), title)
        painter.setFont(self.font())
        words = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, left | Qt.AlignmentFlag.AlignBottom, words)


def _arrow(area: QRectF) -> QPolygonF:
    """A band with a notch at its left and a point at its right."""
    left, top, right, bottom, middle = area.left(), area.top(), area.right(), area.bottom(), area.center().y()
    corners = ((left, top), (right, top), (right + _POINT, middle), (right, bottom), (left, bottom))
    return QPolygonF([QPointF(x, y) for x, y in (*corners, (left + _POINT, middle))])
