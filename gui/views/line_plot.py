"""Curves over a common axis, as one view holds them; the curves of a run in progress are drawn by gui.plots."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QStackedLayout, QToolTip, QVBoxLayout, QWidget

from core.views import LinePlot
from gui.plots.palette import curve_color, curve_pen_style
from gui.views.canvas import small
from gui.views.numbers import format_number
from gui.views.tips import plain_tip

MOST_CURVES = 48
_MOST_NAMED = 8
_LONGEST_NAME = 40
_MOST_SMOOTH_POINTS = 20_000
_LARGEST = 1e150
"""Beyond, the arithmetic of axis ranges overflows."""


class LinePlotWidget(QWidget):
    """Draws a :class:`~core.views.LinePlot`; wheel and drag zoom and move, a double click shows everything again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = pg.PlotWidget(enableMenu=False)
        # pyqtgraph leaves its menu, which nobody sees here, without an owner: it would outlive the plot.
        menu = self.plot.getPlotItem().ctrlMenu
        menu.setParent(self.plot, menu.windowFlags())
        self.plot.setFrameShape(QFrame.Shape.NoFrame)
        self.plot.hideButtons()
        self.plot.getPlotItem().layout.setContentsMargins(6, 8, 12, 4)
        self.plot.showGrid(x=True, y=True, alpha=0.18)
        self.plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.plot.scene().sigMouseClicked.connect(self._on_mouse_clicked)
        self._curves: dict[str, pg.PlotDataItem] = {}
        self._log_y = False
        # Above the plot, since a legend inside would lie on the newest points of rising curves.
        self._names = QLabel()
        self._names.setTextFormat(Qt.TextFormat.RichText)
        self._names.setWordWrap(True)
        self._names.setContentsMargins(10, 8, 10, 0)
        self._note = QLabel()
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._note.setContentsMargins(10, 0, 10, 4)
        self._note.hide()
        self._empty = QLabel("There are no curves in this view.")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._drawing = self._arranged()
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self._drawing)
        self._layout.addWidget(self._empty)
        self._recolour()

    def show_view(self, view: LinePlot) -> None:
        """Draw ``view``; a zoom made by the user stays.

        Raises:
            ValueError: when the two arrays of a curve differ in length.
            TypeError: when they are not made of numbers.
        """
        shown = dict(list(view.lines.items())[:MOST_CURVES])
        prepared = {name: _drawable(name, *line, log=view.log_y) for name, line in shown.items()}
        self._set_axes(view)
        for name in [name for name in self._curves if name not in prepared]:
            self.plot.removeItem(self._curves.pop(name))
        # Smooth thick lines cost most of the time of a redraw: they are for plots in which they can be told apart.
        fine = len(prepared) <= _MOST_NAMED and sum(x.size for x, _ in prepared.values()) <= _MOST_SMOOTH_POINTS
        for index, (name, (x, y)) in enumerate(prepared.items()):
            self._set_curve(name, x, y, markers=view.markers)
            self._set_pen(index, self._curves[name], fine)
        self._name_curves(list(prepared))
        hidden = len(view.lines) - len(shown)
        self._note.setText(f"The first {MOST_CURVES} of {len(view.lines):,} curves are drawn.")
        self._note.setVisible(hidden > 0)
        self._layout.setCurrentWidget(self._drawing if any(x.size for x, _ in prepared.values()) else self._empty)

    def notice(self) -> str:
        """The sentence shown instead of curves, or below them, if any."""
        if self._layout.currentWidget() is self._empty:
            return self._empty.text()
        return "" if self._note.isHidden() else self._note.text()

    def changeEvent(self, event: QEvent) -> None:
        """Take on the colours of another palette."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_layout"):
            self._recolour()

    def _arranged(self) -> QWidget:
        drawing = QWidget()
        drawing.setBackgroundRole(QPalette.ColorRole.Base)
        drawing.setAutoFillBackground(True)
        column = QVBoxLayout(drawing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._names)
        column.addWidget(self.plot, 1)
        column.addWidget(self._note)
        return drawing

    def _set_axes(self, view: LinePlot) -> None:
        self.plot.setLabel("bottom", html.escape(view.x_label))
        self.plot.setLabel("left", html.escape(view.y_label))
        if view.log_y != self._log_y:
            self._log_y = view.log_y
            self.plot.setLogMode(x=False, y=view.log_y)
            self.plot.enableAutoRange()

    def _set_curve(self, name: str, x: NDArray[Any], y: NDArray[Any], *, markers: bool) -> None:
        curve = self._curves.get(name)
        if curve is None:
            curve = self._curves[name] = pg.PlotDataItem(connect="finite", antialias=True)
            curve.setLogMode(False, self._log_y)
            self.plot.addItem(curve)
        ordered = bool(x.size < 2 or (np.diff(x) >= 0).all())
        # Both take x for sorted: other curves, say of precision over recall, would lose points.
        curve.setDownsampling(auto=ordered, method="peak")
        curve.setClipToView(ordered)
        alone = np.count_nonzero(np.isfinite(y)) == 1
        curve.setData(x, y, symbol="o" if alone or markers else None, symbolSize=7)

    def _set_pen(self, index: int, curve: pg.PlotDataItem, fine: bool) -> None:
        colour = curve_color(index)
        curve.setPen(pg.mkPen(colour, width=2 if fine else 1, style=curve_pen_style(index)))
        curve.opts["antialias"] = fine
        curve.setSymbolBrush(colour)
        curve.setSymbolPen(None)

    def _name_curves(self, names: list[str]) -> None:
        """A legend, unless one curve explains itself or there are too many to name."""
        wanted = names if 1 < len(names) <= _MOST_NAMED else []
        self._names.setText("&nbsp;&nbsp; ".join(_legend_entry(index, name) for index, name in enumerate(wanted)))
        self._names.setVisible(bool(wanted))

    def _recolour(self) -> None:
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.Text)
        self.plot.setBackground(palette.color(QPalette.ColorRole.Base))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            axis.setTextPen(text)
            axis.setTickFont(small(self.font()))
            axis.label.setDefaultTextColor(text)

    def _on_mouse_moved(self, position: QPointF) -> None:
        box = self.plot.getViewBox()
        if not box.sceneBoundingRect().contains(position) or not self._curves:
            return
        x = float(box.mapSceneToView(position).x())
        where = self.plot.mapToGlobal(self.plot.mapFromScene(position))
        QToolTip.showText(where, plain_tip(self.values_at(x)), self.plot)

    def values_at(self, x: float) -> str:
        """What the first curves are at the point nearest to ``x``, a line each."""
        lines = []
        for name, curve in list(self._curves.items())[:_MOST_NAMED]:
            xs, ys = curve.getOriginalDataset()
            if xs is None or not len(xs) or np.isnan(xs).all():
                continue
            nearest = int(np.nanargmin(np.abs(xs - x)))
            place = f" at {format_number(float(xs[nearest]))}"
            lines.append(f"{name or 'value'}{place}: {format_number(float(ys[nearest]))}")
        return "\n".join(lines)

    def _on_mouse_clicked(self, event: Any) -> None:
        if event.double():
            self.plot.enableAutoRange()


def _legend_entry(index: int, name: str) -> str:
    """The name of a curve behind a dot in its colour, in one piece."""
    mark = "●" if curve_pen_style(index) == Qt.PenStyle.SolidLine else "╍"
    words = html.escape(name[:_LONGEST_NAME]).replace(" ", "&nbsp;")
    return f"<span style='color:{curve_color(index).name()}'>{mark}</span>&nbsp;{words}"


def _drawable(name: str, x: Any, y: Any, *, log: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two arrays of floats; what has no place on the axes is NaN, a gap in the curve."""
    xs, ys = np.asarray(x), np.asarray(y)
    if xs.shape != ys.shape or xs.ndim != 1:
        raise ValueError(f"the curve {name!r} needs two rows of one length, not {xs.shape} and {ys.shape}")
    if xs.size and not (xs.dtype.kind in "buif" and ys.dtype.kind in "buif"):
        raise TypeError(f"the curve {name!r} is made of {ys.dtype}, not of numbers")
    xs, ys = xs.astype(np.float64), ys.astype(np.float64)
    with np.errstate(invalid="ignore"):
        ys[~(np.abs(ys) < _LARGEST)] = np.nan
        xs[~(np.abs(xs) < _LARGEST)] = np.nan
        if log:
            ys[~(ys > 0.0)] = np.nan
    ys[np.isnan(xs)] = np.nan
    if np.isnan(ys).all():
        return np.zeros(0), np.zeros(0)
    return xs, ys
