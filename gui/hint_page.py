"""What stands in place of a page that has nothing to show yet: a sentence, and the button for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget


def hint_page(hint: QWidget, height: int, button: QWidget) -> QWidget:
    """``hint``, ``height`` pixels high, with ``button`` below it, somewhat above the middle."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.addStretch(1)
    hint.setFixedHeight(height)
    hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    column.addWidget(hint)
    column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(2)
    return page
