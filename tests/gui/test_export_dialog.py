"""The dialog that takes a kept run elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from core.export import FORMATS
from core.outputs import output_file
from core.runs import Run
from gui.export_dialog import CANCELLING, ExportDialog
from tests.core import tiny
from tests.core.export.export_runs import trained
from tests.gui.conftest import RUN_MS

REGISTRY = tiny.registry()
Open = Callable[..., ExportDialog]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(tmp_path_factory.mktemp("runs"), REGISTRY, "tiny")


@pytest.fixture
def opened(qtbot: QtBot, run: Run, tmp_path: Path) -> Iterator[Open]:
    dialogs: list[ExportDialog] = []

    def make(**more: Any) -> ExportDialog:
        dialog = ExportDialog(run, REGISTRY, folder=tmp_path / "out", **more)
        dialogs.append(dialog)
        dialog.show()
        return dialog

    yield make
    for dialog in dialogs:
        dialog.close()
        qtbot.waitUntil(lambda dialog=dialog: not dialog.isVisible(), timeout=RUN_MS)
        dialog.done(0)
        dialog.deleteLater()


def test_every_format_is_offered_with_a_sentence_and_a_name(opened: Open, run: Run, tmp_path: Path) -> None:
    dialog = opened()
    assert list(dialog.buttons) == list(FORMATS)
    for id, found in FORMATS.items():
        dialog.choose(id)
        assert dialog.format is found
        assert dialog.buttons[id].accessibleDescription() == found.summary
        path = Path(dialog.path.text())
        assert path.parent == tmp_path / "out"
        assert path.name.startswith(run.id)
        assert path.suffix == found.suffix


@pytest.mark.parametrize("format", ["safetensors", "html", "csv", "tensorboard", "script"])
def test_a_run_is_exported_and_its_folder_can_be_opened(
    qtbot: QtBot, opened: Open, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    dialog = opened()
    dialog.choose(format)
    with qtbot.waitSignal(dialog.exported, timeout=RUN_MS) as exported:
        dialog.start.click()
        assert not dialog.start.isEnabled()
        assert dialog.cancel.text() == "Cancel"
    (path,) = exported.args
    assert path.exists()
    assert dialog.words.text() == f"Written: {path}"
    assert dialog.cancel.text() == "Close"
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    dialog.show_folder.click()
    assert shown == [str(path if path.is_dir() else path.parent)]


def test_what_is_there_is_replaced_only_when_the_person_says_so(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    dialog = opened()
    dialog.choose("csv")
    path = Path(dialog.path.text())
    path.parent.mkdir()
    path.write_text("mine")
    dialog.start.click()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(QMessageBox)), timeout=RUN_MS)
    (box,) = dialog.findChildren(QMessageBox)
    assert path.read_text() == "mine"
    replace = next(button for button in box.buttons() if button.text() == "Replace")
    with qtbot.waitSignal(dialog.exported, timeout=RUN_MS):
        replace.click()
    assert path.read_text().startswith("step,")


def test_cancel_leaves_nothing_and_the_dialog_open(
    qtbot: QtBot, opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def endless(*asked: Any, progress: Any, **_: Any) -> Path:
        with output_file(tmp_path / "x"):
            while True:
                progress(1, 10, "Counting")

    monkeypatch.setattr("gui.export_dialog.export_run", endless)
    dialog = opened()
    dialog.start.click()
    qtbot.waitUntil(lambda: dialog.words.text() == "Counting…", timeout=RUN_MS)
    assert dialog.progress.value() == 100
    dialog.cancel.click()
    assert dialog.words.text() == CANCELLING
    qtbot.waitUntil(lambda: dialog.words.text() == "Cancelled: nothing was written.", timeout=RUN_MS)
    assert dialog.isVisible()
    assert dialog.start.isEnabled()
    assert not list(tmp_path.glob("*x*"))


def test_closing_the_dialog_cancels_and_then_closes(
    qtbot: QtBot, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*asked: Any, progress: Any, **_: Any) -> Path:
        while True:
            progress(1, None, "Counting")

    monkeypatch.setattr("gui.export_dialog.export_run", endless)
    dialog = opened()
    dialog.start.click()
    dialog.close()
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=RUN_MS)


def test_a_run_that_cannot_be_exported_so_is_told_in_a_sentence(
    qtbot: QtBot, opened: Open, run: Run, tmp_path: Path
) -> None:
    dialog = opened()
    (tmp_path / "file").write_text("x")
    dialog.path.setText(str(tmp_path / "file" / "w.safetensors"))
    dialog.start.click()
    qtbot.waitUntil(lambda: "cannot be written" in dialog.words.text(), timeout=RUN_MS)
    assert dialog.start.isEnabled()


def test_random_numbers_are_drawn_at_a_safe_point(qtbot: QtBot, opened: Open) -> None:
    rested: list[Any] = []

    def at_rest(work: Callable[[], Any]) -> Any:
        rested.append(work)
        return work()

    dialog = opened(at_rest=at_rest)
    with qtbot.waitSignal(dialog.exported, timeout=RUN_MS):
        dialog.start.click()
    assert len(rested) == 1


def test_the_list_of_formats_needs_no_torch() -> None:
    import subprocess
    import sys

    code = "import core.export, gui.export_dialog, gui.weights_dialogs, sys; assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
