"""From the list of runs back to work: start again with its settings, or let it answer."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from core.history import line_of
from core.run_config import run_config
from gui.main_window import MainWindow
from tests.gui.conftest import RUN_MS

SEVEN = Path(__file__).parents[3] / "resources" / "samples" / "seven.png"


def test_a_finished_run_is_started_again_and_answers_pictures(qtbot: QtBot, window: MainWindow) -> None:
    workbench = window.workbench
    assert workbench is not None
    asked = run_config(workbench.registry.networks["lenet"], None, epochs=1, seed=5)
    with qtbot.waitSignal(workbench.session.ended, timeout=RUN_MS) as ended:
        workbench.session.start(asked)
    line = line_of(workbench.session.store.find(ended.args[0].run))
    workbench.setup.network.pick("char_rnn")
    workbench.pages.setCurrentWidget(workbench.runs_page)
    workbench.runs_page.again_asked.emit(line)
    config = workbench.setup.config()
    assert config is not None
    assert (config.network, config.epochs, config.seed) == ("lenet", 1, 5)
    assert workbench.pages.currentWidget() is workbench.curves
    workbench.session.trainer = None  # as in a window that was just opened
    workbench.runs_page.answer_asked.emit(line)
    with qtbot.waitSignal(workbench.answers.answered, timeout=RUN_MS) as answer:
        workbench.answers.give(SEVEN, "seven")
    assert "after 40 steps" in answer.args[0].model
