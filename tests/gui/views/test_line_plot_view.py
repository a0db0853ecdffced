from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from core.views import LinePlot
from gui.plots.palette import curve_color
from gui.views.line_plot import MOST_CURVES, LinePlotWidget
from tests.gui.views.view_helpers import colours_in, picture_of, shown

X = np.arange(50.0)


@pytest.fixture
def widget(qtbot):
    return shown(qtbot, LinePlotWidget())


def legend(widget):
    return "" if widget._names.isHidden() else widget._names.text()


def test_curves_are_drawn_in_the_colours_of_the_plots(widget):
    widget.show_view(LinePlot(lines={"train": (X, X), "validation": (X, -X)}))
    assert {curve_color(0).name(), curve_color(1).name()} <= colours_in(picture_of(widget), 1)


def test_several_curves_have_a_legend_and_one_needs_none(widget):
    widget.show_view(LinePlot(lines={"train": (X, X), "<b>": (X, X)}))
    assert "train" in legend(widget)
    assert "&lt;b&gt;" in legend(widget)
    assert curve_color(1).name() in legend(widget)
    widget.show_view(LinePlot(lines={"train": (X, X)}))
    assert legend(widget) == ""


def test_a_new_view_replaces_the_data_of_a_curve_and_drops_missing_ones(widget):
    widget.show_view(LinePlot(lines={"a": (X, X), "b": (X, X)}))
    curve = widget._curves["a"]
    widget.show_view(LinePlot(lines={"a": (X, X * 2)}))
    assert widget._curves == {"a": curve}
    assert curve.getOriginalDataset()[1][-1] == 98.0


def test_a_zoom_stays_when_a_new_view_comes(widget):
    widget.show_view(LinePlot(lines={"a": (X, X)}))
    widget.plot.setRange(xRange=(10, 20), yRange=(10, 20), padding=0)
    widget.show_view(LinePlot(lines={"a": (X, X + 100)}))
    assert np.allclose(widget.plot.viewRange(), [[10, 20], [10, 20]])


def test_values_that_a_logarithm_does_not_have_become_gaps(widget):
    widget.show_view(LinePlot(lines={"a": (X[:4], np.array([1.0, 0.0, -1.0, 10.0]))}, log_y=True))
    assert np.isnan(widget._curves["a"].getOriginalDataset()[1]).tolist() == [False, True, True, False]
    widget.show_view(LinePlot(lines={"a": (X[:4], np.array([1.0, 0.0, -1.0, 10.0]))}))
    assert not np.isnan(widget._curves["a"].getOriginalDataset()[1]).any()


def test_the_caller_s_arrays_are_left_alone(widget):
    y = np.array([1.0, np.inf, -1.0])
    widget.show_view(LinePlot(lines={"a": (X[:3], y)}, log_y=True))
    assert y.tolist() == [1.0, np.inf, -1.0]


@pytest.mark.parametrize(
    "y",
    [[np.nan, 1.0, 2.0], [np.inf, 1.0, -np.inf], [1e308, -1e308, 2.0], [5.0, 5.0, 5.0], [np.nan, 3.0, np.nan]],
    ids=["NaN", "inf", "enormous", "constant", "one point"],
)
@pytest.mark.parametrize("log", [False, True])
def test_odd_values_are_drawn_without_a_warning(widget, y, log, recwarn):
    widget.show_view(LinePlot(lines={"a": (X[:3], np.array(y))}, log_y=log))
    picture_of(widget)
    assert widget.notice() == ""
    assert not recwarn.list


def test_points_of_a_curve_that_turns_back_are_all_kept(widget):
    turn = np.linspace(0, 20 * np.pi, 50_000)
    widget.show_view(LinePlot(lines={"a": (np.cos(turn), np.sin(turn))}))
    assert len(widget._curves["a"].getData()[0]) == 50_000


@pytest.mark.parametrize(
    "lines", [{}, {"a": (X[:0], X[:0])}, {"a": (X[:2], np.full(2, np.nan))}], ids=["0", "1", "NaN"]
)
def test_no_curves_is_said_in_words(widget, lines):
    widget.show_view(LinePlot(lines=lines))
    picture_of(widget)
    assert widget.notice() == "There are no curves in this view."


def test_of_very_many_curves_the_first_are_drawn_and_it_is_said(widget):
    widget.show_view(LinePlot(lines={str(index): (X, X + index) for index in range(MOST_CURVES + 10)}))
    assert len(widget._curves) == MOST_CURVES
    assert widget.notice() == "The first 48 of 58 curves are drawn."


def test_the_nearest_point_is_named(widget):
    widget.show_view(LinePlot(lines={"loss": (X, X / 10)}))
    assert widget.values_at(7.3) == "loss at 7: 0.7"


def test_a_curve_of_two_lengths_is_refused(widget):
    with pytest.raises(ValueError, match="two rows of one length"):
        widget.show_view(LinePlot(lines={"a": (X, X[:3])}))


def test_text_instead_of_numbers_is_refused(widget):
    with pytest.raises(TypeError, match="not of numbers"):
        widget.show_view(LinePlot(lines={"a": (X[:1], np.array(["x"]))}))


def test_another_palette_repaints_the_ground(widget):
    widget.show_view(LinePlot(lines={"a": (X, X)}))
    palette = QPalette(widget.palette())
    palette.setColor(QPalette.ColorRole.Base, QColor("#102030"))
    widget.setPalette(palette)
    QApplication.processEvents()
    assert "#102030" in colours_in(picture_of(widget))


def test_curves_of_few_points_can_have_a_dot_at_each(qtbot):
    plain, dotted = (shown(qtbot, LinePlotWidget(), 420, 320) for _ in range(2))
    lines = {"RNN": (np.array([5.0, 20.0, 50.0]), np.array([100.0, 25.0, 25.0]))}
    plain.show_view(LinePlot(lines=lines))
    dotted.show_view(LinePlot(lines=lines, markers=True))
    assert [widget._curves["RNN"].opts["symbol"] for widget in (plain, dotted)] == [None, "o"]
    assert picture_of(plain) != picture_of(dotted)
