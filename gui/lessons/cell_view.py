"""A cell of a lesson: its code, what is done with it, what it brought, and whether a task is right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.lessons import Cell, Task
from core.lessons.records import CellRecord, CellState, Shown
from gui.forms.colours import fault_colour
from gui.lessons.code_text import CodeText, read_only_ground
from gui.lessons.fonts import text_font
from gui.lessons.output_view import OutputView
from gui.results.colours import right_colour, wrong_colour

STATES: dict[CellState, str] = {
    "waiting": "Waiting…",
    "running": "● Running…",
    "checking": "● Checking…",
    "done": "Ran",
    "failed": "Failed",
    "interrupted": "Interrupted",
    "refused": "Not run",
}


class CellView(QFrame):
    """``original`` code can always be brought back; what the learner wrote is told as it is written."""

    run_asked = Signal()
    run_above_asked = Signal()
    interrupt_asked = Signal()
    edited = Signal(str)
    """The text now."""
    move_asked = Signal(int)

    def __init__(self, cell: Cell, code: str, record: CellRecord, scale: float, *, ran: bool, right: bool) -> None:
        super().__init__()
        self.cell, self.record = cell, record
        self._seen: Shown | None = None
        self._ran, self._right = ran, right
        self._scale = scale
        self.setObjectName("lesson_cell")
        task = isinstance(cell, Task)
        what = f"Task {cell.id}" if task else "Example"
        self.setAccessibleName(what)
        self.caption = QLabel("Task" if task else "Example")
        self.caption.setProperty("caption", not task)
        if task:
            self.caption.setStyleSheet("font-weight: bold;")
        self.state = QLabel()
        self.state.setProperty("hint", True)
        self.code = CodeText(code, scale, f"{what}: code", editable=True)
        self.run = QPushButton("▶ Run")
        self.run.setAccessibleName(f"Run {what}")
        self.run.setToolTip("Run this cell (Shift+Enter)")
        self.above = _button(
            "Run all above", "Run every cell from the first to the one above this", f"Run all above {what}"
        )
        self.reset = _button("Reset", "The code as the lesson has it; what you wrote is gone", f"Reset {what}")
        self.solve = _button("Solution", "Show one way to do it", f"Show a solution of {what}", checkable=True)
        self.solve.setVisible(task)
        self.verdict = QLabel(wordWrap=True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setAccessibleName("Check")
        self.verdict.hide()
        self.outputs = OutputView(scale)
        self.solution: CodeText | None = None
        self._lay_out()
        self._told = code
        self.reset.setEnabled(code != cell.code)
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show what its record has now."""
        shown = self.record.shown
        if shown is self._seen:
            return
        self._seen = shown
        self.state.setText(STATES.get(shown.state, "Ran earlier" if self._ran else ""))
        self.run.setText("■ Interrupt" if shown.busy else "▶ Run")
        self.run.setToolTip("Stop what runs" if shown.busy else "Run this cell (Shift+Enter)")
        self.outputs.show_outputs(shown)
        self._right = self._right or (shown.verdict is not None and shown.verdict.right)
        self._say(shown)

    def set_scale(self, scale: float) -> None:
        """Larger or smaller letters."""
        self._scale = scale
        for part in (self.code, self.outputs, self.solution):
            if part is not None:
                part.set_scale(scale)
        self.verdict.setFont(text_font(scale))

    def changeEvent(self, event: QEvent) -> None:
        """The theme may have changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "outputs"):
            self._say(self.record.shown)
            if self.solution is not None:
                self.solution.setStyleSheet(read_only_ground(self.palette()))

    def _say(self, shown: Shown) -> None:
        """The verdict, in words and with a sign, since not everybody tells the colours apart."""
        words, colour = "", right_colour(self.palette())
        if shown.verdict is not None:
            right = shown.verdict.right
            words = f"✓ {shown.verdict.words}" if right else f"✗ Not yet. {shown.verdict.words}"
            colour = right_colour(self.palette()) if right else wrong_colour(self.palette())
        elif shown.summary and not (shown.outputs and shown.outputs[-1].kind == "error"):
            words, colour = shown.summary, fault_colour(self.palette())
        elif self._right and not shown.busy:
            words = "✓ You had this right."
        self.verdict.setText(words)
        self.verdict.setStyleSheet(f"color: {colour.name()}; font-weight: bold;")
        self.verdict.setVisible(bool(words))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.caption)
        top.addStretch(1)
        top.addWidget(self.state)
        tools = ToolRows(self.run, self.above, self.reset, self.solve)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(3)
        self._column.addLayout(top)
        self._column.addWidget(self.code)
        self._column.addWidget(tools)
        self._column.addWidget(self.verdict)
        self._column.addWidget(self.outputs)

    def _connect(self) -> None:
        self.code.run_asked.connect(self._on_run)
        self.code.move_asked.connect(self.move_asked)
        self.code.leave_asked.connect(self.run.setFocus)
        self.code.textChanged.connect(self._on_edited)
        self.run.clicked.connect(self._on_run)
        self.above.clicked.connect(self.run_above_asked)
        self.reset.clicked.connect(self._on_reset)
        self.solve.toggled.connect(self._on_solve)

    def _on_run(self) -> None:
        if self.record.shown.busy:
            self.interrupt_asked.emit()
        else:
            self.run_asked.emit()

    def _on_edited(self) -> None:
        """Also called when only the colours changed."""
        text = self.code.toPlainText()
        if text != self._told:
            self._told = text
            self.reset.setEnabled(text != self.cell.code)
            self.edited.emit(text)

    def _on_reset(self) -> None:
        """As one edit, so that Ctrl+Z brings back what was written."""
        cursor = self.code.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(self.cell.code)
        self.code.setFocus()

    def _on_solve(self, on: bool) -> None:
        assert isinstance(self.cell, Task)
        if self.solution is None:
            self.solution = CodeText(self.cell.solution, self._scale, "A solution", editable=False)
            self.solution.setStyleSheet(read_only_ground(self.palette()))
            self._column.insertWidget(self._column.indexOf(self.verdict), self.solution)
        self.solution.setVisible(on)


class ToolRows(QWidget):
    """Buttons in one row, or in two where there is no room."""

    def __init__(self, *buttons: QWidget) -> None:
        super().__init__()
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self._buttons = buttons
        half = len(buttons) // 2
        for row in (buttons[:half], buttons[half:]):
            line = QHBoxLayout()
            line.setSpacing(2)
            for button in row:
                line.addWidget(button)
            line.addStretch(1)
            self._rows.addLayout(line)
        self._rows.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """So narrow that it never widens the dock."""
        return QSize(60, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many rows as it takes."""
        super().resizeEvent(event)
        wanted = sum(button.sizeHint().width() + 4 for button in self._buttons if not button.isHidden())
        fits = wanted <= event.size().width()
        self._rows.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)


def _button(text: str, tip: str, name: str, *, checkable: bool = False) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(name)
    button.setCheckable(checkable)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
