"""The row above the health of a network: whether it is watched, how often, and what was seen so far."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from core.health import EVERY, HealthSettings
from gui.try_it.elided_label import ElidedLabel

CADENCES = (1, EVERY, 100, 1000)


class HealthHead(QWidget):
    """Tells what is chosen."""

    changed = Signal(object)
    """New :class:`HealthSettings`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.watch = QCheckBox("Watch the health")
        self.watch.setToolTip(
            "Look at a training step from inside now and then. Where that takes long, it is done less often: it never\n"
            "costs more than some 2% of the training’s time, and it changes nothing. Switched off it costs nothing."
        )
        self.every = QComboBox()
        for steps in CADENCES:
            self.every.addItem("as often as possible" if steps == 1 else f"every {steps:,} steps at most", steps)
        self.every.setToolTip("After how many steps, at the earliest, the next one is looked at")
        self.every.setAccessibleName("Steps between two looks, at least")
        self.status = ElidedLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 10, 3)
        row.setSpacing(8)
        row.addWidget(self.watch)
        row.addWidget(self.every)
        row.addWidget(self.status, 1)
        self.show_settings(HealthSettings())
        self.watch.toggled.connect(self._tell)
        self.every.currentIndexChanged.connect(self._tell)

    def settings(self) -> HealthSettings:
        """What is chosen."""
        return HealthSettings(self.watch.isChecked(), int(self.every.currentData()))

    def show_settings(self, settings: HealthSettings) -> None:
        """Show these, without telling of it; a cadence that is not offered becomes the default."""
        for widget in (self.watch, self.every):
            widget.blockSignals(True)
        self.watch.setChecked(settings.on)
        place = self.every.findData(settings.every)
        self.every.setCurrentIndex(place if place >= 0 else self.every.findData(EVERY))
        for widget in (self.watch, self.every):
            widget.blockSignals(False)
        self.every.setEnabled(settings.on)

    def _tell(self) -> None:
        self.every.setEnabled(self.watch.isChecked())
        self.changed.emit(self.settings())
