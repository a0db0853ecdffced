"""The live curves: loss and accuracy, of training and of validation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from core.events import EpochEnded, Event, RunStarted, SettingChanged, StepsLogged, WeightsLoaded
from core.history import RunCurves
from gui.loss_words import Derived, LossWords
from gui.plots.curve_plot import CurvePlot

PLOTS = {"loss": "loss_plot", "accuracy": "accuracy_plot"}


class CurvesPanel(QWidget):
    """Stores what events bring; :meth:`redraw` draws it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss_words = LossWords()
        self._earlier: RunCurves | None = None
        self.plots = {
            "loss": CurvePlot("Loss", "loss", hint="Press Start: the loss of every step is drawn here."),
            "accuracy": CurvePlot(
                "Accuracy", "right answers", percent=True, hint="The share of right answers is drawn here."
            ),
        }
        splitter = QSplitter(Qt.Orientation.Vertical)
        for name, plot in self.plots.items():
            plot.setObjectName(PLOTS[name])
            plot.add_curve("training")
            plot.add_curve("validation", markers=True)
            plot.set_smoothing(0.9)
            splitter.addWidget(plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(splitter)

    def clear(self, derived: Derived | None = None, earlier: RunCurves | None = None) -> None:
        """A new run begins; ``derived`` of its task says the loss in other words, which stand beside its title.

        ``earlier``: the curves of a run that goes on, of which those steps are shown that it will not take again.
        """
        self._loss_words.begin(derived)
        self._earlier = earlier
        self.plots["loss"].set_remark("")
        for plot in self.plots.values():
            plot.clear()
            plot.redraw()

    def take(self, event: Event) -> None:
        """Store an event's points; others are passed over."""
        self._loss_words.take(event)
        if isinstance(event, StepsLogged):
            steps = np.arange(event.first_step, event.last_step + 1)
            for name, values in event.metrics.items():
                if name in self.plots:
                    self.plots[name].append("training", steps, values)
        elif isinstance(event, EpochEnded):
            for name, value in event.validation.items():
                if name in self.plots:
                    self.plots[name].append("validation", event.step, value)
        elif isinstance(event, SettingChanged):
            self._mark(event.step, change_words(event))
        elif isinstance(event, WeightsLoaded):
            self._mark(event.step, f"weights of {event.source}")
        elif isinstance(event, RunStarted) and event.step and self._earlier is not None:
            self._go_on(self._earlier, event.step)

    def _go_on(self, earlier: RunCurves, step: int) -> None:
        """The curves up to ``step``, from which the run goes on."""
        kept = earlier.steps <= step
        for name, plot in self.plots.items():
            if name in earlier.metrics:
                plot.append("training", earlier.steps[kept], earlier.metrics[name][kept])
            if name in earlier.validation:
                steps, _, _, values = earlier.validation[name]
                plot.append("validation", steps[steps <= step], values[steps <= step])
        for at, words in earlier.marks:
            if at <= step:
                self._mark(at, words)
        self._mark(step, "resumed")

    def _mark(self, step: int, words: str) -> None:
        for plot in self.plots.values():
            plot.add_mark(step, words)

    def drawers(self) -> tuple[Callable[[], None], ...]:
        """One function a plot: draws what is new in it."""
        return (self._draw_loss, self.plots["accuracy"].redraw)

    def redraw(self) -> None:
        """Draw what is new."""
        for draw in self.drawers():
            draw()

    def _draw_loss(self) -> None:
        self.plots["loss"].set_remark(self._loss_words.words(), self._loss_words.explanation())
        self.plots["loss"].redraw()


def change_words(event: SettingChanged) -> str:
    """What was changed, for a mark: "lr 0.01 → 0.001", "augment off"; by whom, where that was not the person."""
    if isinstance(event.after, bool):
        words = f"{event.name} {'on' if event.after else 'off'}"
    else:
        words = f"{event.name} {event.before:g} → {event.after:g}"
    return words if event.who == "you" else f"{words} ({event.who})"
