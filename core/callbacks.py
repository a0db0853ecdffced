"""Callbacks: where loggers and trackers plug into a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from core.events import EpochEnded, Event, Problem, RunEnded, RunStarted, StepsLogged

Report: TypeAlias = Callable[[str, str, BaseException], Problem]
"""Called with who failed, what follows from it, and the exception."""

METHODS = {"RunStarted": "on_start", "StepsLogged": "on_steps", "EpochEnded": "on_epoch", "RunEnded": "on_end"}


class Callback:
    """Override what you need; every method is called on the training thread, at a safe point.

    A callback that raises is switched off for the rest of the run and named among the problems.
    """

    def on_start(self, event: RunStarted) -> None:
        """Once, before the first step."""

    def on_steps(self, event: StepsLogged) -> None:
        """Some thirty times a second at most, with the losses of every step since the last call."""

    def on_epoch(self, event: EpochEnded) -> None:
        """After each epoch's validation."""

    def on_end(self, event: RunEnded) -> None:
        """Once, however the run ended."""


class Callbacks:
    """The callbacks of one run. One that raises is removed and reported; the others go on."""

    def __init__(self, callbacks: Iterable[tuple[str, Callback]], report: Report) -> None:
        self._callbacks = list(callbacks)
        self._report = report

    def tell(self, event: Event) -> None:
        """Call the method that fits the event on each."""
        method = METHODS.get(type(event).__name__)
        if method is None:
            return
        for source, callback in tuple(self._callbacks):
            try:
                getattr(callback, method)(event)
            except (Exception, SystemExit) as error:  # border: plugin guard
                self._callbacks.remove((source, callback))
                self._report(source, "had a callback switched off for this run", error)
