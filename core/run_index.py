"""The SQLite index of runs: derived from the folders, rebuilt from them whenever it is missing or broken."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.history.lines import RunLine, line_of
from core.history.notes import RunNotes
from core.runs import RUN_ID, SETTLED, Run, RunNotFound, RunStore

SCHEMA = "CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, created REAL, stamp INTEGER, line TEXT)"
UNSETTLED = -1
"""The stamp of a run that has not ended: it is looked at again each time."""


class RunIndex:
    """Answers what runs there are without opening each folder."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.path = store.folder / "index.sqlite"

    def runs(self) -> list[RunLine]:
        """All runs, newest first. Those not yet ended, and those in whose folder a file came or went, are read anew."""
        if not self.store.folder.is_dir():
            return []
        for _ in range(2):
            try:
                return self._refreshed()
            except (sqlite3.Error, KeyError, TypeError, ValueError):  # broken, or written by another version
                self._remove()
        return self._unindexed()

    def _remove(self) -> None:
        for path in (self.path, self.path.with_name(f"{self.path.name}-journal")):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _unindexed(self) -> list[RunLine]:
        """Where no index can be had, as on a disk that is full or only to be read from: slower, and as good."""
        found = [line for folder in self.store.folders() if (line := _line(folder))]
        return sorted(found, key=lambda line: (line.created, line.id), reverse=True)

    def _refreshed(self) -> list[RunLine]:
        stamps = self._stamps()
        with closing(sqlite3.connect(self.path, timeout=10)) as database, database:
            database.execute(SCHEMA)
            known: dict[str, int] = dict(database.execute("SELECT id, stamp FROM runs"))
            database.executemany("DELETE FROM runs WHERE id = ?", [(id,) for id in known.keys() - stamps.keys()])
            for id, stamp in stamps.items():
                if known.get(id, UNSETTLED) != stamp:
                    self._update(database, self.store.folder / id, stamp)
            lines = database.execute("SELECT line FROM runs ORDER BY created DESC, id DESC").fetchall()
        # One document instead of ten thousand: a third of the time.
        return [_from_json(line) for line in json.loads(f"[{','.join(line for (line,) in lines)}]")]

    def _stamps(self) -> dict[str, int]:
        """When a file last came into or went from each run's folder, in ns."""
        with os.scandir(self.store.folder) as entries:
            return {e.name: e.stat().st_mtime_ns for e in entries if RUN_ID.fullmatch(e.name) and e.is_dir()}

    def _update(self, database: sqlite3.Connection, folder: Path, stamp: int) -> None:
        line = _line(folder)
        if line is None:
            return
        kept = stamp if line.state in SETTLED else UNSETTLED
        text = json.dumps({**asdict(line), "notes": line.notes.model_dump()})
        database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", (line.id, line.created, kept, text))


def _from_json(saved: Any) -> RunLine:
    return RunLine(
        **{**saved, "notes": RunNotes.model_construct(**{**saved["notes"], "tags": tuple(saved["notes"]["tags"])})}
    )


def _line(folder: Path) -> RunLine | None:
    """A folder that holds no readable run is passed over; it is not ours to delete."""
    try:
        return line_of(Run(folder))
    except RunNotFound:
        return None
