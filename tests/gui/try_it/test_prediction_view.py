from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from gui.try_it.prediction_view import ASKING, PredictionView
from gui.try_it.seen_view import SeenView
from tests.gui.try_it.hands import prediction


@pytest.fixture
def view(qtbot: QtBot) -> PredictionView:
    view = PredictionView()
    qtbot.addWidget(view)
    view.resize(240, 210)
    view.show()
    return view


def test_an_answer_names_class_model_picture_and_note(view: PredictionView) -> None:
    view.show_prediction(prediction("7", "2", note="Only the first frame was used."))
    assert view.prediction() is not None
    assert view.model_line() == "LeNet after 1,240 steps · seven.png"
    assert view.note() == "Only the first frame was used."
    assert view.accessibleDescription().startswith("7, 50.0%. LeNet after 1,240 steps")


def test_the_rows_have_the_five_likeliest_with_their_shares(view: PredictionView) -> None:
    view.show_prediction(prediction("7", "2", "9", "3", "1", "0"))
    answer = view.answer
    lowest = answer.height() - 1
    tips = {answer.tip_at(y) for y in range(lowest + 1)}
    assert tips == {"7: 50.0%", "2: 25.0%", "9: 12.5%", "3: 6.2%", "1: 3.1%"} | tips & {""}


def test_a_class_twice_as_likely_has_a_bar_twice_as_long(view: PredictionView) -> None:
    view.show_prediction(prediction("7", "2", "9"))
    answer = view.answer
    image = answer.grab().toImage().scaled(answer.size())

    def bar_length(label: str) -> int:
        rows = [y for y in range(answer.height()) if answer.tip_at(y).startswith(f"{label}:")]
        colours = [image.pixelColor(x, (rows[0] + rows[-1]) // 2 + 1).rgb() for x in range(32, 172)]
        return colours.count(colours[4])

    assert bar_length("2") == pytest.approx(2 * bar_length("9"), abs=4)
    assert bar_length("9") > 10


def test_a_long_class_name_is_cut_short_on_the_page_and_whole_in_the_tooltip(view: PredictionView) -> None:
    long = "automobile with a trailer, a roof rack and two bicycles"
    view.show_prediction(prediction(long, "ship"))
    assert view.answer.tip_at(5) == f"{long}: 50.0%"
    assert view.width() == 240  # the name does not widen the panel
    assert view.minimumSizeHint().width() == 0


def test_a_problem_takes_the_place_of_the_answer(view: PredictionView) -> None:
    view.show_prediction(prediction("7", "2"))
    view.show_problem("“a.txt” is not a picture.")
    assert view.prediction() is None
    assert view.problem() == view.accessibleDescription() == "“a.txt” is not a picture."
    view.show_prediction(prediction("2", "7"))
    assert view.problem() == ""


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_answer_that_is_no_number_is_a_problem_not_a_bar(view: PredictionView, bad: float) -> None:
    shares = np.array([bad, 0.1], dtype=np.float32)
    view.show_prediction(replace(prediction("7", "2"), probabilities=shares))
    assert "diverged" in view.problem()
    assert view.prediction() is None


def test_an_answer_without_classes_is_a_problem(view: PredictionView) -> None:
    view.show_prediction(prediction())
    assert "no classes" in view.problem()


def test_asking_fades_the_last_answer_and_the_next_one_is_clear_again(view: PredictionView) -> None:
    view.show_prediction(prediction("7", "2"))
    view.show_asking()
    assert view.answer.is_faded() and view.model_line() == ASKING
    view.show_prediction(prediction("7", "2"))
    assert not view.answer.is_faded() and view.model_line() != ASKING


def test_asking_without_an_earlier_answer_says_so(view: PredictionView) -> None:
    view.show_asking()
    assert view.hint() == ASKING


def test_all_pages_ask_for_the_same_room(view: PredictionView) -> None:
    sizes = set()
    for show in (
        lambda: view.show_hint("Press Start first."),
        lambda: view.show_prediction(prediction("x" * 300, "2", note="A note. " * 40)),
        lambda: view.show_problem("No. " * 200),
    ):
        show()
        sizes.add((view.sizeHint().toTuple(), view.minimumSizeHint().toTuple()))
    assert len(sizes) == 1


def test_a_sentence_too_long_for_the_view_ends_in_an_ellipsis_and_is_whole_in_the_tooltip(
    view: PredictionView,
) -> None:
    sentence = "wordwithoutanyspaceinit" * 60
    view.show_problem(sentence)
    message = view.currentWidget()
    assert message.shown_text().endswith("…")
    assert sentence in message.toolTip()


def test_the_seen_picture_is_drawn_in_squares_of_whole_pixels(qtbot: QtBot) -> None:
    seen = SeenView()
    qtbot.addWidget(seen)
    seen.resize(128, 180)
    seen.show()
    board = np.indices((32, 32)).sum(axis=0) % 2 * 255
    seen.show_seen(board[np.newaxis].astype(np.uint8))
    image = seen.grab().toImage().scaled(128, 180)
    lightness = np.array([[image.pixelColor(QPoint(x, y)).lightness() for x in range(128)] for y in range(0, 128, 4)])
    expected = np.repeat(board, 4, axis=1)
    inside = slice(4, 124)
    assert (lightness[1:-1, inside] == expected[1:-1, inside]).all()


@pytest.mark.parametrize(("channels", "word"), [(1, "grey"), (3, "RGB")])
def test_the_caption_says_what_the_network_was_given(qtbot: QtBot, channels: int, word: str) -> None:
    seen = SeenView()
    qtbot.addWidget(seen)
    seen.show_seen(prediction("7", channels=channels).seen)
    assert seen.accessibleDescription() == f"8×8 px, {word}"
    seen.clear()
    assert seen.image() is None and seen.accessibleDescription() == ""
