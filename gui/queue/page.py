"""The page of what is trained next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.history.table import action
from gui.queue.entries import Entry
from gui.queue.run_queue import RunQueue

EMPTY = (
    "Nothing waits. Set up a run on the left and press “Add the set-up”, change something and add again; "
    "then start the queue and go for a walk. A sweep tries many values of a setting by itself."
)
COLUMNS = ("What", "Settings", "State", "Outcome")
WIDTHS = (180, 250, 90)
MARKS = {
    "waiting": "waiting",
    "running": "▶ running",
    "finished": "✓ finished",
    "stopped": "stopped",
    "failed": "✗ failed",
}
_ENTRY = Qt.ItemDataRole.UserRole


class QueuePage(QWidget):
    """Shows a :class:`RunQueue` and steers it."""

    add_asked = Signal()
    sweep_asked = Signal()

    def __init__(self, queue: RunQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queue_page")
        self.queue = queue
        self._hint = QLabel(EMPTY, wordWrap=True, margin=32, alignment=Qt.AlignmentFlag.AlignCenter)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.list = self._make_list()
        self.buttons = self._make_buttons()
        self._lay_out()
        queue.changed.connect(self.refresh)
        self.list.itemSelectionChanged.connect(self._enable)
        self.refresh()

    def refresh(self) -> None:
        """Show the entries as they are."""
        chosen = {entry.number for entry in self.selected()}
        self.list.clear()
        for entry in self.queue.entries:
            item = QTreeWidgetItem([entry.title, entry.details, MARKS[entry.state], entry.words])
            item.setData(0, _ENTRY, entry.number)
            for column, text in enumerate((entry.title, entry.details, entry.state, entry.words)):
                item.setToolTip(column, text)
            self.list.addTopLevelItem(item)
            item.setSelected(entry.number in chosen)
        self._stack.setCurrentIndex(0 if self.queue.entries else 1)
        self._enable()

    def selected(self) -> list[Entry]:
        """The selected entries, top to bottom."""
        numbers = {item.data(0, _ENTRY) for item in self.list.selectedItems()}
        return [entry for entry in self.queue.entries if entry.number in numbers]

    def _enable(self) -> None:
        waiting = self.queue.waiting
        chosen = [entry for entry in self.selected() if entry in waiting]
        one = chosen[0] if len(chosen) == 1 else None
        self.buttons["up"].setEnabled(one is not None and waiting.index(one) > 0)
        self.buttons["down"].setEnabled(one is not None and waiting.index(one) < len(waiting) - 1)
        self.buttons["remove"].setEnabled(any(entry.state != "running" for entry in self.selected()))
        self.buttons["undo"].setEnabled(self.queue.can_undo)
        self.buttons["start"].setEnabled(self.queue.running or bool(waiting))
        self.buttons["start"].setText("Hold the queue" if self.queue.running else "Start the queue")

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setObjectName("queue_list")
        made.setAccessibleName("What is trained next")
        made.setHeaderLabels(COLUMNS)
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setAlternatingRowColors(True)
        made.setFrameShape(QFrame.Shape.NoFrame)
        made.setProperty("frameless", True)
        made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        for column, width in enumerate(WIDTHS):
            made.setColumnWidth(column, width)
        return made

    def _make_buttons(self) -> dict[str, QPushButton]:
        made: dict[str, QPushButton] = {}
        for name, text, help, keys, do in (
            (
                "add",
                "Add the set-up",
                "Put what the set-up asks for at the end of the queue",
                "Ctrl+Shift+Return",
                self.add_asked.emit,
            ),
            ("sweep", "Sweep…", "Many runs that try values of a setting", "Ctrl+Shift+S", self.sweep_asked.emit),
            ("start", "Start the queue", "Train what waits, one after the other", "Shift+F5", self._start_or_hold),
            ("up", "Up", "Sooner", "Alt+Up", lambda: self._move(-1)),
            ("down", "Down", "Later", "Alt+Down", lambda: self._move(1)),
            ("remove", "Remove", "Take it out of the queue; this can be undone", "Delete", self._remove),
            ("undo", "Undo", "Bring back what was removed last", "Ctrl+Z", self.queue.undo),
        ):
            button = QPushButton(text)
            button.setObjectName(f"queue_{name}")
            shortcut = action(self, text, help, keys)
            shortcut.triggered.connect(button.click)
            button.setToolTip(shortcut.toolTip())
            button.clicked.connect(do)
            made[name] = button
        return made

    def _start_or_hold(self) -> None:
        self.queue.hold() if self.queue.running else self.queue.start()

    def _move(self, by: int) -> None:
        for entry in self.selected()[:1]:
            self.queue.move(entry, by)

    def _remove(self) -> None:
        self.queue.remove(self.selected())

    def _lay_out(self) -> None:
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row("add", "sweep", "start"))
        column.addWidget(body, 1)
        column.addLayout(self._row("up", "down", "remove", "undo"))

    def _row(self, *names: str) -> QHBoxLayout:
        """Two rows, since one of all buttons would keep the window wide."""
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        for name in names:
            row.addWidget(self.buttons[name])
        row.addStretch(1)
        return row
