"""Start, Pause, Step, Stop, and how far the run is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.progress_words import ProgressWords


@dataclass(frozen=True)
class Button:
    """What one button says and does."""

    name: str
    text: str
    shortcut: str
    help: str


BUTTONS = (
    Button("start", "▶  Start", "F5", "Train the chosen network on the chosen data"),
    Button("pause", "Pause", "F6", "Wait after the current step; everything stays loaded"),
    Button("step", "Step", "F7", "Take exactly one step (one optimizer update), then wait"),
    Button("stop", "Stop", "F8", "End the run after the current step and keep it"),
)
SLOWLY = Button(
    *("step_slowly", "Take a step apart", "Shift+F7"),
    "Forward, loss, backward, update: wait between them and show every number",
)
STOPS = (
    ("stop", "Stop and keep the last weights", "Those after the current step (F8)"),
    ("stop_best", "Stop and keep the best weights", "Those after the epoch with the lowest validation loss"),
    ("stop_away", "Stop and throw the run away", "The run goes into the bin; this can be undone"),
)
ENABLED = {
    "idle": ("start", "step"),
    "preparing": ("stop",),
    "running": ("pause", "step", "stop"),
    "paused": ("pause", "step", "stop"),
    "stopping": (),
}


class RunBar(QWidget):
    """A row of buttons above a progress bar. It knows no run: others tell it what to show."""

    pressed = Signal(str)
    """The name of the button: "start", "pause", "step" or "stop"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {button.name: self._button(button) for button in BUTTONS}
        self.buttons["start"].setProperty("primary", True)
        ways = [(SLOWLY.name, f"{SLOWLY.text}\t{SLOWLY.shortcut}", SLOWLY.help)]
        self.step_menu = self._more("more_ways_to_step", "More ways to take a step", ways)
        self.more = self._more("more_ways_to_stop", "More ways to stop", STOPS)
        self.words = ProgressWords()
        self.progress = QProgressBar()
        self.progress.setObjectName("progress")
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self._lay_out()
        self.show_state("idle")
        self.idle()

    def show_state(self, state: str) -> None:
        """Enable what makes sense in that state of the session."""
        for name, button in self.buttons.items():
            button.setEnabled(name in ENABLED[state])
        self.step_menu.setEnabled("step" in ENABLED[state])
        self.more.setEnabled(state in ("running", "paused"))
        self.buttons["pause"].setText("Resume" if state == "paused" else "Pause")
        self.buttons["stop"].setText("Cancel" if state == "preparing" else "Stop")

    def allow_start(self, possible: bool) -> None:
        """Between two runs: whether one can be begun."""
        for button in (self.buttons["start"], self.buttons["step"], self.step_menu):
            button.setEnabled(possible)

    def idle(self) -> None:
        """No run: an empty bar."""
        self.progress.setRange(0, 1)
        self.progress.setValue(0)
        self.words.say("")

    def show_preparation(self, share: float, text: str) -> None:
        """``share`` of a preparation is done, below 0: not known."""
        self.progress.setRange(0, 0 if share < 0 else 1000)
        self.progress.setValue(max(0, round(share * 1000)))
        self.words.say(text)

    def show_words(self, words: str) -> None:
        """Where the run is, in other words than its progress has."""
        self.words.say(words)

    def show_steps(self, step: int, total: int, words: str) -> None:
        """``step`` of ``total`` steps are done."""
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(step)
        self.words.say(words)

    def _button(self, button: Button) -> QPushButton:
        widget = QPushButton(button.text)
        widget.setObjectName(f"{button.name}_button")
        widget.setShortcut(button.shortcut)
        widget.setToolTip(f"{button.help} ({button.shortcut})")
        widget.setAccessibleName(button.text)
        widget.setMinimumSize(QSize(110 if button.name == "start" else 84, 32))
        widget.clicked.connect(lambda: self.pressed.emit(button.name))
        return widget

    def _more(self, name: str, title: str, ways: Iterable[tuple[str, str, str]]) -> QToolButton:
        more = QToolButton()
        more.setObjectName(name)
        more.setArrowType(Qt.ArrowType.DownArrow)
        more.setToolTip(title)
        more.setAccessibleName(title)
        more.setMinimumHeight(32)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(more)
        for way, text, help in ways:
            action = menu.addAction(text, partial(self.pressed.emit, way))
            action.setToolTip(help)
        menu.setToolTipsVisible(True)
        more.setMenu(menu)
        return more

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        for name, button in self.buttons.items():
            row.addWidget(button)
            if name == "step":
                row.addWidget(self.step_menu)
        row.addWidget(self.more)
        row.addWidget(self.words, stretch=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 4)
        column.addLayout(row)
        column.addWidget(self.progress)


def clock(seconds: float) -> str:
    """Seconds in words that change slowly: "8 s", "3 min 20 s", "2 h 5 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
