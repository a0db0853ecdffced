"""Pickers: what is registered, by title, with its summary as tooltip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt

from gui.forms.inputs import CalmComboBox


class Picker(CalmComboBox):
    """A combo box of specs; the id is the data of each item."""

    def __init__(self, name: str, help: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setToolTip(help)
        self.setAccessibleName(help)

    @property
    def id(self) -> str:
        """The id of what is picked, "" where there is nothing to pick."""
        return self.currentData() or ""

    def pick(self, id: str) -> None:
        """Pick by id; nothing changes where there is no such item."""
        index = self.findData(id)
        if index >= 0:
            self.setCurrentIndex(index)

    def fill(self, specs: Mapping[str, Any], chosen: str = "") -> None:
        """Offer these specs, without a word to those who listen, and pick ``chosen``, else the first."""
        blocked = self.blockSignals(True)
        self.clear()
        for id, spec in specs.items():
            self.addItem(spec.title, id)
            self.setItemData(self.count() - 1, spec.summary, Qt.ItemDataRole.ToolTipRole)
        self.pick(chosen)
        self.blockSignals(blocked)
