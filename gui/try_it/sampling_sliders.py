"""Temperature, top-k and top-p, each as a slider and a number."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSlider, QSpinBox, QWidget

from core.sampling import Sampling

COMMON_VOCABULARY = 100
"""Until a network is there, top-k has this many characters to choose among."""
_STEPS = 40
_WARMEST = 2.0


class SamplingSliders(QWidget):
    """Three rows; :attr:`changed` comes while a slider moves."""

    changed = Signal(object)
    """The :class:`~core.sampling.Sampling` that is set now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vocabulary = COMMON_VOCABULARY
        self.temperature = _decimal(0.0, 100.0, 0.05)
        self.top_p = _decimal(0.0, 1.0, 0.01)
        self.top_k = QSpinBox()
        self.top_k.setRange(0, 1_000_000)
        self.top_k.setSpecialValueText("all")
        self._sliders: dict[str, QSlider] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._add("temperature", "Temperature", self.temperature, 0, round(_WARMEST / 0.05))
        self._add("top_k", "Top-k", self.top_k, 0, _STEPS)
        self._add("top_p", "Top-p", self.top_p, 1, 100)
        self._connect()
        self.set_sampling(Sampling())

    def sampling(self) -> Sampling:
        """What is set now."""
        return Sampling(temperature=self.temperature.value(), top_k=self.top_k.value(), top_p=self.top_p.value())

    def set_sampling(self, sampling: Sampling) -> None:
        """Show these values."""
        self.temperature.setValue(sampling.temperature)
        self.top_k.setValue(sampling.top_k)
        self.top_p.setValue(sampling.top_p)
        self._follow()

    def set_vocabulary(self, size: int) -> None:
        """How many characters the network knows: the right end of top-k."""
        self._vocabulary = max(1, size)
        self._follow()

    def enable_temperature(self, enabled: bool) -> None:
        """Whether this temperature counts, or each column has its own."""
        for widget in (self.temperature, self._sliders["temperature"]):
            widget.setEnabled(enabled)

    def slider(self, name: str) -> QSlider:
        """The slider of "temperature", "top_k" or "top_p"."""
        return self._sliders[name]

    def _add(self, name: str, title: str, box: QSpinBox | QDoubleSpinBox, low: int, high: int) -> None:
        help_text = Sampling.model_fields[name].description or ""
        unit = " In characters." if name == "top_k" else " A probability." if name == "top_p" else " Without a unit."
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(low, high)
        slider.setMinimumWidth(60)
        label = QLabel(title)
        label.setBuddy(box)
        for widget in (label, slider, box):
            widget.setToolTip(help_text + unit)
        for widget in (slider, box):
            widget.setAccessibleName(title)
        box.setObjectName(f"{name}_box")
        slider.setObjectName(f"{name}_slider")
        row = len(self._sliders)
        self._sliders[name] = slider
        for column, widget in enumerate((label, slider, box)):
            self._grid.addWidget(widget, row, column)

    def _connect(self) -> None:
        moves: dict[str, Callable[[int], None]] = {
            "temperature": lambda place: self.temperature.setValue(place * 0.05),
            "top_k": lambda place: self.top_k.setValue(self._top_k_at(place)),
            "top_p": lambda place: self.top_p.setValue(place / 100),
        }
        for name, move in moves.items():
            self._sliders[name].valueChanged.connect(move)
        for box in (self.temperature, self.top_p, self.top_k):
            box.valueChanged.connect(self._on_value)

    def _on_value(self) -> None:
        self._follow()
        self.changed.emit(self.sampling())

    def _follow(self) -> None:
        """Put the sliders where the numbers are, without their moving the numbers in turn."""
        k = self.top_k.value()
        places = {
            "temperature": round(min(self.temperature.value(), _WARMEST) / 0.05),
            "top_k": self._place_of(k),
            "top_p": round(self.top_p.value() * 100),
        }
        for name, place in places.items():
            slider = self._sliders[name]
            blocked = slider.blockSignals(True)
            slider.setValue(place)
            slider.blockSignals(blocked)

    def _top_k_at(self, place: int) -> int:
        """In equal ratios from 1 at the left end to all (0) at the right one."""
        return 0 if place >= _STEPS else max(1, round(self._vocabulary ** (place / _STEPS)))

    def _place_of(self, k: int) -> int:
        if k == 0 or k >= self._vocabulary:
            return _STEPS
        return min(_STEPS - 1, round(_STEPS * math.log(k) / math.log(self._vocabulary)))


def _decimal(low: float, high: float, step: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setLocale(QLocale.c())  # a point, as on the command line
    box.setRange(low, high)
    box.setDecimals(2)
    box.setSingleStep(step)
    return box
