"""What a text is asked for with: seed, sliders, length, random seed, and the buttons."""

from __future__ import annotations

import random
from typing import TypeVar

from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.sampling import MAX_LENGTH, MAX_RANDOM_SEED, Writing
from core.writing import Order
from gui.forms.colours import fault_colour
from gui.try_it.sampling_sliders import SamplingSliders
from gui.try_it.seed_edit import SeedEdit
from gui.try_it.text_icons import columns_icon, dice_icon

ButtonT = TypeVar("ButtonT", bound=QAbstractButton)

PACES = {"Full speed": 0.0, "30 a second": 30.0, "10 a second": 10.0, "3 a second": 3.0}
SEED = "Seed: how the text begins"
_NEW_SEEDS = 1_000_000


class WritingControls(QWidget):
    """Knows no network; :meth:`order` is what is asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seed = SeedEdit()
        self.note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.note.setBuddy(self.seed)
        self.sliders = SamplingSliders()
        self.length = _number(1, MAX_LENGTH, Writing().length, "How much is written after the seed, in characters")
        self.length.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self.random_seed = _number(0, MAX_RANDOM_SEED, 0, "The same number gives the same text again")
        self.vary = _checkable(QToolButton())
        self.vary.setChecked(True)
        self.vary.setToolTip("Take another random seed for each text; switch this off to get the same text again")
        self.vary.setAccessibleName("Another random seed for each text")
        self.write = QPushButton("Write")
        self.write.setObjectName("write_button")
        self.write.setProperty("primary", True)
        self.step = QPushButton("Step")
        self.step.setObjectName("step_character_button")
        self.step.setToolTip("Draw exactly one character (Shift+Enter)")
        self.compare = _checkable(QPushButton("Compare"))
        self.compare.setObjectName("compare_button")
        self.compare.setToolTip("Three texts side by side, each at a temperature of its own")
        self.pace = QComboBox()
        self.pace.addItems(list(PACES))
        self.pace.setToolTip("How fast it is written, in characters per second")
        self.pace.setAccessibleName("Pace")
        self._lay_out()
        self._noted: tuple[str, bool] | None = None
        self.show_note("")
        self.show_state(ready=False, writing=False)
        self._paint_icons()

    def order(self, *, anew: bool) -> Order:
        """What is asked for; ``anew``: it is a new text, with another random seed if so wished."""
        if anew and self.vary.isChecked():
            self.random_seed.setValue(random.SystemRandom().randrange(_NEW_SEEDS))
        pace = PACES[self.pace.currentText()]
        return Order(self.seed.seed(), self.random_seed.value(), self.length.value(), pace)

    def show_state(self, *, ready: bool, writing: bool) -> None:
        """Without a network nothing can be asked; while it writes, Write is Stop, and what cannot change is locked."""
        self.write.setText("Stop" if writing else "Write")
        self.write.setToolTip("Stop writing (Esc)" if writing else "Write a text after the seed (Ctrl+Enter)")
        self.write.setEnabled(ready or writing)
        self.step.setEnabled(ready and not writing)
        for widget in (self.compare, self.pace, self.length, self.random_seed, self.vary):
            widget.setEnabled(not writing)

    def show_note(self, text: str, *, fault: bool = False) -> None:
        """A sentence above the seed in place of its title, red if it is about a fault; empty: the title."""
        if (text, fault) == self._noted:
            return
        self._noted = (text, fault)
        palette = self.palette()
        if fault:
            palette.setColor(palette.ColorRole.WindowText, fault_colour(palette))
        else:
            palette.setColor(palette.ColorRole.WindowText, palette.color(palette.ColorRole.PlaceholderText))
        self.note.setPalette(palette)
        self.note.setText(text[:400] or SEED)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the icons in another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_noted"):
            self._paint_icons()
            text, fault = self._noted or ("", False)
            self._noted = None
            self.show_note(text, fault=fault)

    def _paint_icons(self) -> None:
        self.vary.setIcon(dice_icon(self.palette()))
        self.compare.setIcon(columns_icon(self.palette()))

    def _lay_out(self) -> None:
        numbers = QGridLayout()
        numbers.setHorizontalSpacing(8)
        for place, (title, box) in enumerate((("Length", self.length), ("Random seed", self.random_seed))):
            label = QLabel(title)
            label.setBuddy(box)
            label.setToolTip(box.toolTip())
            numbers.addWidget(label, 0, 2 * place)
            numbers.addWidget(box, 0, 2 * place + 1)
            numbers.setColumnStretch(2 * place + 1, 1)
            box.setAccessibleName(title)
        numbers.addWidget(self.vary, 0, 4)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for widget in (self.write, self.step, self.compare):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        buttons.addWidget(self.pace)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.note)
        column.addWidget(self.seed)
        column.addWidget(self.sliders)
        column.addLayout(numbers)
        column.addLayout(buttons)
        column.addStretch(1)


def _checkable(button: ButtonT) -> ButtonT:
    button.setCheckable(True)
    return button


def _number(low: int, high: int, value: int, tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setToolTip(tip)
    box.setLocale(QLocale.c())
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(70)
    return box
