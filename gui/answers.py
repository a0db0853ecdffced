"""Brings the pictures given to "Try it" to the network, and its answers back, off the GUI thread."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal

from core.errors import UserError
from core.worker import Background
from gui.session import Session
from gui.try_it.image_panel import ImagePanel

if TYPE_CHECKING:
    from core.inference import Classifier, LiveClassifier
    from core.prediction import Prediction

Picture: TypeAlias = tuple[Path | bytes, str]

NOT_READY = "Press Start first: there is no trained network yet."
REFRESH_S = 0.5
"""How long an answer stands before it is asked for anew while the training goes on."""


class Answers(QObject):
    """Keeps the newest picture; while one is being answered, only the newest of the others waits."""

    answered = Signal(object)
    failed = Signal(str)

    def __init__(self, session: Session, panel: ImagePanel, background: Background) -> None:
        super().__init__(panel)
        self._session, self._panel, self._background = session, panel, background
        self._picture: Picture | None = None
        self._asked_again = self._busy = False
        self._live: LiveClassifier | None = None
        self._kept = ""
        self._classifier: Classifier | None = None
        self._answered_at = (-1, 0.0)
        panel.picture_given.connect(self.give)
        panel.picture_withdrawn.connect(self.withdraw)
        panel.set_ready(False, NOT_READY)
        session.started.connect(self._on_started)
        session.ended.connect(lambda _event: self.refresh(force=True))

    def give(self, source: Path | bytes, name: str) -> None:
        """A picture to be answered now and, while the training goes on, again and again."""
        self._picture = (source, name)
        if self._session.trainer is None and not self._kept:
            self._panel.show_problem(NOT_READY)
            return
        self._panel.show_busy()
        self._ask()

    def use_run(self, run: str) -> None:
        """Let the weights that a kept run has answer, until the next run begins."""
        self._kept, self._classifier = run, None
        self._panel.set_ready(True, "")
        if self._picture:
            self._ask()

    def withdraw(self) -> None:
        """There is no picture any more to be answered."""
        self._picture = None

    def ask_anew(self) -> None:
        """The weights are others without a step having been taken: an answer that stands is out of date."""
        self._answered_at = (-1, 0.0)
        self.refresh(force=True)

    def refresh(self, *, force: bool = False) -> None:
        """Ask again about the same picture if the weights have moved since."""
        trainer = self._session.trainer
        if self._picture is None or trainer is None or self._busy or self._kept:
            return
        step, when = self._answered_at
        if trainer.step != step and (force or time.perf_counter() - when > REFRESH_S):
            self._ask()

    def _on_started(self) -> None:
        self._kept, self._classifier = "", None
        self._panel.set_ready(True, "")
        if self._picture:
            self._ask()

    def _ask(self) -> None:
        if self._busy:
            self._asked_again = True
            return
        if self._picture is None:
            return
        self._busy = True
        picture = self._picture
        self._background.submit(lambda: self._answer(*picture), self._show, lambda error: self._fail(picture, error))

    def _answer(self, source: Path | bytes, name: str) -> Prediction:
        """On the background thread."""
        from core.inference import LiveClassifier

        if self._kept:
            if self._classifier is None:
                self._classifier = self._kept_classifier(self._kept)
            return self._classifier.classify(source, name)
        trainer = self._session.trainer
        assert trainer is not None  # only asked for once a run has begun
        if self._live is None or self._live.trainer is not trainer:
            self._live = LiveClassifier(trainer)
        return self._live.classify(source, name)

    def _kept_classifier(self, run: str) -> Classifier:
        """Made between two steps of a run that goes on: building a network draws random numbers."""
        from core.generation import made_at_rest
        from core.inference import Classifier

        session, trainer = self._session, self._session.trainer
        make = partial(Classifier.of_run, session.store.find(run), session.registry)
        return made_at_rest(trainer, make) if session.active and trainer is not None else make()

    def _show(self, prediction: Prediction) -> None:
        self._done()
        self._panel.show_answer(prediction)
        self.answered.emit(prediction)

    def _fail(self, picture: Picture, error: Exception) -> None:
        if self._picture is picture:
            self._picture = None  # asking again and again would not mend it
        self._done()
        words = str(error) if isinstance(error, UserError) else f"This picture could not be answered: {error}"
        self._panel.show_problem(words)
        self.failed.emit(words)

    def _done(self) -> None:
        self._busy = False
        self._answered_at = (self._live.step if self._live else -1, time.perf_counter())
        if self._asked_again:
            self._asked_again = False
            self._ask()
