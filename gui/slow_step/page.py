"""The page "One step": the step's stages and moments, its layers, weights and autograd graph."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.slow_step.records import ParameterNumbers, StepRecord
from gui.hint_page import hint_page
from gui.slow_step.controls import Controls
from gui.slow_step.graph_panel import GraphPanel
from gui.slow_step.layer_table import LayerTable
from gui.slow_step.output_panel import OutputPanel
from gui.slow_step.player import Player
from gui.slow_step.stage_strip import StageStrip
from gui.slow_step.timeline import Stage, Timeline
from gui.slow_step.weights_panel import WeightsPanel
from gui.try_it.message_view import MessageView
from gui.views.numbers import format_number

NOTHING_YET = (
    "Take one training step apart: the batch goes through the network layer by layer, the loss is there, the gradients "
    "come from the end to the front, and the weights become others. Every number of it is shown."
)
BEGIN, NEXT, ANOTHER, NEW_RUN = "Begin", "Next ›", "Next step ›", "New run ›"
_WIDE = 640
"""Px from which the layers stand beside what is shown of them instead of above it."""
_SMALLEST = (420, 360)


class SlowStepPage(QWidget):
    """All widgets of the page; :class:`~gui.slow_step.stepper.Stepper` brings the records and asks for numbers."""

    begin_asked = Signal()
    """The person wants a step to be taken apart."""
    advance_asked = Signal()
    finish_asked = Signal()
    numbers_asked = Signal(str)
    """The numbers of this parameter are to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("slow_step_page")
        self.strip, self.controls, self.player = StageStrip(), Controls(self), Player(self)
        self.words = QLabel(wordWrap=True)
        self.words.setObjectName("slow_words")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.words.setFixedHeight(2 * self.words.fontMetrics().lineSpacing() + 2)  # so that nothing jumps
        self.layers, self.output, self.weights, self.graph = LayerTable(), OutputPanel(), WeightsPanel(), GraphPanel()
        self.hint = MessageView()
        self.begin = QPushButton(BEGIN)
        self.begin.setObjectName("slow_begin")
        self.begin.setProperty("primary", True)
        self.begin.setToolTip("Take the next step apart; without a run, the first step of what is chosen (Shift+F7)")
        self.timeline: Timeline | None = None
        self._waits = self._under_way = self._can_begin = self._anew = False
        self._numbers: ParameterNumbers | None = None
        self._wide = True
        self._arrange()
        self._connect()
        self.setMinimumSize(*_SMALLEST)
        self.clear()

    def show_record(self, record: StepRecord, *, waits: bool) -> None:
        """A step has come to a phase, and ``waits`` there for :attr:`advance_asked`; what is new is played."""
        before = self.timeline.record if self.timeline else None
        self.timeline, self._waits, self._under_way = Timeline(record), waits, record.phase != "updated"
        if self._stack.currentIndex() == 0:
            self._stack.setCurrentIndex(1)
            self.controls.buttons["next"].setFocus()
        if before is None or before.step != record.step:
            self.player.begin()
        self._turn_to(record)
        self.weights.set_parameters(list(record.parameters))
        self.player.grow(self.timeline.end)
        if self.weights.chosen():
            self.numbers_asked.emit(self.weights.chosen())

    def show_numbers(self, numbers: ParameterNumbers) -> None:
        """The numbers of the parameter that is chosen."""
        self._numbers = numbers
        self._show_weights()

    def refuse_numbers(self, words: str) -> None:
        """Why there are none, in a sentence."""
        self._numbers = None
        self.weights.say(words)

    def allow(self, *, begin: bool, anew: bool) -> None:
        """Whether a step can be taken apart now; ``anew``: it would be the first one of another run."""
        self._can_begin, self._anew = begin, anew
        self.begin.setEnabled(begin)
        self._show_buttons()

    def waits_no_more(self) -> None:
        """The step goes on, or is over: there is nothing to wait for until the next record."""
        self._waits = self._under_way = False
        self._show_buttons()

    def show_the_end(self) -> None:
        """Play nothing more: the run goes on, and each moment that is drawn takes time from it."""
        if self.player.playing:
            self.player.go_to(self.player.end)

    def clear(self) -> None:
        """No step is known."""
        self.player.begin()
        self.timeline, self._waits, self._under_way, self._numbers = None, False, False, None
        self.hint.set_text(NOTHING_YET)
        self._stack.setCurrentIndex(0)
        self.weights.clear()
        self._show(0)

    def press(self, name: str) -> None:
        """Do what a button of the page says."""
        player, timeline = self.player, self.timeline
        if timeline is None or (name in ("next", "skip") and player.position >= player.end):
            self._go_on()
        elif name == "next":
            player.go_to(player.position + 1)
        elif name == "skip":
            player.go_to(timeline.end_of_stage(player.position))
        elif name == "back":
            player.go_to(player.position - 1)
        elif name == "finish":
            self.finish_asked.emit()
        elif name == "play":
            player.pause() if player.playing else player.play()

    def sizeHint(self) -> QSize:
        """Room for both halves side by side."""
        return QSize(760, 620)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The layers beside what is shown of them, or above it."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        if wide != self._wide:
            self._wide = wide
            self._turn()

    def _go_on(self) -> None:
        if self._waits:
            self._waits = False  # the buttons stay as they are: a disabled one would lose the focus of the keyboard
            self.advance_asked.emit()
        elif self._can_begin and not self._under_way:
            self.begin_asked.emit()

    def _show(self, position: int) -> None:
        """The step as it was after so many moments."""
        timeline = self.timeline
        self.strip.show_stage(timeline.stage(position) if timeline else None, self._details(position))
        self.controls.show_position(position, self.player.end)
        words = timeline.words(position) if timeline else ""
        if timeline and timeline.record.anew:
            words = f"{words}\n{timeline.record.anew}"
        self.words.setText(words)
        self.words.setToolTip(words)
        self.layers.show_step(timeline, position)
        self.output.show_step(timeline, position, self.layers.chosen())
        moment = timeline.moments[position - 1] if timeline and position else None
        if moment is not None and moment.parameter:
            self.weights.choose(moment.parameter)
        shown = timeline is not None and timeline.loss_known(position)
        self.graph.show_graph(timeline.record.graph if timeline and shown else None)
        self._show_weights()
        self._show_buttons()

    def _turn_to(self, record: StepRecord) -> None:
        """The tab on which something is about to happen, unless the graph is what is looked at."""
        going_back = record.phase in ("gradients", "clipped", "updated")
        if self.tabs.currentWidget() is not self.graph:
            self.tabs.setCurrentWidget(self.weights if going_back else self.output)

    def _details(self, position: int) -> dict[Stage, str]:
        timeline = self.timeline
        if timeline is None:
            return {}
        record, calls, arrivals = timeline.record, timeline.calls(position), timeline.arrivals(position)
        details: dict[Stage, str] = {
            "forward": f"{calls} of {len(record.calls)} layers" if calls else f"step {record.step:,}"
        }
        if timeline.loss_known(position) and record.loss is not None:
            details["loss"] = format_number(record.loss, 4)
        if arrivals:
            details["backward"] = f"{arrivals} of {len(record.arrivals)}"
        if timeline.updated(position):
            details["update"] = record.optimizer
        return details

    def _show_weights(self) -> None:
        numbers, timeline = self._numbers, self.timeline
        if numbers is None or timeline is None or numbers.name != self.weights.chosen():
            return
        position = self.player.position
        there = timeline.has_gradient(numbers.name, position)
        self.weights.show_numbers(numbers, gradient=there, updated=timeline.updated(position))

    def _show_buttons(self) -> None:
        buttons = self.controls.buttons
        over = not self._under_way
        more = self.player.position < self.player.end
        buttons["next"].setText(NEXT if more or not over else NEW_RUN if self._anew else ANOTHER)
        buttons["next"].setAccessibleName(buttons["next"].text())
        for name in ("next", "skip"):
            buttons[name].setEnabled(more or not over or self._can_begin)
        buttons["finish"].setEnabled(not over)
        self.controls.play.setEnabled(more)

    def _on_layer(self, row: int) -> None:
        timeline = self.timeline
        if timeline is None:
            return
        self.output.show_step(timeline, self.player.position, row)
        own = timeline.record.calls[row].parameters
        if own and self.weights.chosen() not in own:
            self.weights.choose(own[0])

    def _turn(self) -> None:
        self._split.setOrientation(Qt.Orientation.Horizontal if self._wide else Qt.Orientation.Vertical)
        half = self.width() if self._wide else self.height()
        self._split.setSizes([round(half * 0.48), round(half * 0.52)])

    def _arrange(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setObjectName("slow_tabs")
        for title, widget, help in (
            ("Output", self.output, "What the chosen layer gave for the batch's first sample, and the gradient there"),
            ("Weights", self.weights, "A parameter's gradient before and after, and how each weight is changed"),
            ("Autograd graph", self.graph, "loss.grad_fn, next_functions, down to the leaves"),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(widget, title), help)
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.layers)
        self._split.addWidget(self.tabs)
        self._split.setStretchFactor(1, 1)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 8, 10, 4)
        column.setSpacing(6)
        for part in (self.strip, self.controls, self.words):
            column.addWidget(part)
        column.addWidget(self._split, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(hint_page(self.hint, 110, self.begin))
        self._stack.addWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._turn()

    def _connect(self) -> None:
        self.begin.clicked.connect(self.begin_asked)
        self.controls.pressed.connect(self.press)
        self.controls.moved.connect(self.player.go_to)
        self.controls.speed_chosen.connect(self.player.set_speed)
        self.controls.speed.setCurrentText(self.player.speed)
        self.player.moved.connect(self._show)
        self.player.playing_changed.connect(self.controls.show_playing)
        self.layers.layer_chosen.connect(self._on_layer)
        self.weights.parameter_chosen.connect(self.numbers_asked)
