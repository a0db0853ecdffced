"""The dock of lessons: reads them when it is first seen, runs their cells, and keeps what the learner did.

What it shows needs a reader of Markdown and one of Python; they are imported off the GUI thread, at the first look.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.run_config import RunConfig
from core.worker import Background

if TYPE_CHECKING:
    from core.lessons import Cell, Lesson, SetUp
    from core.lessons.progress import LessonProgress
    from core.lessons.records import CellRecord
    from gui.lessons.cell_view import CellView
    from gui.lessons.notes import SetUpView
    from gui.lessons.panel import LessonsPanel
    from gui.workbench import Workbench

WIDTH = 440
"""Px: enough for a line of code; the dock gets it when it is opened."""
REFRESH_MS = 60
SAVE_MS = 1500
SIZE_KEY = "lessons/letters"


class Lessons(QObject):
    """Brings the panel what it shows. ``widget`` is for the dock; it is empty until it is first seen."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench = workbench
        self.widget = _Dock()
        self.panel: LessonsPanel | None = None
        self.lessons: dict[str, Lesson] = {}
        self.progress: LessonProgress | None = None
        self.open_lesson = ""
        self._records: dict[str, dict[str, CellRecord]] = {}
        self._asked = False
        self._background = Background(self)
        self._refresh = QTimer(self, interval=REFRESH_MS)
        self._refresh.timeout.connect(self._on_refresh)
        self._save = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._save.timeout.connect(self._save_now)
        self._width_before = 0
        self.widget.on_show = self.load
        workbench.window.docks["lessons"].toggleViewAction().toggled.connect(self._on_toggled)

    @property
    def busy(self) -> bool:
        """Whether cells run, or something that they brought is not shown yet."""
        return self._refresh.isActive()

    def show(self) -> None:
        """Bring the dock to the front, wide enough to read."""
        dock = self._workbench.window.docks["lessons"]
        if dock.isVisible():
            dock.raise_()
        else:
            dock.show()
        self.widget.setFocus()

    def _on_toggled(self, visible: bool) -> None:
        """It comes in front of the set-up, beside which it is a tab, and gives back the width that it took."""
        window = self._workbench.window
        dock, setup = window.docks["lessons"], window.docks["setup"]
        if not visible:
            if self._width_before:
                window.resizeDocks([setup], [self._width_before], Qt.Orientation.Horizontal)
            self._width_before = 0
        elif not dock.isFloating():
            dock.raise_()
            if setup.width() < WIDTH:
                self._width_before = setup.width()
                window.resizeDocks([dock], [WIDTH], Qt.Orientation.Horizontal)

    def load(self) -> None:
        """Read all lessons and the learner's progress, off the GUI thread; does nothing the second time."""
        if self._asked:
            return
        self._asked = True
        specs = [(spec.file, spec.id, spec.title) for spec in self._workbench.registry.lessons.values()]

        def read() -> tuple[list[Lesson], LessonProgress, str]:
            import gui.lessons.panel  # noqa: F401
            from core.lessons import read_lesson_file
            from core.lessons.progress import LessonProgress
            from gui.lessons.highlighter import warm_up

            warm_up()
            progress = LessonProgress()
            said = progress.read()
            return [read_lesson_file(*spec) for spec in specs], progress, said

        self._background.submit(read, self._on_read, lambda error: self.widget.say(f"Lessons cannot be read: {error}"))

    def open(self, id: str) -> None:
        """Open a lesson at the place where it was left."""
        from core.lessons.records import CellRecord
        from gui.lessons.reader import Opened

        panel, progress = self._parts()
        lesson = self.lessons[id]
        self.open_lesson = id
        records = self._records.setdefault(id, {cell.id: CellRecord() for cell in lesson.cells})
        ids = list(self.lessons)
        opened = Opened(lesson, records, progress.of(id), self._setter.fault_of)
        panel.reader.open(opened, before=id != ids[0], after=id != ids[-1])
        panel.show_reader()
        panel.reader.setFocus()
        progress.last = id
        self._say_progress()
        self._save.start()

    def show_list(self) -> None:
        """Back to the list of lessons."""
        from gui.lessons.lesson_list import Row

        panel, progress = self._parts()
        rows = []
        for id, lesson in self.lessons.items():
            broken = bool(lesson.faults)
            rows.append(
                Row(id, lesson.title, lesson.summary, lesson.minutes, len(lesson.tasks), self._right(lesson), broken)
            )
        panel.list.show_rows(rows, progress.last)
        panel.show_list()
        panel.list.list.setFocus()

    def close(self) -> None:
        """Keep what is not kept yet, and wait for it."""
        self._workbench.window.docks["lessons"].toggleViewAction().toggled.disconnect(self._on_toggled)
        self._refresh.stop()
        self._background.close()
        if self._save.isActive() and self.progress is not None:
            self._save.stop()
            with suppress(OSError):  # there is nobody left to tell
                self.progress.write(self.progress.snapshot())

    def _parts(self) -> tuple[LessonsPanel, LessonProgress]:
        assert self.panel is not None and self.progress is not None, "lessons are opened once they are read"
        return self.panel, self.progress

    def _on_read(self, read: tuple[list[Lesson], LessonProgress, str]) -> None:
        from core.lessons.playing import Player
        from gui.lessons.panel import LessonsPanel
        from gui.lessons.set_up import WorkbenchSetter

        lessons, self.progress, said = read
        self.lessons = {lesson.id: lesson for lesson in lessons}
        self._setter = WorkbenchSetter(self._workbench)
        self._player = Player(lambda: self._workbench.console.kernel)  # so that the console sees what a lesson made
        settings = self._workbench.window.settings
        kept = settings.value(SIZE_KEY)
        self.panel = LessonsPanel(int(kept)) if str(kept).isdecimal() else LessonsPanel()
        self.panel.scaled.connect(lambda size: settings.setValue(SIZE_KEY, size))
        self.panel.list.chosen.connect(self.open)
        self.panel.list_asked.connect(self.show_list)
        reader = self.panel.reader
        reader.play_asked.connect(self._play)
        reader.interrupt_asked.connect(self._player.interrupt)
        reader.edited.connect(self._on_edited)
        reader.moved.connect(self._on_moved)
        reader.step_asked.connect(self._on_step)
        reader.set_up_asked.connect(self._on_set_up)
        reader.back_asked.connect(self._on_back)
        self._before: dict[SetUp, RunConfig] = {}
        self.widget.put(self.panel)
        self.show_list()
        if said:
            self._workbench.say(said)
        if self.progress.last in self.lessons:
            self.open(self.progress.last)

    def _play(self, views: list[CellView]) -> None:
        from core.lessons import Task
        from core.lessons.playing import Play

        plays = []
        for view in views:
            check = view.cell.check if isinstance(view.cell, Task) else ""
            plays.append(Play(view.code.toPlainText(), check, view.record))
        self._player.play(plays)
        self._on_refresh()
        self._refresh.start()

    def _on_refresh(self) -> None:
        """While cells run: show what they brought, and mark what is done."""
        if not self._player.busy:
            self._refresh.stop()  # before the last look, so that nothing is missed
        self._parts()[0].reader.refresh()
        for id, records in self._records.items():
            self._mark(id, records)

    def _mark(self, id: str, records: dict[str, CellRecord]) -> None:
        progress = self._parts()[1]
        marks = progress.of(id)
        ran = {cell for cell, record in records.items() if record.shown.state == "done"} - marks.ran
        right = {cell for cell, record in records.items() if (v := record.shown.verdict) and v.right} - marks.right
        if ran or right:
            marks = progress.touch(id)
            marks.ran |= ran
            marks.right |= right
            self._say_progress()
            self._save.start()

    def _on_edited(self, cell: str, text: str) -> None:
        progress = self._parts()[1]
        original = self._cell(cell).code
        if text == progress.of(self.open_lesson).edited.get(cell, original):
            return
        edited = progress.touch(self.open_lesson).edited
        if text == original:
            edited.pop(cell, None)
        else:
            edited[cell] = text
        self._save.start()

    def _on_moved(self, place: int) -> None:
        progress = self._parts()[1]
        if place != progress.of(self.open_lesson).place:
            progress.touch(self.open_lesson).place = place
            self._save.start()

    def _on_step(self, steps: int) -> None:
        ids = list(self.lessons)
        there = ids.index(self.open_lesson) + steps
        if 0 <= there < len(ids):
            self.open(ids[there])

    def _on_set_up(self, view: SetUpView) -> None:
        words, before = self._setter.apply(view.set_up)
        if before is not None:
            self._before[view.set_up] = before
        view.tell(words, undoable=before is not None)

    def _on_back(self, view: SetUpView) -> None:
        before = self._before.get(view.set_up)
        if before is not None:
            words = self._setter.put_back(before)
            view.tell(words, undoable=self._workbench.session.active)

    def _cell(self, id: str) -> Cell:
        return next(cell for cell in self.lessons[self.open_lesson].cells if cell.id == id)

    def _right(self, lesson: Lesson) -> int:
        right = self._parts()[1].of(lesson.id).right
        return sum(task.id in right for task in lesson.tasks)

    def _say_progress(self) -> None:
        lesson = self.lessons[self.open_lesson]
        tasks, right = len(lesson.tasks), self._right(lesson)
        words = f"{right} of {tasks} right" if tasks else ""
        self._parts()[0].title.setText(f"✓ {words}" if tasks and right == tasks else words)

    def _save_now(self) -> None:
        if self.progress is not None:
            work = partial(self.progress.write, self.progress.snapshot())
            self._background.submit(work, lambda _none: None, self._on_unsaved)

    def _on_unsaved(self, error: Exception) -> None:
        self._workbench.say(f"Your progress in the lessons cannot be kept ({error}): is the disk full?")


class _Dock(QWidget):
    """Empty until the panel is there."""

    def __init__(self) -> None:
        super().__init__()
        self.on_show: Callable[[], None] = lambda: None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._hint = QLabel("Reading the lessons…", wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._hint.setProperty("hint", True)
        self._column.addWidget(self._hint)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def put(self, panel: QWidget) -> None:
        """The panel in place of the words."""
        self._hint.hide()
        self._column.addWidget(panel)
        self.setFocusProxy(panel)

    def say(self, words: str) -> None:
        """Words in place of the panel."""
        self._hint.setText(words)

    def showEvent(self, event: QShowEvent) -> None:
        """The first look brings the lessons."""
        super().showEvent(event)
        self.on_show()
