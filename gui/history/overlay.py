"""The curves of several runs in one plot."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.history import RunCurves
from gui.plots.curve_plot import CurvePlot

AXES = {"step": "by step", "epoch": "by epoch", "time": "by time"}
X_LABELS = {"step": "step", "epoch": "epoch", "time": "seconds of training"}
HINT = "Select one run or several in the table: their curves are laid over each other here."
SHARES = ("accuracy", "clipped")
MOST_RUNS = 20
MOST_WITH_RAW = 4
"""Of more runs only the smoothed lines are drawn, unless smoothing is off."""


class Overlay(QWidget):
    """One colour a run: the training curve as a line, the validation as dots. Zooming is as in the live plot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_overlay")
        self._runs: dict[str, tuple[str, RunCurves]] = {}
        self.metric_picker = QComboBox()
        self.metric_picker.setObjectName("overlay_metric")
        self.metric_picker.setToolTip("Which number of the runs is drawn")
        self.axis_picker = QComboBox()
        self.axis_picker.setObjectName("overlay_axis")
        self.axis_picker.setToolTip("What the runs are aligned by")
        for name, words in AXES.items():
            self.axis_picker.addItem(words, name)
        self._words = QLabel()
        self.plot = self._new_plot("loss", "step")
        self._column = QVBoxLayout(self)
        self._lay_out()
        self.metric_picker.currentIndexChanged.connect(self._rebuild)
        self.axis_picker.currentIndexChanged.connect(self._rebuild)

    def show_runs(self, runs: dict[str, tuple[str, RunCurves]]) -> None:
        """Draw these: id -> (title, curves). A run that is shown already keeps its colour."""
        kept = {id: self._runs[id] for id in self._runs if id in runs}
        self._runs = {**{id: runs[id] for id in kept}, **{id: found for id, found in runs.items() if id not in kept}}
        self._words.setText(f"Only the first {MOST_RUNS} are drawn." if len(runs) > MOST_RUNS else "")
        self._offer_metrics()
        self._rebuild()

    def _offer_metrics(self) -> None:
        names = {name for _, curves in self._runs.values() for name in (*curves.metrics, *curves.validation)}
        ordered = sorted(names, key=lambda name: (name != "loss", name != "accuracy", name))
        offered = [self.metric_picker.itemData(index) for index in range(self.metric_picker.count())]
        if ordered and ordered != offered:
            chosen, blocked = self.metric_picker.currentData(), self.metric_picker.blockSignals(True)
            self.metric_picker.clear()
            for name in ordered:
                self.metric_picker.addItem("learning rate" if name == "lr" else name, name)
            self.metric_picker.setCurrentIndex(max(0, self.metric_picker.findData(chosen)))
            self.metric_picker.blockSignals(blocked)

    def _rebuild(self) -> None:
        metric, axis = self.metric_picker.currentData() or "loss", self.axis_picker.currentData()
        smoothing, log = self.plot.smoothing, self.plot.log
        plot = self._new_plot(metric, axis)
        plot.set_smoothing(smoothing)
        if metric not in SHARES:
            plot.set_log(log)
        plot.show_raw_behind(len(self._runs) <= MOST_WITH_RAW)
        for color, (title, curves) in enumerate(list(self._runs.values())[:MOST_RUNS]):
            _add_run(plot, color, title, curves, metric, axis)
        self._column.replaceWidget(self.plot, plot)
        self.plot.hide()
        self.plot.deleteLater()
        self.plot = plot
        plot.show()
        plot.redraw()

    def _new_plot(self, metric: str, axis: str) -> CurvePlot:
        name = "Learning rate" if metric == "lr" else metric.capitalize()
        plot = CurvePlot(name, metric, x_label=X_LABELS[axis], percent=metric in SHARES, hint=HINT, parent=self)
        plot.set_smoothing(0.9)
        return plot

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.metric_picker)
        row.addWidget(self.axis_picker)
        row.addWidget(self._words)
        row.addStretch(1)
        column = self._column
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.plot, 1)
        column.setAlignment(row, Qt.AlignmentFlag.AlignTop)


def _add_run(plot: CurvePlot, color: int, title: str, curves: RunCurves, metric: str, axis: str) -> None:
    name = title
    while name in plot.names():
        name += "′"
    values = curves.metrics.get(metric)
    if values is not None and len(values):
        plot.add_curve(name, color_index=color)
        plot.append(name, curves.axis(axis), values)
    points = curves.validation.get(metric)
    if points is not None:
        steps, epochs, seconds, found = points
        xs = {"step": steps, "epoch": epochs, "time": seconds}[axis]
        order = np.argsort(xs, kind="stable")
        plot.add_curve(f"{name}, validation", markers=True, color_index=color)
        plot.append(f"{name}, validation", xs[order], found[order])
