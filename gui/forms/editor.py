"""What all editors of a form have in common."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.forms.colours import fault_colour
from gui.forms.spec import FieldSpec

OUTLINE = 2
_CORNER = 3.0


class Editor(QWidget):
    """Edits one field: a widget to type in, with a margin in which a fault is outlined.

    Signals:
        edited: the raw value changed, by hand or by :meth:`show_value`.
        committed: the person is done with it: Enter, another field, a step, a tick, a choice.
    """

    edited = Signal()
    committed = Signal()

    def __init__(self, spec: FieldSpec, control: QWidget, content: QWidget | None = None) -> None:
        """Lay out ``content``, by default ``control`` alone; ``control`` is what gets the focus and the name."""
        super().__init__()
        self.spec = spec
        self.control = control
        self._is_faulty = False
        control.setObjectName(f"setting_{spec.name}")
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(OUTLINE, OUTLINE, OUTLINE, OUTLINE)
        self.line.setSpacing(6)
        self.line.addWidget(content or control)

    def raw(self) -> Any:
        """What stands in the editor, a number as the text that was typed."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Put ``value`` into the editor, valid or not."""
        raise NotImplementedError

    def parsed(self) -> Any:
        """:meth:`raw` as the type of the field where it can be read so, else as it is."""
        return self.raw()

    def tab_stops(self) -> list[QWidget]:
        """The widgets that Tab visits, in order."""
        return [self.control]

    def activate(self) -> None:
        """What a click on the label does."""
        self.control.setFocus()

    def set_placeholder(self, text: str) -> None:
        """Show ``text`` greyed in the empty editor, where it is one that can be empty."""

    def set_tooltip(self, text: str) -> None:
        """Show ``text`` over everything a person can point at here."""
        self.setToolTip(text)

    def set_faulty(self, faulty: bool) -> None:
        """Outline the editor, or stop doing so."""
        self._is_faulty = faulty
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the outline around the widget, not over it, so that any style keeps its look."""
        super().paintEvent(event)
        if not self._is_faulty:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(fault_colour(self.palette()), OUTLINE))
        around = OUTLINE / 2
        frame = QRectF(self.control.geometry()).adjusted(-around, -around, around, around)
        painter.drawRoundedRect(frame, _CORNER, _CORNER)
