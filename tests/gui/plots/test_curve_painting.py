"""The plot widget: what is painted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QSlider

from gui.plots.palette import curve_color
from tests.gui.plots.conftest import close_to, feed, has_colour, mouse_at_x, picture, turn_wheel


@pytest.mark.parametrize("count", [50, 5_000, 300_000])
def test_spike_is_painted_up_to_its_top(plot, count):
    ys = np.full(count, 0.2)
    at = int(count * 0.4)
    ys[at] = 5.0
    feed(plot, ys)
    image, top = picture(plot), plot.canvas.plot_area().top()
    height = plot.canvas.plot_area().height()
    x = round(mouse_at_x(plot, at).x())
    upper_third = range(round(top + 0.15 * height), round(top + 0.33 * height))
    assert has_colour(image, curve_color(0), range(x - 2, x + 3), upper_third)


def test_grid_lies_behind_the_curve(plot):
    feed(plot, np.full(1000, 1.0))  # on the grid line of the tick at 1.0
    at = mouse_at_x(plot, 370).toPoint()
    column = range(at.x(), at.x() + 1), range(at.y() - 2, at.y() + 3)
    assert has_colour(picture(plot), curve_color(0), *column)


def test_lone_point_is_painted_as_a_dot(plot):
    feed(plot, [1.0])
    centre = mouse_at_x(plot, 0).toPoint()
    near = range(centre.x() - 3, centre.x() + 4), range(centre.y() - 3, centre.y() + 4)
    assert has_colour(picture(plot), curve_color(0), *near)


def test_lone_point_between_gaps_is_painted_as_a_dot(plot):
    ys = np.full(1001, np.nan)
    ys[0] = ys[1000] = 0.0
    ys[500] = 1.0
    feed(plot, ys)
    spots = plot._items["training"]._dots.data
    assert 500 in spots["x"]


def test_markers_are_drawn_while_few(plot):
    dots = plot._items["validation"]._dots
    feed(plot, np.ones(30), name="validation")
    assert len(dots.data) == 30
    feed(plot, np.ones(200), name="validation", start=30)
    assert len(dots.data) == 0


def test_smoothing_draws_the_average_and_keeps_the_raw_curve_fainter_behind(plot):
    random = np.random.default_rng(0)
    feed(plot, 1 + random.normal(size=500))
    items = plot._items["training"]
    assert not items._smooth.isVisible()
    plot.findChild(QSlider).setValue(95)
    QApplication.processEvents()
    assert plot.smoothing == 0.95
    assert items._smooth.isVisible() and items._raw.isVisible()
    assert items._raw.opts["pen"].color().alpha() < 255 == items._smooth.opts["pen"].color().alpha()
    assert np.ptp(items._smooth.yData[100:]) < np.ptp(items._raw.yData) / 4
    plot.set_smoothing(0)
    QApplication.processEvents()
    assert not items._smooth.isVisible()
    assert items._raw.opts["pen"].color().alpha() == 255


def test_smoothing_leaves_curves_with_markers_alone(plot):
    plot.set_smoothing(0.9)
    feed(plot, [1.0, 2.0], name="validation")
    assert plot.curve("validation").smoothing == 0
    plot.add_curve("later")
    assert plot.curve("later").smoothing == 0.9


def test_log_draws_exponents_and_leaves_zeros_out(plot):
    ys = np.tile([0.0, 10.0, 1000.0, -5.0, 0.1], 2000)
    feed(plot, ys)
    plot.set_log(True)
    QApplication.processEvents()
    drawn = plot._items["training"]._raw.yData
    assert np.nanmin(drawn) == pytest.approx(-1) and np.nanmax(drawn) == pytest.approx(3)
    view = plot.canvas.view()
    assert view.log and -2 < view.y_low < -1 and 3 < view.y_high < 4
    plot.set_log(False)
    QApplication.processEvents()
    assert np.nanmin(plot._items["training"]._raw.yData) == -5.0


def test_log_toggle_follows_again_since_the_old_range_means_nothing(plot):
    feed(plot, np.linspace(1, 2, 100))
    turn_wheel(plot, 3)
    plot.set_log(True)
    QApplication.processEvents()
    assert plot.following
    assert plot.canvas.view().y_high < 1


def test_palette_change_recolours_ground_and_text(plot):
    feed(plot, np.zeros(10))
    corner = plot.canvas.plot_area().topLeft().toPoint() + QPoint(6, 6)
    dark = QPalette(QColor("#1d2321"))
    dark.setColor(QPalette.ColorRole.Base, QColor("#151a18"))
    dark.setColor(QPalette.ColorRole.Text, QColor("#e4eae7"))
    light = QPalette(dark)
    light.setColor(QPalette.ColorRole.Base, QColor("#ffffff"))
    light.setColor(QPalette.ColorRole.Text, QColor("#101010"))
    for palette in (dark, light):
        plot.setPalette(palette)
        QApplication.processEvents()
        assert picture(plot).pixelColor(corner) == palette.color(QPalette.ColorRole.Base)
        text = plot.canvas.step_axis.textPen().color()
        assert close_to(text, palette.color(QPalette.ColorRole.Text), tolerance=250)
        assert not close_to(text, palette.color(QPalette.ColorRole.Base), tolerance=250)
