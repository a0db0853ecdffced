"""The run store: whoever wrote into it, listing and finding runs never fails and never leaves the folder."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import runs as runs_module
from core.data import DataInfo
from core.events import EpochEnded, RunEnded, SettingChanged, StepsLogged
from core.run_config import RunConfig
from core.run_index import RunIndex
from core.runs import Run, RunNotFound, RunStore, plain

INFO = DataInfo((1, 8, 8), ("a", "b"))
CONFIG = RunConfig(network="tiny", data="dots")
SUMMARY = {"epochs": 3, "steps": 21, "test_accuracy": 0.5, "device": "cpu"}


def begun(store: RunStore, network: str = "tiny") -> Run:
    run = store.new(network, "dots")
    run.begin(CONFIG.model_copy(update={"network": network}), INFO, {})
    return run


def finished(store: RunStore, network: str = "tiny") -> Run:
    run = begun(store, network)
    run.end(RunEnded(run.id, "finished", 21, SUMMARY))
    return run


def written(store: RunStore, id: str, asked: Any, result: Any = None) -> Run:
    """A run folder as somebody else might have made it."""
    folder = store.folder / id
    folder.mkdir(parents=True)
    for name, content in (("run.json", asked), ("result.json", result)):
        if content is not None:
            (folder / name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return Run(folder)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def test_a_new_run_has_an_id_of_its_own_and_writes_nothing_yet(store: RunStore) -> None:
    ids = {store.new("char-rnn", "tiny_text").id for _ in range(20)}
    assert len(ids) > 15
    assert all(runs_module.RUN_ID.fullmatch(id) for id in ids)
    assert not store.folder.exists()
    assert store.folders() == []


def test_a_run_is_running_while_it_is_held_and_then_what_it_ended_as(store: RunStore) -> None:
    run = begun(store)
    assert Run(run.folder).state() == "running"
    run.end(RunEnded(run.id, "stopped", 3, SUMMARY))
    assert Run(run.folder).state() == "stopped"
    summary = run.summary()
    assert (summary.network, summary.data, summary.optimizer, summary.state) == ("tiny", "dots", "adamw", "stopped")
    assert summary.summary == {"state": "stopped", "error": "", **SUMMARY}
    assert abs(summary.created - time.time()) < 60


def test_a_run_that_was_let_go_of_without_a_result_was_interrupted(store: RunStore) -> None:
    run = begun(store)
    run.release()
    assert Run(run.folder).state() == "interrupted"
    assert RunIndex(store).runs()[0].state == "interrupted"


def test_a_run_that_was_let_go_of_on_another_thread_is_free_too(store: RunStore) -> None:
    held: list[Run] = []
    thread = threading.Thread(target=lambda: held.append(begun(store)))
    thread.start()
    thread.join()
    held[0].release()
    assert Run(held[0].folder).state() == "interrupted"


def test_a_run_of_another_process_is_running_until_that_process_is_gone(store: RunStore) -> None:
    code = f"""
        import sys
        from pathlib import Path
        from core.runs import RunStore
        from tests.core.test_runs import begun
        run = begun(RunStore(Path({str(store.folder)!r})))
        print(run.id, flush=True)
        sys.stdin.readline()
        """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        run = store.find(other.stdout.readline().strip())
        assert run.state() == "running"
        assert RunIndex(store).runs()[0].state == "running"
        other.kill()
    assert run.state() == "interrupted"
    assert RunIndex(store).runs()[0].state == "interrupted"


def test_asking_for_the_state_of_a_run_makes_nobody_else_wait_for_ever(store: RunStore) -> None:
    run = begun(store)
    run.release()
    states = [Run(run.folder).state() for _ in range(20)]
    assert states == ["interrupted"] * 20


def test_a_run_that_cannot_be_locked_was_interrupted(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused:
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def __enter__(self) -> None:
            raise PermissionError(13, "Permission denied")

        def __exit__(self, *_: object) -> None:
            pass

    run = begun(store)
    run.release()
    monkeypatch.setattr(runs_module, "FileLock", Refused)
    assert run.state() == "interrupted"


def test_runs_are_found_by_id_by_its_beginning_and_as_the_last(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for number, network in enumerate(("lenet", "lenet", "mlp")):
        monkeypatch.setattr(time, "time", lambda number=number: 1_000_000.0 - number)
        made.append(finished(store, network))
    monkeypatch.undo()
    assert store.find(made[1].id).folder == made[1].folder
    mlp = made[2].id
    assert store.find(mlp[: mlp.index("mlp") + 1]).id == mlp
    assert store.find("last").id == made[0].id, "the last is the one made last, whatever its id"
    with pytest.raises(RunNotFound, match="3 runs begin with '20'"):
        store.find("20")


@pytest.mark.parametrize("name", ["nothing", "../x", "/", ".", "..", "", "20*", "\0", "index.sqlite", "x" * 9999])
def test_what_is_no_run_is_not_found_and_nothing_outside_is_looked_at(store: RunStore, name: str) -> None:
    written(RunStore(store.folder.parent), "x", {"config": {}})
    finished(store)
    finished(store)
    with pytest.raises(RunNotFound, match="runs` lists them"):
        store.find(name)


def test_the_middle_of_an_id_is_no_name_of_a_run(store: RunStore) -> None:
    run = finished(store)
    for name in ("tiny", run.id[1:], run.id + "x"):
        with pytest.raises(RunNotFound, match="There is no run"):
            store.find(name)


def test_without_any_run_the_user_is_told_to_train_one(store: RunStore) -> None:
    with pytest.raises(RunNotFound, match="train a network first"):
        store.find("last")


GARBAGE: dict[str, Any] = {
    "no config": {},
    "config is text": {"config": "lenet"},
    "config is a list": {"config": [1, 2]},
    "a list": [1, 2, 3],
    "a number": 3,
    "null": "null",
    "empty": "",
    "cut short": '{"config": {"network": "le',
    "deep": "[" * 100_000,
    "binary": "\x00\x01",
}
CONFIGURED = {"config": {"network": "tiny", "data": "dots", "optimizer": "sgd"}}
ODD: dict[str, tuple[Any, Any]] = {
    "created is text": ({**CONFIGURED, "created": "yesterday"}, None),
    "created is nan": ('{"config": {}, "created": NaN}', None),
    "created is huge": ({**CONFIGURED, "created": 1e300}, None),
    "created is a huge integer": ({**CONFIGURED, "created": 10**400}, None),
    "created is negative": ({**CONFIGURED, "created": -5}, None),
    "created is null": ({**CONFIGURED, "created": None}, None),
    "network is a list": ({"config": {"network": ["x"], "data": {}, "optimizer": None}}, None),
    "result is a list": (CONFIGURED, [1, 2]),
    "result is text": (CONFIGURED, '"finished"'),
    "state is made up": (CONFIGURED, {"state": "glorious"}),
    "state is a list": (CONFIGURED, {"state": ["finished"]}),
    "numbers are texts": (CONFIGURED, {"state": "finished", "test_accuracy": "high", "seconds": {}, "epochs": None}),
    "numbers are nan": (CONFIGURED, '{"state": "finished", "test_loss": NaN, "seconds": Infinity}'),
    "deep result": (CONFIGURED, "[" * 100_000),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_folder_without_a_readable_run_is_passed_over(store: RunStore, kind: str) -> None:
    run = written(store, "20260101-000000-odd-run-0000", GARBAGE[kind])
    good = finished(store)
    assert [summary.id for summary in RunIndex(store).runs()] == [good.id]
    assert store.find("last").id == good.id
    with pytest.raises(RunNotFound, match="missing or damaged"):
        run.asked()


@pytest.mark.parametrize("kind", ODD)
def test_a_run_with_odd_contents_is_listed_with_what_is_sound_in_it(store: RunStore, kind: str) -> None:
    asked, result = ODD[kind]
    written(store, "20260101-000000-odd-run-0000", asked, result)
    good = finished(store)
    for _ in range(2):
        listed = {summary.id: summary for summary in RunIndex(store).runs()}
        odd = listed["20260101-000000-odd-run-0000"]
        assert odd.state in ("finished", "interrupted")
        assert all(isinstance(value, str) for value in (odd.network, odd.data, odd.optimizer))
        assert 0 <= odd.created < 1e12
        time.localtime(odd.created)
        json.dumps([odd.created, odd.summary], allow_nan=False)
        assert not {"test_accuracy", "test_loss", "seconds", "epochs"} & odd.summary.keys()
        assert listed[good.id].summary["test_accuracy"] == 0.5
    assert store.find("last").id == good.id


def test_events_are_recorded_in_the_json_of_plain_values(store: RunStore) -> None:
    run = begun(store)
    values = np.array([0.1, 1e-30, 3.0, -2.5e20, 1 / 3], np.float32)
    odd = np.array([1.0, np.nan, np.inf], np.float32)
    told = [
        StepsLogged(1, {"loss": values, "accuracy": odd}, values, 12.5, float("inf")),
        EpochEnded(1, 5, {"loss": float("nan")}, {'a "quoted" name': 0.5}),
        SettingChanged(5, "augment", True, False),
    ]
    for event in told:
        run.record(event)
    run.release()
    lines = [json.loads(line) for line in (run.folder / "events.jsonl").read_text("utf-8").splitlines()]
    for line, event in zip(lines, told, strict=True):
        assert line.pop("time") > 0
        assert line == {"event": type(event).__name__, **plain(asdict(event))}
    assert np.array_equal(np.array(lines[0]["metrics"]["loss"], np.float32), values), "to the last bit"
