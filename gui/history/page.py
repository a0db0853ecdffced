"""The page of all runs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.history import RunCurves, RunLine, differences
from core.views import Table
from gui.history.notes_editor import NotesEditor
from gui.history.overlay import Overlay
from gui.history.parallel import ParallelPlot
from gui.history.table import RunTable, action
from gui.views.table import TableWidget

READING = "Reading the runs…"
EMPTY = "No run is kept yet. Press Start: each run you make is listed here, with its curves, settings and results."
MISSING = "No run matches. Clear the filter, or show the hidden runs."


class HistoryPage(QWidget):
    """Shows; what is asked for is told by signals with the selected runs (:class:`core.history.RunLine`)."""

    shown = Signal()
    selected = Signal(list)
    resume_asked = Signal(object)
    again_asked = Signal(object)
    answer_asked = Signal(object)
    export_asked = Signal(object)
    folder_asked = Signal(object)
    copy_asked = Signal(object)
    delete_asked = Signal(list)
    pin_asked = Signal(list)
    hide_asked = Signal(list)
    undo_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_page")
        self.actions_ = self._make_actions()
        self.table = RunTable(self._menu())
        self.filter = QLineEdit(placeholderText="Filter: lenet finished lr=0.01 …", clearButtonEnabled=True)
        self.filter.setObjectName("run_filter")
        self.filter.setToolTip("Show the runs in which every word occurs: names, settings, states, dates, tags, notes")
        self.hidden = QCheckBox("Hidden")
        self.hidden.setToolTip("List the runs that were hidden, too")
        self.count = QLabel()
        self.overlay, self.differences, self.notes = Overlay(), TableWidget(), NotesEditor()
        self.parallel = ParallelPlot()
        self._undo_words = QLabel()
        self._undo_strip = self._make_undo_strip()
        self._hint = QLabel(READING, wordWrap=True, margin=24, alignment=Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.table.chosen.connect(self._on_chosen)
        self.filter.textChanged.connect(self._on_filter)
        self.hidden.toggled.connect(self._on_hidden)
        self._on_chosen([])

    def show_lines(self, lines: list[RunLine], haystacks: list[str] | None = None) -> None:
        """List these runs; what was selected stays selected."""
        self.table.runs.replace(lines, haystacks)
        self._say_count()

    def show_curves(self, runs: dict[str, tuple[str, RunCurves]]) -> None:
        """Draw the curves of the selected runs: id -> (title, curves)."""
        self.overlay.show_runs(runs)

    def offer_undo(self, words: str) -> None:
        """Say what was deleted, with a button that brings it back; "" hides it."""
        self._undo_words.setText(words)
        self._undo_strip.setVisible(bool(words))
        self.actions_["undo"].setEnabled(bool(words))

    def showEvent(self, event: QShowEvent) -> None:
        """The list is made anew whenever the page is opened."""
        super().showEvent(event)
        self.shown.emit()

    def _make_actions(self) -> dict[str, QAction]:
        made = {
            "resume": action(self, "&Resume", "Go on with this run where it stopped", "Ctrl+R"),
            "again": action(
                self, "Start again with these &settings", "Put its settings into the set-up", "Ctrl+Return"
            ),
            "answer": action(self, "&Try it with this run", "Let this run answer until the next Start", "Ctrl+Shift+K"),
            "rename": action(self, "Re&name", "Give it a name", "F2"),
            "pin": action(self, "&Pin on top", "Keep it on top of the list", "Ctrl+P"),
            "hide": action(self, "&Hide", "Leave it out of the list; nothing is deleted", "Ctrl+H"),
            "delete": action(self, "&Delete", "Delete it; this can be undone", "Delete"),
            "undo": action(self, "&Undo delete", "Bring back what was deleted last", "Ctrl+Z"),
            "copy": action(self, "&Copy settings", "Copy its settings as a command line", "Ctrl+Shift+C"),
            "export": action(self, "&Export…", "Weights, ONNX, script, CSV, report", "Ctrl+E"),
            "folder": action(self, "Open &folder", "Show its folder in the file manager"),
            "find": action(self, "&Find", "Type to filter", "Ctrl+F"),
        }
        one = {"resume": self.resume_asked, "again": self.again_asked, "answer": self.answer_asked}
        one |= {"copy": self.copy_asked, "export": self.export_asked, "folder": self.folder_asked}
        for name, signal in one.items():
            made[name].triggered.connect(lambda _=False, signal=signal: self._tell_first(signal))
        many = {"delete": self.delete_asked, "pin": self.pin_asked, "hide": self.hide_asked}
        for name, signal in many.items():
            made[name].triggered.connect(lambda _=False, signal=signal: signal.emit(self.table.selected()))
        made["undo"].triggered.connect(self.undo_asked)
        made["undo"].setEnabled(False)
        made["find"].triggered.connect(lambda: self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason))
        made["rename"].triggered.connect(self._rename)
        return made

    def _menu(self) -> list[QAction]:
        line = QAction(self)
        line.setSeparator(True)
        named = self.actions_
        return [
            *(named[name] for name in ("resume", "again", "answer")),
            line,
            *(named[name] for name in ("rename", "pin", "hide", "delete")),
            line,
            *(named[name] for name in ("copy", "export", "folder")),
        ]

    def _tell_first(self, signal: object) -> None:
        lines = self.table.selected()
        if lines:
            signal.emit(lines[0])  # type: ignore[attr-defined]

    def _rename(self) -> None:
        if self.table.selected():
            self.details.setCurrentWidget(self.notes)
            self.notes.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.notes.name.selectAll()

    def _on_chosen(self, lines: list[RunLine]) -> None:
        one, some = len(lines) == 1, bool(lines)
        for name in ("resume", "again", "answer", "rename", "copy", "export", "folder"):
            self.actions_[name].setEnabled(one)
        for name in ("pin", "hide", "delete"):
            self.actions_[name].setEnabled(some)
        self.actions_["pin"].setText("Un&pin" if some and all(line.notes.pinned for line in lines) else "&Pin on top")
        self.actions_["hide"].setText("Un&hide" if some and all(line.notes.hidden for line in lines) else "&Hide")
        if one and lines[0].state == "running":
            self.actions_["resume"].setEnabled(False)
        self.notes.show_run(lines[0] if one else None)
        self._compare(lines)
        self.selected.emit(lines)

    def _compare(self, lines: list[RunLine]) -> None:
        found = differences(lines)
        rows = [(line.title, *(_cell(cell) for cell in row)) for line, row in zip(lines, found.rows, strict=True)]
        self.parallel.show_runs([line.title for line in lines], found)
        self.differences.show_view(Table(columns=("run", *found.columns), rows=rows))

    def _on_filter(self, text: str) -> None:
        self.table.runs.set_filter(text)
        self._say_count()

    def _on_hidden(self, on: bool) -> None:
        self.table.runs.set_show_hidden(on)
        self._say_count()

    def _say_count(self) -> None:
        runs = self.table.runs
        listed, total = runs.rowCount(), runs.total
        self.count.setText(f"{listed:,} of {total:,} runs" if listed != total else f"{total:,} runs")
        self.hidden.setText(f"Hidden ({runs.hidden})" if runs.hidden else "Hidden")
        self._hint.setText(MISSING if total else EMPTY)
        self._stack.setCurrentIndex(0 if listed else 1)

    def _make_undo_strip(self) -> QWidget:
        strip = QWidget()
        row = QHBoxLayout(strip)
        row.setContentsMargins(8, 2, 8, 2)
        row.addWidget(self._undo_words)
        button = QPushButton("Undo")
        button.setToolTip(self.actions_["undo"].toolTip())
        button.clicked.connect(self.undo_asked)
        row.addWidget(button)
        row.addStretch(1)
        strip.hide()
        return strip

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 6)
        bar.setSpacing(8)
        bar.addWidget(self.filter, 1)
        bar.addWidget(self.count)
        bar.addWidget(self.hidden)
        for name, words in (("resume", "Resume"), ("again", "Start again…")):
            button = QPushButton(words)
            button.setToolTip(self.actions_[name].toolTip())
            button.clicked.connect(self.actions_[name].trigger)
            self.actions_[name].enabledChanged.connect(button.setEnabled)
            bar.addWidget(button)
        above = QWidget()
        self._stack = QStackedLayout(above)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._hint)
        self._stack.setCurrentIndex(1)
        self.details = QTabWidget(documentMode=True)
        self.details.addTab(self.overlay, "Curves")
        self.details.addTab(self.differences, "What differs")
        self.details.addTab(self.parallel, "Parallel")
        self.details.addTab(self.notes, "Notes")
        splitter = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        splitter.addWidget(above)
        splitter.addWidget(self.details)
        splitter.setSizes([320, 320])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._undo_strip)
        column.addWidget(splitter, 1)


def _cell(cell: object) -> str | int | float:
    return cell if isinstance(cell, str | int | float) and not isinstance(cell, bool) else str(cell)
