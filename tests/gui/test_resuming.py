"""From a run that ended, however it ended, to one that goes on: in the window."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from core.events import EpochEnded, Event, Paused, RunEnded
from core.history import RunLine, line_of, read_curves
from core.run_config import RunConfig, run_config
from core.runs import Run
from gui.main_window import MainWindow
from gui.words import outcome
from gui.workbench import Workbench
from tests.gui.conftest import RUN_MS


def bench(window: MainWindow) -> Workbench:
    assert window.workbench is not None
    return window.workbench


def asked(workbench: Workbench, **wishes: object) -> RunConfig:
    wishes = {"epochs": 2, "threads": 1, "schedule": "constant", **wishes}
    return run_config(workbench.registry.networks["lenet"], None, **wishes)


def newest(workbench: Workbench) -> RunLine:
    return line_of(workbench.session.store.find("last"))


def paused_run(qtbot: QtBot, workbench: Workbench, **wishes: object) -> None:
    heard: list[Event] = []
    workbench.session.events.connect(heard.extend)
    workbench.train(asked(workbench, **wishes), paused=True)
    qtbot.waitUntil(lambda: any(isinstance(event, Paused) for event in heard), timeout=RUN_MS)
    workbench.session.events.disconnect(heard.extend)


def ended(qtbot: QtBot, workbench: Workbench) -> RunEnded:
    with qtbot.waitSignal(workbench.session.ended, timeout=RUN_MS) as signal:
        pass
    event: RunEnded = signal.args[0]
    return event


def test_a_finished_run_goes_on_to_more_epochs_in_its_own_curves(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = bench(window)
    workbench.train(asked(workbench))
    assert ended(qtbot, workbench).state == "finished"
    line = newest(workbench)
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_args: (3, True))
    workbench.runs_page.resume_asked.emit(line)
    assert ended(qtbot, workbench).summary["epochs"] == 3
    assert newest(workbench).id == line.id
    training = workbench.curves.plots["loss"].curve("training")
    np.testing.assert_array_equal(training.xs, np.arange(1, 121))
    np.testing.assert_allclose(training.ys, read_curves(Run(workbench.session.store.folder / line.id)).metrics["loss"])


def test_a_stopped_run_is_resumed_where_it_stopped(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    paused_run(qtbot, workbench)
    workbench.session.stop()
    stopped = ended(qtbot, workbench)
    assert (stopped.state, stopped.step) == ("stopped", 1)
    workbench.runs_page.resume_asked.emit(newest(workbench))
    again = ended(qtbot, workbench)
    assert (again.run, again.state, again.step) == (stopped.run, "finished", 80)


def test_an_interrupted_run_is_offered_at_the_start(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    paused_run(qtbot, workbench)
    workbench.session.stop()
    run = Run(workbench.session.store.folder / ended(qtbot, workbench).run)
    (run.folder / "result.json").unlink()
    workbench.kept_runs.look_for_interrupted()
    qtbot.waitUntil(workbench.notice.isVisible, timeout=RUN_MS)
    assert "was interrupted" in workbench.notice.words.text()
    (resume,) = workbench.notice.buttons
    resume.click()
    assert ended(qtbot, workbench).state == "finished"


def test_a_run_that_is_thrown_away_is_gone_until_that_is_undone(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    paused_run(qtbot, workbench)
    workbench.run_bar.pressed.emit("stop_away")
    event = ended(qtbot, workbench)
    assert workbench.session.store.folders() == []
    assert "thrown away" in window.statusBar().currentMessage()
    (undo,) = workbench.notice.buttons
    undo.click()
    qtbot.waitUntil(lambda: [path.name for path in workbench.session.store.folders()] == [event.run], timeout=RUN_MS)


def test_the_best_weights_can_be_kept_in_place_of_the_last(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    heard: list[Event] = []
    workbench.session.events.connect(heard.extend)
    workbench.train(asked(workbench, epochs=1000))
    qtbot.waitUntil(lambda: any(isinstance(event, EpochEnded) for event in heard), timeout=RUN_MS)
    workbench.run_bar.pressed.emit("stop_best")
    event = ended(qtbot, workbench)
    assert event.kept == "best"
    assert "with its best weights" in outcome(event)


def test_settings_of_the_training_change_while_it_goes_on_and_what_cannot_be_is_said(
    qtbot: QtBot, window: MainWindow
) -> None:
    workbench = bench(window)
    paused_run(qtbot, workbench, epochs=5)
    workbench.session.change("epochs", 1)
    workbench.session.change("augment", False)
    with qtbot.waitSignal(workbench.session.refused, timeout=RUN_MS) as refused:
        workbench.session.change("epochs", 0)
    assert "epochs" in refused.args[0]
    workbench.session.resume()
    event = ended(qtbot, workbench)
    assert event.step == 40
    record = workbench.session.store.folder / event.run / "events.jsonl"
    changes = [line for line in map(json.loads, record.read_text().splitlines()) if line["event"] == "SettingChanged"]
    assert [(change["name"], change["after"]) for change in changes] == [("epochs", 1), ("augment", False)]


def test_a_run_whose_numbers_gave_out_is_offered_again_with_a_smaller_rate(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    workbench.train(asked(workbench, optimizer="sgd", optimizer_settings={"lr": 10.0}))
    failed = ended(qtbot, workbench)
    assert failed.state == "failed"
    assert failed.retry_lr is not None
    qtbot.waitUntil(workbench.notice.isVisible, timeout=RUN_MS)
    assert failed.error in workbench.notice.words.text()
    (retry,) = workbench.notice.buttons
    with qtbot.waitSignal(workbench.session.started, timeout=RUN_MS) as started:
        retry.click()
    assert started.args[0].run == failed.run
    assert workbench.session.trainer is not None
    assert workbench.session.trainer.job.optimizer.param_groups[0]["lr"] == pytest.approx(failed.retry_lr)
