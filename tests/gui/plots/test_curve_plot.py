"""The plot widget: when it draws, and how the mouse moves it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QSlider

from gui.plots.palette import curve_color
from tests.gui.plots.conftest import HINT, drag, feed, follow_button, turn_wheel


def test_hint_shows_until_the_first_point_and_again_after_clear(plot):
    hint = next(label for label in plot.findChildren(QLabel) if label.text() == HINT)
    assert hint.isVisible()
    feed(plot, [1.0])
    assert not hint.isVisible()
    plot.clear()
    plot.redraw()
    assert hint.isVisible()
    assert plot.readout() == ("", [])


def test_append_alone_draws_nothing_and_redraw_draws_once(plot, monkeypatch):
    draws = []
    monkeypatch.setattr(plot, "_draw", lambda draw=plot._draw: (draws.append(1), draw()))
    plot.append("training", [0, 1, 2], [3.0, 2.0, 1.0])
    assert draws == []
    plot.redraw()
    plot.redraw()
    plot.redraw()
    assert len(draws) == 1


def test_hidden_plot_draws_when_it_is_shown(make_plot, qtbot):
    plot = make_plot()
    plot.hide()
    plot.append("training", [0, 1], [3.0, 2.0])
    plot.redraw()
    assert plot.readout()[1] == []
    plot.show()
    qtbot.waitUntil(lambda: plot.readout()[1] != [])


def test_changes_of_range_in_a_row_cost_one_drawing(plot, qtbot, monkeypatch):
    feed(plot, np.zeros(100))
    draws = []
    monkeypatch.setattr(plot, "_draw", lambda draw=plot._draw: (draws.append(1), draw()))
    plot._soon.timeout.disconnect()
    plot._soon.timeout.connect(plot._draw_if_shown)
    for shift in range(20):
        plot.canvas.show_range((shift, shift + 50), (0, 1))
    qtbot.waitUntil(lambda: bool(draws))
    QApplication.processEvents()
    assert len(draws) == 1


def test_names_are_checked(plot):
    with pytest.raises(ValueError, match="already"):
        plot.add_curve("training")
    with pytest.raises(KeyError):
        plot.append("nobody", [0], [0])
    plot.remove_curve("validation")
    with pytest.raises(KeyError):
        plot.curve("validation")
    feed(plot, [1.0, 2.0])
    assert [row.name for row in plot.readout()[1]] == ["training"]


def test_new_curve_takes_the_first_colour_that_is_free(plot):
    plot.remove_curve("training")
    for name, index in (("again", None), ("given", 4), ("next", None)):
        plot.add_curve(name, color_index=index)
    feed(plot, [1.0], name="again")
    assert [row.color for row in plot.readout()[1]] == [curve_color(index) for index in (1, 0, 4, 2)]


def test_range_follows_the_live_end(plot):
    feed(plot, np.linspace(5, 1, 100))
    view = plot.canvas.view()
    assert view.x_low <= 0 and 99 <= view.x_high < 110
    assert view.y_low < 1 and 5 < view.y_high < 6
    feed(plot, np.full(900, 0.5), start=100)
    assert plot.canvas.view().x_high >= 999
    assert plot.following and not follow_button(plot).isVisible()


@pytest.mark.parametrize("move", [lambda plot: drag(plot, 80), lambda plot: turn_wheel(plot, 3)], ids=["pan", "zoom"])
def test_following_stops_when_the_user_moves_and_resumes_on_follow(plot, qtbot, move):
    feed(plot, np.linspace(5, 1, 1000))
    before = plot.canvas.view()
    move(plot)
    moved = plot.canvas.view()
    assert moved != before
    assert not plot.following and follow_button(plot).isVisible()

    feed(plot, np.full(1000, 9.0), start=1000)
    assert plot.canvas.view() == moved

    qtbot.mouseClick(follow_button(plot), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert plot.following and not follow_button(plot).isVisible()
    assert plot.canvas.view().x_high >= 1999 and plot.canvas.view().y_high > 9


def test_empty_plot_cannot_be_moved_away(plot):
    drag(plot, 80)
    turn_wheel(plot, -4)
    assert plot.following
    feed(plot, [1.0, 2.0])
    assert plot.canvas.view().x_high >= 1


def test_follow_button_takes_no_room_from_the_others_when_it_appears(plot):
    feed(plot, np.zeros(100))
    slider = plot.findChild(QSlider)
    before = slider.geometry()
    turn_wheel(plot, 2)
    assert slider.geometry() == before


def test_double_click_follows_again(plot, qtbot):
    feed(plot, np.zeros(100))
    turn_wheel(plot, 2)
    plot.canvas.clicked_twice.emit()
    qtbot.waitUntil(lambda: plot.canvas.view().x_high >= 99)
    assert plot.following


def test_keys_switch_log_and_follow(plot, qtbot):
    feed(plot, np.linspace(1, 2, 100))
    plot.activateWindow()
    plot.canvas.setFocus()
    qtbot.waitUntil(lambda: plot.isActiveWindow() and plot.canvas.hasFocus())
    qtbot.keyClick(plot.canvas, Qt.Key.Key_L)
    assert plot.log
    QApplication.processEvents()
    turn_wheel(plot, 2)
    qtbot.keyClick(plot.canvas, Qt.Key.Key_F)
    assert plot.following


def test_percent_plot_goes_from_0_to_100_whatever_the_values(make_plot):
    plot = make_plot(percent=True)
    feed(plot, [0.42, 0.43])
    view = plot.canvas.view()
    assert -0.1 < view.y_low < 0 and 1 < view.y_high < 1.1


@pytest.mark.parametrize("ys", [[3.0], [0.0], [2.0, 2.0], [-1e308, 1e308], [1e-320, 2e-320], [np.nan], [np.inf, 1.0]])
def test_curves_that_are_hard_to_fit_are_drawn_all_the_same(plot, ys):
    feed(plot, ys)
    plot.set_log(True)
    QApplication.processEvents()
    plot.grab()
    plot.set_log(False)
    QApplication.processEvents()
    view = plot.canvas.view()
    assert np.isfinite([view.x_low, view.x_high, view.y_low, view.y_high]).all()


def test_y_axis_does_not_change_its_width_while_numbers_change(plot):
    feed(plot, [0.5, 0.6])
    width = plot.canvas.value_axis.width()
    for top in (1.0, 7.0, 40.0, 999.0):
        feed(plot, [top], start=int(top) + 2)
        assert plot.canvas.value_axis.width() == width
    feed(plot, [3e5], start=2000)
    wider = plot.canvas.value_axis.width()
    assert wider > width
    plot.curve("training").clear()
    feed(plot, [1.0])
    assert plot.canvas.value_axis.width() == wider
