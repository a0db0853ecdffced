"""The loss in other words, beside the title of its plot."""

from __future__ import annotations

import math

import numpy as np

from core.events import EpochEnded, StepsLogged
from gui.curves_panel import CurvesPanel
from gui.loss_words import STEPS, LossWords
from plugins.language_model import derived
from tests.gui.views.view_helpers import shown


def steps(*losses: float, first: int = 1) -> StepsLogged:
    values = np.array(losses, np.float32)
    return StepsLogged(first, {"loss": values}, np.ones(len(losses), np.float32), 10.0, 1.0)


def validated(loss: float) -> EpochEnded:
    return EpochEnded(1, 10, {"loss": loss}, {"loss": loss})


def test_the_loss_is_said_as_perplexity_and_in_bits() -> None:
    words = LossWords()
    words.begin(derived)
    assert words.words() == ""
    words.take(steps(math.log(8)))
    assert words.words() == "perplexity 8.00  ·  bits per char 3.00"
    words.take(validated(math.log(16)))
    assert words.words() == "perplexity 8.00 / 16.00  ·  bits per char 3.00 / 4.00"
    assert "validation" in words.explanation()


def test_the_training_is_averaged_over_the_last_steps() -> None:
    words = LossWords()
    words.begin(derived)
    words.take(steps(*[50.0] * 300))
    words.take(steps(*[math.log(2)] * STEPS, first=301))
    assert words.words().startswith("perplexity 2.00")


def test_a_task_that_derives_nothing_or_fails_says_nothing() -> None:
    for task in (None, lambda means: {}, lambda means: 1 / 0):
        words = LossWords()
        words.begin(task)
        words.take(steps(1.0))
        assert words.words() == words.words() == ""


def test_a_new_run_begins_without_words(qtbot) -> None:
    panel = shown(qtbot, CurvesPanel(), 600, 400)
    panel.clear(derived)
    panel.take(steps(math.log(4)))
    panel.redraw()
    assert panel.plots["loss"].remark() == "perplexity 4.00  ·  bits per char 2.00"
    panel.clear()
    assert panel.plots["loss"].remark() == ""
    panel.take(steps(1.0))
    panel.redraw()
    assert panel.plots["loss"].remark() == ""


def test_the_share_of_clipped_steps_is_told_where_the_gradient_is_clipped() -> None:
    words = LossWords()
    words.begin(None)
    losses = np.ones(4, np.float32)
    clipped = np.array([1, 0, 0, 0], np.float32)
    words.take(StepsLogged(1, {"loss": losses, "clipped": clipped}, losses, 100.0, 1.0))
    assert words.words() == "clipped 25%"
    assert "gradient was longer" in words.explanation()
