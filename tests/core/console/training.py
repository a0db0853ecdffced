"""A real run on a thread of its own, and a kernel whose cells hold it, for the tests of the console."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from core.console.hold import Holder
from core.console.kernel import Kernel
from core.console.losses import Losses
from core.console.run import Run, next_batch
from core.control import Control
from core.events import Event, RunEnded, StepsLogged
from core.trainer import Trainer
from tests.core.console.cells import WAIT_S
from tests.core.tiny import Events, job


class Training:
    """Trains on a thread, as a worker does it; ``find`` is for the holder."""

    def __init__(self, control: Control, **overrides: Any) -> None:
        self.control, self.events, self.ended = control, Events(), threading.Event()
        self.outcome: RunEnded | None = None
        self.losses = Losses()
        self._changed = threading.Condition()
        self.trainer = Trainer(job(**overrides), control=control, emit=self._emit)
        self.holder = Holder(self.find, lambda: self.kernel)
        self.run = Run(self.trainer, self.losses.array, self.holder)
        self.kernel = Kernel(self._names, self.holder.guard)
        self.thread = threading.Thread(target=self._fit)

    def find(self) -> Training | None:
        return None if self.ended.is_set() else self

    def wait_until(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, WAIT_S), "it never happened"

    def wait_for_steps(self, more: int = 1) -> None:
        """Until that many further steps were logged."""
        before = len(self.events.of(StepsLogged))
        self.wait_until(lambda: len(self.events.of(StepsLogged)) >= before + more)

    def finish(self) -> RunEnded:
        self.thread.join(WAIT_S)
        assert self.outcome is not None, "the run did not end"
        return self.outcome

    def _names(self) -> dict[str, object]:
        return {"model": self.trainer.job.model, "batch": next_batch(self.trainer), "run": self.run}

    def _fit(self) -> None:
        try:
            self.outcome = self.trainer.fit()
        finally:
            self.ended.set()

    def _emit(self, event: Event) -> None:
        with self._changed:
            self.events(event)
            self.losses.take([event])
            self._changed.notify_all()


@contextmanager
def training(*, paused: bool = False, begin: bool = True, **overrides: Any) -> Iterator[Training]:
    """A run that goes on until it is stopped, unless ``epochs`` says otherwise."""
    found = Training(Control(paused=paused), **{"epochs": 100_000, **overrides})
    if begin:
        found.thread.start()
    try:
        yield found
    finally:
        assert found.kernel.close(), "the kernel's thread had to be given up"
        found.control.stop()
        if begin:
            found.finish()
