"""A page that tells when it is looked at, so that nothing is computed for nobody."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget


class SeenPage(QWidget):
    """The base of pages whose numbers cost something: who brings them listens to these signals."""

    shown = Signal()
    hidden = Signal()

    def showEvent(self, event: QShowEvent) -> None:
        """Only now is anything computed."""
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """What takes long can be given up."""
        super().hideEvent(event)
        self.hidden.emit()
