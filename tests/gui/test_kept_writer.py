"""Letting a kept run write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from core.cli import main
from gui.main_window import MainWindow
from gui.workbench import Workbench
from tests.gui.conftest import RUN_MS


def workbench_of(window: MainWindow) -> Workbench:
    assert window.workbench is not None
    return window.workbench


def test_a_run_of_the_command_line_writes_in_a_window_that_has_trained_nothing(
    make_window: Callable[[], MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in (["lenet", "--epochs", "1"], ["char_rnn", "--data", "hello"]):
        assert main(["train", *arguments, "--json"], "plugins") == 0
    workbench = workbench_of(make_window())
    offered: list[str] = []

    def choose(*arguments: Any) -> tuple[str, bool]:
        offered.extend(arguments[3])
        return arguments[3][0], True

    monkeypatch.setattr(QInputDialog, "getItem", choose)
    workbench.menus._choose_writer()
    (run,) = offered
    assert "char_rnn-hello" in run
    panel = workbench.try_panels.text
    assert workbench.try_panels.currentWidget() is panel
    with qtbot.waitSignal(workbench.writer.finished, timeout=RUN_MS):
        panel.write_asked.emit(panel.controls.order(anew=True))


def test_without_a_run_that_writes_it_is_said(window: MainWindow) -> None:
    workbench_of(window).menus._choose_writer()
    assert "No kept run writes text yet" in window.statusBar().currentMessage()
