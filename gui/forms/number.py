"""Numbers: typed, and where it helps dragged."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from core.config import number_text
from gui.forms.editor import Editor
from gui.forms.inputs import NumberBox
from gui.forms.spec import FieldSpec


class NumberEditor(Editor):
    """A whole or decimal number, kept as the text that was typed."""

    def __init__(self, spec: FieldSpec) -> None:
        self.box = NumberBox(spec)
        super().__init__(spec, self.box)
        self.box.text_changed.connect(self.edited)
        self.box.was_stepped.connect(self.committed)
        self.box.editingFinished.connect(self.committed)

    def raw(self) -> str:
        """The text, such as "1e-3"."""
        return self.box.text()

    def show_value(self, value: Any) -> None:
        """Show a number in the shortest exact form, and anything else as it is."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        self.box.set_text(number_text(value) if is_number else "" if value is None else str(value))

    def parsed(self) -> Any:
        """The number, or the text that is none."""
        number = self.box.number()
        return self.raw() if number is None else number

    def set_placeholder(self, text: str) -> None:
        """Show ``text`` while the box is empty."""
        self.box.lineEdit().setPlaceholderText(text)


class CalmSlider(QSlider):
    """A slider that the wheel moves only while it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move only with the keyboard focus; otherwise let the wheel scroll what lies around."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SliderEditor(NumberEditor):
    """A slider beside the box. The box leads: what is typed may be wrong, and then the slider stays where it was."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(int(spec.bounds.low or 0), int(spec.bounds.high or 0))
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setObjectName(f"slider_{spec.name}")
        self.slider.setAccessibleName(spec.title)
        self.line.insertWidget(0, self.slider, stretch=1)
        self.slider.valueChanged.connect(self._on_dragged)
        self.slider.sliderReleased.connect(self.committed)
        self.edited.connect(self._follow)

    def tab_stops(self) -> list[QWidget]:
        """The slider, then the box."""
        return [self.slider, self.control]

    def _on_dragged(self, value: int) -> None:
        if self.box.number() != value:
            self.box.set_text(str(value))

    def _follow(self) -> None:
        number = self.box.number()
        if number is not None and self.spec.bounds.allow(number):
            self.slider.setValue(int(number))
