"""What can be chosen of a view: the button, the small window, and what it tells."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from core.api import Config, NoSettings, setting
from core.views import Heatmap
from gui.views.settings_popup import SettingsPopup
from gui.views.view_panel import ViewPanel
from tests.gui.views.view_helpers import shown


class Gates(Config):
    """Settings as a plugin declares them."""

    layer: int = setting(1, "Layer", minimum=1, maximum=8)
    gate: Literal["forget", "input"] = setting("forget", "Gate")


class Other(Config):
    """Those of another view."""

    length: int = setting(40, "Length", minimum=2)


CHOICES = [("gates", "Gates", "", Gates), ("plain", "Plain", ""), ("other", "Other", "", Other)]


@pytest.fixture
def panel(qtbot):
    panel = shown(qtbot, ViewPanel(), 600, 400)
    panel.set_visualizations(CHOICES)
    return panel


def test_a_view_with_settings_has_a_button_and_others_have_none(panel):
    assert panel.first.gear.isVisible()
    panel.choose("plain")
    assert not panel.first.gear.isVisible()
    panel.choose("other")
    assert panel.first.gear.isVisible()
    assert list(panel.first.settings.form.values()) == ["length"]


def test_what_is_chosen_is_told_once_the_form_rests(panel, qtbot):
    with qtbot.waitSignal(panel.settings_changed) as signal:
        panel.first.settings.form.set_values({"layer": 2})
        panel.first.settings.form.set_values({"layer": 3})
    assert signal.args == ["gates", Gates(layer=3)]


def test_what_is_wrong_is_not_told(panel, qtbot):
    with qtbot.assertNotEmitted(panel.settings_changed, wait=400):
        panel.first.settings.form.set_values({"layer": 99})
        panel.first.settings.form.set_values({"layer": 1})


def test_each_view_keeps_what_was_chosen_of_it(panel, qtbot):
    with qtbot.waitSignal(panel.settings_changed):
        panel.first.settings.form.set_values({"gate": "input"})
    panel.choose("other")
    panel.choose("gates")
    assert panel.first.settings.form.config() == Gates(gate="input")
    panel.set_visualizations(CHOICES[::-1])
    panel.choose("gates")
    assert panel.first.settings.form.config() == Gates(gate="input"), "another run is looked at in the same way"


def test_a_change_made_just_before_another_view_is_picked_counts_for_the_right_one(panel, qtbot):
    with qtbot.waitSignal(panel.settings_changed) as signal:
        panel.first.settings.form.set_values({"layer": 4})
        panel.choose("other")
    assert signal.args == ["gates", Gates(layer=4)]
    assert panel.first.settings.form.config() == Other()


def test_a_view_shown_twice_has_one_choice(panel, qtbot):
    panel.choose("gates", "gates")
    with qtbot.waitSignal(panel.settings_changed):
        panel.second.settings.form.set_values({"layer": 5})
    assert panel.first.settings.form.config() == Gates(layer=5)


def test_choosing_leaves_the_drawing_where_it_is(panel, qtbot):
    panel.show_view("gates", Heatmap(values=np.eye(3)), "at step 1")
    with qtbot.waitSignal(panel.settings_changed):
        panel.first.settings.form.set_values({"layer": 2})
    assert panel.first.stamp.text() == "at step 1"
    assert panel.first.drawer().notice() == ""


@pytest.fixture
def popup(qtbot):
    """One below a button, in a window."""
    owner = shown(qtbot, QWidget(), 300, 200)
    popup = SettingsPopup(owner)
    popup.offer("gates", Gates, {"layer": 3})
    QApplication.processEvents()  # as between two actions of a person
    popup.open_below(owner)
    qtbot.waitUntil(popup.isVisible)
    yield popup
    owner.close()


def test_the_window_opens_with_what_was_chosen_and_closes_with_escape(popup, qtbot):
    assert popup.form.config() == Gates(layer=3)
    assert popup.screen().availableGeometry().contains(popup.geometry())
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_what_was_typed_last_counts_when_it_closes(popup):
    told = []
    popup.changed.connect(lambda *change: told.append(change))
    popup.form.set_values({"layer": 6})
    assert popup.isVisible()
    assert told == []
    popup.hide()
    assert told == [("gates", Gates(layer=6))]


def test_offering_other_settings_tells_nobody(popup, qtbot):
    with qtbot.assertNotEmitted(popup.changed, wait=300):
        popup.offer("other", Other, {"length": 7})
        popup.offer("none", NoSettings, {})
