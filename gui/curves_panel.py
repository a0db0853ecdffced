"""The live curves: loss and accuracy, of training and of validation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from core.events import EpochEnded, Event, SettingChanged, StepsLogged
from gui.loss_words import Derived, LossWords
from gui.plots.curve_plot import CurvePlot

PLOTS = {"loss": "loss_plot", "accuracy": "accuracy_plot"}


class CurvesPanel(QWidget):
    """Stores what events bring; :meth:`redraw` draws it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss_words = LossWords()
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

    def clear(self, derived: Derived | None = None) -> None:
        """A new run begins; ``derived`` of its task says the loss in other words, which stand beside its title."""
        self._loss_words.begin(derived)
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
            for plot in self.plots.values():
                plot.add_mark(event.step, f"{event.name} {event.before:g} → {event.after:g}")

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
