"""What people write beside a run, and runs that are thrown away."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.history import RunBin, RunNotes, read_notes, write_notes
from core.history.bin import RunInUse
from core.run_index import RunIndex
from core.runs import Run, RunStore
from tests.core.test_runs import begun, finished


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def test_notes_come_back_as_they_were_written_and_the_list_shows_them_at_once(store: RunStore) -> None:
    run, index = finished(store), RunIndex(store)
    assert index.runs()[0].notes == RunNotes()
    notes = RunNotes(name="第一 run", note="**good**", tags=("a", "b c"), pinned=True, hidden=True)
    write_notes(run, notes)
    assert read_notes(run) == notes
    assert index.runs()[0].notes == notes
    assert index.runs()[0].title == "第一 run"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": 3}', '{"tags": ["x", ""]}', '{"colour": 1}', '"text"'])
def test_damaged_notes_are_empty_notes(store: RunStore, content: str) -> None:
    run = finished(store)
    (run.folder / "notes.json").write_text(content, encoding="utf-8")
    assert read_notes(run) == RunNotes()
    assert RunIndex(store).runs()[0].notes == RunNotes()


def test_a_run_that_was_thrown_away_is_listed_no_more_until_it_is_put_back(store: RunStore) -> None:
    kept, gone = finished(store), finished(store)
    (gone.folder / "events.jsonl").write_text("{}", encoding="utf-8")
    index, waste = RunIndex(store), RunBin(store)
    waste.throw_away(gone)
    assert [line.id for line in index.runs()] == [kept.id]
    assert waste.runs() == [gone.id]
    back = waste.put_back(gone.id)
    assert (back.folder / "events.jsonl").read_text(encoding="utf-8") == "{}"
    assert {line.id for line in index.runs()} == {kept.id, gone.id}
    assert waste.runs() == []


def test_an_emptied_bin_gives_nothing_back(store: RunStore) -> None:
    run, waste = finished(store), RunBin(store)
    waste.throw_away(run)
    (waste.folder / "somebody's file").mkdir()
    waste.empty()
    assert waste.runs() == []
    assert (waste.folder / "somebody's file").exists()
    with pytest.raises(RunInUse, match="cannot be brought back"):
        waste.put_back(run.id)


def test_a_run_that_is_being_trained_is_not_thrown_away(store: RunStore) -> None:
    run = begun(store)
    with pytest.raises(RunInUse, match="is being trained: stop it first"):
        RunBin(store).throw_away(Run(run.folder))
    assert run.folder.is_dir()


def test_a_run_that_somebody_removed_cannot_be_thrown_away(store: RunStore) -> None:
    with pytest.raises(RunInUse, match="cannot be deleted"):
        RunBin(store).throw_away(Run(store.folder / "20260101-000000-tiny-dots-0000"))
