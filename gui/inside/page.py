"""The tabs of the page "Inside"."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget


class InsidePage(QTabWidget):
    """One look into the network a tab."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_page")
        self.setDocumentMode(True)
        self.setAccessibleName("Looks into the network")

    def add(self, title: str, look: QWidget, help: str) -> None:
        """A further look; ``help`` is its tab's tooltip."""
        self.setTabToolTip(self.addTab(look, title), help)
