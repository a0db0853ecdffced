from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.pictures import read_picture
from gui.theme import apply_theme
from gui.try_it.draw_pad import PAPER, DrawPad
from gui.try_it.drawing import SIDE
from gui.try_it.tools import PadTools
from tests.gui.try_it.hands import LEFT, draw


@pytest.fixture
def pad(qtbot: QtBot) -> DrawPad:
    pad = DrawPad()
    qtbot.addWidget(pad)
    pad.resize(200, 160)
    pad.show()
    return pad


def ink(pad: DrawPad) -> np.ndarray:
    """255 where the paper is blank, H×W."""
    return np.asarray(read_picture(pad.png()).convert("L"))


def test_a_stroke_is_given_out_as_a_readable_black_on_white_square(qtbot: QtBot, pad: DrawPad) -> None:
    with qtbot.waitSignal(pad.drawn) as given:
        draw(qtbot, pad, (0.2, 0.5), (0.8, 0.5))
    picture = read_picture(given.args[0])
    assert picture.size == (SIDE, SIDE)
    pixels = np.asarray(picture.convert("L"))
    middle = SIDE // 2
    assert pixels[middle, middle] == 0
    assert pixels[middle, 5] == pixels[5, middle] == 255


def test_the_drawing_is_given_out_while_the_pen_is_still_down_and_not_for_every_move(
    qtbot: QtBot, pad: DrawPad
) -> None:
    given: list[bytes] = []
    pad.drawn.connect(given.append)
    qtbot.mousePress(pad, LEFT, pos=pad.paper().center())
    for step in range(30):
        qtbot.mouseMove(pad, pad.paper().center() + QPoint(step, -step))
    assert not given
    qtbot.waitUntil(lambda: len(given) == 1)
    qtbot.mouseRelease(pad, LEFT, pos=pad.paper().center())
    assert len(given) == 2


def test_a_click_makes_a_round_dot_as_wide_as_the_pen(qtbot: QtBot, pad: DrawPad) -> None:
    pad.set_pen_width(40)
    qtbot.mouseClick(pad, LEFT, pos=pad.paper().center())
    dark = ink(pad) < 128
    assert 38 <= dark.any(axis=0).sum() <= 42
    assert dark.sum() == pytest.approx(np.pi * 20**2, rel=0.05)


def test_strokes_are_antialiased(qtbot: QtBot, pad: DrawPad) -> None:
    draw(qtbot, pad, (0.1, 0.2), (0.9, 0.7))
    pixels = ink(pad)
    assert ((pixels > 0) & (pixels < 255)).sum() > 100


def test_the_pen_stays_on_the_paper(qtbot: QtBot, pad: DrawPad) -> None:
    draw(qtbot, pad, (0.5, 0.5), (3.0, 0.5))
    assert ink(pad)[SIDE // 2, SIDE - 1] == 0


def test_undo_takes_back_one_stroke_and_then_the_other(qtbot: QtBot, pad: DrawPad) -> None:
    draw(qtbot, pad, (0.2, 0.2), (0.8, 0.2))
    first = pad.png()
    draw(qtbot, pad, (0.2, 0.8), (0.8, 0.8))
    with qtbot.waitSignal(pad.drawn) as given:
        pad.undo()
    assert given.args[0] == first
    with qtbot.waitSignal(pad.emptied), qtbot.assertNotEmitted(pad.drawn):
        pad.undo()
    assert pad.is_empty() and not pad.can_undo()
    assert (ink(pad) == 255).all()


def test_clearing_can_be_undone(qtbot: QtBot, pad: DrawPad) -> None:
    draw(qtbot, pad, (0.2, 0.2), (0.8, 0.6), (0.3, 0.9))
    before = pad.png()
    with qtbot.waitSignal(pad.emptied):
        pad.clear()
    pad.undo()
    assert pad.png() == before


def test_clearing_in_the_middle_of_a_stroke_lifts_the_pen(qtbot: QtBot, pad: DrawPad) -> None:
    qtbot.mousePress(pad, LEFT, pos=pad.paper().center())
    pad.clear()
    qtbot.mouseMove(pad, pad.paper().topLeft())
    assert pad.is_empty()


def test_keys_undo_and_clear_when_the_pad_has_the_focus(qtbot: QtBot, pad: DrawPad) -> None:
    draw(qtbot, pad, (0.2, 0.2), (0.8, 0.2))
    pad.setFocus()
    qtbot.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pad.is_empty()
    draw(qtbot, pad, (0.2, 0.2), (0.8, 0.2))
    qtbot.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.is_empty()


def test_other_buttons_do_not_draw(qtbot: QtBot, pad: DrawPad) -> None:
    qtbot.mouseClick(pad, Qt.MouseButton.RightButton, pos=pad.paper().center())
    assert pad.is_empty()


def test_the_drawing_grows_with_the_pad(qtbot: QtBot, pad: DrawPad) -> None:
    draw(qtbot, pad, (0.2, 0.2), (0.8, 0.8))
    before = pad.png()
    pad.resize(400, 400)
    assert pad.png() == before
    drawn = pad.grab().toImage()
    ratio = drawn.width() / 400
    assert drawn.pixelColor(int(200 * ratio), int(200 * ratio)) == QColor(Qt.GlobalColor.black)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_paper_is_off_white_in_every_theme(qapp: QApplication, qtbot: QtBot, pad: DrawPad, theme: str) -> None:
    apply_theme(qapp, theme)  # type: ignore[arg-type]
    place = pad.paper().topLeft() + QPoint(20, 20)
    assert pad.grab().toImage().pixelColor(place) == PAPER


def test_the_buttons_can_be_pressed_only_when_they_do_something(qtbot: QtBot, pad: DrawPad) -> None:
    tools = PadTools(pad)
    qtbot.addWidget(tools)
    assert not tools.undo_button.isEnabled() and not tools.clear_button.isEnabled()
    draw(qtbot, pad, (0.2, 0.2), (0.8, 0.2))
    tools.clear_button.click()
    assert pad.is_empty()
    assert tools.undo_button.isEnabled() and not tools.clear_button.isEnabled()
    tools.undo_button.click()
    assert not pad.is_empty()


def test_the_slider_sets_the_pen_and_says_how_wide_it_is_in_px(qtbot: QtBot, pad: DrawPad) -> None:
    tools = PadTools(pad)
    qtbot.addWidget(tools)
    assert tools.pen_slider.value() == round(pad.pen_width())
    tools.pen_slider.setValue(31)
    assert pad.pen_width() == 31
    assert "31 px" in tools.pen_slider.toolTip()
