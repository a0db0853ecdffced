"""Before Start: can the network take the data?"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.api import DataFolders, DataInfo
from core.home import data_folders
from gui.main_window import MainWindow
from gui.preflight import Preflight
from tests.core.tiny import config, dataset, network, registry
from tests.gui.conftest import RUN_MS


def too_small(config: object, info: DataInfo) -> str | None:
    return f"It needs larger pictures than {info.input_shape[1]} px."


def asked_again(qtbot: QtBot, preflight: Preflight, asked: object) -> str:
    preflight.begin()
    with qtbot.waitSignal(preflight.known, timeout=RUN_MS):
        assert preflight.refusal(asked) == ""  # type: ignore[arg-type]
    preflight.close()
    return preflight.refusal(asked)  # type: ignore[arg-type]


def test_a_network_that_refuses_the_data_says_so_before_start(qtbot: QtBot) -> None:
    found = registry((network(refuses=too_small),))
    assert asked_again(qtbot, Preflight(found), config(found)) == "It needs larger pictures than 8 px."


def test_a_network_that_takes_the_data_says_nothing(qtbot: QtBot) -> None:
    found = registry()
    assert asked_again(qtbot, Preflight(found), config(found)) == ""


def test_a_data_set_that_would_have_to_be_downloaded_is_left_alone(qtbot: QtBot, tmp_path: Path) -> None:
    def load(_config: object, folders: DataFolders) -> object:
        from core.api import DataError

        raise DataError("It is not there.")

    def prepare(*_: object) -> None:
        raise AssertionError("downloaded")

    found = registry((network(refuses=too_small),), (dataset(load=load, prepare=prepare, download_bytes=99),))
    assert asked_again(qtbot, Preflight(found), config(found)) == ""
    assert not data_folders().write.exists() or data_folders().read


def test_in_the_window_start_is_off_while_the_network_refuses(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    workbench = window.workbench
    assert workbench is not None
    lenet = workbench.registry.networks["lenet"]
    workbench.registry.networks["lenet"] = replace(lenet, refuses=lambda config, info: "No, not these.")
    workbench.setup.changed.emit()
    start = workbench.run_bar.buttons["start"]
    qtbot.waitUntil(lambda: not start.isEnabled(), timeout=RUN_MS)
    assert window.statusBar().currentMessage() == "No, not these."
    workbench.setup.network.pick("char_rnn")
    assert start.isEnabled()
