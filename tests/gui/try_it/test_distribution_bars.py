"""The bars show what the next draw will be made from, and follow the sliders without asking the network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.sampling import Sampling, probabilities
from core.writing import Drawn, Outlook
from gui.try_it.distribution_bars import MOST_ROWS, DistributionBars, caption

VOCABULARY = ("\n", " ", "a", "b", "c")
SCORES = np.log(np.array([0.05, 0.3, 0.4, 0.2, 0.05], np.float32))


def outlook(scores: Any = SCORES, vocabulary: tuple[str, ...] = VOCABULARY, **more: Any) -> Outlook:
    return Outlook(np.asarray(scores, np.float32), vocabulary, more.pop("tail", ""), "A model", **more)


@pytest.fixture
def bars(qtbot: QtBot) -> DistributionBars:
    bars = DistributionBars()
    qtbot.addWidget(bars)
    bars.resize(180, 260)
    bars.set_sampling(Sampling(temperature=1.0))
    bars.show_outlook(outlook())
    bars.show()
    return bars


def test_the_likeliest_come_first_with_names_that_can_be_seen(bars: DistributionBars) -> None:
    assert [row.name for row in bars.rows()] == ["a", "space", "b", "newline", "c"]
    np.testing.assert_allclose([row.share for row in bars.rows()], [0.4, 0.3, 0.2, 0.05, 0.05], atol=1e-6)
    assert bars.rest() == pytest.approx(0, abs=1e-6)


def test_moving_a_slider_reshapes_the_bars_and_keeps_what_was_learnt(bars: DistributionBars) -> None:
    bars.set_sampling(Sampling(temperature=0.5, top_k=2))
    expected = probabilities(SCORES, Sampling(temperature=0.5, top_k=2))
    np.testing.assert_allclose([row.share for row in bars.rows()], expected[[2, 1, 3, 0, 4]], atol=1e-6)
    assert [row.cut for row in bars.rows()] == [False, False, True, True, True]
    np.testing.assert_allclose([row.learnt for row in bars.rows()], [0.4, 0.3, 0.2, 0.05, 0.05], atol=1e-6)


def test_of_many_characters_a_dozen_are_drawn_and_the_others_added_up(bars: DistributionBars) -> None:
    bars.show_outlook(outlook(np.zeros(5000), tuple(map(chr, range(0x4E00, 0x4E00 + 5000)))))
    assert len(bars.rows()) == MOST_ROWS
    assert bars.rest() == pytest.approx(1 - MOST_ROWS / 5000)


def test_where_there_is_less_room_there_are_fewer_rows(bars: DistributionBars) -> None:
    bars.show_outlook(outlook(np.zeros(40), tuple(map(chr, range(97, 137)))))
    bars.resize(180, 120)
    assert 3 <= len(bars.rows()) < MOST_ROWS
    bars.resize(180, 400)
    assert len(bars.rows()) == MOST_ROWS


def test_a_click_on_a_character_picks_it_once_that_is_possible(bars: DistributionBars, qtbot: QtBot) -> None:
    picked: list[int] = []
    bars.picked.connect(picked.append)
    second = next(y for y in range(bars.height()) if "space" in bars.tip_at(y))
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(60, second + 3))
    assert picked == []
    bars.set_pickable(True)
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(60, second + 3))
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(60, bars.height() - 1))
    assert picked == [1]


def test_scores_that_are_no_numbers_are_a_sentence_and_no_bars(bars: DistributionBars) -> None:
    bars.show_outlook(outlook([float("nan")] * 5))
    assert bars.rows() == []
    bars.grab()
    bars.show_outlook(None)
    assert bars.rows() == []


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (None, "Next character"),
        (outlook(), "The first character"),
        (outlook(tail="the\n"), "Next after “the↵”"),
        (outlook(tail="to be or not to be"), "Next after “… not to be”"),
        (outlook(drawn=Drawn("e", 0.343), tail="the"), "Drew “e” at 34.3 %"),
        (outlook(drawn=Drawn(" ", 1.0), tail="the "), "Drew space at 100.0 %"),
    ],
)
def test_the_caption_says_what_the_character_follows(shown: Outlook | None, words: str) -> None:
    assert caption(shown) == words


def test_the_tip_has_the_exact_numbers(bars: DistributionBars) -> None:
    tips = [bars.tip_at(y) for y in range(bars.height())]
    assert "a: 40.00%\nas learnt: 40.00%" in tips
    assert "Outline" in tips[0]
    bars.set_sampling(Sampling(temperature=1.0, top_k=1))
    assert any("cut off" in bars.tip_at(y) for y in range(bars.height()))
