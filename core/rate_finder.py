"""The learning-rate range test: a few steps at rates that grow exponentially show which are too small and too large.

After Smith, "Cyclical Learning Rates for Training Neural Networks" (2017), with the exponential growth and the
smoothed loss that became customary since.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.batches import Batch
from core.data import Progress
from core.devices import arithmetic
from core.errors import UserError
from core.job import Job

LOWEST, HIGHEST, STEPS = 1e-6, 10.0, 120
SMOOTHING = 0.9
BLOWN_UP = 4.0
"""The test ends where the smoothed loss is this many times the smallest one."""
FEWEST = 10


class RateTestFailed(UserError):
    """The test gave nothing to choose from; the message is one sentence for the user."""


@dataclass(frozen=True)
class RateTest:
    """What a range test found. Arrays of one length, N ≤ steps: ``rates``, ``losses`` (each of one batch, in the task's
    unit) and ``smoothed``. ``suggested``: where the smoothed loss falls fastest a decade.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    suggested: float


def find_rate(
    job: Job, progress: Progress, *, lowest: float = LOWEST, highest: float = HIGHEST, steps: int = STEPS
) -> RateTest:
    """Take up to ``steps`` steps on the job's training data, then put everything back as it was.

    Call it at a safe point where the job is being trained. Each group of parameters keeps its rate relative to the
    first one's.

    Raises:
        RateTestFailed: where the loss was no number from the beginning.
        Cancelled: from ``progress``; everything is put back then, too.
    """
    rates = np.geomspace(lowest, highest, steps)
    losses: list[float] = []
    smoothed: list[float] = []
    average = 0.0
    with _put_back(job):
        for index, (rate, batch) in enumerate(zip(rates, _batches(job), strict=False)):
            progress(index, steps, "Trying learning rates")
            loss = _step(job, float(rate), batch)
            if not math.isfinite(loss):
                break
            average = SMOOTHING * average + (1 - SMOOTHING) * loss
            losses.append(loss)
            smoothed.append(average / (1 - SMOOTHING ** (index + 1)))
            if index > FEWEST and smoothed[-1] > BLOWN_UP * min(smoothed):
                break
    progress(steps, steps, "Trying learning rates")
    if len(losses) < FEWEST:
        raise RateTestFailed("The loss stopped being a number at the smallest rates: look at the data first.")
    curve = np.array(smoothed)
    return RateTest(rates[: len(losses)], np.array(losses), curve, _steepest(rates[: len(losses)], curve))


def _steepest(rates: NDArray[np.float64], smoothed: NDArray[np.float64]) -> float:
    """Between the noise of the first steps and the lowest point: what comes after it only goes up."""
    first = min(FEWEST // 2, len(rates) - 2)
    last = max(int(np.argmin(smoothed)), first + 1)
    slopes = np.gradient(smoothed, np.log10(rates))[first : last + 1]
    return float(rates[first + int(np.argmin(slopes))])


def _step(job: Job, rate: float, batch: Batch) -> float:
    groups = job.optimizer.param_groups
    first = groups[0]["lr"] or 1.0
    for group in groups:
        group["lr"] = rate * (group["lr"] / first if group is not groups[0] else 1.0)
    job.optimizer.zero_grad(set_to_none=True)
    with arithmetic(job.config.precision, job.device):
        loss, _ = job.task.loss(job.model, batch)
    loss.backward()  # type: ignore[no-untyped-call]
    if job.config.gradient_clip:
        torch.nn.utils.clip_grad_norm_(job.model.parameters(), job.config.gradient_clip)
    job.optimizer.step()
    return float(loss.detach())


def _batches(job: Job) -> Iterator[Batch]:
    """Epoch after epoch: a small data set has fewer batches than the test takes steps."""
    return itertools.chain.from_iterable(job.train.epoch(epoch) for epoch in itertools.count())


@contextmanager
def _put_back(job: Job) -> Iterator[None]:
    weights, moments = copy.deepcopy(job.model.state_dict()), copy.deepcopy(job.optimizer.state_dict())
    chance, carried, training = torch.get_rng_state(), copy.deepcopy(job.train.state), job.model.training
    gradients = [parameter.grad for parameter in job.model.parameters()]
    job.model.train()
    try:
        yield
    finally:
        job.model.load_state_dict(weights)
        job.optimizer.load_state_dict(moments)
        torch.set_rng_state(chance)
        job.train.state = carried
        job.model.train(training)
        for parameter, gradient in zip(job.model.parameters(), gradients, strict=True):
            parameter.grad = gradient
