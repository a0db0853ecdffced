"""One line of text that is cut short, with an ellipsis, where the space is short."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.views.tips import plain_tip


class ElidedLabel(QWidget):
    """Quiet small print, or in another colour of the palette; the tooltip has the whole text."""

    def __init__(
        self, parent: QWidget | None = None, role: QPalette.ColorRole = QPalette.ColorRole.PlaceholderText
    ) -> None:
        super().__init__(parent)
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._text = ""

    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show ``text`` as it stands: it is data, never markup."""
        if text != self._text:
            self._text = text
            self.setToolTip(plain_tip(text))
            self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(100, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, elided at the right."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self._role))
        words = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
