"""Brings what is typed in "Try it" to the network, and its answers back, off the GUI thread."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QObject, Signal

from core.errors import UserError
from core.worker import Background
from gui.session import Session
from gui.try_it.typing_panel import TypingPanel

if TYPE_CHECKING:
    from core.trainer import Trainer
    from core.typed_answer import TypedAnswer
    from core.typed_answers import LiveTextClassifier, TextClassifier

Source: TypeAlias = "tuple[str, Trainer | None]"
"""Who answers: a kept run's id, or (where that is empty) a trainer."""

NOT_READY = "Press Start first: there is no trained network yet."
NO_READER = "This run trains no network that reads names: pick one that does and press Start."
PREPARING = "A run is being prepared: choose the kept run again once it has begun."
REFRESH_S = 0.25
"""How long weights are used before newer ones are asked for while the training goes on."""


class TypingAnswers(QObject):
    """Answers each text as it is typed, on a thread of its own; of those that wait only the newest is kept.

    During a training a key never waits for a step: it is answered with the weights at hand, and newer ones are fetched
    beside it.
    """

    answered = Signal(object)
    """The :class:`~core.typed_answer.TypedAnswer` that the panel shows now."""
    failed = Signal(str)
    _came = Signal()

    def __init__(self, session: Session, panel: TypingPanel) -> None:
        super().__init__(panel)
        self._session, self._panel = session, panel
        self._background = Background(self)
        self._text = ""
        self._busy = self._asked_again = self._fetching = self._closed = False
        self._live: LiveTextClassifier | None = None
        self._kept = ""
        self._classifier: tuple[str, TextClassifier] | None = None
        self._fetched_at = 0.0
        panel.text_changed.connect(self.give)
        panel.set_ready(False, NOT_READY)
        session.started.connect(self._on_started)
        session.ended.connect(lambda _event: self.refresh(force=True))
        self._came.connect(self._on_came)

    def give(self, text: str) -> None:
        """A text to be answered now and, while the training goes on, again and again; nothing: no answer."""
        self._text = text if text.strip() else ""
        if not self._text:
            self._asked_again = False
            self._panel.show_nothing()
        elif not self._can_answer():
            self._panel.show_problem(NOT_READY if self._session.trainer is None else NO_READER)
        else:
            self._ask()

    def use_run(self, run: str) -> None:
        """Let the weights that a kept run has answer, until the next run begins."""
        if self._session.state == "preparing":
            self._panel.show_problem(PREPARING)
            return
        self._kept = run
        self._panel.set_ready(True, "")
        if self._text:
            self._ask()

    def refresh(self, *, force: bool = False) -> None:
        """Fetch newer weights if they have moved since, somebody is looking, and it is time."""
        live, resting = self._live, time.perf_counter() - self._fetched_at < REFRESH_S
        if live is None or live.trainer is not self._session.trainer or self._kept or not self._text:
            return
        if self._fetching or not live.moved or not (force or (not resting and self._panel.isVisible())):
            return
        self._fetching = True
        self._background.submit(lambda: self._fetch(live), lambda _nothing: None, lambda _error: self._on_came())

    def close(self) -> None:
        """Wait for what is being answered."""
        self._closed = True
        self._background.close()

    def _fetch(self, live: LiveTextClassifier) -> None:
        """On the background thread, which does not wait for the weights."""
        live.ask().add_done_callback(self._tell_came)

    def _tell_came(self, _coming: Future[Any]) -> None:
        """On the training thread, or wherever the weights were fetched: a signal crosses over by itself."""
        if not self._closed:
            self._came.emit()

    def _on_came(self) -> None:
        self._fetching = False
        self._fetched_at = time.perf_counter()
        if self._text and not self._kept:
            self._ask()

    def _on_started(self) -> None:
        self._kept, self._classifier, self._live, self._fetching = "", None, None, False
        ready = self._can_answer()
        self._panel.set_ready(ready, "" if ready else NO_READER)
        if self._text and ready:
            self._ask()

    def _text_trainer(self) -> Trainer | None:
        trainer = self._session.trainer
        return trainer if trainer is not None and trainer.job.task.try_it == "text classification" else None

    def _can_answer(self) -> bool:
        return bool(self._kept) or self._text_trainer() is not None

    def _ask(self) -> None:
        if self._busy:
            self._asked_again = True
            return
        self._busy = True
        text, source = self._text, (self._kept, self._text_trainer())
        self._background.submit(
            lambda: self._answer(text, *source),
            lambda answer: self._show(answer, source),
            lambda error: self._fail(error, source),
        )

    def _answer(self, text: str, kept: str, trainer: Trainer | None) -> TypedAnswer:
        """On the background thread."""
        from core.typed_answers import LiveTextClassifier

        if kept:
            return self._kept_classifier(kept).answer(text)
        assert trainer is not None  # nothing is asked before there is something to ask
        live = self._live
        if live is None or live.trainer is not trainer:
            live = self._live = LiveTextClassifier(trainer)
        return live.answer(text)

    def _kept_classifier(self, run: str) -> TextClassifier:
        from core.generation import made_at_rest
        from core.typed_answers import TextClassifier

        if self._classifier is None or self._classifier[0] != run:
            session, trainer = self._session, self._session.trainer

            def made() -> TextClassifier:
                return TextClassifier.of_run(session.store.find(run), session.registry)

            resting = not session.active or trainer is None
            self._classifier = (run, made() if resting or trainer is None else made_at_rest(trainer, made))
        return self._classifier[1]

    def _show(self, answer: TypedAnswer, source: Source) -> None:
        """Also where another text waits: who types faster than the network answers shall see that it does."""
        if self._text and source == (self._kept, self._text_trainer()):
            self._panel.show_answer(answer)
            self.answered.emit(answer)
        self._done()

    def _fail(self, error: Exception, source: Source) -> None:
        words = str(error) if isinstance(error, UserError) else f"This text could not be answered: {error}"
        if self._text and not self._asked_again and source == (self._kept, self._text_trainer()):
            self._panel.show_problem(words)
            self.failed.emit(words)
        self._done()

    def _done(self) -> None:
        self._busy = False
        if self._asked_again:
            self._asked_again = False
            self._ask()
