"""One text of the panel, with a temperature of its own where several stand side by side."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.try_it.stream_view import StreamView


class TextColumn(QWidget):
    """A :class:`StreamView` below its temperature."""

    changed = Signal()
    """The temperature is another."""

    def __init__(self, temperature: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = StreamView()
        self.temperature = QDoubleSpinBox()
        self.temperature.setLocale(QLocale.c())
        self.temperature.setRange(0.0, 100.0)
        self.temperature.setSingleStep(0.05)
        self.temperature.setValue(temperature)
        self.temperature.setAccessibleName("Temperature of this column")
        self.temperature.setToolTip("Temperature of this column (no unit): 0 takes the likeliest, 1 draws as learnt")
        self.temperature.valueChanged.connect(self.changed)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        label = QLabel("T")
        label.setToolTip(self.temperature.toolTip())
        row.addWidget(label)
        row.addWidget(self.temperature, stretch=1, alignment=Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._head)
        column.addWidget(self.view, stretch=1)

    def show_head(self, shown: bool) -> None:
        """Whether the column has a temperature of its own."""
        self._head.setVisible(shown)
