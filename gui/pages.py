"""The pages in the middle of the window: the curves, the data, what went wrong, and the runs there were."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QWidget

LEAST_HEIGHT = 380
"""Pixels that the pages claim at most: a page that would like more is squeezed where there is no more."""


class Pages(QTabWidget):
    """One page a tab, each with a key of its own: Ctrl+1 for the first, and so on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pages")
        self.setDocumentMode(True)
        self.setAccessibleName("Pages")

    def add(self, title: str, page: QWidget, help: str) -> None:
        """A further page; ``help`` is its tab's tooltip."""
        index = self.addTab(page, title)
        keys = f"Ctrl+{index + 1}"
        self.setTabToolTip(index, f"{help} ({keys})")
        QShortcut(QKeySequence(keys), self, lambda: self.setCurrentWidget(page))

    def minimumSizeHint(self) -> QSize:
        """No more than a small screen has left beside an open console, however much one of the pages, seen or not,
        would like to have: the window would grow out of the screen.
        """
        least = super().minimumSizeHint()
        return QSize(least.width(), min(least.height(), LEAST_HEIGHT))

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self.setCurrentWidget(page)
