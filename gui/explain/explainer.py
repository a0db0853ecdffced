"""Brings pictures to the network and explanations to the page, off the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from core.data import Cancelled
from core.errors import UserError
from core.explain.questions import Answer, Question
from gui.explain.page import NO_MODEL, NO_PICTURE, NO_PICTURES_HERE, ExplainPage
from gui.newest_question import NewestQuestion, Tick
from gui.session import Session

if TYPE_CHECKING:
    from core.explain.live import LiveModel
    from core.trainer import Trainer

REFRESH_S = 1.0
"""How long an explanation stands, at least, before it is asked for anew while the training goes on."""
SHARE = 0.2
"""Of the time, what explaining anew may take."""
PATIENCE_MS = 250
"""Work that takes less shows no progress: a line that flashes is worse than none."""


class Explainer(QObject):
    """One explanation at a time, on a thread of its own; of all that is asked meanwhile only the newest counts.

    Nothing is computed, and captum not even imported, before the page is first seen.
    """

    explained = Signal(object)
    """A new :class:`~core.explain.questions.Answer` is on the page."""
    failed = Signal(str)

    def __init__(self, session: Session, page: ExplainPage) -> None:
        super().__init__(page)
        self._session, self._page = session, page
        self.question = NewestQuestion(page, self._begin, self)
        self._picture: tuple[NDArray[np.uint8], str] | None = None
        self._samples = 0
        self._live: LiveModel | None = None
        self._warm = False
        self._step = -1
        self._progress = QTimer(self, interval=PATIENCE_MS)
        self._progress.timeout.connect(lambda: page.show_progress(self.question.progress))
        page.shown.connect(self._on_shown)
        page.hidden.connect(self.question.give_up)
        page.question_changed.connect(self.ask)
        page.sample_asked.connect(self.use_sample)
        page.follow_changed.connect(lambda _on: self.refresh())
        session.started.connect(self._on_started)
        session.events.connect(lambda _events: self.refresh())
        session.ended.connect(lambda _event: self.refresh(force=True))

    def show(self, seen: NDArray[np.uint8], name: str) -> None:
        """Explain this picture: uint8 C×H×W, as the network was given it. The same one again changes nothing."""
        same = self._picture is not None and np.array_equal(self._picture[0], seen)
        self._picture = (seen, name)
        if not same:
            self.ask()

    def use_sample(self) -> None:
        """Explain a picture of the data set, at each call another one."""
        trainer = self._picture_trainer()
        if trainer is None:
            self._hint()
            return
        pictures = trainer.job.probe.raw
        place = self._samples % len(pictures)
        self._samples += 1
        target = int(trainer.job.probe.targets[place])
        classes = trainer.job.info.classes
        truth = f" ({classes[target]})" if 0 <= target < len(classes) else ""
        self.show(pictures[place].astype(np.uint8), f"Sample {place + 1}{truth}")

    def refresh(self, *, force: bool = False) -> None:
        """Explain anew if the weights have moved, the page is seen and follows, and some time has passed."""
        trainer = self._picture_trainer()
        if trainer is None or self._picture is None or self.question.busy or not self._page.follow.isChecked():
            return
        if trainer.step != self._step and (force or self.question.rested(REFRESH_S, SHARE)) and self._page.isVisible():
            self.ask()

    def ask(self) -> None:
        """Explain the picture as is chosen now; what is being computed for an older question is given up."""
        self.question.ask()

    def close(self) -> None:
        """Give up what is being computed and wait for the thread."""
        self._progress.stop()
        self.question.close()

    def _begin(self) -> None:
        trainer = self._picture_trainer()
        if trainer is None or self._picture is None:
            self._hint()
            return
        seen, name = self._picture
        if seen.shape != tuple(trainer.job.info.input_shape):
            self._picture = None  # of a network that took other pictures
            self._hint()
            return
        controls = self._page.controls
        question = Question(seen, name, controls.method.method(), controls.method.settings(), controls.classes.target())
        self._progress.start()
        self.question.submit(lambda tick: self._answer(trainer, question, tick), self._on_answer, self._on_failed)

    def _answer(self, trainer: Trainer, question: Question, tick: Tick) -> Answer:
        """On the background thread."""
        from core.explain.live import LiveModel
        from core.explain.questions import answer

        if self._live is None or self._live.trainer is not trainer:
            self._live = LiveModel(trainer)
        return answer(self._live, question, tick)

    def _on_answer(self, answer: Answer) -> None:
        self._step = answer.step
        newest = not self.question.due
        self._finish()
        if newest:
            self._page.show_answer(answer)
            self.explained.emit(answer)

    def _on_failed(self, error: Exception) -> None:
        newest = not self.question.due
        self._finish()
        if newest and not isinstance(error, Cancelled):
            words = str(error) if isinstance(error, UserError) else f"This answer could not be explained: {error}"
            self._page.show_problem(words)
            self.failed.emit(words)

    def _finish(self) -> None:
        self._progress.stop()
        self._page.show_progress(None)
        self.question.settle()

    def _on_shown(self) -> None:
        if not self._warm:
            self._warm = True
            self.question.background.submit(_warm_up, lambda _nothing: None, lambda _error: None)
        if self.question.due or self._picture is None:
            self.question.begin()
        else:
            self.refresh(force=True)

    def _on_started(self) -> None:
        """Another network: its classes and layers are others, and the picture may not suit it."""
        self._step = -1
        self._page.controls.classes.reset()
        self.ask()

    def _picture_trainer(self) -> Trainer | None:
        trainer = self._session.trainer
        return trainer if trainer is not None and _looks_at_pictures(trainer) else None

    def _hint(self) -> None:
        if self._session.trainer is None:
            self._page.show_hint(NO_MODEL)
        elif self._picture_trainer() is None:
            self._page.show_hint(NO_PICTURES_HERE)
        else:
            self._page.show_hint(NO_PICTURE, sample=True)


def _looks_at_pictures(trainer: Trainer) -> bool:
    info, task = trainer.job.info, trainer.job.task
    # "Try it" for pictures stands for tasks of plugins that do not say whether they classify.
    classifies = task.classifies or task.try_it == "image"
    return classifies and len(info.input_shape) == 3 and info.input_shape[0] in (1, 3) and not info.vocabulary


def _warm_up() -> None:
    """On the background thread: importing captum takes a second or more."""
    from core.explain.attribution import warm_up

    warm_up()
