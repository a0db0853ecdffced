"""The texts around an editor: its label, and the line for what is wrong with it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.forms.colours import fault_colour

_SMALL = 0.86
_LONGEST = 400


def small_font(font: QFont) -> QFont:
    """``font``, somewhat smaller."""
    small = QFont(font)
    if font.pointSizeF() > 0:
        small.setPointSizeF(font.pointSizeF() * _SMALL)
    else:
        small.setPixelSize(round(font.pixelSize() * _SMALL))
    return small


class FieldLabel(QLabel):
    """The title of a field: bold while the value is not the default, elided where space is short."""

    clicked = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(title.replace("&", "&&"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_bold(self, bold: bool) -> None:
        """Mark the field as changed from its default."""
        font = self.font()
        font.setBold(bold)
        self.setFont(font)

    def sizeHint(self) -> QSize:
        """Room for the bold title, so that nothing moves when it becomes bold."""
        bold = QFont(self.font())
        bold.setBold(True)
        return QSize(QFontMetrics(bold).horizontalAdvance(self._title) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """At least a few letters."""
        few = self.fontMetrics().averageCharWidth() * 8
        return QSize(min(few, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the title, elided at the right."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, self.width())
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setPen(self.palette().color(group, QPalette.ColorRole.WindowText))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes to the editor."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class ReasonLine(QWidget):
    """A line of fixed height below an editor: empty, or an exclamation mark and what is wrong.

    It doubles as the gap between two rows, so a fault that comes or goes moves nothing.
    """

    def __init__(self, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._text = ""
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """What is wrong, or an empty text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show ``text`` in full as the tooltip and as much of it as fits in the line."""
        self._text = text
        self.setToolTip(escape(text))
        self.setAccessibleName(text)
        self.update()

    def hint(self) -> str:
        """What to do next, shown in grey while nothing is wrong."""
        return self._hint

    def set_hint(self, text: str) -> None:
        """Show ``text`` in grey; what is wrong comes before it."""
        self._hint = text
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its lines, written small."""
        lines = "\n".join(["Mg"] * self._lines)
        wrapped = Qt.TextFlag.TextWordWrap.value
        return QSize(0, self._metrics().boundingRect(0, 0, 1000, 1000, wrapped, lines).height() + 1)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the font's size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark and the text; a single line is set at the right, below the editor."""
        if not self._text and not self._hint:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(self.font()))
        if not self._text:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, self._hint)
            return
        size = self._metrics().ascent()
        indent = size + 4
        room = QRect(0, 0, max(1, self.width() - indent), self.height())
        shown = self._fitted(room)
        taken = self._metrics().boundingRect(room, self._flags(), shown).width()
        left = max(0, room.width() - taken - 2) if self._lines == 1 else 0
        self._draw_mark(painter, QRectF(left, 1, size, size))
        painter.setPen(fault_colour(self.palette()))
        painter.drawText(room.translated(left + indent, 0), self._flags(), shown)

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(small_font(self.font()))

    def _flags(self) -> int:
        wrap = Qt.TextFlag.TextWordWrap.value if self._lines > 1 else Qt.TextFlag.TextSingleLine.value
        return wrap | Qt.AlignmentFlag.AlignTop.value | Qt.AlignmentFlag.AlignLeft.value

    def _fitted(self, room: QRect) -> str:
        if self._lines == 1:
            return self._metrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        shown = self._text[:_LONGEST]
        while self._metrics().boundingRect(room, self._flags(), shown).height() > room.height() and len(shown) > 2:
            shown = shown.removesuffix(" …").rpartition(" ")[0] + " …"
        return shown

    def _draw_mark(self, painter: QPainter, square: QRectF) -> None:
        """A filled disc with an exclamation mark: the fault shows without its colour, too."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fault_colour(self.palette()))
        painter.drawEllipse(square)
        painter.setPen(self.palette().color(QPalette.ColorRole.Window))
        font = small_font(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(square, Qt.AlignmentFlag.AlignCenter, "!")
        painter.setFont(small_font(self.font()))
