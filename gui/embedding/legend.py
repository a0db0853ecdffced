"""The groups and their marks: each can be hidden, or shown alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from gui.embedding.marks import icon_of
from gui.views.tips import plain_tip

NOBODY = -1
_GROUP = Qt.ItemDataRole.UserRole
_HELP = "Uncheck a group to hide it; Enter or a double click shows it alone, and again all"


class Legend(QListWidget):
    """A check box a group that has samples; Enter or a double click shows one alone, or all again."""

    hidden_changed = Signal(object)
    """The groups that are left out now, a frozenset."""
    hovered = Signal(int)
    """The group that the mouse is on; −1: none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("embedding_legend")
        self.setAccessibleName("Groups of samples")
        self.setToolTip(_HELP)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # numbered names differ at their end
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(16, 16))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._names: tuple[str, ...] = ()
        self._counts: tuple[int, ...] = ()
        self.itemChanged.connect(lambda _item: self.hidden_changed.emit(self.hidden_groups()))
        self.itemEntered.connect(lambda item: self.hovered.emit(item.data(_GROUP)))
        self.itemDoubleClicked.connect(self._alone)

    def show_groups(self, names: Sequence[str], counts: Sequence[int]) -> None:
        """``counts``: how many samples each has; those without any are left out. What is hidden stays so by name."""
        if (tuple(names), tuple(counts)) == (self._names, self._counts):
            return
        same = tuple(names) == self._names
        hidden = self.hidden_groups() if same else frozenset()
        self._names, self._counts = tuple(names), tuple(counts)
        self.blockSignals(True)
        self.clear()
        for group, (name, count) in enumerate(zip(names, counts, strict=True)):
            if count:
                self.addItem(self._item(group, name, count, checked=group not in hidden))
        self.blockSignals(False)
        self.hidden_changed.emit(self.hidden_groups())

    def hidden_groups(self) -> frozenset[int]:
        """The groups that are left out."""
        items = [self.item(row) for row in range(self.count())]
        return frozenset(item.data(_GROUP) for item in items if item.checkState() == Qt.CheckState.Unchecked)

    def show_all(self) -> None:
        """Hide none."""
        self._check(lambda group: True)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse is on none."""
        super().leaveEvent(event)
        self.hovered.emit(NOBODY)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the marks in another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.blockSignals(True)
            for row in range(self.count()):
                self.item(row).setIcon(icon_of(self.item(row).data(_GROUP), self.palette()))
            self.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows a group alone; the space bar checks and unchecks it, as everywhere."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self._alone(self.currentItem())
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """A dozen groups."""
        return QSize(180, 260)

    def _item(self, group: int, name: str, count: int, *, checked: bool) -> QListWidgetItem:
        short = " ".join(name.split()) or name
        item = QListWidgetItem(icon_of(group, self.palette()), short)
        item.setToolTip(plain_tip(f"{name}: {count:,} samples\n{_HELP}"))
        item.setData(_GROUP, group)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{short}, {count:,} samples")
        return item

    def _alone(self, item: QListWidgetItem) -> None:
        chosen = item.data(_GROUP)
        others = {self.item(row).data(_GROUP) for row in range(self.count())} - {chosen}
        alone = self.hidden_groups() == others
        self._check(lambda group: alone or group == chosen)

    def _check(self, shown: object) -> None:
        assert callable(shown)
        self.blockSignals(True)
        for row in range(self.count()):
            item = self.item(row)
            item.setCheckState(Qt.CheckState.Checked if shown(item.data(_GROUP)) else Qt.CheckState.Unchecked)
        self.blockSignals(False)
        self.hidden_changed.emit(self.hidden_groups())
