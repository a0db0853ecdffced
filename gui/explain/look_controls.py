"""How the map is laid over the picture: transparency, colours, scaling and sign."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QSlider, QWidget

from gui.explain.heat_colours import PLAIN, SIGNED, Look, Side
from gui.forms.inputs import CalmComboBox

_SIDES: dict[Side, str] = {"both": "For and against", "for": "Only what speaks for it", "against": "Only against it"}


class LookControls(QWidget):
    """A slider, two lists and a tick."""

    changed = Signal(object)
    """The :class:`~gui.explain.heat_colours.Look` that is set now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._signed = Look(), False
        self.transparency = QSlider(Qt.Orientation.Horizontal)
        self.transparency.setRange(0, 100)
        self.transparency.setPageStep(10)
        self.transparency.setMinimumWidth(60)
        self.transparency.setToolTip("0%: the map alone; 100%: the picture alone")
        self.share = QLabel()
        self.share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.share.setMinimumWidth(self.share.fontMetrics().horizontalAdvance("100% "))
        self.colours, self.side = CalmComboBox(), CalmComboBox()
        self.colours.setToolTip("The colours of the map, from its lowest to its highest value")
        self.side.setToolTip(
            "Methods that tell what speaks for the class from what speaks against it can show one side"
        )
        for key, title in _SIDES.items():
            self.side.addItem(title, key)
        self.smooth = QCheckBox("Smooth")
        self.smooth.setToolTip("Blend the pixels into one another; without it each pixel is one square")
        self._arrange()
        self._fill(self._look)
        self.transparency.valueChanged.connect(lambda value: self._set(transparency=value))
        self.colours.currentTextChanged.connect(self._on_colours)
        self.smooth.toggled.connect(lambda smooth: self._set(smooth=smooth))
        self.side.currentIndexChanged.connect(lambda _index: self._set(side=cast(Side, self.side.currentData())))

    def look(self) -> Look:
        """What is set now."""
        return self._look

    def set_signed(self, signed: bool) -> None:
        """Offer the colours that suit a map with or without a sign."""
        if signed != self._signed:
            self._signed = signed
            self._fill(self._look)

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for row, (title, widget) in enumerate(
            (("Transparency", self.transparency), ("Colours", self.colours), ("Sign", self.side))
        ):
            label = QLabel(title)
            label.setBuddy(widget)
            widget.setAccessibleName(title)
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1, 1, 2 if widget is self.side else 1)
        grid.addWidget(self.share, 0, 2)
        grid.addWidget(self.smooth, 1, 2)

    def _fill(self, look: Look) -> None:
        names, chosen = (SIGNED, look.signed) if self._signed else (PLAIN, look.plain)
        with QSignalBlocker(self.colours), QSignalBlocker(self.transparency), QSignalBlocker(self.smooth):
            self.colours.clear()
            self.colours.addItems(list(names))
            self.colours.setCurrentText(chosen)
            self.transparency.setValue(look.transparency)
            self.smooth.setChecked(look.smooth)
        self.side.setEnabled(self._signed)
        self.share.setText(f"{look.transparency}%")

    def _on_colours(self, name: str) -> None:
        if name:
            self._set(**{"signed" if self._signed else "plain": name})

    def _set(self, **changes: object) -> None:
        self._look = replace(self._look, **changes)  # type: ignore[arg-type]
        self.share.setText(f"{self._look.transparency}%")
        self.changed.emit(self._look)
