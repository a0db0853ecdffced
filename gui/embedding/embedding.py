"""Brings the samples to the network and their places to the page, off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from core.data import Cancelled
from core.embedding.frame import Floats, Frame
from core.embedding.telling import text_of
from core.errors import UserError
from core.events import WeightsLoaded
from core.samples import pictures_of
from core.specs import TryIt
from core.worker import Background
from gui.embedding.page import LOOKING, NO_MODEL, EmbeddingPage
from gui.embedding.reduction import Reduction
from gui.newest_question import NewestQuestion, Tick
from gui.session import Session

if TYPE_CHECKING:
    from core.embedding.embedder import Embedder
    from core.embedding.samples import Samples
    from core.trainer import Trainer

REFRESH_S = 0.5
"""How long a frame stands, at least, before the next one is asked for while the training goes on."""
SHARE = 0.1
"""Of the time, what looking may take while the training goes on."""
RETRY_S = 5.0
"""What could not be mapped is tried again no sooner: its reason is seldom gone with the next step."""
IN_TIME_S, AT_REST_S = 1.0, 20.0
"""How long the samples are shown to a network that is being trained, and to one that rests; what it has not seen by
then is left out."""
PATIENCE_MS = 400
NOTHING_TO_TRY = "This network has nothing to try: “Try it” is for pictures and texts."


@dataclass(frozen=True)
class Shown:
    """What is on the page: a frame, and where its samples are."""

    samples: Samples
    frame: Frame
    positions: Floats


class Embedding(QObject):
    """One look at a time, on a thread of its own; of all that is asked meanwhile only the newest counts.

    Nothing is computed while the page is not seen. A run that is over is shown with the weights that it kept.
    """

    looked = Signal(object)
    """A new :class:`~core.embedding.frame.Frame` is there."""
    failed = Signal(str)
    picture_chosen = Signal(object, str)
    """A picture for "Try it": PNG bytes and what it is called."""
    text_chosen = Signal(str, str)
    """A text for "Try it": the panel's kind ("text generation" or "text classification"), and the text."""
    told = Signal(str)
    """A sentence about what could not be tried."""

    def __init__(self, session: Session, page: EmbeddingPage) -> None:
        super().__init__(page)
        self._session, self._page = session, page
        self.question = NewestQuestion(page, self._begin, self)
        self._errands = Background(self)
        self.reduction = Reduction(self)
        self._embedder: Embedder | None = None
        self._newest: Shown | None = None
        self._replaced = self._failing = False
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_looking)
        self._connect()

    def ask(self) -> None:
        """Show the samples to the newest weights now; a look at older ones is given up."""
        self.question.ask()

    def refresh(self, *, force: bool = False) -> None:
        """Look again if the weights have moved, the page is seen and follows, and some time has passed."""
        trainer, newest = self._session.trainer, self._newest
        if trainer is None or self.question.busy or not self._page.isVisible():
            return
        if newest is not None and not self._page.follow.isChecked():
            return
        moved = newest is None or self._replaced or trainer.step != newest.frame.step
        rested = self.question.rested(RETRY_S if self._failing else REFRESH_S, SHARE)
        partly = newest is not None and len(newest.frame) < len(newest.samples) and self._session.state != "running"
        if (moved or partly) and (force or rested):
            self.ask()

    def reduce(self) -> None:
        """Compute t-SNE of the newest frame."""
        newest = self._newest
        if newest is not None:
            self.reduction.begin(newest.samples, newest.frame, newest.positions, self._page.row.perplexity.value())
            self._show(glide=False)

    def close(self) -> None:
        """Give up what is being computed and wait for the threads."""
        self._patience.stop()
        self.reduction.close()
        self.question.close()
        self._errands.close()

    def _connect(self) -> None:
        session, page, row = self._session, self._page, self._page.row
        page.shown.connect(self._on_shown)
        page.hidden.connect(self.question.give_up)  # t-SNE goes on
        page.follow_changed.connect(lambda _on: self.refresh(force=True))
        page.try_asked.connect(self.hand_over)
        row.count_changed.connect(self._on_count)
        row.method_changed.connect(self._on_method)
        row.compute_asked.connect(self.reduce)
        row.cancel_asked.connect(self._on_cancel)
        self.reduction.moved.connect(self._on_progress)
        self.reduction.done.connect(lambda: self._show(glide=True))
        self.reduction.failed.connect(self._on_not_reduced)
        session.started.connect(self._on_started)
        session.events.connect(self._on_events)
        session.ended.connect(self._on_ended)

    def _begin(self) -> None:
        trainer = self._session.trainer
        if trainer is None:
            self._page.show_hint(NO_MODEL)
            return
        if self._newest is None and not self._failing:
            self._patience.start()
        count, replaced, self._replaced = self._page.row.samples(), self._replaced, False
        seconds = IN_TIME_S if self._session.state == "running" else AT_REST_S
        self.question.submit(
            lambda tick: self._looked_at(trainer, count, tick, seconds, replaced),
            lambda found: self._on_looked(trainer, count, found),
            lambda error: self._on_failed(trainer, error),
        )

    def _looked_at(
        self, trainer: Trainer, count: int, tick: Tick, seconds: float, replaced: bool
    ) -> tuple[Samples, Frame]:
        """On the background thread."""
        from core.embedding.embedder import Embedder

        if self._embedder is None or self._embedder.trainer is not trainer:
            self._embedder = Embedder(trainer)
        if replaced:
            self._embedder.forget_weights()
        return self._embedder.look(count, tick, seconds)

    def _on_looked(self, trainer: Trainer, count: int, found: tuple[Samples, Frame]) -> None:
        samples, frame = found
        wanted = trainer is self._session.trainer and count == self._page.row.samples()
        if wanted:
            glide = self._newest is not None and self._newest.samples is samples
            self._newest, self._failing = Shown(samples, frame, frame.positions), False
            self._page.tryable = self._kind(trainer, samples) != "none"
        self._finish()
        if not wanted:
            return
        if self._page.row.method() == "tsne" and not self.reduction.busy and self.reduction.result(samples) is None:
            self.reduce()
        self._show(glide=glide and self._page.row.method() == "pca")
        self.looked.emit(frame)

    def _on_failed(self, trainer: Trainer, error: Exception) -> None:
        wanted = trainer is self._session.trainer and not isinstance(error, Cancelled)
        if wanted:
            words = str(error) if isinstance(error, UserError) else f"The samples could not be mapped: {error}"
            self._newest, self._failing = None, True
            self._page.clear(words)
            self.failed.emit(words)
        self._finish()

    def _finish(self) -> None:
        self._patience.stop()
        self.question.settle()

    def _show(self, *, glide: bool) -> None:
        """Put what was chosen on the page: the newest frame, or t-SNE of the one that it was computed of."""
        newest = self._newest
        if newest is None:
            return
        tsne = self._page.row.method() == "tsne"
        self._page.row.show_computing(self.reduction.share if self.reduction.busy else None)
        result = self.reduction.result(newest.samples) if tsne else None
        if result is not None:
            words = f"t-SNE with perplexity {result.perplexity:.0f} of {result.frame.where}"
            later = newest.frame.step - result.frame.step
            words += f"; the training is {later:,} steps further" if later > 0 else ""
            self._page.show_frame(result.samples, result.frame, result.positions, words, glide=glide)
            return
        first, second = newest.frame.explained
        words = f"This plane holds {first:.1%} + {second:.1%} of the variance of {newest.frame.where}"
        if tsne and self.reduction.busy:
            words = "t-SNE is being computed; until it is done the samples are where it begins, in PCA's plane"
        self._page.show_frame(newest.samples, newest.frame, newest.positions, words, glide=glide)

    def hand_over(self, sample: int) -> None:
        """Bring a sample to "Try it"."""
        shown, trainer = self._newest, self._session.trainer
        if shown is None or trainer is None or not 0 <= sample < len(shown.samples):
            return
        samples, kind = shown.samples, self._kind(trainer, shown.samples)
        if kind in ("text generation", "text classification"):
            self.text_chosen.emit(kind, text_of(samples, sample))
        elif kind == "image":
            row, job = int(samples.rows[sample]), trainer.job
            target, classes = int(samples.targets[sample]), job.info.classes
            truth = f" ({classes[target]})" if 0 <= target < len(classes) else ""

            def made() -> bytes:
                from core.pictures.png import png_bytes  # imports Pillow

                return png_bytes(pictures_of(job, "val", np.array([row]))[0])

            name = f"validation picture {row:,}{truth}"
            self._errands.submit(made, lambda data: self.picture_chosen.emit(data, name), self._on_not_handed_over)
        else:
            self.told.emit(NOTHING_TO_TRY)

    @staticmethod
    def _kind(trainer: Trainer, samples: Samples) -> TryIt:
        """The "Try it" panel that takes these samples."""
        kind = trainer.job.task.try_it
        fits = samples.thumbnails is not None if kind == "image" else samples.tokens is not None
        return kind if fits else "none"

    def _on_not_handed_over(self, error: Exception) -> None:
        self.told.emit(str(error) if isinstance(error, UserError) else f"This picture cannot be had: {error}")

    def _on_shown(self) -> None:
        if self._session.trainer is None:
            self._page.show_hint(NO_MODEL)
        elif self.question.due or self._newest is None:
            self.ask()
        else:
            self.refresh(force=True)

    def _on_started(self) -> None:
        """Another network, perhaps other data."""
        self._newest, self._failing = None, False
        self.reduction.forget()
        self._page.row.show_computing(None)
        self._page.clear(LOOKING)
        self.ask()

    def _on_events(self, events: list[object]) -> None:
        if any(isinstance(event, WeightsLoaded) for event in events):
            self._replaced = True
            self.refresh(force=True)
        else:
            self.refresh()

    def _on_ended(self) -> None:
        """The weights that were kept may be others than those of the last step."""
        self._replaced = True
        if self._page.follow.isChecked() or self._newest is None:
            self.ask()

    def _on_count(self) -> None:
        if self._session.trainer is not None:
            self.reduction.forget()
            self.ask()

    def _on_method(self, method: str) -> None:
        newest = self._newest
        if method == "tsne" and newest is not None and self.reduction.result(newest.samples) is None:
            self.reduce()
        self._show(glide=True)

    def _on_cancel(self) -> None:
        if self.reduction.busy:
            self.reduction.cancel()
            newest = self._newest
            if newest is None or self.reduction.result(newest.samples) is None:
                self._page.row.choose("pca")
            self._show(glide=False)

    def _on_progress(self) -> None:
        self._page.row.show_computing(self.reduction.share if self.reduction.busy else None)

    def _on_not_reduced(self, words: str) -> None:
        self._page.row.choose("pca")
        self._show(glide=False)
        self.told.emit(words)
        self.failed.emit(words)

    def _say_looking(self) -> None:
        if self._newest is None:
            self._page.show_hint(LOOKING)
