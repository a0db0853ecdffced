"""Saving and loading weights in the window: at safe points, while a run goes on, is paused, or is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from core.weights_files import read_weights, save_weights
from core.worker import Background
from gui.session import Session
from gui.weights_dialogs import NOTHING_OPEN, WHAT_FOLLOWS, WeightsDialogs
from tests.core import tiny
from tests.gui.conftest import RUN_MS


class Desk:
    """A session with a tiny network, and the dialogs of its weights."""

    def __init__(self, background: Background) -> None:
        found = tiny.registry()
        self.window = QWidget()
        self.session = Session(found, self.window)
        self.dialogs = WeightsDialogs(self.session, background, self.window)
        self.config = tiny.config(found, epochs=2)
        self.said: list[str] = []
        self.dialogs.said.connect(self.said.append)

    def pause_after_a_step(self, qtbot: QtBot) -> None:
        self.session.start(self.config, paused=True)
        qtbot.waitUntil(lambda: self.session.state == "paused", timeout=RUN_MS)

    def finish(self, qtbot: QtBot) -> None:
        with qtbot.waitSignal(self.session.ended, timeout=RUN_MS):
            if self.session.active:
                self.session.resume()
            else:
                self.session.start(self.config)

    def weights(self) -> dict[str, torch.Tensor]:
        assert self.session.trainer is not None
        return self.session.trainer.job.model.state_dict()


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    background = Background()
    made = Desk(background)
    yield made
    if made.session.active:
        with qtbot.waitSignal(made.session.ended, timeout=RUN_MS):
            made.session.stop()
    background.close()
    made.window.close()
    made.window.deleteLater()


def other_weights(path: Path) -> dict[str, torch.Tensor]:
    torch.manual_seed(77)
    weights = tiny.build(None, tiny.bundle().info).state_dict()
    save_weights(path, weights, {})
    return weights


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(first[name], second[name]) for name in second)


def test_without_a_run_there_is_nothing_to_save_or_load(desk: Desk) -> None:
    desk.dialogs.save()
    desk.dialogs.load()
    assert desk.said == [NOTHING_OPEN] * 2


@pytest.mark.parametrize(
    ("chosen", "name"), [("Safetensors (*.safetensors)", "w.safetensors"), ("PyTorch state_dict (*.pth)", "w.pth")]
)
def test_the_weights_of_a_paused_run_are_saved_in_the_format_that_was_picked(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, name: str
) -> None:
    desk.pause_after_a_step(qtbot)
    proposed = []

    def choose(parent: QWidget, title: str, path: str, filters: str) -> tuple[str, str]:
        proposed.append(path)
        return str(tmp_path / "w"), chosen

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    desk.dialogs.save()
    qtbot.waitUntil(lambda: any("after 1 steps are in" in words for words in desk.said), timeout=RUN_MS)
    assert proposed == ["tiny-dots-step-1.safetensors"]
    assert same(read_weights(tmp_path / name), desk.weights())


def test_what_was_loaded_while_paused_is_what_the_run_goes_on_from(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.pause_after_a_step(qtbot)
    weights = other_weights(tmp_path / "w.pth")
    with qtbot.waitSignal(desk.dialogs.loaded, timeout=RUN_MS) as loaded:
        desk.dialogs.load_from(tmp_path / "w.pth")
    assert loaded.args == [1]
    assert same(desk.weights(), weights)
    assert desk.session.trainer is not None
    assert not desk.session.trainer.job.optimizer.state
    desk.finish(qtbot)
    assert not same(desk.weights(), weights)


def test_weights_can_be_loaded_after_the_end(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.finish(qtbot)
    weights = other_weights(tmp_path / "w.safetensors")
    with qtbot.waitSignal(desk.dialogs.loaded, timeout=RUN_MS):
        desk.dialogs.load_from(tmp_path / "w.safetensors")
    assert same(desk.weights(), weights)


@pytest.mark.parametrize("agreed", [True, False])
def test_the_person_is_told_what_follows_and_may_leave_it(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agreed: bool
) -> None:
    desk.pause_after_a_step(qtbot)
    before = {name: tensor.clone() for name, tensor in desk.weights().items()}
    weights = other_weights(tmp_path / "w.pth")
    asked = []

    def answer(box: QMessageBox) -> int:
        asked.append(box.informativeText())
        next(b for b in box.buttons() if (b.text() == "Load") == agreed).click()
        return 0

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "w.pth"), ""))
    monkeypatch.setattr(QMessageBox, "exec", answer)
    if agreed:
        with qtbot.waitSignal(desk.dialogs.loaded, timeout=RUN_MS):
            desk.dialogs.load()
    else:
        desk.dialogs.load()
    assert asked == [WHAT_FOLLOWS]
    assert same(desk.weights(), weights if agreed else before)


def test_what_does_not_fit_is_told_with_all_layers_and_changes_nothing(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    desk.pause_after_a_step(qtbot)
    before = {name: tensor.clone() for name, tensor in desk.weights().items()}
    save_weights(tmp_path / "w.pth", {"1.weight": torch.zeros(2, 2)}, {})
    desk.dialogs.load_from(tmp_path / "w.pth")
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(QMessageBox)), timeout=RUN_MS)
    (box,) = desk.window.findChildren(QMessageBox)
    assert "w.pth does not fit Tiny: 1.weight is 12×64 here and 2×2 in the file" in box.informativeText()
    assert len(box.detailedText().splitlines()) == 4
    assert same(desk.weights(), before)
    box.close()


def test_while_the_run_trains_weights_are_saved_and_loaded_between_two_steps(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    desk.config = desk.config.model_copy(update={"epochs": 5000})
    desk.session.start(desk.config)
    qtbot.waitUntil(lambda: desk.session.state == "running", timeout=RUN_MS)
    other_weights(tmp_path / "w.pth")
    with qtbot.waitSignal(desk.dialogs.loaded, timeout=RUN_MS):
        desk.dialogs.load_from(tmp_path / "w.pth")
    desk.dialogs.save_to(tmp_path / "now.safetensors")
    qtbot.waitUntil(lambda: "are in now.safetensors" in desk.said[-1], timeout=RUN_MS)
    assert read_weights(tmp_path / "now.safetensors").keys() == desk.weights().keys()
