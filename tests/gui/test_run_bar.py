"""The buttons and the progress bar."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.events import RunEnded
from gui.run_bar import ENABLED, RunBar, clock
from gui.words import outcome


@pytest.mark.parametrize("state", ENABLED)
def test_each_state_enables_what_makes_sense_in_it(qtbot: QtBot, state: str) -> None:
    bar = RunBar()
    qtbot.addWidget(bar)
    bar.show_state(state)
    assert {name for name, button in bar.buttons.items() if button.isEnabled()} == set(ENABLED[state])


def test_a_pressed_button_is_named(qtbot: QtBot) -> None:
    bar = RunBar()
    qtbot.addWidget(bar)
    with qtbot.waitSignal(bar.pressed) as pressed:
        bar.buttons["start"].click()
    assert pressed.args == ["start"]


def test_every_button_tells_its_shortcut(qtbot: QtBot) -> None:
    bar = RunBar()
    qtbot.addWidget(bar)
    for button in bar.buttons.values():
        assert f"({button.shortcut().toString()})" in button.toolTip()


def test_an_unknown_share_of_a_preparation_is_shown_as_busy(qtbot: QtBot) -> None:
    bar = RunBar()
    qtbot.addWidget(bar)
    bar.show_preparation(-1.0, "Looking")
    assert bar.progress.maximum() == 0
    bar.show_preparation(0.5, "Downloading")
    assert bar.progress.value() / bar.progress.maximum() == 0.5


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 05 min"), (-1, "0 s")]
)
def test_times_are_told_in_words(seconds: float, words: str) -> None:
    assert clock(seconds) == words


def test_outcomes_are_told_in_a_sentence() -> None:
    finished = RunEnded("r", "finished", 10, {"seconds": 4.2, "test_accuracy": 0.985})
    stopped = RunEnded("r", "stopped", 1200, {"seconds": 61.0})
    failed = RunEnded("r", "failed", 3, error="The loss stopped being a number.")
    assert outcome(finished, "image") == (
        "Finished in 4 s. 98.5% of the test samples are answered right. Now drop in a picture of your own."
    )
    assert outcome(stopped) == "Stopped after step 1,200 (1 min 01 s); the run is kept as r."
    assert outcome(failed) == "The loss stopped being a number."


def test_long_words_never_make_the_window_wider(qtbot: QtBot) -> None:
    bar = RunBar()
    qtbot.addWidget(bar)
    narrow = bar.minimumSizeHint().width()
    words = "step 1,000,000 of 1,000,000  ·  epoch 100 of 100\n1,000 steps/s  ·  10 h 05 min left"
    bar.show_steps(1, 2, words)
    assert bar.minimumSizeHint().width() == narrow
    assert bar.words.text() == words
    assert bar.words.toolTip()


def test_step_has_a_second_way_that_goes_with_the_button(qtbot: QtBot) -> None:
    bar = RunBar()
    qtbot.addWidget(bar)
    for state, possible in {"idle": True, "preparing": False, "running": True, "paused": True}.items():
        bar.show_state(state)
        assert bar.step_menu.isEnabled() == possible
    with qtbot.waitSignal(bar.pressed) as pressed:
        bar.step_menu.menu().actions()[0].trigger()
    assert pressed.args == ["step_slowly"]
    bar.allow_start(False)
    assert not bar.step_menu.isEnabled()
