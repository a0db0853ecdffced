"""What stands in the dock: a row of buttons, what goes on, and the console once it is loaded."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from gui.try_it.message_view import MessageView

_SIZE = (640, 250)
_LOWEST = 110
LOADING = "Loading the console…"
IDLE = "Ready"


class ConsoleDock(QWidget):
    """Knows no kernel: others tell it what to show."""

    shown = Signal()
    interrupt_pressed = Signal()
    restart_pressed = Signal()
    clear_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("console_panel")
        self.interrupt = _button("Interrupt", "End the cell that runs (Ctrl+C in the console)")
        self.restart = _button("Restart", "Begin anew with no names but those of the window (Ctrl+. in the console)")
        self.clear = _button("Clear", "Empty the text; names and history stay")
        self.status = QLabel(IDLE)
        self.status.setProperty("hint", True)
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.message = MessageView()
        self.message.set_text(LOADING)
        self._stack = QStackedWidget()
        self._stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(_LOWEST)
        self._stack.addWidget(self.message)
        self._arrange()
        self.interrupt.clicked.connect(self.interrupt_pressed)
        self.restart.clicked.connect(self.restart_pressed)
        self.clear.clicked.connect(self.clear_pressed)
        self.show_busy(False)
        self.set_ready(False)

    def put(self, front: QWidget) -> None:
        """The console itself, in place of the sentence."""
        self._stack.addWidget(front)
        self._stack.setCurrentWidget(front)
        self.setFocusProxy(front)
        self.set_ready(True)

    def show_problem(self, words: str) -> None:
        """Why there is no console."""
        self.message.set_text(words, problem=True)
        self._stack.setCurrentWidget(self.message)
        self.status.setText("")

    def set_ready(self, ready: bool) -> None:
        """Whether there is something to restart and to clear."""
        self.restart.setEnabled(ready)
        self.clear.setEnabled(ready)

    def show_busy(self, busy: bool, words: str = IDLE) -> None:
        """Whether a cell runs, and in words what goes on."""
        self.interrupt.setEnabled(busy)
        self.status.setText(words)
        self.status.setToolTip(words if busy else "")

    def sizeHint(self) -> QSize:
        """Room for some lines; qtconsole would ask for a terminal's 25."""
        return QSize(*_SIZE)

    def showEvent(self, event: QShowEvent) -> None:
        """What takes long to load is loaded now."""
        super().showEvent(event)
        self.shown.emit()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(6, 3, 8, 3)
        row.setSpacing(2)
        for button in (self.interrupt, self.restart, self.clear):
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.status, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._stack, 1)


def _button(text: str, help: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(help)
    button.setAccessibleName(f"{text} the console")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
