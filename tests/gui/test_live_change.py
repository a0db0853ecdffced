"""Changing the optimizer's settings in the window while a run goes on."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.events import Event, Paused, SettingChanged
from gui.main_window import MainWindow
from tests.gui.conftest import RUN_MS


def test_a_new_learning_rate_typed_during_a_run_reaches_the_optimizer_and_the_record(
    window: MainWindow, qtbot: QtBot, trainyard_home: Path
) -> None:
    workbench = window.workbench
    assert workbench is not None
    heard: list[Event] = []
    workbench.session.events.connect(heard.extend)
    workbench.setup.schedule.pick("constant")
    workbench.run_bar.buttons["step"].click()
    qtbot.waitUntil(lambda: any(isinstance(event, Paused) for event in heard), timeout=RUN_MS)
    field = workbench.setup.findChild(QWidget, "setting_lr")
    line = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit) if field else None
    assert line is not None
    assert line.isEnabled()
    line.setText("0.0005")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(isinstance(event, SettingChanged) for event in heard), timeout=RUN_MS)
    assert workbench.session.trainer is not None
    assert workbench.session.trainer.job.optimizer.param_groups[0]["lr"] == 0.0005
    (record,) = (trainyard_home / "runs").glob("*/events.jsonl")
    changes = [line for line in map(json.loads, record.read_text().splitlines()) if line["event"] == "SettingChanged"]
    assert [(change["step"], change["name"], change["after"]) for change in changes] == [(1, "lr", 0.0005)]
