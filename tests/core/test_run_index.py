"""The index is derived: whatever becomes of it, the list of runs is that of the folders."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.events import RunEnded
from core.run_index import RunIndex
from core.runs import Run, RunStore
from tests.core.test_runs import SUMMARY, begun, finished


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def ids(store: RunStore) -> list[str]:
    return [summary.id for summary in RunIndex(store).runs()]


def test_an_empty_store_has_no_runs_and_no_index(store: RunStore) -> None:
    assert RunIndex(store).runs() == []
    assert not store.folder.exists()


def test_runs_are_listed_newest_first(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    made = []
    for created in (500.0, 900.0, 700.0):
        monkeypatch.setattr(time, "time", lambda created=created: created)
        made.append(finished(store).id)
    monkeypatch.undo()
    assert ids(store) == [made[1], made[2], made[0]]


def test_runs_that_were_removed_disappear_and_new_ones_appear(store: RunStore) -> None:
    first, second = finished(store), finished(store)
    assert set(ids(store)) == {first.id, second.id}
    shutil.rmtree(first.folder)
    third = finished(store)
    assert set(ids(store)) == {second.id, third.id}


def test_a_run_that_was_running_is_looked_at_again(store: RunStore) -> None:
    run = begun(store)
    assert RunIndex(store).runs()[0].state == "running"
    run.end(RunEnded(run.id, "finished", 21, SUMMARY))
    (listed,) = RunIndex(store).runs()
    assert (listed.state, listed.summary["test_accuracy"]) == ("finished", 0.5)


def test_runs_that_have_ended_are_not_opened_again(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [finished(store) for _ in range(3)]
    before = RunIndex(store).runs()
    monkeypatch.setattr(Run, "summary", lambda run: pytest.fail(f"{run.id} was opened"))
    assert RunIndex(store).runs() == before
    assert len(before) == len(runs)


def garbage(path: Path) -> None:
    path.write_bytes(os.urandom(5000))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[200:] = b"\xff" * (len(content) - 200)
    path.write_bytes(content)


def other_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE runs")
        database.execute("CREATE TABLE runs (name TEXT)")


def other_lines(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE runs SET line = '{\"colour\": 3}'")


def no_lines(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE runs SET line = 'x' || line")


def nulls(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE runs SET line = NULL")


def missing(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    "damage", [garbage, empty, cut_short, overwritten, other_tables, other_lines, no_lines, nulls, missing]
)
def test_a_damaged_index_is_made_anew(store: RunStore, damage: Any) -> None:
    runs = [finished(store) for _ in range(3)]
    index = RunIndex(store)
    before = index.runs()
    damage(index.path)
    assert index.runs() == before
    assert {summary.id for summary in before} == {run.id for run in runs}
    with closing(sqlite3.connect(index.path)) as database:
        assert database.execute("SELECT count(*) FROM runs WHERE stamp > 0").fetchone() == (3,)


def test_where_no_index_can_be_had_the_folders_are_read(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [finished(store) for _ in range(3)]
    before = RunIndex(store).runs()
    RunIndex(store).path.unlink()
    RunIndex(store).path.mkdir()
    assert RunIndex(store).runs() == before

    def refuse(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(sqlite3, "connect", refuse)
    assert RunIndex(store).runs() == before
    assert len(before) == len(runs)


def test_several_processes_may_list_and_end_runs_at_the_same_time(store: RunStore) -> None:
    code = f"""
        from pathlib import Path
        from core.runs import RunStore
        from core.run_index import RunIndex
        from tests.core.test_runs import finished
        store = RunStore(Path({str(store.folder)!r}))
        for _ in range(15):
            mine = finished(store)
            assert mine.id in [summary.id for summary in RunIndex(store).runs()]
        """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    others = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [other.communicate(timeout=60)[1] for other in others]
    assert [other.returncode for other in others] == [0, 0, 0], answers
    assert len(ids(store)) == 45
