"""Runs and sweeps one after the other. One that fails does not stop the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import UserError
from core.events import EpochEnded, Event, RunEnded
from core.home import home
from core.run_config import RunConfig
from core.sweep import Trial
from gui.queue.entries import Entry, outcome_words
from gui.queue.sweep_thread import SweepThread
from gui.session import Session

WAITS = "The queue begins as soon as the cell in the console is done: press Interrupt there to begin now."


class RunQueue(QObject):
    """Begins the next entry whenever it is running, the session is idle, and ``may_begin`` says so.

    Whoever says that nothing may begin calls :meth:`go_on` once it may.
    """

    changed = Signal()
    """The list or the state of an entry."""
    train = Signal(object)
    """A :class:`RunConfig` that is to be trained now."""
    told = Signal(str)
    """A sentence for the status bar."""

    def __init__(
        self, session: Session, parent: QObject | None = None, may_begin: Callable[[], bool] = lambda: True
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.entries: list[Entry] = []
        self.running = False
        self._may_begin = may_begin
        self._current: Entry | None = None
        self._wanted: RunConfig | None = None
        self._sweep: SweepThread | None = None
        self._removed: list[tuple[int, Entry]] = []
        session.ended.connect(self._on_ended)
        session.events.connect(self._on_events)

    @property
    def training(self) -> bool:
        """Whether an entry has begun and not ended; between two trials of a sweep, too."""
        return self._current is not None

    @property
    def waiting(self) -> list[Entry]:
        """The entries that have not begun, next first."""
        return [entry for entry in self.entries if entry.state == "waiting"]

    def add(self, entry: Entry) -> None:
        """Put an entry at the end."""
        self.entries.append(entry)
        self.changed.emit()
        self._next()

    def move(self, entry: Entry, by: int) -> None:
        """Up (-1) or down (+1) among those that wait."""
        waiting = self.waiting
        if entry not in waiting:
            return
        place = waiting.index(entry) + by
        if 0 <= place < len(waiting):
            here, there = self.entries.index(entry), self.entries.index(waiting[place])
            self.entries[here], self.entries[there] = self.entries[there], self.entries[here]
            self.changed.emit()

    def remove(self, entries: list[Entry]) -> None:
        """Take entries out; the one that is running stays."""
        gone = [(self.entries.index(entry), entry) for entry in entries if entry is not self._current]
        self._removed = gone or self._removed
        for _, entry in gone:
            self.entries.remove(entry)
        self.changed.emit()

    def undo(self) -> None:
        """Bring back what was removed last."""
        for index, entry in sorted(self._removed, key=lambda pair: pair[0]):
            self.entries.insert(index, entry)
        self._removed = []
        self.changed.emit()

    @property
    def can_undo(self) -> bool:
        """Whether something was removed that can be brought back."""
        return bool(self._removed)

    def start(self) -> None:
        """Train what waits."""
        self.running = True
        self.changed.emit()
        self._next()

    def go_on(self) -> None:
        """Begin what had to wait."""
        wanted = self._wanted
        if wanted is None:
            self._next()
        elif self._may_begin():
            self._wanted = None
            self.train.emit(wanted)
        else:
            self.told.emit(WAITS)

    def hold(self) -> None:
        """Begin nothing more; what is trained goes on to its end."""
        self.running = False
        self.changed.emit()

    def close(self) -> None:
        """End a sweep and wait for its thread; the session has ended its run before."""
        self.running = False
        if self._sweep:
            self._sweep.stop()
            self._sweep.hear(RunEnded("", "stopped", 0))
            self._sweep.wait()

    def _next(self) -> None:
        if not self.running or self._current is not None or self.session.active:
            return
        if not self.waiting:
            self.running = False
            self.changed.emit()
            self.told.emit("The queue is done.")
            return
        if not self._may_begin():
            self.told.emit(WAITS)
            return
        self._current = entry = self.waiting[0]
        entry.state, entry.words = "running", ""
        self.changed.emit()
        if entry.space:
            self._begin_sweep(entry)
        else:
            self.train.emit(entry.config)

    def _begin_sweep(self, entry: Entry) -> None:
        study = f"{entry.config.network}-{time.strftime('%Y%m%d-%H%M%S')}"
        storage: Path = home() / "sweeps.sqlite"
        try:
            sweep = SweepThread(self.session.registry, entry, self.session.store, study, storage)
        except UserError as error:
            self._finish("failed", str(error))
            return
        self._sweep = sweep
        sweep.wanted.connect(self._on_wanted)
        sweep.stop_wanted.connect(self._on_stop_wanted)
        sweep.told.connect(self._on_trial)
        sweep.failed.connect(self._on_sweep_failed)
        sweep.finished.connect(self._on_sweep_done)
        sweep.start()

    def _on_wanted(self, config: RunConfig) -> None:
        self._wanted = config
        self.go_on()

    def _on_stop_wanted(self) -> None:
        if self._wanted is None:
            self.session.stop()
        elif self._sweep:  # a trial that never began ends here
            self._wanted = None
            self._sweep.hear(RunEnded("", "stopped", 0))

    def _on_trial(self, trial: Trial, count: int) -> None:
        entry = self._current
        if entry is None or self._sweep is None:
            return
        best = self._sweep.best
        found = f", best {entry.settings.objective} {best.value:.4f}" if best and best.value is not None else ""
        entry.words = f"{count} of {entry.settings.trials} trials{found}"
        self.changed.emit()

    def _on_sweep_failed(self, reason: str) -> None:
        if self._current:
            self._current.words = reason
            self._current.state = "failed"

    def _on_sweep_done(self) -> None:
        sweep, self._sweep = self._sweep, None
        entry = self._current
        if sweep is None or entry is None:
            return
        sweep.wait()
        state = "failed" if entry.state == "failed" or not sweep.best else "finished"
        self._finish(state, entry.words)
        sweep.deleteLater()

    def _on_events(self, events: list[Event]) -> None:
        if self._sweep:
            for event in events:
                if isinstance(event, EpochEnded):
                    self._sweep.hear(event)

    def _on_ended(self, event: RunEnded) -> None:
        if self._sweep:
            self._sweep.hear(event)
        elif self._current:
            words = event.error or outcome_words(event.summary)
            self._finish(event.state, words)
        else:
            self._later()

    def _finish(self, state: str, words: str) -> None:
        if self._current:
            self._current.state = state if state in ("finished", "stopped") else "failed"  # type: ignore[assignment]
            self._current.words = words
        self._current = None
        self.changed.emit()
        self._later()

    def _later(self) -> None:
        """Once all who hear of the run's end have heard: the next one would change what they look at."""
        QTimer.singleShot(0, self, self._next)
