"""The map over the picture: what it covers, in which colours, and what it says under the mouse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from core.explain.explanation import Explanation
from gui.explain.heat_colours import Look, overlay, reach
from gui.explain.look_controls import LookControls
from gui.explain.overlay_view import OverlayView


def alphas(image: QImage) -> NDArray[np.uint8]:
    return np.array(
        [[image.pixelColor(x, y).alpha() for x in range(image.width())] for y in range(image.height())], np.uint8
    )


def explanation(heat: NDArray[np.float32], *, signed: bool) -> Explanation:
    return Explanation("occlusion", 0, heat, signed, np.array([1.0], np.float32), "What it shows.")


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[OverlayView]:
    made = OverlayView()
    made.resize(220, 260)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_the_slider_goes_from_the_map_alone_to_the_picture_alone() -> None:
    heat = np.array([[0.0, 0.5], [1.0, 0.25]], np.float32)
    assert (alphas(overlay(heat, Look(transparency=0), signed=False)) == 255).all()
    assert (alphas(overlay(heat, Look(transparency=100), signed=False)) == 0).all()
    half = alphas(overlay(heat, Look(transparency=50), signed=False))
    assert half[0, 0] == 0 < half[1, 1] < half[0, 1] < half[1, 0] < 255, "what is weak hides least"


def test_one_side_of_a_signed_map_can_be_shown_alone() -> None:
    heat = np.array([[-1.0, 1.0]], np.float32)
    for side, shown in (("for", [0, 1]), ("against", [1, 0]), ("both", [1, 1])):
        found = alphas(overlay(heat, Look(transparency=50, side=side), signed=True))  # type: ignore[arg-type]
        assert (found[0] > 0).tolist() == [bool(each) for each in shown]
    colours = overlay(heat, Look(transparency=0), signed=True)
    assert colours.pixelColor(0, 0).blue() > colours.pixelColor(0, 0).red()
    assert colours.pixelColor(1, 0).red() > colours.pixelColor(1, 0).blue()


def test_a_single_bright_pixel_does_not_darken_all_others() -> None:
    heat = np.ones((30, 30), np.float32)
    heat[0, 0] = 100.0
    assert reach(heat) == 1.0
    assert reach(np.zeros((3, 3), np.float32)) == 0.0
    lonely = np.zeros((100, 100), np.float32)
    lonely[0, 0] = 3.0
    assert reach(lonely) == 3.0


def test_an_empty_map_covers_nothing_and_can_be_painted(view: OverlayView) -> None:
    view.show_picture(np.full((1, 4, 4), 128, np.uint8))
    view.show_explanation(explanation(np.zeros((4, 4), np.float32), signed=False))
    assert (alphas(overlay(np.zeros((4, 4), np.float32), Look(), signed=False)) == 0).all()
    centre = view.grab().toImage().pixelColor(110, 100)
    assert centre.red() == centre.green() == centre.blue() == 128


@pytest.mark.parametrize("channels", [1, 3])
def test_the_mouse_is_told_place_colour_and_value(view: OverlayView, channels: int) -> None:
    seen = np.zeros((channels, 4, 4), np.uint8)
    seen[:, 1, 2] = range(10, 10 + channels)
    heat = np.zeros((4, 4), np.float32)
    heat[1, 2] = -0.25
    view.show_picture(seen)
    view.show_explanation(explanation(heat, signed=True))
    area = view.picture_area()
    point = QPointF(area.left() + area.width() * 2.5 / 4, area.top() + area.height() * 1.5 / 4)
    assert view.tip_at(point).splitlines() == [
        f"row 1, column 2: {'grey 10' if channels == 1 else 'RGB 10, 11, 12'}",
        "map: −0.25",
    ]
    assert view.tip_at(QPointF(area.right() + 5, 5)) == ""


def test_another_picture_takes_the_map_of_the_one_before_away(view: OverlayView) -> None:
    view.show_picture(np.zeros((1, 4, 4), np.uint8))
    found = explanation(np.ones((4, 4), np.float32), signed=False)
    view.show_explanation(found)
    view.show_picture(np.zeros((1, 4, 4), np.uint8))
    assert view.explanation() is found
    view.show_picture(np.ones((1, 4, 4), np.uint8))
    assert view.explanation() is None


def test_without_smoothing_each_pixel_is_a_square(view: OverlayView) -> None:
    seen = np.zeros((1, 2, 2), np.uint8)
    seen[0, 0, 0] = 255
    view.show_picture(seen)
    colours = {}
    for smooth in (False, True):
        view.set_look(Look(smooth=smooth))
        image, area = view.grab().toImage(), view.picture_area()
        line = [image.pixelColor(int(area.left()) + x, int(area.height() / 4)).red() for x in range(2, 200)]
        colours[smooth] = len(set(line))
    assert colours[False] == 2 < colours[True]


def test_each_kind_of_map_keeps_its_colours(qtbot: QtBot) -> None:
    controls = LookControls()
    qtbot.addWidget(controls)
    looks: list[Look] = []
    controls.changed.connect(looks.append)
    controls.colours.setCurrentText("Grey")
    controls.transparency.setValue(75)
    assert looks[-1].plain == "Grey" and controls.share.text() == "75%"
    assert not controls.side.isEnabled()
    controls.set_signed(True)
    assert controls.side.isEnabled() and controls.colours.currentText() == "Blue to red"
    controls.colours.setCurrentText("Green to magenta")
    controls.set_signed(False)
    assert controls.colours.currentText() == "Grey"
    assert controls.look() == Look(transparency=75, plain="Grey", signed="Green to magenta")
