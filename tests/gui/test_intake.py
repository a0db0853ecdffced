"""Texts that are opened, pasted and dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from gui.demo import drop
from gui.main_window import MainWindow
from gui.workbench import Workbench
from tests.gui.conftest import RUN_MS

POEM = "The sun was shining on the sea, shining with all his might.\n" * 40


@pytest.fixture
def workbench(window: MainWindow) -> Workbench:
    assert window.workbench is not None
    return window.workbench


def asked_path(workbench: Workbench) -> str:
    """The text that Start would learn from."""
    config = workbench.setup.config()
    assert config is not None
    assert workbench.registry.datasets[config.data].opens == "text"
    assert workbench.registry.networks[config.network].task == workbench.registry.datasets[config.data].task
    return str(config.data_settings["path"])


def test_a_text_dropped_on_the_window_is_what_start_learns_from(
    window: MainWindow, workbench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    poem = tmp_path / "a poem 诗.txt"
    poem.write_text(POEM, encoding="utf-8")
    drop(window, poem)
    assert asked_path(workbench) == str(poem)
    workbench.setup.forms["training"].set_values({"epochs": 1})
    with qtbot.waitSignal(workbench.session.ended, timeout=RUN_MS) as ended:
        workbench.run_bar.buttons["start"].click()
    assert ended.args[0].state == "finished"


def test_a_pasted_text_is_kept_as_a_file_and_learnt_from(workbench: Workbench, trainyard_home: Path) -> None:
    QApplication.clipboard().setText(POEM)
    workbench.intake.paste()
    assert Path(asked_path(workbench)).read_text(encoding="utf-8") == POEM
    assert Path(asked_path(workbench)).is_relative_to(trainyard_home)


def test_a_chosen_file_is_learnt_from(workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "book.txt"), ""))
    workbench.intake.open_dialog()
    assert asked_path(workbench) == str(tmp_path / "book.txt")


def test_an_empty_clipboard_is_told(window: MainWindow, workbench: Workbench) -> None:
    QApplication.clipboard().clear()
    workbench.intake.paste()
    assert "no text to learn from" in window.statusBar().currentMessage()


def test_during_a_run_a_text_is_refused_in_words(window: MainWindow, workbench: Workbench, tmp_path: Path) -> None:
    workbench.run_bar.buttons["start"].click()
    workbench.learn_from(tmp_path / "book.txt")
    assert "stop it first" in window.statusBar().currentMessage()
