"""Texts and pictures that are opened, pasted and dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from gui.demo import drop
from gui.main_window import MainWindow
from gui.workbench import Workbench
from tests.gui.conftest import RUN_MS
from tests.made_pictures import archive, encoded, files, folder, picture

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


def test_a_folder_or_archive_dropped_anywhere_is_brought_as_pictures(
    window: MainWindow, workbench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    packed = archive(tmp_path / "my pictures.ZIP", files({"cat": 1, "dog": 1}))
    for target in (window, workbench.try_it.drop_zone, workbench.try_it, workbench.curves):
        for path in (folder(tmp_path / "图 片", {}), packed):
            with qtbot.waitSignal(workbench.intake.pictures_brought) as brought:
                drop(target, path)
            assert brought.args == [path]


def test_a_single_picture_is_tried_wherever_it_is_dropped(
    window: MainWindow, workbench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "seven.PNG"
    path.write_bytes(encoded(picture()))
    with qtbot.waitSignal(workbench.intake.picture_chosen) as chosen:
        drop(window, path)
    assert chosen.args == [path, "seven.PNG"]
    with qtbot.assertNotEmitted(workbench.intake.picture_chosen), qtbot.waitSignal(workbench.try_it.picture_given):
        drop(workbench.try_it.drop_zone, path)


def test_a_chosen_folder_or_archive_is_brought_as_pictures(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    intake, brought = workbench.intake, []
    intake.pictures_brought.connect(brought.append)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "it.zip"), ""))
    intake.open_folder_dialog()
    intake.open_zip_dialog()
    assert brought == [tmp_path, tmp_path / "it.zip"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    intake.open_folder_dialog()
    intake.open_zip_dialog()
    assert len(brought) == 2


def test_the_setup_takes_a_folder_of_pictures_and_the_run_learns_from_it(
    workbench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    root = folder(tmp_path / "it", files({"cat": 12, "dog": 12}))
    assert workbench.setup.open_data(root, "pictures")
    config = workbench.setup.config()
    assert config is not None
    assert (config.data, config.data_settings["path"]) == ("image-folder", str(root))
    workbench.setup.forms["training"].set_values({"epochs": 1})
    with qtbot.waitSignal(workbench.session.ended, timeout=RUN_MS) as ended:
        workbench.run_bar.buttons["start"].click()
    assert ended.args[0].state == "finished"
