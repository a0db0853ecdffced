"""Decides at which steps a network's health is looked at, so that it costs the training next to nothing."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn, optim

from core.batches import Batch
from core.callbacks import Report
from core.events import HealthMeasured
from core.health import EVERY, SOURCE, HealthSettings
from core.health.look import Look, Memory
from core.step_watch import StepWatch

SHARE = 0.005
"""Of the training's time, what looking at its health may cost."""
FIRST = frozenset({0, 2, 5, 11, 23})
"""So many steps after a start the next one is looked at, whatever it costs: much is decided at the beginning."""
REST_S = 0.05
"""Seconds between two looks, at least: nobody sees more."""
KEPT_EVERY = 1.01
"""From one look that goes into the run's record to the next, the number of steps grows at least by this factor."""


class HealthMonitor:
    """A :data:`~core.step_watch.WatchSource`. ``on`` and ``every`` may be set from any thread at any time.

    Switched off it costs the training one look at an attribute a step. Weights, gradients and random state are never
    touched. ``tell`` gets what belongs into the run's record, ``emit`` all else.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: optim.Optimizer,
        emit: Callable[[HealthMeasured], None],
        tell: Callable[[HealthMeasured], None],
        report: Report,
    ) -> None:
        self.on = False
        self.every = EVERY
        """Steps between two looks, at least."""
        self._model, self._optimizer = model, optimizer
        self._emit, self._tell, self._report = emit, tell, report
        self._memory = Memory()
        self._begun: int | None = None
        self._last = 0
        self._not_before = 0.0
        self._kept = 0
        self._costs: deque[float] = deque(maxlen=5)
        self._watched: tuple[float, float] | None = None
        """Of the look that is to be paid for: how long the step took, and how much of it the looking itself."""

    def apply(self, settings: HealthSettings) -> None:
        """Go on with these settings."""
        self.every, self.on = settings.every, settings.on

    def __call__(self, done: int) -> StepWatch | None:
        """The watch for the next step, if it is to be looked at."""
        if not self.on:
            return None
        if self._watched is not None:
            return _Plain(self)
        if not self._due(done):
            return None
        self._last = done
        try:
            return _Guarded(self, self._look(done))
        except Exception as error:  # border: a plugin's network whose layers cannot even be listed
            self.fail(error)
            return None

    def fail(self, error: BaseException) -> None:
        """Give it up for this run; the training goes on."""
        self.on = False
        self._report(SOURCE, "was switched off: this network could not be looked at", error)

    def seen(self, step: float, own: float) -> None:
        """A step that was looked at took so many seconds, and the looking itself so many of them."""
        self._watched = (step, own)

    def compared(self, plain: float) -> None:
        """The step after it, at which nobody looked, took so many: now it is known what the look cost."""
        if self._watched is None:
            return
        step, own = self._watched
        self._watched = None
        self._costs.append(max(own, step - plain))
        self._not_before = time.perf_counter() + max(REST_S, statistics.median(self._costs) / SHARE)

    def _due(self, done: int) -> bool:
        if self._begun is None:
            self._begun = done
        if done - self._begun in FIRST:
            return True
        return done - self._last >= self.every and time.perf_counter() >= self._not_before

    def _look(self, done: int) -> Look:
        rate = float(self._optimizer.param_groups[0]["lr"])
        return Look(self._model, done + 1, rate, self._memory, self._told)

    def _told(self, event: HealthMeasured) -> None:
        if not event.layers:
            return
        if event.step < self._kept or event.step >= self._kept * KEPT_EVERY:
            self._kept = event.step
            self._tell(event)
        else:
            self._emit(event)


class _Guarded(StepWatch):
    """A look that cannot end the run, and the time that it takes."""

    def __init__(self, monitor: HealthMonitor, look: Look) -> None:
        self._monitor, self._look = monitor, look
        self._began = time.perf_counter()
        self._own = 0.0
        self._failed = self._complete = False

    def before_forward(self, batch: Batch) -> None:
        self._do(self._look.before_forward, batch)

    def before_backward(self, loss: Tensor, outputs: Tensor) -> None:
        self._do(self._look.before_backward, loss, outputs)

    def after_backward(self) -> None:
        self._do(self._look.after_backward)

    def after_update(self) -> None:
        self._do(self._look.after_update)
        self._complete = not self._failed

    def close(self) -> None:
        self._look.close()
        if self._complete:
            self._monitor.seen(time.perf_counter() - self._began, self._own + self._look.activity.seconds)

    def _do(self, phase: Callable[..., None], *arguments: Any) -> None:
        if self._failed:
            return
        began = time.perf_counter()
        try:
            if self._look.activity.error is not None:
                raise self._look.activity.error
            phase(*arguments)
        except Exception as error:  # border: a network or an optimizer of a plugin, or no memory for what is copied
            self._failed = True
            self._look.close()
            self._monitor.fail(error)
        self._own += time.perf_counter() - began


class _Plain(StepWatch):
    """Takes the time of a step that is not looked at."""

    def __init__(self, monitor: HealthMonitor) -> None:
        self._monitor = monitor
        self._began = time.perf_counter()

    def close(self) -> None:
        self._monitor.compared(time.perf_counter() - self._began)
