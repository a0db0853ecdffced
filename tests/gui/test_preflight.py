"""Before Start: can the network take the data?"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.api import DataBundle, DataError, DataFolders, DataInfo
from core.home import data_folders
from gui.main_window import MainWindow
from gui.preflight import Preflight
from tests.core.tiny import bundle, config, dataset, network, registry
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
        raise DataError("It is not there.")

    def prepare(*_: object) -> None:
        raise AssertionError("downloaded")

    found = registry((network(refuses=too_small),), (dataset(load=load, prepare=prepare, download_bytes=99),))
    assert asked_again(qtbot, Preflight(found), config(found)) == ""
    assert not data_folders().write.exists() or data_folders().read


def test_what_is_known_of_the_data_is_told_and_what_was_missing_is_looked_for_once_more(qtbot: QtBot) -> None:
    from core.survey import NotPrepared

    there: list[DataBundle] = []

    def load(_config: object, folders: DataFolders) -> object:
        if not there:
            raise DataError("It is not there.")
        return there[0]

    found = registry((network(),), (dataset(load=load, download_bytes=99),))
    preflight = Preflight(found)
    try:
        assert preflight.info(config(found)) is None, "nobody has looked yet"
        with qtbot.waitSignal(preflight.known, timeout=RUN_MS):
            preflight.begin()
        missing = preflight.info(config(found))
        assert isinstance(missing, NotPrepared) and missing.download_bytes == 99
        there.append(bundle())
        assert preflight.info(config(found)) is missing
        with qtbot.waitSignal(preflight.known, timeout=RUN_MS):
            assert preflight.info(config(found), again=True) is None
        assert preflight.info(config(found)) == there[0].info
        assert preflight.info(config(found), again=True) == there[0].info
    finally:
        preflight.close()


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
