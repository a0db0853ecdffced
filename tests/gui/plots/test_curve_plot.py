"""The plot widget: what it shows, when it draws, and how the mouse moves it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QMouseEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QSlider, QToolButton

from gui.plots.curve_plot import CurvePlot
from gui.plots.palette import curve_color

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


# --- hint, drawing when needed ---


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


# --- range and mouse ---


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


# --- what is painted ---


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


# --- legend, crosshair, marks ---


def test_legend_shows_the_newest_values_without_the_mouse(plot):
    feed(plot, [3.0, 2.5])
    feed(plot, [np.nan], name="validation")
    header, rows = plot.readout()
    assert header == "" and plot.crosshair_x is None
    assert [(row.name, row.value) for row in rows] == [("training", "2.5000"), ("validation", "not finite")]


def test_crosshair_reads_the_nearest_point_of_every_curve(plot):
    feed(plot, np.linspace(2000, 1, 2000))
    plot.append("validation", [500, 1500], [7.0, 8.0])
    plot.redraw()
    hover(plot, 1233.4)
    x = plot.crosshair_x
    assert abs(x - 1233.4) < 5  # a pixel is three steps wide
    header, (training, validation) = plot.readout()
    assert header == f"step {int(x):,}"
    assert training.value == f"{2000 - x:#,.5g}".rstrip(".") and training.note == ""
    assert (validation.value, validation.note) == ("8.0000", "at 1,500")


def test_crosshair_shows_the_raw_value_beside_the_smoothed_one(plot):
    feed(plot, [0.0, 0.0, 0.0, 4.0])
    plot.set_smoothing(0.5)
    hover(plot, 3)
    _, (training, _) = plot.readout()
    assert training.value == f"{2.0 / (1 - 0.5**4):.4f}" and training.note == "raw 4.0000"


def test_crosshair_is_updated_by_redraw_and_goes_with_the_mouse(plot):
    feed(plot, [1.0])
    hover(plot, 0.4)
    assert plot.readout()[1][0].value == "1.0000"
    feed(plot, np.full(50, 2.0), start=1)
    assert plot.crosshair_x > 10
    QApplication.sendEvent(plot.canvas, QEvent(QEvent.Type.Leave))
    assert plot.crosshair_x is None and plot.readout()[0] == ""


def test_legend_makes_way_for_the_mouse(plot):
    feed(plot, np.zeros(100))
    box, middle = plot._hover.readout, plot.canvas.plot_area().center().x()
    hover(plot, 20)
    assert box.geometry().left() > middle
    hover(plot, 95)
    assert box.geometry().right() < middle


def test_legend_of_many_curves_stays_inside_the_plot(make_plot):
    plot = make_plot(height=160)
    for number in range(30):
        plot.add_curve(f"run {number}")
        plot.append(f"run {number}", [0, 1], [number, number])
    plot.redraw()
    assert plot.canvas.plot_area().toAlignedRect().contains(plot._hover.readout.geometry())
    plot.grab()


def test_marks_show_where_there_is_room_and_go_with_clear(plot):
    feed(plot, np.zeros(1000))
    plot.add_mark(100, "paused")
    plot.add_mark(900, "learning rate 0.1")
    plot.add_mark(905, "learning rate 0.01")
    plot.redraw()
    assert plot._marks.labels_shown() == ["paused", "learning rate 0.01"]
    plot.canvas.show_range((890, 915), (0, 1))
    plot._marks.place(plot.canvas.view())
    assert plot._marks.labels_shown() == ["learning rate 0.1", "learning rate 0.01"]
    with pytest.raises(ValueError, match="finite"):
        plot.add_mark(float("nan"), "never")
    plot.clear()
    assert plot._marks.labels_shown() == []


def test_mark_labels_have_a_strip_of_their_own_below_the_curve(plot):
    feed(plot, np.linspace(0, 1, 100))
    before = plot.canvas.view().y_low
    plot.add_mark(50, "paused")
    plot.redraw()
    assert plot.canvas.view().y_low < before


# --- menu ---


def test_menu_copies_the_points_in_view_as_csv(plot):
    plot.append("training", [0, 1, 2], [0.1, np.nan, 0.3])
    plot.append("validation", [2], [0.5])
    plot.redraw()
    plot.canvas.show_range((0.5, 2.5), (0, 1))
    menu = plot.context_menu()
    copy = next(action for action in menu.actions() if "CSV" in action.text())
    copy.trigger()
    expected = "curve,step,value\ntraining,1,\ntraining,2,0.3\nvalidation,2,0.5\n"
    assert QGuiApplication.clipboard().text() == expected
    menu.deleteLater()


def test_menu_refuses_to_copy_what_would_take_long(plot):
    feed(plot, np.zeros(200_000))
    menu = plot.context_menu()
    copy = next(action for action in menu.actions() if "CSV" in action.text())
    assert not copy.isEnabled() and "zoom in" in copy.text()
    menu.deleteLater()


def test_picture_is_saved_or_the_reason_is_given(plot, tmp_path, monkeypatch):
    from gui.plots import export

    warnings = []
    monkeypatch.setattr(export.QMessageBox, "warning", lambda *words: warnings.append(words[-1]))
    for target in (tmp_path / "loss", tmp_path / "missing" / "loss.png", None):
        monkeypatch.setattr(
            export.QFileDialog, "getSaveFileName", lambda *_, path=target: (str(path) if path else "", "")
        )
        export.save_picture(plot, "Loss")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert len(warnings) == 1 and "choose a folder" in warnings[0]


def test_right_click_opens_the_menu(plot, qtbot):
    feed(plot, [1.0, 2.0])
    where = plot.canvas.plot_area().center()
    right, none = Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
    send_mouse(plot, QEvent.Type.MouseButtonPress, where, right, right)
    send_mouse(plot, QEvent.Type.MouseButtonRelease, where, right, none)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    texts = [action.text() for action in QApplication.activePopupWidget().actions()]
    assert "Log" in texts and "Save picture…" in texts
    QApplication.activePopupWidget().close()
