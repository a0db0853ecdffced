"""The SQLite index of runs: derived from the folders, rebuilt from them whenever it is missing or broken."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path

from core.runs import SETTLED, Run, RunNotFound, RunStore, RunSummary

SCHEMA = "CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, created REAL, settled INTEGER, line TEXT)"


class RunIndex:
    """Answers what runs there are without opening each folder."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.path = store.folder / "index.sqlite"

    def runs(self) -> list[RunSummary]:
        """All runs, newest first. Runs not yet ended are looked at again each time."""
        if not self.store.folder.is_dir():
            return []
        for _ in range(2):
            try:
                return self._refreshed()
            except (sqlite3.Error, TypeError, ValueError):  # broken, or written by another version
                self._remove()
        return self._unindexed()

    def _remove(self) -> None:
        for path in (self.path, self.path.with_name(f"{self.path.name}-journal")):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _unindexed(self) -> list[RunSummary]:
        """Where no index can be had, as on a disk that is full or only to be read from: slower, and as good."""
        found = [summary for folder in self.store.folders() if (summary := _summary(folder))]
        return sorted(found, key=lambda summary: (summary.created, summary.id), reverse=True)

    def _refreshed(self) -> list[RunSummary]:
        folders = {path.name: path for path in self.store.folders()}
        with closing(sqlite3.connect(self.path, timeout=10)) as database, database:
            database.execute(SCHEMA)
            settled = {row[0] for row in database.execute("SELECT id FROM runs WHERE settled")}
            known = {row[0] for row in database.execute("SELECT id FROM runs")}
            database.executemany("DELETE FROM runs WHERE id = ?", [(id,) for id in known - folders.keys()])
            for id in folders.keys() - settled:
                self._update(database, folders[id])
            lines = database.execute("SELECT line FROM runs ORDER BY created DESC, id DESC").fetchall()
        return [RunSummary(**json.loads(line)) for (line,) in lines]

    def _update(self, database: sqlite3.Connection, folder: Path) -> None:
        summary = _summary(folder)
        if summary is None:
            return
        row = (summary.id, summary.created, summary.state in SETTLED, json.dumps(asdict(summary)))
        database.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", row)


def _summary(folder: Path) -> RunSummary | None:
    """A folder that holds no readable run is passed over; it is not ours to delete."""
    try:
        return Run(folder).summary()
    except RunNotFound:
        return None
