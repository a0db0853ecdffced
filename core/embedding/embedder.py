"""Shows the samples to a network that is being trained, on a copy at rest."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.embedding.frame import NOBODY, EmbeddingError, Floats, Frame, Tick
from core.embedding.plane import aligned, principal_plane
from core.embedding.reading import read_batch
from core.embedding.samples import Samples, samples_of
from core.explain.live import LiveModel
from core.job import Job
from core.specs import TaskSpec
from core.trainer import Trainer

FEWEST_IN_TIME = 200
"""So many samples are looked at however long it takes."""


@dataclass(frozen=True)
class Seen:
    """What a network was shown, n of N samples: see :class:`~core.embedding.frame.Frame`."""

    vectors: Floats
    guesses: NDArray[np.int64]
    sureness: Floats
    where: str


def look(
    model: nn.Module, task: TaskSpec, samples: Samples, tick: Tick = lambda done, total: None, seconds: float = np.inf
) -> Seen:
    """Show ``model``, at rest and in evaluation mode, the samples, batch by batch; fewer of them after ``seconds``.

    Raises:
        EmbeddingError: where there is nothing to place them by.
        Whatever ``tick`` raises to give up.
    """
    vectors: list[Floats] = []
    guesses: list[NDArray[np.int64]] = []
    sureness: list[Floats] = []
    where, done, began = "", 0, time.perf_counter()
    rows, at_once, size = len(samples.rows), samples.at_once, len(samples.info.vocabulary)
    classes = len(samples.info.classes)
    for first in range(0, rows, at_once):
        tick(done, len(samples))
        last = min(first + at_once, rows)
        mask = None if samples.mask is None else torch.from_numpy(samples.mask[first:last])
        reading = read_batch(model, task, samples.batch(first, last), mask, size)
        vectors.append(reading.vectors.cpu().numpy().astype(np.float32, copy=True))
        guess, sure = _guessed(reading.logits, len(reading.vectors), classes)
        guesses.append(guess)
        sureness.append(sure)
        where, done = reading.where, done + len(guess)
        if time.perf_counter() - began > seconds and done >= FEWEST_IN_TIME:
            break
    if not vectors:
        raise EmbeddingError("There are no samples to validate with: choose a larger data set.")
    return Seen(np.concatenate(vectors), np.concatenate(guesses), np.concatenate(sureness), where)


class Embedder:
    """Looks again and again, always at the same samples, and lays each frame upon the one before."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self._live = LiveModel(trainer)
        self._samples: tuple[int, Samples] | None = None
        self._before: Floats | None = None

    def samples(self, count: int) -> Samples:
        """Up to ``count`` samples; found once."""
        if self._samples is None or self._samples[0] != count:
            self._samples = count, samples_of(self.trainer.job, count)
        return self._samples[1]

    def forget_weights(self) -> None:
        """Copy them anew next time, whatever the step: they were replaced."""
        self._live = LiveModel(self.trainer)

    def look(self, count: int, tick: Tick = lambda done, total: None, seconds: float = np.inf) -> tuple[Samples, Frame]:
        """The newest weights' frame; waits for a safe point, so it must not be called on the GUI thread.

        Raises:
            EmbeddingError: where there is nothing to show, with the reason.
            Whatever ``tick`` raises to give up.
        """
        samples = self.samples(count)
        model = self._live.newest()
        title, step = self._live.title, self._live.step
        seen = look(model, self.trainer.job.task, samples, tick, seconds)
        plane = principal_plane(seen.vectors)
        positions = plane.positions if self._before is None else aligned(plane.positions, self._before)
        self._before = positions
        frame = Frame(*(seen.vectors, positions, plane.explained, seen.guesses, seen.sureness, seen.where), title, step)
        return samples, frame


def embed(model: nn.Module, job: Job, count: int) -> tuple[Samples, Seen]:
    """What ``model``, a network as ``job`` trains it, at rest, is shown and how it sees it: no run is needed."""
    samples = samples_of(job, count)
    return samples, look(model, job.task, samples)


def _guessed(logits: Tensor | None, count: int, classes: int) -> tuple[NDArray[np.int64], Floats]:
    if logits is None or logits.shape[1] != classes or classes < 2:
        return np.full(count, NOBODY, np.int64), np.full(count, np.nan, np.float32)
    sure, guess = torch.softmax(logits.float(), dim=1).max(dim=1)
    guesses = torch.where(torch.isfinite(sure), guess, NOBODY)
    return guesses.cpu().numpy().astype(np.int64), sure.cpu().numpy().astype(np.float32)
