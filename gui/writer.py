"""Brings what the text panel asks for to the network, and the characters back, off the GUI thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.data import Cancelled
from core.errors import UserError
from core.worker import Background
from core.writing import Order, Outlook, Page, Samplings
from gui.session import Session
from gui.try_it.text_panel import TextPanel

if TYPE_CHECKING:
    from core.desk import Desk, Source
    from core.generation import LiveTextModel
    from core.trainer import Trainer

NOT_READY = "Press Start first: there is no trained network yet."
NO_WRITER = "The network that was trained writes no text: choose one that does, and press Start."
PREPARING = "A run is being prepared: choose again once it has begun."
DRAIN_MS = 33
REFRESH_S = 0.5
"""How long the bars after the seed stand before they are worked out anew while the training goes on."""
SLOW_ENOUGH_S = 0.2
"""A text that takes less says nothing about how fast it was written."""
SHARE = 0.1
"""Of the time, what working them out may take."""


class Writer(QObject):
    """One text at a time, on a thread of its own: a long one keeps nobody else waiting.

    What is written piles up in a buffer that a timer empties some thirty times a second, however fast it comes.
    """

    finished = Signal()
    """A text is complete, or was stopped; all of it is in the panel."""
    failed = Signal(str)

    def __init__(self, session: Session, panel: TextPanel) -> None:
        super().__init__(panel)
        self._session, self._panel = session, panel
        self._background = Background(self)
        self._pages: deque[Page] = deque()
        self._timer = QTimer(self, interval=DRAIN_MS)
        self._timer.timeout.connect(self._drain)
        self._stop = Event()
        self._samplings = panel.stage.samplings()
        self._chosen: Callable[[], Source] | None = None
        self._desks: tuple[object, Desk] | None = None
        self._live: LiveTextModel | None = None
        self._writing = self._looking = self._look_again = False
        self._looked_at = self._look_took = 0.0
        self._began: float | None = None  # of a text that runs by itself
        panel.seed_changed.connect(lambda _seed: self.look())
        panel.write_asked.connect(self.write)
        panel.step_asked.connect(self.step)
        panel.stop_asked.connect(self.stop)
        panel.samplings_changed.connect(self._on_samplings)
        panel.set_ready(False, NOT_READY)
        session.started.connect(self._on_started)
        session.ended.connect(lambda _event: self.refresh(force=True))

    @property
    def writing(self) -> bool:
        """Whether a text is being written."""
        return self._writing

    def use_run(self, name: str) -> None:
        """Write with the weights of a kept run (its id, or "last") until the next Start."""
        session = self._session

        def kept() -> Source:
            from core.desk import KeptModel
            from core.generation import TextModel

            return KeptModel(TextModel.of_run(session.store.find(name), session.registry))

        self.use(kept)

    def use(self, make_source: Callable[[], Source]) -> None:
        """Write with that model until the next Start.

        ``make_source`` is called on the background thread, or on that of a run between two of its steps.
        """
        if self._session.state == "preparing":
            self._panel.show_problem(PREPARING)
            return
        self._chosen = make_source
        self._panel.set_ready(True, "")
        self.look()

    def write(self, order: Order) -> None:
        """A new text with the newest weights."""
        stop = self._begin()
        publish, samplings = self._pages.append, lambda: self._samplings
        if stop is not None:
            self._submit(lambda desk: desk.write(order, samplings, publish, stop))

    def step(self, order: Order, picked: int | None = None) -> None:
        """One character more."""
        stop = self._begin()
        publish, samplings = self._pages.append, self._samplings
        if stop is not None:
            self._began = None
            self._submit(lambda desk: desk.step(order, samplings, publish, stop, picked))

    def stop(self) -> None:
        """What is being written ends at once."""
        self._stop.set()

    def look(self) -> None:
        """Work out what would come after the seed; while that goes on, only the newest seed waits."""
        if not self._can_write() or self._writing:
            return
        if self._looking:
            self._look_again = True
            self._stop.set()  # the answer about an older seed is of no use
            return
        self._looking, self._stop = True, Event()
        seed, stop, self._looked_at = self._panel.controls.seed.seed(), self._stop, time.perf_counter()
        self._background.submit(lambda: self._at_desk().look(seed, stop), self._on_look, self._on_look_failed)

    def refresh(self, *, force: bool = False) -> None:
        """Look again if the weights have moved since, somebody is looking, and nothing is written yet."""
        live, panel = self._live, self._panel
        rested = time.perf_counter() - self._looked_at > max(REFRESH_S, self._look_took / SHARE)
        waiting = not self._looking and panel.stage.is_empty() and panel.isVisible()
        if waiting and (force or rested) and live is not None and live.moved:
            self.look()

    def close(self) -> None:
        """Stop and wait for the thread."""
        self._stop.set()
        self._timer.stop()
        self._background.close()

    def _on_started(self) -> None:
        self._chosen = None
        ready = self._can_write()
        self._panel.set_ready(ready, "" if ready else NO_WRITER)
        if self._panel.stage.is_empty():
            self.look()

    def _text_trainer(self) -> Trainer | None:
        trainer = self._session.trainer
        return trainer if trainer is not None and trainer.job.task.try_it == "text generation" else None

    def _can_write(self) -> bool:
        return self._chosen is not None or self._text_trainer() is not None

    def _at_desk(self) -> Desk:
        """The desk of what was chosen, or of the trainer; on the background thread, as these imports may load torch."""
        from core.desk import Desk
        from core.generation import LiveTextModel

        chosen, trainer = self._chosen, self._text_trainer()
        of = chosen or trainer
        if self._desks is None or self._desks[0] is not of:
            live = None if chosen or trainer is None else LiveTextModel(trainer)
            source = live or (chosen and self._made(chosen))
            assert source is not None  # nothing is asked for before there is something to ask
            self._live, self._desks = live, (of, Desk(source))
        return self._desks[1]

    def _made(self, chosen: Callable[[], Source]) -> Source:
        from core.generation import made_at_rest

        trainer = self._session.trainer
        return made_at_rest(trainer, chosen) if self._session.active and trainer is not None else chosen()

    def _begin(self) -> Event | None:
        """The event that stops what is asked for now; None where nothing can be."""
        if self._writing:
            return None
        if not self._can_write():
            self._panel.show_problem(NOT_READY)
            return None
        self._stop.set()  # a look at a long seed is given up for this
        self._stop, self._writing, self._began = Event(), True, time.perf_counter()
        self._panel.set_writing(True)
        self._timer.start()
        return self._stop

    def _submit(self, work: Callable[[Desk], None]) -> None:
        self._background.submit(lambda: work(self._at_desk()), self._on_written, self._on_failed)

    def _drain(self) -> None:
        pages = [self._pages.popleft() for _ in range(len(self._pages))]
        if pages:
            self._panel.show_pages(pages)
            self._say(pages[-1].outlook)

    def _say(self, outlook: Outlook) -> None:
        columns = len(self._samplings)
        words = f"{outlook.model} · {f'{columns} × ' if columns > 1 else ''}{outlook.written:,} characters"
        seconds = time.perf_counter() - self._began if self._began else 0.0
        if seconds > SLOW_ENOUGH_S:
            words += f" · {columns * outlook.written / seconds:,.0f}/s"
        self._panel.show_status(words)

    def _on_samplings(self, samplings: Samplings) -> None:
        self._samplings = samplings

    def _on_written(self, _nothing: None) -> None:
        self._timer.stop()
        self._drain()
        self._writing = False
        self._panel.set_writing(False)
        self.finished.emit()

    def _on_failed(self, error: Exception) -> None:
        self._on_written(None)
        self._tell(error)

    def _on_look(self, outlook: Outlook) -> None:
        self._look_took = time.perf_counter() - self._looked_at
        if not self._writing and not self._look_again:
            self._panel.show_outlook(outlook)
            self._panel.show_status(outlook.model)
        self._after_look()

    def _on_look_failed(self, error: Exception) -> None:
        self._tell(error)
        self._after_look()

    def _after_look(self) -> None:
        self._looking = False
        if self._look_again:
            self._look_again = False
            self.look()

    def _tell(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        words = str(error) if isinstance(error, UserError) else f"Nothing could be written: {error}"
        self._panel.show_problem(words)
        self.failed.emit(words)
