"""Legend and crosshair: what the curves are called, and what they say under the mouse or at their live end."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPalette, QPen

from gui.plots.canvas import Canvas, View, faded
from gui.plots.curve import Sample
from gui.plots.curve_items import CurveItems
from gui.plots.readout import Readout, ReadoutRow
from gui.plots.ticks import format_reading, format_step


class Hover:
    """A vertical line through the point nearest to the mouse, a dot on every curve, and the legend with the values.

    Without the mouse the legend shows the newest value of every curve.
    """

    def __init__(self, canvas: Canvas, x_label: str, *, percent: bool) -> None:
        self.readout = Readout(canvas.viewport())
        self.readout.hide()
        self._canvas = canvas
        self._x_label = x_label
        self._percent = percent
        self._mouse: QPointF | None = None
        self._ground = QColor()
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setZValue(30)
        self._dots = pg.ScatterPlotItem(size=7)
        self._dots.setZValue(31)
        for item in (self._line, self._dots):
            canvas.add(item)
            item.hide()

    @property
    def x(self) -> float | None:
        """Where the crosshair stands, or None while there is none."""
        return float(self._line.value()) if self._line.isVisible() else None

    def recolour(self, palette: QPalette) -> None:
        """Take the colours of a palette."""
        self._ground = palette.color(QPalette.ColorRole.Base)
        pen = QPen(faded(palette, 0.5), 1)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        self.readout.update()

    def move(self, mouse: QPointF | None) -> None:
        """The mouse is here now, in pixels of the viewport; None when it is elsewhere."""
        self._mouse = mouse

    def update(self, curves: Sequence[CurveItems], view: View) -> None:
        """Show what belongs to the mouse position and to the points as they are now."""
        self.readout.set_room(self._canvas.plot_area(), at_bottom=self._percent)
        x = self._snapped(curves, view)
        self._line.setVisible(x is not None)
        self._dots.setVisible(x is not None)
        if x is not None:
            self._line.setValue(x)
            self._show_dots(curves, x, log=view.log)
        header = "" if x is None else f"{self._x_label} {format_step(x)}"
        shown = any(len(items.curve) for items in curves)
        self.readout.show_rows(header, [self._row(items, x) for items in curves] if shown else [])
        self.readout.make_way(None if x is None else self._mouse)

    def _snapped(self, curves: Sequence[CurveItems], view: View) -> float | None:
        """The x of that point, of all curves, that is nearest to the mouse, if it is in view."""
        if self._mouse is None or not self._canvas.plot_area().contains(self._mouse):
            return None
        under = self._canvas.x_at(self._mouse)
        samples = [items.curve.nearest(under) for items in curves]
        x = min((sample.x for sample in samples if sample), key=lambda found: abs(found - under), default=None)
        return x if x is not None and view.x_low <= x <= view.x_high else None

    def _show_dots(self, curves: Sequence[CurveItems], x: float, *, log: bool) -> None:
        spots = []
        for items in curves:
            sample = items.curve.nearest(x)
            y = math.nan if sample is None else _drawn_value(sample)
            if sample is None or math.isnan(y) or (log and y <= 0):
                continue
            spots.append({"pos": (sample.x, math.log10(y) if log else y), "brush": pg.mkBrush(items.color)})
        self._dots.setData(spots, pen=pg.mkPen(self._ground, width=1))

    def _row(self, items: CurveItems, x: float | None) -> ReadoutRow:
        sample = items.curve.nearest(math.inf if x is None else x)
        if sample is None:
            return ReadoutRow(items.color, items.name, "", line=items.line)
        notes = []
        if x is not None and sample.smoothed is not None:
            notes.append(f"raw {format_reading(sample.y, percent=self._percent)}")
        if x is not None and sample.x != x:
            notes.append(f"at {format_step(sample.x)}")
        value = format_reading(_drawn_value(sample), percent=self._percent)
        return ReadoutRow(items.color, items.name, value, ", ".join(notes), items.line)


def _drawn_value(sample: Sample) -> float:
    return sample.y if sample.smoothed is None else sample.smoothed
