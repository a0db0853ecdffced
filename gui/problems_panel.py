"""The list of what went wrong in plugins, with the details that help to mend it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

NO_PROBLEMS = "No problems: every plugin works."
MOST_PROBLEMS = 500
"""Further ones drop the oldest: a plugin that fails anew at every step must not fill the memory."""
_MOST_CHARACTERS = 100_000
_DETAILS = Qt.ItemDataRole.UserRole
_TIMES = Qt.ItemDataRole.UserRole + 1


class ProblemsPanel(QWidget):
    """Lists problems, newest at the top; the details of the selected one stand below. One that recurs is counted."""

    count_changed = Signal(int)
    """How many different problems are listed now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problems_panel")
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderLabels(["Source", "What"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAlternatingRowColors(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setProperty("frameless", True)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.list.header().resizeSection(0, 150)
        self.list.currentItemChanged.connect(self._show_details)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setPlaceholderText("Select a problem to see its details.")
        self.copy_button = QPushButton("Copy details")
        self.copy_button.setToolTip("Copy source, summary and details to the clipboard")
        self.copy_button.clicked.connect(self.copy_details)
        self._hint = QLabel(NO_PROBLEMS)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self._hint)
        self._layout.addWidget(self._make_body())
        self._show_details()

    def add_problem(self, title: str, summary: str, details: str) -> None:
        """List a problem: where it comes from, what it is in one sentence, and the traceback.

        The same one again is counted, not listed twice; beyond :data:`MOST_PROBLEMS` the oldest goes.
        """
        known = self._same_problem(title, summary, details)
        if known is not None:
            times = int(known.data(0, _TIMES)) + 1
            known.setData(0, _TIMES, times)
            known.setText(1, f"{times:,}× {_one_line(summary)}")
            return
        item = QTreeWidgetItem([_one_line(title), _one_line(summary)])
        item.setData(0, _DETAILS, (title, summary, _shortened(details)))
        item.setData(0, _TIMES, 1)
        item.setToolTip(1, summary[:500])
        self.list.insertTopLevelItem(0, item)
        while self.list.topLevelItemCount() > MOST_PROBLEMS:
            self.list.takeTopLevelItem(MOST_PROBLEMS)
        if self.list.currentItem() is None:
            self.list.setCurrentItem(item)
        self._layout.setCurrentIndex(1)
        self.count_changed.emit(self.count())

    def clear(self) -> None:
        """Empty the list."""
        had = self.count()
        self.list.clear()
        self._show_details()
        self._layout.setCurrentIndex(0)
        if had:
            self.count_changed.emit(0)

    def count(self) -> int:
        """How many different problems are listed."""
        return self.list.topLevelItemCount()

    def copy_details(self) -> None:
        """Put the selected problem on the clipboard, in a form that fits into a bug report."""
        item = self.list.currentItem()
        if item is not None:
            QApplication.clipboard().setText("\n\n".join(part for part in item.data(0, _DETAILS) if part))

    def hint(self) -> str:
        """The sentence shown while there is nothing to list, else an empty text."""
        return self._hint.text() if self._layout.currentIndex() == 0 else ""

    def _make_body(self) -> QWidget:
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.details, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.copy_button)
        column.addLayout(row)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(below)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        return splitter

    def _same_problem(self, title: str, summary: str, details: str) -> QTreeWidgetItem | None:
        wanted = (title, summary, _shortened(details))
        items = (self.list.topLevelItem(row) for row in range(self.count()))
        return next((item for item in items if item is not None and tuple(item.data(0, _DETAILS)) == wanted), None)

    def _show_details(self) -> None:
        item = self.list.currentItem()
        self.details.setPlainText(item.data(0, _DETAILS)[2] if item is not None else "")
        self.copy_button.setEnabled(item is not None)


def _one_line(text: str) -> str:
    return " ".join(text[:500].split())


def _shortened(details: str) -> str:
    """The end of very long details: that of a traceback says what happened."""
    return details if len(details) <= _MOST_CHARACTERS else "…" + details[-_MOST_CHARACTERS:]
