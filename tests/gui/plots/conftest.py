"""A plot with two curves, and a mouse over it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton

from gui.plots.curve_plot import CurvePlot

HINT = "Press Start: the loss appears here."


@pytest.fixture
def make_plot(qtbot):
    def make(width=600, height=260, **options) -> CurvePlot:
        plot = CurvePlot("Loss", "loss", hint=HINT, **options)
        qtbot.addWidget(plot)
        plot.add_curve("training")
        plot.add_curve("validation", markers=True)
        plot.resize(width, height)
        with qtbot.waitExposed(plot):
            plot.show()
        QApplication.processEvents()
        return plot

    return make


@pytest.fixture
def plot(make_plot) -> CurvePlot:
    return make_plot()


def feed(plot: CurvePlot, ys, name="training", start=0) -> None:
    plot.append(name, np.arange(start, start + len(ys)), ys)
    plot.redraw()
    QApplication.processEvents()


def mouse_at_x(plot: CurvePlot, x: float) -> QPointF:
    view, area = plot.canvas.view(), plot.canvas.plot_area()
    share = (x - view.x_low) / (view.x_high - view.x_low)
    return QPointF(area.left() + share * area.width(), area.center().y())


def send_mouse(plot: CurvePlot, kind: QEvent.Type, where: QPointF, button, buttons) -> None:
    viewport = plot.canvas.viewport()
    on_screen = QPointF(viewport.mapToGlobal(where.toPoint()))
    event = QMouseEvent(kind, where, on_screen, button, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(viewport, event)


def hover(plot: CurvePlot, x: float) -> None:
    send_mouse(plot, QEvent.Type.MouseMove, mouse_at_x(plot, x), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton)


def drag(plot: CurvePlot, pixels: float) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    start = plot.canvas.plot_area().center()
    send_mouse(plot, QEvent.Type.MouseButtonPress, start, left, left)
    for step in range(1, 6):
        send_mouse(plot, QEvent.Type.MouseMove, start + QPointF(pixels * step / 5, 0), none, left)
    send_mouse(plot, QEvent.Type.MouseButtonRelease, start + QPointF(pixels, 0), left, none)
    QApplication.processEvents()


def turn_wheel(plot: CurvePlot, notches: int) -> None:
    viewport, where = plot.canvas.viewport(), plot.canvas.plot_area().center()
    event = QWheelEvent(
        where,
        QPointF(viewport.mapToGlobal(where.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)
    QApplication.processEvents()


def follow_button(plot: CurvePlot) -> QToolButton:
    return next(button for button in plot.findChildren(QToolButton) if button.text() == "Follow")


def picture(plot: CurvePlot) -> QImage:
    return plot.canvas.grab().toImage()


def close_to(colour: QColor, other: QColor, tolerance=60) -> bool:
    pairs = zip(colour.getRgb()[:3], other.getRgb()[:3], strict=True)
    return sum(abs(one - two) for one, two in pairs) < tolerance


def has_colour(image: QImage, colour: QColor, xs: range, ys: range) -> bool:
    return any(close_to(image.pixelColor(x, y), colour) for x in xs for y in ys)
