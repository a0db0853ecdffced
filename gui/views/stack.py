"""Several views below each other, each with its title."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.views import Stack
from gui.views.canvas import small

if TYPE_CHECKING:  # which itself draws stacks
    from gui.views.drawer import ViewDrawer

MOST_PARTS = 12
_LOWEST_PART = 58
"""Pixels of height; parts that have no room for that are scrolled."""


class StackWidget(QScrollArea):
    """Draws a :class:`~core.views.Stack`; ``make_drawer`` gives a new widget that draws one part."""

    def __init__(self, make_drawer: Callable[[], ViewDrawer], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_drawer = make_drawer
        self._parts: list[tuple[QLabel, ViewDrawer]] = []
        self._notice = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setBackgroundRole(QPalette.ColorRole.Base)
        inner.setAutoFillBackground(True)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(0)
        self.setWidget(inner)

    def show_view(self, view: Stack) -> None:
        """Draw ``view``; a part keeps its zoom while it is of the same type.

        Raises:
            ValueError: when a part is itself a stack, or there are too many.
        """
        if any(isinstance(part, Stack) for _, part in view.parts):
            raise ValueError("a stack cannot hold another one")
        if len(view.parts) > MOST_PARTS:
            raise ValueError(f"a stack holds at most {MOST_PARTS} views, not {len(view.parts)}")
        self._notice = "" if view.parts else "There are no views in this stack."
        self._make_room(len(view.parts))
        for (title, drawer), (name, part) in zip(self._parts, view.parts, strict=True):
            title.setText(str(name))
            title.setToolTip(str(name))
            title.setVisible(bool(name))
            drawer.draw(part)

    def notice(self) -> str:
        """The sentence that there is nothing to draw, if so."""
        return self._notice

    def _make_room(self, count: int) -> None:
        while len(self._parts) > count:
            for widget in self._parts.pop():
                self._column.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        while len(self._parts) < count:
            title, drawer = _title(self), self._make_drawer()
            drawer.setMinimumHeight(_LOWEST_PART)
            self._column.addWidget(title)
            self._column.addWidget(drawer, 1)
            self._parts.append((title, drawer))


def _title(owner: QWidget) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setContentsMargins(10, 2, 10, 0)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    font = small(owner.font())
    font.setBold(True)
    label.setFont(font)
    return label
