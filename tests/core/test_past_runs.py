"""Earlier runs, as views see them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core import past_runs
from core.control import Control
from core.launch import Launch
from core.past_runs import PastRuns
from core.runs import RunStore
from tests.core.tiny import NOWHERE, config, no_progress, registry


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def train(store: RunStore, **overrides: object) -> str:
    found = registry()
    ended = Launch(found, config(found, **overrides), NOWHERE, store, Control(), lambda event: None, no_progress).run()
    assert ended.state == "finished", ended.details
    return ended.run


def test_a_finished_run_is_told_with_what_was_asked_and_what_came_out(store: RunStore) -> None:
    name = train(store, epochs=1, seed=7)
    (run,) = PastRuns(store.folder).on("dots")
    assert (run.id, run.config.network, run.config.seed) == (name, "tiny", 7)
    assert 0 <= run.results["test_accuracy"] <= 1


def test_runs_on_other_data_and_runs_that_did_not_finish_are_left_out(store: RunStore) -> None:
    name = train(store, epochs=1)
    past = PastRuns(store.folder)
    assert past.on("dot") == []
    result = store.folder / name / "result.json"
    result.write_text(json.dumps({**json.loads(result.read_text()), "state": "failed"}))
    assert PastRuns(store.folder).on("dots") == []
    result.unlink()
    assert PastRuns(store.folder).on("dots") == []


def test_a_run_that_finishes_later_is_found_then(store: RunStore) -> None:
    past = PastRuns(store.folder)
    assert past.on("dots") == []
    name = train(store, epochs=1)
    result = store.folder / name / "result.json"
    kept = result.read_text()
    result.unlink()
    assert past.on("dots") == []
    result.write_text(kept)
    assert [run.id for run in past.on("dots")] == [name]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"config": 3}', '{"config": {"network": 7}}', '{"config": {}}'])
def test_a_damaged_run_is_passed_over(store: RunStore, content: str) -> None:
    name = train(store, epochs=1)
    (store.folder / name / "run.json").write_text(content)
    assert PastRuns(store.folder).on("dots") == []


def test_each_folder_is_read_once_and_only_the_newest_are(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    older, newer = train(store, epochs=1), train(store, epochs=1)
    renamed = store.folder / newer.replace(newer[:15], "29991231-235959")
    (store.folder / newer).rename(renamed)
    past = PastRuns(store.folder)
    assert [run.id for run in past.on("dots")] == [renamed.name, older]
    (store.folder / older / "run.json").unlink()
    assert len(past.on("dots")) == 2, "what was read is kept"
    monkeypatch.setattr(past_runs, "MOST_RUNS", 1)
    assert [run.id for run in past.on("dots")] == [renamed.name]


def test_without_a_store_there_are_none() -> None:
    assert list(PastRuns(None).on("dots")) == []
