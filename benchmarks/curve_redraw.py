"""What one redraw of a live curve of a million points costs: ours beside two ways of plain pyqtgraph.

Every round appends 1,000 points, redraws and paints (synchronously, offscreen unless QT_QPA_PLATFORM says otherwise).
The rivals get the same data in a preallocated array, the same size and the same range; they take turns in one run,
so that whatever else the machine does hits all of them.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Section

POINTS = 1_000_000
ADDED = 1_000
ROUNDS = 40
ROUNDS_OF_SLOW = 6
SIZE = (700, 260)
HOW = (
    f"Each round appends {ADDED:,} points to a curve of {POINTS:,}, redraws it and paints {SIZE[0]}×{SIZE[1]} pixels. "
    "The rivals get the same data in an array that is there already, the same size and the same range."
)
HEADER = ("Contestant", "Median, ms", "p95, ms", "Median over ours", "n")


@dataclass
class Contestant:
    """One way to draw; `play(xs, ys, count)` appends the points up to `count`, redraws and paints."""

    name: str
    play: Callable[[NDArray[np.float64], NDArray[np.float64], int], None]
    rounds: int
    milliseconds: list[float] = field(default_factory=list)

    def median(self) -> float:
        """Median of the rounds, in ms."""
        return statistics.median(self.milliseconds)

    def p95(self) -> float:
        """95th percentile of the rounds, in ms."""
        return float(np.percentile(self.milliseconds, 95))


def measure() -> Section:
    """Let the contestants take turns."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    _application = QApplication.instance() or QApplication([])
    xs, ys = _learning_curve(POINTS + ROUNDS * ADDED)
    contestants = [
        Contestant("Trainyard, min/max pyramid", _ours(xs, ys, smoothing=0.0), ROUNDS),
        Contestant("Trainyard, smoothed as well", _ours(xs, ys, smoothing=0.9), ROUNDS),
        Contestant("pyqtgraph, plain setData", _rival(automatic=False), ROUNDS_OF_SLOW),
        Contestant("pyqtgraph, automatic downsampling", _rival(automatic=True), ROUNDS),
    ]
    for turn in range(ROUNDS):
        count = POINTS + (turn + 1) * ADDED
        for contestant in contestants:
            if turn < contestant.rounds:
                began = time.perf_counter()
                contestant.play(xs, ys, count)
                contestant.milliseconds.append(1000 * (time.perf_counter() - began))
    return Section(
        "curve_redraw", "Redraw of a long curve", HOW, HEADER, [_row(c, contestants[0]) for c in contestants]
    )


def _row(contestant: Contestant, ours: Contestant) -> tuple[str, ...]:
    ratio = contestant.median() / ours.median()
    figures = (f"{contestant.median():.2f}", f"{contestant.p95():.2f}", f"{ratio:.1f}")
    return contestant.name, *figures, str(len(contestant.milliseconds))


def _learning_curve(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    random = np.random.default_rng(0)
    xs = np.arange(count, dtype=np.float64)
    ys = 2.0 * np.exp(-xs / 200_000) + 0.1 + 0.2 * np.abs(random.normal(size=count))
    ys[random.integers(0, count, 20)] += 2.0
    return xs, ys


def _ours(
    xs: NDArray[np.float64], ys: NDArray[np.float64], *, smoothing: float
) -> Callable[[NDArray[np.float64], NDArray[np.float64], int], None]:
    from gui.plots.curve_plot import CurvePlot

    plot = CurvePlot("Loss", "loss")
    plot.add_curve("training")
    plot.set_smoothing(smoothing)
    plot.append("training", xs[:POINTS], ys[:POINTS])
    plot.resize(*SIZE)
    _show(plot)

    def play(xs: NDArray[np.float64], ys: NDArray[np.float64], count: int) -> None:
        plot.append("training", xs[count - ADDED : count], ys[count - ADDED : count])
        plot.redraw()
        plot.canvas.viewport().repaint()

    return play


def _rival(*, automatic: bool) -> Callable[[NDArray[np.float64], NDArray[np.float64], int], None]:
    import pyqtgraph as pg

    widget = pg.PlotWidget()
    # The same picture as ours: a smooth line one pixel wide. (Two pixels wide, both rivals take many times as long.)
    item = widget.plot(pen=pg.mkPen("#0a7cc4"), antialias=True)
    if automatic:
        item.setDownsampling(auto=True, method="peak")
        item.setClipToView(True)
    widget.resize(*SIZE)
    _show(widget)

    def play(xs: NDArray[np.float64], ys: NDArray[np.float64], count: int) -> None:
        # The array is there already, so for the rivals the append itself costs nothing.
        item.setData(xs[:count], ys[:count])
        widget.viewport().repaint()

    return play


def _show(widget: object) -> None:
    from PySide6.QtWidgets import QApplication, QWidget

    assert isinstance(widget, QWidget)
    widget.show()
    for _ in range(5):
        QApplication.processEvents()
