"""The small buttons below the drop zone and the draw pad."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QToolButton, QWidget

from gui.try_it.draw_pad import DrawPad
from gui.try_it.drawing import PEN_WIDTH, SIDE

PEN_WIDTHS = (6, 48)
"""Px of the paper, from a fine line to a broad brush."""

_OUTLINED = (
    "QToolButton { border: 1px solid palette(mid); padding: 2px 6px; }"
    "QToolButton:focus { border-color: palette(accent); }"
)


class DropTools(QWidget):
    """Open and paste."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.open_button = _button("Open…", "Choose a picture file (Ctrl+O)")
        self.paste_button = _button("Paste", "Take the picture on the clipboard (Ctrl+V here, elsewhere Ctrl+Shift+V)")
        row = _row(self)
        row.addWidget(self.open_button)
        row.addWidget(self.paste_button)
        row.addStretch(1)

    def in_order(self) -> tuple[QWidget, ...]:
        """What takes the focus, from left to right."""
        return self.open_button, self.paste_button


class PadTools(QWidget):
    """Undo, clear and the width of the pen of a :class:`~gui.try_it.draw_pad.DrawPad`."""

    def __init__(self, pad: DrawPad, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pad = pad
        self.undo_button = _button("Undo", "Take back the last stroke (Ctrl+Z on the drawing)")
        self.clear_button = _button("Clear", "Wipe the drawing away (Delete on the drawing)")
        self.pen_slider = QSlider(Qt.Orientation.Horizontal)
        self.pen_slider.setAccessibleName("Pen width in px")
        self.pen_slider.setRange(*PEN_WIDTHS)
        self.pen_slider.setMinimumWidth(44)
        self.pen_slider.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = _row(self)
        row.addWidget(self.undo_button)
        row.addWidget(self.clear_button)
        row.addWidget(self.pen_slider, 1)
        self.pen_slider.valueChanged.connect(self._set_pen_width)
        self.pen_slider.setValue(round(PEN_WIDTH))
        self.undo_button.clicked.connect(pad.undo)
        self.clear_button.clicked.connect(pad.clear)
        pad.changed.connect(self._refresh)
        self._refresh()

    def in_order(self) -> tuple[QWidget, ...]:
        """What takes the focus, from left to right."""
        return self.undo_button, self.clear_button, self.pen_slider

    def _set_pen_width(self, width: int) -> None:
        self._pad.set_pen_width(width)
        self.pen_slider.setToolTip(f"Pen width: {width} px, of a drawing of {SIDE}×{SIDE} px")

    def _refresh(self) -> None:
        self.undo_button.setEnabled(self._pad.can_undo())
        self.clear_button.setEnabled(not self._pad.is_empty())


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setStyleSheet(_OUTLINED)
    return button


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(5)
    return row
