"""One measure of the layers over the steps, a curve a layer."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.health.history import HealthHistory
from gui.health.measures import BY_FIELD, Measure
from gui.plots.curve_plot import CurvePlot

MOST = 6
"""Curves that are drawn, besides that of the chosen layer: more could not be told apart."""
_SMOOTHING = 0.5
"""Norms of single batches jump; half a look or so of memory lets the layers be told apart."""


class LayerCurves(QStackedWidget):
    """A plot for each measure, made when it is first wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = ""
        self._plots: dict[str, CurvePlot] = {}

    @property
    def plot(self) -> CurvePlot:
        """The plot that is shown; choose a measure first."""
        return self._plots[self.field]

    def choose(self, field: str) -> None:
        """Show this measure."""
        if field not in self._plots:
            self._plots[field] = self._made(BY_FIELD[field])
            self.addWidget(self._plots[field])
        self.field = field
        self.setCurrentWidget(self.plot)

    def show_history(self, history: HealthHistory, layer: int) -> None:
        """Draw what is known; ``layer``: the chosen one, whose curve is there whatever the others are."""
        plot, steps = self.plot, history.steps
        columns = history.numbers(self.field)
        told = [row for row in range(len(history.layers)) if np.isfinite(columns[:, row]).any()]
        rows = spread_out(told, layer)
        names = [history.layers[row] for row in rows]
        if plot.names() != tuple(names):
            for name in plot.names():
                plot.remove_curve(name)
            for name, row in zip(names, rows, strict=True):
                plot.add_curve(name, color_index=told.index(row) if len(told) <= MOST else rows.index(row))
        for name, row in zip(names, rows, strict=True):
            plot.curve(name).clear()
            plot.append(name, steps, columns[:, row])
        plot.set_remark(
            f"{len(rows)} of {len(told)} layers" if len(rows) < len(told) else "",
            "Those in between are left out; a click on a layer in the table adds it.",
        )
        plot.redraw()

    def clear(self) -> None:
        """No curves."""
        for plot in self._plots.values():
            for name in plot.names():
                plot.remove_curve(name)
            plot.clear()
            plot.redraw()

    def _made(self, measure: Measure) -> CurvePlot:
        as_percent = measure.percent and not measure.log
        label = "share of the weights" if measure.field == "update_ratio" else measure.title.lower()
        plot = CurvePlot(measure.title, label, percent=as_percent, hint=measure.none)
        plot.setObjectName(f"health_{measure.field}")
        plot.set_log(measure.log)
        plot.set_smoothing(_SMOOTHING if measure.log else 0.0)
        plot.show_raw_behind(False)
        plot.hide_title()
        return plot


def spread_out(rows: list[int], chosen: int) -> list[int]:
    """At most ``MOST`` of these rows, the first and the last among them, and the chosen one; in their order."""
    if len(rows) <= MOST:
        return rows
    picked = {rows[int(place)] for place in np.linspace(0, len(rows) - 1, MOST).round()}
    return sorted(picked | ({chosen} & set(rows)))
