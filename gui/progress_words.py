"""Where a run is, in words: lines of text at the right of the run bar that never move what stands beside them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.views.tips import plain_tip

_LEAST = "epoch 100 of 100"


class ProgressWords(QLabel):
    """Takes the room that is left, and cuts its lines short where that is little; the tooltip has the whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress_words")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, words: str) -> None:
        """Show ``words``, a line or two."""
        self.setText(words)
        self.setToolTip(plain_tip(words) if words else "")

    def minimumSizeHint(self) -> QSize:
        """Room for a few words, whatever is said, so that the window can be made narrow."""
        return QSize(self.fontMetrics().horizontalAdvance(_LEAST), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Each line by itself, cut short at its end."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        metrics, width = self.fontMetrics(), self.width()
        lines = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in self.text().splitlines()]
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "\n".join(lines))
