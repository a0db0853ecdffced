"""The learning-rate range test in the window."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.run_config import run_config
from gui.main_window import MainWindow
from gui.rate_finder import RateFinder
from tests.gui.conftest import RUN_MS


def opened(qtbot: QtBot, window: MainWindow) -> RateFinder:
    assert window.workbench is not None
    window.workbench.planning.find_rate()
    (finder,) = window.findChildren(RateFinder)
    qtbot.waitUntil(lambda: finder.result_ is not None, timeout=RUN_MS)
    return finder


def test_the_suggested_rate_is_put_into_the_set_up(qtbot: QtBot, window: MainWindow) -> None:
    assert window.workbench is not None
    finder = opened(qtbot, window)
    assert finder.result_ is not None
    assert finder.use.text().endswith("(suggested)")
    assert finder.rate == pytest.approx(finder.result_.suggested)
    finder.use.click()
    config = window.workbench.setup.config()
    assert config is not None
    assert config.optimizer_settings["lr"] == pytest.approx(finder.result_.suggested, rel=0.05)


def test_a_rate_that_the_line_was_dragged_to_is_used(qtbot: QtBot, window: MainWindow) -> None:
    assert window.workbench is not None
    finder = opened(qtbot, window)
    finder.line.setValue(-3.0)
    assert finder.use.text() == "Use 0.001"
    finder.use.click()
    config = window.workbench.setup.config()
    assert config is not None
    assert config.optimizer_settings["lr"] == 1e-3


def test_a_run_that_goes_on_is_tested_with_its_own_weights_and_changed_at_once(
    qtbot: QtBot, window: MainWindow
) -> None:
    workbench = window.workbench
    assert workbench is not None
    with qtbot.waitSignal(workbench.session.started, timeout=RUN_MS):
        workbench.train(run_config(workbench.registry.networks["lenet"], None, epochs=1000, schedule="constant"))
    finder = opened(qtbot, window)
    finder.line.setValue(-2.0)
    finder.use.click()
    assert workbench.session.trainer is not None
    groups = workbench.session.trainer.job.optimizer.param_groups
    qtbot.waitUntil(lambda: groups[0]["lr"] == 0.01, timeout=RUN_MS)


def test_closing_it_cancels_the_test(qtbot: QtBot, window: MainWindow) -> None:
    assert window.workbench is not None
    window.workbench.planning.find_rate()
    (finder,) = window.findChildren(RateFinder)
    finder.reject()
    assert finder.result_ is None
