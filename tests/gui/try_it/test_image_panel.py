from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragLeaveEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from core.pictures import read_picture
from gui.try_it.draw_pad import DrawPad
from gui.try_it.drop_zone import DropZone
from gui.try_it.image_panel import DRAWING_NAME, ImagePanel
from gui.try_it.prediction_view import ASKING, HINT
from tests.gui.try_it.hands import LEFT, draw, drop, enter, pixels, prediction, urls

SIZES = [(380, 420), (340, 600), (900, 260)]
NOT_READY = "Press Start first: there is no trained network yet."


@pytest.fixture
def panel(qtbot: QtBot) -> ImagePanel:
    panel = ImagePanel()
    qtbot.addWidget(panel)
    panel.resize(380, 420)
    panel.show()
    return panel


def test_the_names_that_scripts_rely_on_are_there(panel: ImagePanel) -> None:
    assert panel.findChild(DropZone, "drop_zone") is panel.drop_zone
    assert panel.findChild(DrawPad, "draw_pad") is panel.draw_pad
    assert panel.findChild(QWidget, "prediction_view") is panel.prediction_view
    assert panel.findChild(QWidget, "seen_view") is panel.seen_view


@pytest.mark.parametrize("target", ["drop_zone", ""])
def test_a_dropped_file_is_given_on_by_its_path(qtbot: QtBot, panel: ImagePanel, tmp_path: Path, target: str) -> None:
    path = tmp_path / "seven.png"
    with qtbot.waitSignal(panel.picture_given) as given:
        event = drop(panel.findChild(QWidget, target) if target else panel, urls(path))
    assert given.args == [path, "seven.png"]
    assert event.isAccepted() and event.dropAction() == Qt.DropAction.CopyAction


def test_dropped_pixels_are_given_on_as_bytes(qtbot: QtBot, panel: ImagePanel) -> None:
    data = QMimeData()
    data.setImageData(pixels())
    with qtbot.waitSignal(panel.picture_given) as given:
        drop(panel.drop_zone, data)
    assert read_picture(given.args[0]).size == (40, 30)


def test_a_file_that_may_only_be_moved_is_not_taken_away(panel: ImagePanel, tmp_path: Path) -> None:
    event = drop(panel.drop_zone, urls(tmp_path / "seven.png"), Qt.DropAction.MoveAction)
    assert event.dropAction() == Qt.DropAction.IgnoreAction


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (["https://example.org/seven.png"], "That is an address, not a file"),
        ([Path(f"/pictures/{index}.png") for index in range(10)], "Drop one picture at a time: ten were dropped."),
    ],
)
def test_a_bad_drop_is_answered_in_the_panel_and_given_to_nobody(
    qtbot: QtBot, panel: ImagePanel, data: list[str | Path], words: str
) -> None:
    panel.show_answer(prediction("7", "2"))
    with qtbot.assertNotEmitted(panel.picture_given):
        drop(panel.drop_zone, urls(*data))
    assert words in panel.prediction_view.problem()
    assert panel.prediction_view.prediction() is None
    assert panel.seen_view.image() is None and panel.drop_zone.picture() is None


def test_a_drop_of_nothing_useful_is_refused(panel: ImagePanel) -> None:
    text = QMimeData()
    text.setText("seven")
    drop(panel.drop_zone, text)
    assert "no picture" in panel.prediction_view.problem()


def test_what_cannot_hold_a_picture_is_not_even_welcomed(panel: ImagePanel) -> None:
    data = QMimeData()
    data.setData("application/x-something", b"1")
    assert not enter(panel.drop_zone, data).isAccepted()
    assert not panel.drop_zone.is_over()


def test_the_zone_lights_up_while_a_picture_is_over_it(panel: ImagePanel, tmp_path: Path) -> None:
    enter(panel, urls(tmp_path / "seven.png"))
    assert panel.drop_zone.is_over()
    QApplication.sendEvent(panel, QDragLeaveEvent())
    assert not panel.drop_zone.is_over()


def test_a_refused_drop_is_not_overwritten_by_answers_to_the_picture_before(
    qtbot: QtBot, panel: ImagePanel, tmp_path: Path
) -> None:
    drop(panel.drop_zone, urls(tmp_path / "seven.png"))
    with qtbot.waitSignal(panel.picture_withdrawn):
        drop(panel.drop_zone, urls("https://example.org"))
    panel.show_answer(prediction("7", "2"))
    assert panel.prediction_view.problem()
    drop(panel.drop_zone, urls(tmp_path / "seven.png"))
    panel.show_answer(prediction("7", "2"))
    assert panel.prediction_view.prediction() is not None


def test_a_picture_on_the_clipboard_is_given_on_as_bytes(qtbot: QtBot, panel: ImagePanel) -> None:
    QApplication.clipboard().setImage(pixels())
    with qtbot.waitSignal(panel.picture_given) as given:
        panel.drop_tools.paste_button.click()
    source, name = given.args
    assert read_picture(source).size == (40, 30)
    assert name == "the pasted picture"


def test_ctrl_v_pastes_wherever_the_focus_is_in_the_panel(qtbot: QtBot, panel: ImagePanel) -> None:
    QApplication.clipboard().setImage(pixels())
    panel.draw_pad.setFocus()
    with qtbot.waitSignal(panel.picture_given):
        qtbot.keyClick(panel.draw_pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_an_empty_clipboard_is_a_sentence(panel: ImagePanel) -> None:
    QApplication.clipboard().clear()
    panel.paste()
    assert "no picture on the clipboard" in panel.prediction_view.problem()


@pytest.mark.parametrize("way", ["click", "enter", "button"])
def test_a_file_can_be_chosen(
    qtbot: QtBot, panel: ImagePanel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    path = tmp_path / "seven.png"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(panel.picture_given) as given:
        if way == "click":
            qtbot.mouseClick(panel.drop_zone, LEFT)
        elif way == "enter":
            qtbot.keyClick(panel.drop_zone, Qt.Key.Key_Return)
        else:
            panel.drop_tools.open_button.click()
    assert given.args == [path, "seven.png"]


def test_a_cancelled_file_dialog_changes_nothing(
    qtbot: QtBot, panel: ImagePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.show_answer(prediction("7", "2"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    with qtbot.assertNotEmitted(panel.picture_given):
        panel.open_dialog()
    assert panel.prediction_view.prediction() is not None


def test_a_drawing_is_given_on_as_bytes_that_can_be_read(qtbot: QtBot, panel: ImagePanel) -> None:
    with qtbot.waitSignal(panel.picture_given) as given:
        draw(qtbot, panel.draw_pad, (0.3, 0.2), (0.7, 0.2), (0.4, 0.9))
    source, name = given.args
    assert name == DRAWING_NAME
    assert read_picture(source).getextrema()[0] == 0


def test_wiping_the_drawing_takes_its_answer_away_for_good(qtbot: QtBot, panel: ImagePanel) -> None:
    draw(qtbot, panel.draw_pad, (0.3, 0.2), (0.7, 0.2))
    panel.show_answer(prediction("7", "2", name=DRAWING_NAME))
    with qtbot.waitSignal(panel.picture_withdrawn):
        panel.pad_tools.clear_button.click()
    panel.show_answer(prediction("7", "2", name=DRAWING_NAME))
    assert panel.prediction_view.hint() == HINT
    panel.draw_pad.undo()
    panel.show_answer(prediction("7", "2", name=DRAWING_NAME))
    assert panel.prediction_view.prediction() is not None


def test_wiping_an_old_drawing_leaves_the_answer_to_a_dropped_picture(
    qtbot: QtBot, panel: ImagePanel, tmp_path: Path
) -> None:
    draw(qtbot, panel.draw_pad, (0.3, 0.2), (0.7, 0.2))
    drop(panel.drop_zone, urls(tmp_path / "seven.png"))
    panel.show_answer(prediction("7", "2"))
    with qtbot.assertNotEmitted(panel.picture_withdrawn):
        panel.draw_pad.clear()
    assert panel.prediction_view.prediction() is not None


def test_an_answer_shows_the_picture_and_what_the_network_saw(panel: ImagePanel) -> None:
    panel.show_answer(prediction("7", "2"))
    shown, seen = panel.drop_zone.picture(), panel.seen_view.image()
    assert shown is not None and shown.size().toTuple() == (30, 20)
    assert seen is not None and seen.size().toTuple() == (8, 8)


def test_the_zone_keeps_its_hint_when_a_drawing_or_something_without_a_thumbnail_was_answered(
    panel: ImagePanel,
) -> None:
    for answer in (prediction("7", name=DRAWING_NAME), replace(prediction("7"), thumbnail=None)):
        panel.show_answer(prediction("7"))
        panel.show_answer(answer)
        assert panel.drop_zone.picture() is None


def test_the_hint_says_what_to_do_until_there_is_an_answer(panel: ImagePanel) -> None:
    panel.set_ready(False, NOT_READY)
    assert panel.prediction_view.hint() == NOT_READY
    panel.set_ready(True, "")
    assert panel.prediction_view.hint() == HINT
    panel.show_answer(prediction("7", "2"))
    panel.set_ready(False, NOT_READY)
    assert panel.prediction_view.prediction() is not None


def test_being_told_to_press_start_ends_when_start_was_pressed(panel: ImagePanel) -> None:
    panel.set_ready(False, NOT_READY)
    panel.show_problem(NOT_READY)
    panel.set_ready(True, "")
    assert panel.prediction_view.hint() == HINT


def test_quick_answers_are_not_announced_and_slow_ones_are(qtbot: QtBot, panel: ImagePanel) -> None:
    panel.show_answer(prediction("7", "2"))
    panel.show_busy()
    assert panel.prediction_view.model_line() != ASKING
    qtbot.waitUntil(lambda: panel.prediction_view.model_line() == ASKING)
    assert panel.prediction_view.answer.is_faded()
    panel.show_busy()
    panel.show_answer(prediction("2", "7"))
    assert not panel.prediction_view.answer.is_faded()


def test_clear_makes_it_as_at_first(qtbot: QtBot, panel: ImagePanel) -> None:
    draw(qtbot, panel.draw_pad, (0.3, 0.2), (0.7, 0.2))
    panel.show_answer(prediction("7", "2"))
    panel.clear()
    assert panel.draw_pad.is_empty() and panel.drop_zone.picture() is None
    assert panel.prediction_view.hint() == HINT and panel.seen_view.image() is None


@pytest.mark.parametrize("size", SIZES)
def test_nothing_moves_when_answers_and_problems_come(qtbot: QtBot, panel: ImagePanel, size: tuple[int, int]) -> None:
    panel.resize(*size)
    names = ("drop_zone", "drop_tools", "draw_pad", "pad_tools", "seen_view", "prediction_view")
    seen = set()
    for show in (
        lambda: panel.set_ready(True, ""),
        lambda: panel.show_answer(prediction("7", "2")),
        lambda: panel.show_answer(prediction("x" * 200, "y" * 200, note="A long note. " * 30, name="z" * 200)),
        lambda: panel.show_problem("Something went wrong with this picture. " * 10),
        panel._show_asking,
    ):
        show()
        QApplication.processEvents()
        places = tuple(getattr(panel, name).geometry().getRect() for name in names)
        seen.add((places, panel.size().toTuple(), panel.sizeHint().toTuple(), panel.minimumSizeHint().toTuple()))
    assert len(seen) == 1


def test_the_answer_itself_stays_in_its_place_from_one_to_the_next(panel: ImagePanel) -> None:
    answer = panel.prediction_view.answer
    panel.show_answer(prediction("7", "2"))
    QApplication.processEvents()
    before = answer.geometry().getRect()
    panel.show_answer(prediction("x" * 200, "2", note="A long note. " * 30))
    QApplication.processEvents()
    assert answer.geometry().getRect() == before


@pytest.mark.parametrize("size", SIZES)
def test_no_label_of_a_button_and_no_row_is_cut_off(panel: ImagePanel, size: tuple[int, int]) -> None:
    panel.resize(*size)
    panel.show_answer(prediction("7", "2", "9", "3", "1"))
    QApplication.processEvents()
    for button in (*panel.drop_tools.in_order(), *panel.pad_tools.in_order()):
        assert button.width() >= button.minimumSizeHint().width()
    assert panel.prediction_view.answer.height() >= panel.prediction_view.answer.least_height()
    assert panel.prediction_view.answer.geometry().bottom() < panel.prediction_view.height()


def test_the_tab_key_goes_from_the_zone_over_the_buttons_to_the_pad(qtbot: QtBot, panel: ImagePanel) -> None:
    draw(qtbot, panel.draw_pad, (0.3, 0.2), (0.7, 0.2))
    panel.drop_zone.setFocus()
    order = []
    for _ in range(7):
        order.append(panel.focusWidget())
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    tools = panel.pad_tools
    assert order == [
        *(panel.drop_zone, panel.drop_tools.open_button, panel.drop_tools.paste_button),
        *(panel.draw_pad, tools.undo_button, tools.clear_button, tools.pen_slider),
    ]


def test_everything_that_takes_the_focus_has_a_name_and_a_tooltip(panel: ImagePanel) -> None:
    takers = [child for child in panel.findChildren(QWidget) if child.focusPolicy() != Qt.FocusPolicy.NoFocus]
    assert len(takers) == 7
    for taker in takers:
        assert taker.toolTip()
        assert taker.accessibleName() or taker.text()
