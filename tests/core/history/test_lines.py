"""What the list of runs shows of one, and how several differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.data import DataInfo
from core.events import EpochEnded, RunEnded
from core.history import differences, line_of
from core.run_config import RunConfig
from core.runs import Run, RunStore

INFO = DataInfo((1, 8, 8), ("a", "b"))


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def run_of(store: RunStore, **asked: object) -> Run:
    run = store.new("tiny", "dots")
    run.begin(RunConfig(**{"network": "tiny", "data": "dots", **asked}), INFO, {})
    return run


def test_a_line_has_every_setting_under_the_name_that_set_takes(store: RunStore) -> None:
    run = run_of(store, epochs=3, optimizer_settings={"lr": 0.5})
    run.end(RunEnded(run.id, "finished", 21, {"test_accuracy": 0.5}))
    line = line_of(run)
    assert (line.settings["epochs"], line.settings["optimizer.lr"]) == (3, 0.5)
    assert (line.state, line.summary["test_accuracy"], line.title) == ("finished", 0.5, run.id)


def test_a_run_without_an_end_shows_what_its_newest_whole_epoch_gave(store: RunStore) -> None:
    run = run_of(store)
    for epoch in (1, 2):
        run.record(EpochEnded(epoch, epoch * 7, {"loss": 1.0 / epoch}, {"loss": 2.0 / epoch, "accuracy": None}))
    with (run.folder / "events.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"event": "EpochEnded", "epoch": 3, "st')
    assert line_of(run).summary == {"epochs": 2, "steps": 14, "train_loss": 0.5, "val_loss": 1.0}


@pytest.mark.parametrize("line", ["", "EpochEnded", '["EpochEnded"]', '{"event": "EpochEnded", "train": 3}'])
def test_a_strange_record_shows_nothing(store: RunStore, line: str) -> None:
    run = run_of(store)
    (run.folder / "events.jsonl").write_text(line, encoding="utf-8")
    assert line_of(run).summary == {}


def test_only_the_settings_that_differ_are_compared(store: RunStore) -> None:
    runs = [
        run_of(store, epochs=epochs, optimizer_settings=settings) for epochs, settings in ((3, {"lr": 0.1}), (3, {}))
    ]
    for run, loss in zip(runs, (0.5, 0.25), strict=True):
        run.end(RunEnded(run.id, "finished", 21, {"val_loss": loss}))
    found = differences([line_of(run) for run in runs])
    assert (found.settings, found.results) == (("optimizer.lr",), ("val_loss",))
    assert found.columns == ("optimizer.lr", "val_loss")
    assert found.rows == ((0.1, 0.5), ("", 0.25))


def test_one_run_differs_from_nothing(store: RunStore) -> None:
    run = run_of(store)
    run.end(RunEnded(run.id, "finished", 21, json.loads('{"epochs": 3}')))
    assert differences([line_of(run)]).columns == ("epochs",)
