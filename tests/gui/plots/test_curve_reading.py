"""The plot widget: legend, crosshair, marks and menu."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.gui.plots.conftest import feed, hover, send_mouse


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
