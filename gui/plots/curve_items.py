"""What is drawn of one curve: a line, a smoothed line over it, and dots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from gui.plots.canvas import Canvas, View
from gui.plots.curve import Curve
from gui.plots.palette import curve_color, curve_pen_style
from gui.plots.pyramid import Floats
from gui.plots.ranges import LARGEST

_MOST_MARKERS = 100
_MARKER_SIZE = 6
_MOST_DOTS = 60
_DOT_SIZE = 4
_LINE_WIDTH = 1.6
_SMOOTH_WIDTH = 2.2
_BEHIND_ALPHA = 85
_BEHIND_ALPHA_SPARSE = 150

# Qt paints an antialiased line a pixel wide about a hundred times as fast as a wider one. A line is drawn wide until
# it goes up and down the plot this many times: then it is a dense band, in which the width could not be seen anyway.
_WIDE_UNTIL_HEIGHTS = 12.0
# Joined up as one path, a wide line looks best but costs microseconds a point; beyond this many points it is drawn as
# separate segments, which is fast, and whose joints are too close together to be seen.
_MOST_JOINED = 150


class CurveItems:
    """The graphics items of one curve, put into a canvas.

    A curve with `markers` is sparse (one point an epoch, say): its points show as dots up to a hundred of them in view,
    and it is never smoothed. Any other curve shows its points when so few are in view that they can be told apart.
    """

    def __init__(self, name: str, color_index: int, canvas: Canvas, *, markers: bool) -> None:
        self.name = name
        self.curve = Curve()
        self.markers = markers
        self.color_index = color_index
        self.color: QColor = curve_color(color_index)
        self.line = curve_pen_style(color_index)
        self._canvas = canvas
        # A sparse curve lies over the smoothed lines of the others, and those over what they are smoothed from.
        self._raw = _line_item(12 if markers else 0)
        self._smooth = _line_item(10)
        self._dots = pg.ScatterPlotItem(pen=None, brush=pg.mkBrush(self.color), size=_MARKER_SIZE)
        self._dots.setZValue(20)
        for item in self._items():
            canvas.add(item)

    def remove(self) -> None:
        """Take the items out of the canvas."""
        for item in self._items():
            self._canvas.remove(item)

    def set_smoothing(self, weight: float) -> None:
        """Smooth with this weight, unless the curve has markers."""
        if not self.markers:
            self.curve.set_smoothing(weight)

    def draw(self, view: View, *, behind: bool = True) -> None:
        """Show what is in `view`; `behind` a smoothed line the points that it is smoothed from, too."""
        smoothing = self.curve.smoothing > 0
        if behind or not smoothing:
            xs, ys = self._points(view, smoothed=False)
            self._set_line(self._raw, xs, ys, view, behind=smoothing)
            self._set_dots(xs, ys)
        self._raw.setVisible(behind or not smoothing)
        self._dots.setVisible(behind or not smoothing)
        if smoothing:
            # Among many curves a column of two pixels is fine enough, and half the work.
            coarse = view if behind else replace(view, pixels=max(1, view.pixels // 2))
            self._set_line(self._smooth, *self._points(coarse, smoothed=True), view, behind=False)
        self._smooth.setVisible(smoothing)

    def _items(self) -> tuple[pg.GraphicsObject, ...]:
        return self._raw, self._smooth, self._dots

    def _points(self, view: View, *, smoothed: bool) -> tuple[Floats, Floats]:
        xs, ys = self.curve.visible(view.x_low, view.x_high, view.pixels, smoothed=smoothed, positive_only=view.log)
        if view.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                return xs, np.log10(np.where(ys > 0, ys, np.nan))
        return xs, np.clip(ys, -LARGEST, LARGEST)

    def _set_line(self, item: pg.PlotCurveItem, xs: Floats, ys: Floats, view: View, *, behind: bool) -> None:
        joined = len(xs) <= _MOST_JOINED
        segmented = not joined and self.line == Qt.PenStyle.SolidLine
        wide = not behind and (joined or segmented) and _heights_travelled(ys, view) < _WIDE_UNTIL_HEIGHTS
        colour = QColor(self.color)
        if behind:
            colour.setAlpha(_BEHIND_ALPHA_SPARSE if joined else _BEHIND_ALPHA)
        cap = Qt.PenCapStyle.FlatCap if segmented else Qt.PenCapStyle.RoundCap
        width = _SMOOTH_WIDTH if item is self._smooth else _LINE_WIDTH
        pen = QPen(colour, width if wide else 1.0, self.line, cap, Qt.PenJoinStyle.RoundJoin)
        pen.setCosmetic(True)
        item.setSegmentedLineMode("on" if wide and segmented else "off")
        whole = not np.isnan(ys).any()
        item.setData(xs, ys, pen=pen, connect="all" if whole else "finite", skipFiniteCheck=whole)

    def _set_dots(self, xs: Floats, ys: Floats) -> None:
        few = len(xs) <= (_MOST_MARKERS if self.markers else _MOST_DOTS)
        dotted = ~np.isnan(ys) if few else _lone(ys)
        if dotted.any() or len(self._dots.data):
            self._dots.setData(xs[dotted], ys[dotted], size=_MARKER_SIZE if self.markers else _DOT_SIZE)


def _line_item(z: float) -> pg.PlotCurveItem:
    item = pg.PlotCurveItem(antialias=True)
    item.setZValue(z)
    return item


def _heights_travelled(ys: Floats, view: View) -> float:
    """How far a line goes up and down within the view, in heights of the plot."""
    height = view.y_high - view.y_low
    if len(ys) < 2 or height <= 0:
        return 0.0
    return float(np.nansum(np.abs(np.diff(np.clip(ys, view.y_low, view.y_high)))) / height)


def _lone(ys: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which points have a gap, or nothing, on both sides: a line alone would not show them."""
    gap = np.isnan(ys)
    if not gap.any() and len(ys) != 1:
        return np.zeros(len(ys), dtype=np.bool_)
    framed = np.concatenate(([True], gap, [True]))
    return ~gap & framed[:-2] & framed[2:]
