"""A sentence in an area: a hint or a note in grey, or a problem below a mark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPalette, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.forms.colours import fault_colour
from gui.views.tips import plain_tip

_PADDING = 6
_GAP = 8
_DEEPEST = 190
"""Px from the top within which the sentence is centred: in a tall area it stays near the pictures."""


class MessageView(QWidget):
    """Wraps its text inside words if it must; what finds no room is left out with "…" and is in the tooltip.

    The text stands in the middle or, as a ``note``, at the top left.
    """

    def __init__(self, parent: QWidget | None = None, *, note: bool = False) -> None:
        super().__init__(parent)
        self._is_note = note
        self._text = ""
        self._is_problem = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def text(self) -> str:
        """The whole sentence."""
        return self._text

    def is_problem(self) -> bool:
        """Whether the sentence says what went wrong."""
        return self._is_problem

    def set_text(self, text: str, *, problem: bool = False) -> None:
        """Show ``text``; as a ``problem`` below an exclamation mark."""
        self._text, self._is_problem = text, problem
        self.setToolTip(plain_tip(text))
        self.setAccessibleName(text)
        self.update()

    def shown_text(self) -> str:
        """As much of the sentence as finds room."""
        room = self._room()
        return self._fitted(room.width(), room.height())

    def minimumSizeHint(self) -> QSize:
        """None: the panel gives the room."""
        return QSize(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The mark above the text, both in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room, above = self._room(), self._above()
        layout, height = self._lines(self._fitted(room.width(), room.height()), room.width())
        spare = 0.0 if self._is_note else min(room.height(), _DEEPEST - above) - height
        top = room.top() + max(0.0, spare / 2)
        palette = self.palette()
        if self._is_problem:
            side = above - _GAP
            self._draw_mark(painter, QRectF(room.center().x() - side / 2, top - above, side, side))
        quiet = QPalette.ColorRole.PlaceholderText
        painter.setPen(palette.color(QPalette.ColorRole.WindowText if self._is_problem else quiet))
        layout.draw(painter, QPointF(room.left(), top))

    def _above(self) -> float:
        """Px that the mark and the gap below it take."""
        return 1.6 * self.fontMetrics().height() + _GAP if self._is_problem else 0.0

    def _room(self) -> QRectF:
        padding = 0 if self._is_note else _PADDING
        return QRectF(self.rect()).adjusted(padding, padding + self._above(), -padding, -padding)

    def _fitted(self, width: float, height: float) -> str:
        shown = self._text
        while len(shown) > 2 and self._lines(shown, width)[1] > max(height, self.fontMetrics().lineSpacing()):
            shown = shown.removesuffix("…")[: -max(1, len(shown) // 12)].rstrip() + "…"
        return shown

    def _lines(self, text: str, width: float) -> tuple[QTextLayout, float]:
        option = QTextOption(Qt.AlignmentFlag.AlignLeft if self._is_note else Qt.AlignmentFlag.AlignHCenter)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout = QTextLayout(text, self.font())
        layout.setTextOption(option)
        spacing, height = QFontMetricsF(self.font()).lineSpacing(), 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1.0, width))
            line.setPosition(QPointF(0, height))
            height += spacing
        layout.endLayout()
        return layout, height

    def _draw_mark(self, painter: QPainter, square: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fault_colour(self.palette()))
        painter.drawEllipse(square)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.Window))
        painter.drawText(square, Qt.AlignmentFlag.AlignCenter, "!")
        painter.setFont(self.font())
