"""The buttons that take a step apart, and those that go to and fro in what is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSlider, QToolButton, QVBoxLayout, QWidget

from gui.slow_step.player import SPEEDS


@dataclass(frozen=True)
class Button:
    """What one button says and does, and its key on this page."""

    name: str
    text: str
    key: str
    help: str


BUTTONS = (
    Button("back", "‹ Back", "Alt+Left", "Back by one moment; nothing is computed for it"),
    Button("next", "Next ›", "Alt+Right", "On by one moment: the next layer, the next gradient, the next phase"),
    Button("skip", "Next phase »", "Alt+Shift+Right", "To the end of this phase, and from there on to the next one"),
    Button("finish", "Finish", "Alt+End", "Do what is left of the step at once; the run waits after it"),
)
PLAY_KEY = "Alt+P"


class Controls(QWidget):
    """Knows no step: others say what can be done, and how far it is."""

    pressed = Signal(str)
    """The name of a button: "back", "next", "skip", "finish" or "play"."""
    moved = Signal(int)
    """The person has moved the slider to this moment."""
    speed_chosen = Signal(str)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.buttons = {button.name: self._button(button, page) for button in BUTTONS}
        self.buttons["next"].setProperty("primary", True)
        self.play = QToolButton()
        self.play.setObjectName("slow_play")
        self.play.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.play.clicked.connect(lambda: self._press("play", self.play))
        self._key(PLAY_KEY, page, self.play)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("slow_moments")
        self.slider.setAccessibleName("Moment of the step")
        self.slider.setToolTip("Go to any moment that was shown; nothing is computed for it")
        self.slider.valueChanged.connect(self.moved)
        self.speed = QComboBox()
        self.speed.setObjectName("slow_speed")
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("How fast what is new is shown")
        self.speed.addItems(list(SPEEDS))
        self.speed.currentTextChanged.connect(self.speed_chosen)
        self._lay_out()
        self.show_playing(False)

    def show_playing(self, playing: bool) -> None:
        """Whether it moves on by itself."""
        self.play.setText("❚❚" if playing else "▶")
        words = "Stand still" if playing else "Show what comes next by itself"
        self.play.setToolTip(f"{words} ({PLAY_KEY})")
        self.play.setAccessibleName(words)

    def show_position(self, position: int, end: int) -> None:
        """How far it is; the slider tells nobody of this."""
        self.slider.blockSignals(True)
        self.slider.setRange(0, end)
        self.slider.setValue(position)
        self.slider.blockSignals(False)
        self.slider.setEnabled(end > 0)
        self.buttons["back"].setEnabled(position > 0)

    def _press(self, name: str, button: QPushButton | QToolButton) -> None:
        if button.isEnabled():
            self.pressed.emit(name)

    def _button(self, button: Button, page: QWidget) -> QPushButton:
        widget = QPushButton(button.text)
        widget.setObjectName(f"slow_{button.name}")
        widget.setToolTip(f"{button.help} ({button.key})")
        widget.setAccessibleName(button.text)
        widget.clicked.connect(lambda: self._press(button.name, widget))
        self._key(button.key, page, widget)
        return widget

    @staticmethod
    def _key(key: str, page: QWidget, button: QPushButton | QToolButton) -> None:
        shortcut = QShortcut(QKeySequence(key), page, button.click)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for button in self.buttons.values():
            first.addWidget(button)
        first.addStretch(1)
        second.addWidget(self.play)
        second.addWidget(self.slider, 1)
        second.addWidget(self.speed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(second)
