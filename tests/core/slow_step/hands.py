"""Takes steps apart without a second thread: what is to be done at a stop is done when it is told."""

from __future__ import annotations

from collections.abc import Callable

from core.control import Control
from core.events import Event, Paused
from core.slow_step.records import Phase, SlowStepStopped, StepRecord

At = Callable[[StepRecord], object]


def nothing(record: StepRecord) -> None:
    """Only go on."""


class Hands(list[Event]):
    """A trainer's ``emit`` that goes on at each stop, after ``at(record)``; takes the steps in ``steps`` apart."""

    def __init__(self, at: At = nothing, *, steps: tuple[int, ...] = (1,)) -> None:
        self.control = Control(paused=True)
        self.at, self._steps = at, steps

    def __call__(self, event: Event) -> None:
        self.append(event)
        if isinstance(event, Paused):
            self._next(event.step)
        elif isinstance(event, SlowStepStopped):
            self.at(event.record)
            self.control.advance()

    def _next(self, done: int) -> None:
        """A step of the one kind or the other; after the last that is named, all at once."""
        if done >= max(self._steps, default=0):
            self.control.resume()
        else:
            self.control.step(slowly=done + 1 in self._steps)

    @property
    def records(self) -> list[StepRecord]:
        """What was told of the steps."""
        return [event.record for event in self if isinstance(event, SlowStepStopped)]

    def record(self, phase: Phase, step: int | None = None) -> StepRecord:
        """The last one of that phase."""
        return [each for each in self.records if each.phase == phase and step in (None, each.step)][-1]
