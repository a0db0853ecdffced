from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QTabWidget, QWidget

from core.views import BarChart, Heatmap
from gui.views.heatmap import HeatmapWidget
from gui.views.picture import Lettering, file_name
from gui.views.view_panel import BEFORE_START, NOT_YET, ViewPanel
from tests.gui.views.view_helpers import shown

CHOICES = [
    ("filters", "First filters", "What the first layer sees."),
    ("matrix", "Matrix", "Who is taken for whom."),
    ("bars", "Bars", ""),
]


def matrix(size: int = 3, caption: str = "") -> Heatmap:
    return Heatmap(values=np.eye(size), caption=caption)


@pytest.fixture
def panel(qtbot):
    panel = shown(qtbot, ViewPanel(), 600, 400)
    panel.set_visualizations(CHOICES)
    return panel


def test_before_the_start_the_panel_says_what_will_be_here(qtbot):
    panel = shown(qtbot, ViewPanel())
    assert panel.first.drawer().notice() == BEFORE_START
    assert panel.wanted() == ()
    assert not panel.first.picker.isEnabled()


def test_the_first_visualization_is_picked_and_wanted(qtbot):
    panel = ViewPanel()
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.wanted_changed) as signal:
        panel.set_visualizations(CHOICES)
    assert signal.args == [("filters",)]
    assert panel.wanted() == ("filters",)
    assert panel.first.picker.toolTip() == "What the first layer sees."


def test_the_picked_view_is_drawn_with_caption_and_stamp(panel):
    panel.show_view("filters", matrix(caption="Each square is a weight."), "at step 1,240")
    assert isinstance(panel.first.drawer().widget(), HeatmapWidget)
    assert panel.first.caption.text() == "Each square is a weight."
    assert panel.first.caption.isVisible()
    assert panel.first.stamp.text() == "at step 1,240"
    panel.show_view("filters", matrix(), "at step 1,250")
    assert not panel.first.caption.isVisible()


def test_another_view_is_kept_and_drawn_when_it_is_picked(panel):
    panel.show_view("matrix", matrix(), "at step 1")
    panel.show_view("matrix", matrix(), "at step 2")
    assert panel.first.drawer().notice() == NOT_YET
    panel.choose("matrix")
    assert panel.first.stamp.text() == "at step 2"
    assert panel.first.drawer().notice() == ""


def test_picking_tells_what_is_wanted(panel, qtbot):
    with qtbot.waitSignal(panel.wanted_changed) as signal:
        panel.first.picker.setCurrentIndex(2)
    assert signal.args == [("bars",)]


def test_two_views_can_be_shown_at_once(panel, qtbot):
    panel.show_view("matrix", matrix(), "at step 5")
    with qtbot.waitSignal(panel.wanted_changed) as signal:
        panel.split.click()
    assert signal.args == [("filters", "matrix")]
    assert panel.second.isVisible()
    assert panel.second.stamp.text() == "at step 5"
    panel.split.click()
    assert panel.wanted() == ("filters",)
    assert not panel.second.isVisible()


def test_the_same_view_twice_is_wanted_once(panel):
    panel.choose("matrix", "matrix")
    assert panel.wanted() == ("matrix",)
    panel.show_view("matrix", matrix(), "at step 7")
    assert panel.first.stamp.text() == panel.second.stamp.text() == "at step 7"


def test_two_views_stand_side_by_side_only_where_there_is_width(panel):
    panel.choose("filters", "matrix")
    assert panel._splitter.orientation() == Qt.Orientation.Horizontal
    panel.resize(300, 700)
    QApplication.processEvents()
    assert panel._splitter.orientation() == Qt.Orientation.Vertical


def test_each_visualization_keeps_its_own_drawing(panel):
    panel.show_view("filters", matrix())
    panel.show_view("matrix", matrix())
    first = panel.first.drawer()
    panel.choose("matrix")
    assert panel.first.drawer() is not first
    panel.choose("filters")
    assert panel.first.drawer() is first


def test_nothing_is_wanted_while_the_panel_is_behind_another_tab(qtbot):
    tabs, panel = QTabWidget(), ViewPanel()
    panel.set_visualizations(CHOICES)
    tabs.addTab(panel, "Views")
    tabs.addTab(QWidget(), "Other")
    shown(qtbot, tabs)
    with qtbot.waitSignal(panel.wanted_changed) as signal:
        tabs.setCurrentIndex(1)
    assert signal.args == [()]
    panel.show_view("filters", matrix(), "at step 9")
    assert panel.first.stamp.text() == ""
    with qtbot.waitSignal(panel.wanted_changed) as signal:
        tabs.setCurrentIndex(0)
    assert signal.args == [("filters",)]
    assert panel.first.stamp.text() == "at step 9"


def test_another_network_keeps_what_is_picked_where_it_can(panel):
    panel.choose("bars", "matrix")
    panel.show_view("bars", BarChart(labels=["a"], values=np.ones(1)), "at step 3")
    panel.set_visualizations([("other", "Other", ""), ("bars", "Bars", "")])
    assert panel.first.chosen() == "bars"
    assert panel.first.stamp.text() == "at step 3"
    assert panel.second.chosen() == "bars"
    panel.set_visualizations([])
    assert panel.wanted() == ()
    assert panel.first.drawer().notice() == BEFORE_START


def test_a_view_of_an_unknown_visualization_is_ignored(panel):
    panel.show_view("unknown", matrix())
    assert panel.first.drawer().notice() == BEFORE_START
    panel.choose("unknown")
    assert panel.first.chosen() == "filters"


@pytest.mark.parametrize("junk", [None, 3, Heatmap(values=np.zeros(2))])
def test_a_view_that_cannot_be_drawn_is_a_sentence_in_its_place(panel, junk):
    panel.show_view("filters", junk)
    assert panel.first.drawer().notice().startswith("This view cannot be drawn:")


def test_clearing_forgets_the_views_and_keeps_the_choice(panel):
    panel.choose("matrix")
    panel.show_view("matrix", matrix(caption="A caption."), "at step 1")
    panel.clear()
    assert panel.first.drawer().notice() == BEFORE_START
    assert panel.first.stamp.text() == ""
    assert panel.wanted() == ("matrix",)


def test_the_picture_holds_title_drawing_and_caption(panel):
    panel.show_view("filters", matrix(caption="A caption."), "at step 1")
    picture, drawing = panel.first.picture(), panel.first.drawer()
    assert picture.width() == 2 * drawing.width()
    assert picture.height() > 2 * drawing.height()
    panel.first.copy_picture()
    assert QApplication.clipboard().image().size() == picture.size()


def test_a_picture_is_saved_where_the_user_says(panel, tmp_path, monkeypatch):
    panel.show_view("filters", matrix(), "at step 1,240")
    asked = []

    def answer(parent, title, name, kinds):
        asked.append(name)
        return str(tmp_path / "mine"), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    panel.first.ask_and_save_picture()
    assert asked == ["first-filters-at-step-1240.png"]
    assert QImage(str(tmp_path / "mine.png")).width() == 2 * panel.first.drawer().width()


def test_a_dialog_that_is_cancelled_saves_nothing(panel, tmp_path, monkeypatch):
    panel.show_view("filters", matrix())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    panel.first.ask_and_save_picture()
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_cannot_be_saved_is_told_in_a_sentence(panel, tmp_path, monkeypatch):
    panel.show_view("filters", matrix())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "where.png"), ""))
    panel.first.ask_and_save_picture()
    (message,) = panel.first.findChildren(QMessageBox)
    assert "cannot be written. Choose another folder" in message.text()
    message.close()


def test_pictures_are_offered_only_where_there_is_one(panel):
    actions = panel.first.actions()
    assert not any(action.isEnabled() for action in actions)
    panel.show_view("filters", matrix())
    assert all(action.isEnabled() for action in actions)


def test_file_names_have_no_odd_characters():
    assert file_name(Lettering("Loss / class: <b>", "")) == "loss-class-b.png"
    assert file_name(Lettering("", "")) == "view.png"
