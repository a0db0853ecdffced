"""The pages in the middle of the window: the curves, the data, what went wrong, and the runs there were."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QWidget


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

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self.setCurrentWidget(page)
