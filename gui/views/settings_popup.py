"""What can be chosen of a view, in a small window that opens below a button and closes with a click elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from core.config import Config, NoSettings
from gui.forms.config_form import ConfigForm

SETTLE_MS = 250
"""How long a form must rest before a view is computed anew: nobody waits for "1" on the way to "120"."""
_WIDTH = 290


class SettingsPopup(QFrame):
    """Edits the settings of one visualization at a time."""

    changed = Signal(str, object)
    """Other settings (a valid :class:`~core.config.Config`) were chosen for the visualization with this id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        # Or the press on the button that closes it would open it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.form = ConfigForm(NoSettings)
        self.form.changed.connect(self._on_changed)
        self._id = ""
        self._told: Config | None = None
        self._soon = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._soon.timeout.connect(self._tell)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 4)
        column.addWidget(self.form)

    def offer(self, identifier: str, config: type[Config], values: Mapping[str, Any]) -> None:
        """Show the fields of ``config``, at ``values`` or else at their defaults, without telling anybody."""
        self._tell_now()
        self._id = identifier
        with QSignalBlocker(self.form):
            if config is not self.form.config_type():
                self.form.set_type(config)
            self.form.set_values({**config().model_dump(), **values})
        self._told = self.form.config()

    def open_below(self, button: QWidget) -> None:
        """Open with the right edges of both in line, and within the screen."""
        self.resize(max(_WIDTH, self.minimumSizeHint().width()), self.sizeHint().height())
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 2))
        self.move(_within(QRect(corner, self.size()), button.screen().availableGeometry()))
        self.show()
        fields = self.form.findChildren(QWidget, f"setting_{next(iter(self.form.values()), '')}")
        for field in fields[:1]:
            field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """What was typed last counts."""
        super().hideEvent(event)
        self._tell_now()

    def _on_changed(self) -> None:
        self._soon.start()

    def _tell_now(self) -> None:
        if self._soon.isActive():
            self._soon.stop()
            self._tell()

    def _tell(self) -> None:
        config = self.form.config()
        if config is not None and config != self._told:
            self._told = config
            self.changed.emit(self._id, config)


def _within(window: QRect, screen: QRect) -> QPoint:
    left = min(max(window.left(), screen.left()), max(screen.left(), screen.right() - window.width()))
    top = min(max(window.top(), screen.top()), max(screen.top(), screen.bottom() - window.height()))
    return QPoint(left, top)
