"""A sweep in the window: it is driven from a thread of its own, and each trial is trained by the session."""

from __future__ import annotations

from queue import Queue
from typing import Any

from PySide6.QtCore import QThread, Signal

from core.control import Control
from core.errors import UserError
from core.events import Event, RunEnded
from core.history import RunNotes, write_notes
from core.registry import Registry
from core.run_config import RunConfig
from core.runs import RunStore
from core.sweep import Sweep, Trial
from gui.queue.entries import Entry

PATIENCE_S = 0.1
"""How long the thread listens for events before it looks whether it shall stop."""


class SweepThread(QThread):
    """Asks for one run after the other by :attr:`wanted`; :meth:`hear` brings what happens to it."""

    wanted = Signal(object)
    """The :class:`RunConfig` of the next trial."""
    stop_wanted = Signal()
    """The trial that goes on is not worth it, or the sweep shall end."""
    told = Signal(object, int)
    """A :class:`Trial` that is over, and how many are."""
    failed = Signal(str)

    def __init__(self, registry: Registry, entry: Entry, store: RunStore, study: str, storage: Any) -> None:
        super().__init__()
        self.setObjectName("sweep")
        self.trials: list[Trial] = []
        self._events: Queue[Event] = Queue()
        self._store, self._study = store, study
        self._sweep = Sweep(
            *(registry, entry.config, entry.space, self._train),
            settings=entry.settings,
            study=study,
            storage=storage,
        )

    def hear(self, event: Event) -> None:
        """What happens to the run that goes on (any thread)."""
        self._events.put(event)

    def stop(self) -> None:
        """End the sweep; the trial that goes on is stopped and kept."""
        self._sweep.control.stop()

    @property
    def best(self) -> Trial | None:
        """The best trial so far."""
        sign = 1 if self._sweep.best == "minimize" else -1
        finished = [trial for trial in self.trials if trial.state == "finished" and trial.value is not None]
        return min(finished, key=lambda trial: sign * (trial.value or 0.0), default=None)

    def run(self) -> None:
        """On the sweep's own thread."""
        try:
            self._sweep.run(self._tell)
        except UserError as error:
            self.failed.emit(str(error))
        except Exception as error:  # border: worker
            self.failed.emit(f"The sweep failed: {type(error).__name__}: {error}")

    def _tell(self, trial: Trial) -> None:
        self.trials.append(trial)
        self.told.emit(trial, len(self.trials))

    def _train(self, config: RunConfig, control: Control, emit: Any) -> RunEnded:
        """Have the session train it, and wait for its end."""
        import queue

        while not self._events.empty():
            self._events.get_nowait()
        self.wanted.emit(config)
        asked_to_stop = False
        while True:
            try:
                event = self._events.get(timeout=PATIENCE_S)
            except queue.Empty:
                event = None
            if isinstance(event, RunEnded):
                self._tag(event.run)
                return event
            if event is not None:
                emit(event)
            if (control.stopping or self._sweep.control.stopping) and not asked_to_stop:
                asked_to_stop = True
                self.stop_wanted.emit()

    def _tag(self, run: str) -> None:
        if not run:
            return
        try:
            write_notes(self._store.find(run), RunNotes(tags=(f"sweep {self._study}"[:60],)))
        except (OSError, UserError):  # the disk is full or the folder gone: the run was told of that already
            return
