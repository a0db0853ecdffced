"""A lesson to read and to run: one column that scrolls, built piece by piece so that the window never waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.lessons import Block, Cell, Fault, Lesson, Prose, SetUp, Task
from core.lessons.progress import Marks
from core.lessons.records import CellRecord
from gui.keys import local_key
from gui.lessons.cell_view import CellView
from gui.lessons.notes import FaultView, HeadView, SetUpView
from gui.lessons.prose_view import ProseView

MARGIN = 12
_SETTLE_MS = 400
_TAKE_UP_MS = 300


@dataclass(frozen=True)
class Opened:
    """A lesson with what is known of it. ``fault_of`` says why a set-up button cannot work, or nothing."""

    lesson: Lesson
    records: Mapping[str, CellRecord]
    marks: Marks
    fault_of: Callable[[SetUp], str]


class Reader(QScrollArea):
    """Shows one lesson; everything that is pressed in it is told as a signal."""

    play_asked = Signal(list)
    """The views of cells to run, in their order."""
    interrupt_asked = Signal()
    edited = Signal(str, str)
    """The id of a cell, and its text now."""
    set_up_asked = Signal(object)
    back_asked = Signal(object)
    moved = Signal(int)
    """The number of the block that is at the top now."""
    step_asked = Signal(int)
    """The next lesson (1), or the one before (-1)."""
    built = Signal()
    """Every block is there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.setObjectName("lesson_reader")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Lesson")
        self.scale = 1.0
        self.views: list[QWidget] = []
        self._opened: Opened | None = None
        self._place = 0
        self._waiting: list[Block] = []
        self._build_soon = QTimer(self, interval=0)
        self._build_soon.timeout.connect(self._build_one)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._tell_place)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._settle.start())
        self._taking_up = QTimer(self, singleShot=True, interval=_TAKE_UP_MS)
        self.verticalScrollBar().rangeChanged.connect(self._take_up)
        for keys, steps in (("Ctrl+Down", 1), ("Ctrl+Up", -1)):
            local_key(keys, self, partial(self.move_on, steps))
        self._empty()

    @property
    def cells(self) -> list[CellView]:
        """Those that are built, from top to bottom."""
        return [view for view in self.views if isinstance(view, CellView)]

    def open(self, opened: Opened, *, before: bool, after: bool) -> None:
        """Show a lesson at the place where it was left; ``before``, ``after``: whether there are others."""
        self._settle.stop()
        self._taking_up.stop()
        self._empty()
        self._opened = opened
        self._head.show_lesson(opened.lesson)
        self._waiting = list(reversed(opened.lesson.blocks))
        self.before.setEnabled(before)
        self.after.setEnabled(after)
        self._build_soon.start()

    def refresh(self) -> None:
        """Show what the records have now."""
        for cell in self.cells:
            cell.refresh()

    def set_scale(self, scale: float) -> None:
        """Larger or smaller letters."""
        self.scale = scale
        for view in (self._head, *self.views):
            if isinstance(view, HeadView | ProseView | CellView | FaultView | SetUpView):
                view.set_scale(scale)

    def move_on(self, steps: int) -> None:
        """Put the cursor into the next cell, or the one before."""
        cells = self.cells
        here = next((place for place, cell in enumerate(cells) if cell.isAncestorOf(self.focusWidget() or self)), None)
        if here is None:
            top = self.verticalScrollBar().value()
            here = next((place for place, cell in enumerate(cells) if cell.y() >= top), len(cells)) - (steps > 0)
        there = here + steps
        if 0 <= there < len(cells):
            cells[there].code.setFocus()
            self.ensureWidgetVisible(cells[there], 0, 40)

    def show_anchor(self, name: str) -> None:
        """Scroll to a heading."""
        for view, block in zip(self.views, self._opened.lesson.blocks if self._opened else (), strict=False):
            if isinstance(block, Prose) and name in block.anchors:
                self.verticalScrollBar().setValue(view.y())
                return

    def _empty(self) -> None:
        self._build_soon.stop()
        self.views = []
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._column.setSpacing(8)
        self._head = HeadView(self.scale)
        self._column.addWidget(self._head)
        self._foot = QWidget()
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 12, 0, 0)
        self.before, self.after = QPushButton("‹ Previous"), QPushButton("Next ›")
        for button, steps, words in (
            (self.before, -1, "The lesson before this one"),
            (self.after, 1, "The next lesson"),
        ):
            button.setToolTip(words)
            button.clicked.connect(lambda _on=False, steps=steps: self.step_asked.emit(steps))
        row.addWidget(self.before)
        row.addStretch(1)
        row.addWidget(self.after)
        self._foot.hide()
        self._column.addWidget(self._foot)
        self._column.addStretch(1)
        self.setWidget(self._inner)  # the old one goes, with all that was in it

    def _build_one(self) -> None:
        """One block at a time: what a block costs is mostly paid when it is laid out and painted."""
        opened = self._opened
        assert opened is not None
        if self._waiting:
            view = self._view(opened, self._waiting.pop())
            self._column.insertWidget(self._column.indexOf(self._foot), view)
            self.views.append(view)
        if not self._waiting:
            self._build_soon.stop()
            self._foot.show()
            self._place = opened.marks.place
            self._taking_up.start()
            self._take_up()
            self.built.emit()

    def _take_up(self) -> None:
        """Where the learner left off, until the heights of the last blocks are known."""
        if self._taking_up.isActive() and 0 < self._place < len(self.views):
            self.verticalScrollBar().setValue(self.views[self._place].y())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Whoever scrolls is where they want to be."""
        self._taking_up.stop()
        super().wheelEvent(event)

    def _view(self, opened: Opened, block: Block) -> QWidget:
        if isinstance(block, Prose):
            prose = ProseView(block, self.scale)
            prose.anchor_asked.connect(self.show_anchor)
            return prose
        if isinstance(block, Cell):
            return self._cell_view(opened, block)
        if isinstance(block, SetUp):
            fault = opened.fault_of(block)
            if not fault:
                return self._set_up_view(block)
            block = Fault(block.line, f"The button “{block.label}” cannot work: {fault}")
        return FaultView(block, self.scale)

    def _set_up_view(self, block: SetUp) -> SetUpView:
        view = SetUpView(block, self.scale)
        view.asked.connect(lambda: self.set_up_asked.emit(view))
        view.back_asked.connect(lambda: self.back_asked.emit(view))
        return view

    def _cell_view(self, opened: Opened, cell: Cell) -> CellView:
        marks = opened.marks
        code = marks.edited.get(cell.id, cell.code)
        right = isinstance(cell, Task) and cell.id in marks.right
        view = CellView(cell, code, opened.records[cell.id], self.scale, ran=cell.id in marks.ran, right=right)
        view.above.setEnabled(bool(self.cells))
        view.run_asked.connect(lambda: self.play_asked.emit([view]))
        view.run_above_asked.connect(lambda: self.play_asked.emit(self.cells[: self.cells.index(view)]))
        view.interrupt_asked.connect(self.interrupt_asked)
        view.edited.connect(lambda text: self.edited.emit(cell.id, text))
        view.move_asked.connect(self.move_on)
        view.code.cursorPositionChanged.connect(lambda: self._follow(view))
        return view

    def _follow(self, view: CellView) -> None:
        """The cursor stays in sight, though it is the lesson that scrolls."""
        if view.code.hasFocus():
            caret = view.code.mapTo(self._inner, view.code.cursorRect().center())
            self.ensureVisible(0, caret.y(), 0, 30)

    def _tell_place(self) -> None:
        if self._waiting or not self.views:
            return
        top = self.verticalScrollBar().value()
        place = next((n for n, view in enumerate(self.views) if view.y() + view.height() > top), 0)
        self.moved.emit(place)
