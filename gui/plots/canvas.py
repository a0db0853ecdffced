"""The drawing surface of a curve plot: axes, colours, and the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsGridLayout, QWidget

from gui.plots.axes import StepAxis, ValueAxis


@dataclass(frozen=True)
class View:
    """What a plot shows: its x range, its y range (in log10 when `log`) and how many pixels it is wide."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    pixels: int
    log: bool


class Canvas(pg.GraphicsView):  # type: ignore[misc]
    """A pyqtgraph view box with two axes, and nothing else.

    pyqtgraph's ready PlotWidget would bring automatic ranging and downsampling, which are done better here, and seven
    hidden menus full of controls for them, which outlive it.
    """

    hovered = Signal(QPointF)
    """The mouse moved: its position in pixels of the viewport."""
    left = Signal()
    """The mouse went away."""
    moved_by_user = Signal()
    """The user panned or zoomed."""
    clicked_twice = Signal()
    """A double click."""
    menu_wanted = Signal(QPoint)
    """A right click without a drag: where, in pixels of the screen."""
    view_changed = Signal()
    """The range or the size changed, whoever did it."""

    def __init__(self, x_label: str, y_label: str, *, percent: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.small_font = QFont()
        self.step_axis = StepAxis(x_label)
        self.value_axis = ValueAxis(y_label, percent=percent)
        self.box = pg.ViewBox(enableMenu=False)
        self._lay_out()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 80)
        self.box.disableAutoRange()
        self.box.setMouseEnabled(x=False, y=False)
        self.scene().sigMouseClicked.connect(self._on_click)
        self.box.sigRangeChangedManually.connect(self._on_moved)
        self.box.sigRangeChanged.connect(self._on_view_changed)
        self.box.sigResized.connect(self._on_view_changed)

    def _lay_out(self) -> None:
        frame = pg.GraphicsWidget()
        grid = QGraphicsGridLayout(frame)
        grid.setContentsMargins(2, 7, 8, 2)
        grid.setSpacing(0)
        grid.addItem(self.value_axis, 0, 0)
        grid.addItem(self.box, 0, 1)
        grid.addItem(self.step_axis, 1, 1)
        grid.setRowStretchFactor(0, 1)
        grid.setColumnStretchFactor(1, 1)
        for axis in (self.step_axis, self.value_axis):
            axis.linkToView(self.box)
        self.box.setZValue(1)  # the axes paint the grid, which belongs behind the curves
        self.setCentralItem(frame)

    def add(self, item: pg.GraphicsObject) -> None:
        """Put an item into the plot; its bounds have no say in the range."""
        self.box.addItem(item, ignoreBounds=True)

    def remove(self, item: pg.GraphicsObject) -> None:
        """Take an item out again."""
        self.box.removeItem(item)

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly these ranges, y in log10 in log mode."""
        self.box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=False)

    def view(self) -> View:
        """What is shown now."""
        (x_low, x_high), (y_low, y_high) = self.box.viewRange()
        pixels = max(1, round(self.box.width() * self.devicePixelRatioF()))
        return View(x_low, x_high, y_low, y_high, pixels, self.value_axis.logMode)

    def set_empty(self, empty: bool) -> None:
        """Without points there are no ticks, and nothing to pan."""
        self.box.setMouseEnabled(x=not empty, y=not empty)
        self.step_axis.set_blank(empty)
        self.value_axis.set_blank(empty)

    def plot_area(self) -> QRectF:
        """Where the curves are drawn, in pixels of the viewport."""
        return QRectF(self.box.sceneBoundingRect())

    def x_at(self, position: QPointF) -> float:
        """The x under a position in pixels of the viewport."""
        return float(self.box.mapSceneToView(position).x())

    def set_log(self, on: bool) -> None:
        """Label the y axis as log10; whoever draws must give log10."""
        self.value_axis.setLogMode(on)
        self.value_axis.reserve_space()

    def recolour(self, palette: QPalette, font: QFont) -> None:
        """Take ground, text and line colours from a palette, and tick labels a little smaller than `font`."""
        small = QFont(font)
        small.setPointSizeF(max(6.5, font.pointSizeF() * 0.85)) if font.pointSizeF() > 0 else small.setPixelSize(11)
        self.small_font = small
        self.setBackground(palette.color(QPalette.ColorRole.Base))
        for axis in (self.step_axis, self.value_axis):
            axis.recolour(faded(palette, 0.75), faded(palette, 0.3), faded(palette, 0.11), small)

    def _on_moved(self, *_axes: Any) -> None:
        self.moved_by_user.emit()

    def _on_view_changed(self, *_what: Any) -> None:
        self.view_changed.emit()

    def _on_click(self, click: Any) -> None:
        if click.button() == Qt.MouseButton.RightButton:
            self.menu_wanted.emit(click.screenPos().toPoint())
        elif click.double():
            self.clicked_twice.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the mouse is, and let pyqtgraph pan and zoom."""
        super().mouseMoveEvent(event)
        self.hovered.emit(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the mouse has gone."""
        super().leaveEvent(event)
        self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that overlays have to move."""
        super().resizeEvent(event)
        self.view_changed.emit()


def faded(palette: QPalette, strength: float) -> QColor:
    """The text colour mixed into the ground: 0 is the ground, 1 the text."""
    ground, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.Text)
    keep = 1.0 - strength
    return QColor.fromRgbF(
        ground.redF() * keep + text.redF() * strength,
        ground.greenF() * keep + text.greenF() * strength,
        ground.blueF() * keep + text.blueF() * strength,
    )
