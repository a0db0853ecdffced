"""Brings what the model said to each sample to the page of results, and pictures from there to who asks for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import UserError
from core.events import EpochEnded, Event, Judged, RunEnded, RunStarted
from core.judgement import Judgement, Shares, recall_of
from core.samples import pictures_of
from core.worker import Background
from gui.results.page import BEFORE, ResultsPage
from gui.results.words import part_word
from gui.session import Session

if TYPE_CHECKING:
    from core.job import Job

LEAST_S = 0.5
"""Between two refreshes: the epochs of tiny data would otherwise flicker by."""
FIRST = "The first results come at the end of the first epoch."
NO_CLASSES = (
    "This page is about networks that sort pictures into classes, and this run's network does something else: its "
    "curves are on the Training page."
)
TOO_LARGE = (
    "This part of the data has so many pictures and classes that the answer to each of them is not kept; accuracy "
    "and loss are on the Training page."
)
NONE = "The run ended before its first epoch was over, so there are no results: press Start and let it train longer."


class Results(QObject):
    """Listens to the run; computes only while the page is in view, and never on the GUI thread.

    A run's answers and the job whose data they are about are kept together, and forgotten when the next run begins.
    """

    failed = Signal(str)
    """A sentence about what could not be done."""

    def __init__(self, session: Session, page: ResultsPage) -> None:
        super().__init__(page)
        self.page, self._session = page, session
        # Its own: pictures that are read from a disk, and the import of scikit-learn, must not keep "Try it" waiting.
        self._background = Background(self)
        self._job: Job | None = None
        self._run = self._epochs = 0
        self._judged: dict[str, Judged] = {}
        self._made: dict[str, tuple[Judged, Judgement]] = {}
        self._trend: list[Shares] = []
        self._shown: Judged | None = None
        self._part, self._part_was_chosen = "val", False
        self._busy = False
        self._last = -np.inf
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        session.events.connect(self.take)
        page.shown.connect(self.refresh)
        page.part_chosen.connect(self._on_part)
        page.gallery.wanted.connect(self._read)
        page.gallery.try_asked.connect(partial(self._hand_over, page.picture_chosen.emit))
        page.gallery.explain_asked.connect(partial(self._hand_over, page.explain_asked.emit))
        page.clear(BEFORE)

    def close(self) -> None:
        """Wait for what still runs in the background."""
        self._timer.stop()
        self._background.close()

    def take(self, events: list[Event]) -> None:
        """What happened since the last time, oldest first."""
        for event in events:
            if isinstance(event, RunStarted):
                self._begin()
            elif isinstance(event, Judged):
                self._keep(event)
            elif isinstance(event, EpochEnded):
                self._epochs = event.epoch
                self._explain(TOO_LARGE)
            elif isinstance(event, RunEnded) and not event.error:
                self._explain(TOO_LARGE if self._epochs else NONE)
        if any(isinstance(event, Judged) for event in events):
            self.page.headline.offer_parts(set(self._judged))
            self.refresh()

    def refresh(self) -> None:
        """Show the newest answers, if somebody looks and they are not shown yet."""
        judged = self._judged.get(self._part)
        if judged is None or judged is self._shown or self._busy or not self.page.isVisible():
            return
        wait = LEAST_S - (time.perf_counter() - self._last)
        if wait > 0:
            self._timer.start(int(1000 * wait) + 1)
            return
        known = self._made.get(self._part)
        if known and known[0] is judged:
            self._show(self._run, *known)
            return
        self._busy = True
        run, classes = self._run, self._classes()
        self._background.submit(
            lambda: Judgement(judged, classes).compute(),
            lambda made: self._on_made(run, judged, made),
            self._on_not_made,
        )

    def _begin(self) -> None:
        self._run += 1
        self._job, self._shown, self._epochs = None, None, 0
        self._judged.clear()
        self._made.clear()
        self._trend.clear()
        self._part, self._part_was_chosen = "val", False
        self._last = -np.inf
        self.page.clear(FIRST if self._judges() else NO_CLASSES)

    def _keep(self, judged: Judged) -> None:
        """The newest answers of a part take the place of earlier ones; of those only each class's share stays."""
        trainer = self._session.trainer
        if trainer is None:
            return
        self._job = trainer.job
        self._judged[judged.part] = judged
        if judged.part == "val":
            run, count = self._run, len(self._classes())
            self._background.submit(
                lambda: recall_of(judged.logits, judged.targets, count),
                lambda shares: self._trend.append(shares) if run == self._run else None,
                lambda error: self.failed.emit(f"The epoch's results could not be added to the curves: {error}"),
            )
        elif not self._part_was_chosen and self.page.pictures.live.isChecked():
            self._part = judged.part  # at the end of a run the honest number, unless somebody looks at pictures

    def _explain(self, sentence: str) -> None:
        if not self._judged and self._judges():
            self.page.show_hint(sentence)

    def _judges(self) -> bool:
        """Whether the run's network sorts into classes."""
        config, registry = self._session.config, self._session.registry
        network = registry.networks.get(config.network) if config else None
        task = registry.tasks.get(network.task) if network else None
        return task is None or task.classifies

    def _classes(self) -> tuple[str, ...]:
        return self._job.info.classes if self._job else ()

    def _on_made(self, run: int, judged: Judged, made: Judgement) -> None:
        self._busy = False
        self._show(run, judged, made)
        self.refresh()

    def _show(self, run: int, judged: Judged, made: Judgement) -> None:
        if run != self._run or judged.part != self._part:
            return  # another run has begun, or another part was chosen, meanwhile
        self._made[judged.part] = judged, made
        self._shown, self._last = judged, time.perf_counter()
        self.page.show_judgement(made, tuple(self._trend))

    def _on_not_made(self, error: Exception) -> None:
        self._busy = False
        self._shown = self._judged.get(self._part)  # the same again would fail again
        self.page.show_hint(f"The results of this epoch could not be computed: {error}")

    def _on_part(self, part: str) -> None:
        self._part, self._part_was_chosen = part, True
        self._last = -np.inf
        self.refresh()

    def _read(self, rows: list[int]) -> None:
        """Read the pictures of these samples for the gallery."""
        job, shown, run = self._job, self.page.pictures.judgement(), self._run
        if job is None or shown is None:
            return
        part = shown.part

        def still_wanted() -> bool:
            now = self.page.pictures.judgement()
            return run == self._run and now is not None and now.part == part

        self._background.submit(
            lambda: pictures_of(job, part, rows),
            lambda pictures: self.page.take_pictures(rows, pictures) if still_wanted() else None,
            lambda error: self.page.pictures.fail(_words(error)) if still_wanted() else None,
        )

    def _hand_over(self, tell: Callable[[bytes, str], None], row: int) -> None:
        """Make a file of a picture and tell it to who asked."""
        job, shown = self._job, self.page.pictures.judgement()
        if job is None or shown is None or row < 0:
            return
        part, name = shown.part, shown.classes[shown.targets[row]]

        def made() -> bytes:
            from core.pictures.png import png_bytes  # imports Pillow

            return png_bytes(pictures_of(job, part, [row])[0])

        words = f"{part_word(part)} picture {row:,} ({name})"
        self._background.submit(made, lambda data: tell(data, words), lambda error: self.failed.emit(_words(error)))


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, UserError) else f"This picture cannot be had: {error}"
