"""Fills the page of runs from the run store, off the GUI thread, and does what is asked of it there."""

from __future__ import annotations

import shlex
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from core.errors import UserError
from core.history import RunBin, RunCurves, RunLine, RunNotes, read_curves, write_notes
from core.run_index import RunIndex
from core.runs import Run, RunStore
from core.worker import Background
from gui.history.columns import haystack
from gui.history.overlay import MOST_RUNS
from gui.history.page import HistoryPage
from gui.session import Session

Listed = tuple[list[RunLine], list[str]]
CHOICES = {"network": "", "data": "--data", "optimizer": "--optimizer", "schedule": "--schedule", "preset": "--preset"}


class History(QObject):
    """Refreshes when the page is opened and when a run begins or ends; a hidden page costs nothing."""

    failed = Signal(str)
    """A sentence about what could not be done."""

    def __init__(self, session: Session, page: HistoryPage) -> None:
        super().__init__(page)
        self.page = page
        self._background = Background(self)  # its own: reading many runs must not keep "Try it" waiting
        self._store: RunStore = session.store
        self._curves: dict[str, tuple[int, RunCurves]] = {}
        self._deleted: list[str] = []
        self._wanted: tuple[str, ...] = ()
        page.shown.connect(self.refresh)
        page.selected.connect(self._draw)
        page.notes.written.connect(self._write)
        page.delete_asked.connect(self.delete)
        page.undo_asked.connect(self.undo)
        page.pin_asked.connect(lambda lines: self._mark(lines, "pinned"))
        page.hide_asked.connect(lambda lines: self._mark(lines, "hidden"))
        page.copy_asked.connect(lambda line: QGuiApplication.clipboard().setText(command_of(line)))
        page.folder_asked.connect(self._open_folder)
        session.started.connect(self._on_news)
        session.ended.connect(self._on_news)

    def refresh(self) -> None:
        """Read what runs there are."""
        store = self._store

        def read() -> Listed:
            lines = RunIndex(store).runs()
            return lines, [haystack(line) for line in lines]

        self._background.submit(read, lambda found: self.page.show_lines(*found), self._fail)

    def close(self) -> None:
        """Write down what is being written, and wait for it."""
        self.page.notes.save()
        self._background.close()

    def delete(self, lines: list[RunLine]) -> None:
        """Move runs into the bin; what was there before is gone for good."""
        runs = [Run(self._store.folder / line.id) for line in lines]

        def throw_away() -> list[str]:
            waste = RunBin(self._store)
            waste.empty()
            gone = []
            for run in runs:
                waste.throw_away(run)
                gone.append(run.id)
            return gone

        self._background.submit(throw_away, self._on_deleted, self._fail)

    def undo(self) -> None:
        """Bring back what was deleted last."""
        ids, self._deleted = self._deleted, []
        self.page.offer_undo("")

        def put_back() -> None:
            for id in ids:
                RunBin(self._store).put_back(id)

        self._background.submit(put_back, lambda _nothing: self.refresh(), self._fail)

    def _on_deleted(self, ids: list[str]) -> None:
        self._deleted = ids
        count = "1 run" if len(ids) == 1 else f"{len(ids)} runs"
        self.page.offer_undo(f"{count} deleted." if ids else "")
        self.refresh()

    def _mark(self, lines: list[RunLine], what: str) -> None:
        on = not all(getattr(line.notes, what) for line in lines)
        for line in lines:
            self._write(line.id, line.notes.model_copy(update={what: on}))

    def _write(self, id: str, notes: RunNotes) -> None:
        run = Run(self._store.folder / id)
        self._background.submit(lambda: write_notes(run, notes), lambda _nothing: self.refresh(), self._fail)

    def _draw(self, lines: list[RunLine]) -> None:
        chosen = {line.id: line.title for line in lines[:MOST_RUNS]}
        self._wanted = tuple(chosen)
        if self.page.isVisible():
            self._background.submit(
                lambda: {id: (title, self._curves_of(id)) for id, title in chosen.items()}, self._on_curves, self._fail
            )

    def _on_curves(self, found: dict[str, tuple[str, RunCurves]]) -> None:
        if tuple(found) == self._wanted:  # else another choice was made meanwhile, and its curves come
            self.page.show_curves({id: (short_title(title), curves) for id, (title, curves) in found.items()})

    def _curves_of(self, id: str) -> RunCurves:
        """On the background thread: read once, and again when the record has grown."""
        run = Run(self._store.folder / id)
        size = _size(run.folder / "events.jsonl")
        if id not in self._curves or self._curves[id][0] != size:
            if len(self._curves) > 2 * MOST_RUNS:
                self._curves.clear()
            self._curves[id] = size, read_curves(run)
        return self._curves[id][1]

    def _open_folder(self, line: RunLine) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._store.folder / line.id)))

    def _on_news(self) -> None:
        if self.page.isVisible():
            self.refresh()

    def _fail(self, error: Exception) -> None:
        words = str(error) if isinstance(error, UserError) else f"The runs could not be read or changed: {error}"
        self.failed.emit(words)
        self.refresh() if isinstance(error, UserError) else None


def command_of(line: RunLine) -> str:
    """The command line that trains such a run again."""
    parts = ["python", "main.py", "train", line.network]
    for name, option in CHOICES.items():
        if option and line.settings.get(name):
            parts += [option, str(line.settings[name])]
    rest = {name: value for name, value in line.settings.items() if name not in CHOICES}
    for name, value in rest.items():
        parts += ["--set", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
    return shlex.join(parts)


def short_title(title: str) -> str:
    """A title for a legend: of an id all but the date; names that people gave stay."""
    date, _, rest = title.partition("-")
    return rest.partition("-")[2] if date.isdigit() and len(date) == 8 else title


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
