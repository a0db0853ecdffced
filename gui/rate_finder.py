"""The learning-rate range test in the window: a plot, a suggestion, and a button that takes it over."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QPalette
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.data import Cancelled, Progress
from core.errors import UserError
from core.worker import Background
from gui.plots.canvas import faded
from gui.plots.palette import curve_color

if TYPE_CHECKING:
    from core.rate_finder import RateTest

HOW = (
    "A few steps are taken at learning rates that grow from far too small to far too large. Where the loss falls "
    "fastest is a good rate to begin with. Drag the line to another one. The weights are put back afterwards."
)


class RateFinder(QDialog):
    """Runs ``test(progress)`` off the GUI thread as soon as it is shown; closing it cancels."""

    chosen = Signal(float)
    """The learning rate that the person wants."""
    _told = Signal(int, int)

    def __init__(self, test: Callable[[Progress], RateTest], title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Find a learning rate: {title}")
        self.setObjectName("rate_finder")
        self.resize(640, 460)
        self._cancelled = Event()
        self._background = Background(self)
        self.result_: RateTest | None = None
        self.words = QLabel(HOW, wordWrap=True)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setFixedHeight(6)
        self.plot = _plot(self.palette())
        self.line = pg.InfiniteLine(movable=True, pen=pg.mkPen(curve_color(1), width=2), hoverPen=pg.mkPen(width=4))
        self.line.sigPositionChanged.connect(self._say_rate)
        self.use = QPushButton("Use it")
        self.use.setDefault(True)
        self.use.setEnabled(False)
        self.use.setToolTip("Put this learning rate into the set-up, or into the run that goes on (Enter)")
        self.use.clicked.connect(self._choose)
        self._lay_out()
        self._told.connect(self._show_progress)
        self._background.submit(lambda: test(self._progress), self.show_result, self._fail)

    @property
    def rate(self) -> float:
        """The learning rate at the line."""
        return float(10 ** self.line.value())

    def show_result(self, found: RateTest) -> None:
        """Draw what was found, with the line at the suggestion."""
        self.result_ = found
        rates = np.log10(found.rates)
        for side in ("bottom", "left"):
            self.plot.showAxis(side)
        self.plot.plot(rates, found.losses, pen=pg.mkPen(faded(self.palette(), 0.35), width=1), antialias=True)
        self.plot.plot(rates, found.smoothed, pen=pg.mkPen(curve_color(0), width=2.2), antialias=True)
        low, first = float(np.min(found.smoothed)), float(found.smoothed[0])
        room = max(first - low, 1e-9)
        self.plot.setRange(xRange=(rates[0], rates[-1]), yRange=(low - 0.15 * room, first + 0.5 * room))
        self.plot.addItem(self.line)
        self.line.setBounds((rates[0], rates[-1]))
        self.line.setValue(float(np.log10(found.suggested)))
        self.progress.hide()
        self.use.setEnabled(True)
        self._say_rate()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Cancel what goes on."""
        self._stop()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Closed by a button or Escape."""
        self._stop()
        super().done(result)

    def _stop(self) -> None:
        self._cancelled.set()
        self._background.close()

    def _progress(self, done: int, total: int | None, text: str) -> None:
        """On the background or training thread."""
        if self._cancelled.is_set():
            raise Cancelled
        self._told.emit(done, total or 0)

    def _show_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def _say_rate(self) -> None:
        if self.result_ is not None:
            suggested = abs(self.rate / self.result_.suggested - 1) < 1e-3
            self.use.setText(f"Use {self.rate:.2g}" + (" (suggested)" if suggested else ""))

    def _choose(self) -> None:
        self.chosen.emit(float(f"{self.rate:.2g}"))
        self.accept()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self.progress.hide()
        reason = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
        self.words.setText(f"No learning rate could be found. {reason}")

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        buttons.addWidget(close)
        buttons.addWidget(self.use)
        column = QVBoxLayout(self)
        column.addWidget(self.words)
        column.addWidget(self.progress)
        column.addWidget(self.plot, 1)
        column.addLayout(buttons)


def _plot(palette: QPalette) -> pg.PlotWidget:
    plot = pg.PlotWidget(background=palette.color(QPalette.ColorRole.Base))
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setMouseEnabled(x=False, y=False)
    plot.setLogMode(x=False, y=False)
    for side, label in (("bottom", "learning rate"), ("left", "loss")):
        axis = plot.getAxis(side)
        axis.setPen(faded(palette, 0.3))
        axis.setTextPen(faded(palette, 0.75))
        axis.setLabel(label)
        plot.hideAxis(side)  # numbers on empty axes would mean nothing
    plot.getAxis("bottom").setLogMode(x=True, y=False)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return plot
