"""All lessons, each with how far the learner got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPalette, QTextOption
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

NOTHING = "There are no lessons: the plugin that brings them was switched off, or brought none."
READING = "Reading the lessons…"
_PADDING = 10
_BAR = 4
_ROW_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Row:
    """What is shown of a lesson. ``broken``: its file has faults."""

    id: str
    title: str
    summary: str
    minutes: int
    tasks: int
    right: int
    broken: bool

    @property
    def words(self) -> str:
        """How far the learner got, and how long it takes."""
        done = f"{self.right} of {self.tasks} tasks right" if self.tasks else "no tasks"
        if self.tasks and self.right == self.tasks:
            done = f"✓ all {self.tasks} tasks right"
        parts = [done, f"{self.minutes} min" if self.minutes else "", "its file has faults" if self.broken else ""]
        return " · ".join(part for part in parts if part)


class LessonList(QWidget):
    """Enter or a click opens one."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setObjectName("lesson_list")
        self.list.setAccessibleName("Lessons")
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setProperty("frameless", True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.hint = QLabel(READING, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.hint.setProperty("hint", True)
        self.hint.setMargin(24)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.hint, 1)
        column.addWidget(self.list, 1)
        self.list.hide()

    def show_rows(self, rows: Sequence[Row], last: str = "") -> None:
        """The lessons in their order; ``last``: the one that is selected."""
        self.list.clear()
        for row in rows:
            item = QListWidgetItem(row.title)
            item.setData(_ROW_ROLE, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.title}. {row.summary} {row.words}")
            item.setToolTip(row.summary)
            self.list.addItem(item)
            if row.id == last or self.list.currentRow() < 0:
                self.list.setCurrentItem(item)
        self.hint.setText(NOTHING)
        self.hint.setVisible(not rows)
        self.list.setVisible(bool(rows))

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_ROW_ROLE).id)


class _Delegate(QStyledItemDelegate):
    """Title, summary, a line of words and a bar."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        line = option.fontMetrics.lineSpacing()
        return QSize(120, 4 * line + 3 * _PADDING + _BAR)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: Row = index.data(_ROW_ROLE)
        palette, state = option.palette, option.state
        painter.save()
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            painter.fillRect(option.rect, palette.color(QPalette.ColorRole.AlternateBase))
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), palette.highlight())
        area = option.rect.adjusted(_PADDING + 2, _PADDING, -_PADDING, -_PADDING)
        line = option.fontMetrics.lineSpacing()
        bold = QFont(option.font)
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(QRect(area.left(), area.top(), area.width(), line), Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(option.font)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        wrap = QTextOption()
        wrap.setWrapMode(QTextOption.WrapMode.WordWrap)
        painter.setClipRect(area)
        painter.drawText(QRect(area.left(), area.top() + line, area.width(), 2 * line).toRectF(), row.summary, wrap)
        words = QRect(area.left(), area.bottom() - line - _BAR - 2, area.width(), line)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, row.words)
        if row.tasks:
            bar = QRect(area.left(), area.bottom() - _BAR, area.width(), _BAR)
            painter.fillRect(bar, palette.color(QPalette.ColorRole.Mid))
            bar.setWidth(area.width() * row.right // row.tasks)
            painter.fillRect(bar, palette.color(QPalette.ColorRole.Accent))
        painter.restore()
