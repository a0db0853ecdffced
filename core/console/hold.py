"""Keeps a run at a safe point while a cell looks at its model and changes it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, RLock, get_ident
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from core.control import Control
from core.errors import UserError

if TYPE_CHECKING:
    from core.console.intact import Intact
    from core.console.kernel import Kernel
    from core.trainer import Trainer

T = TypeVar("T")
TICK_S = 0.02
STOP_PATIENCE_S = 1.0
"""So long a cell may go on after somebody else has stopped the run that waits for it; then it is interrupted, twice."""
STOP_LIMIT_S = 3.0
"""And after so long the run ends without waiting for it."""
LIMIT_S = 30.0
"""How long a cell waits for a safe point that it asks for itself."""
CONSOLE = "the console"
"""Whose weights a model has, in the record of a run, after a cell has changed them."""
NO_RUN = "No run goes on: start one first, for instance with app.start()."


class Running(Protocol):
    """A run that is being prepared or goes on."""

    @property
    def control(self) -> Control:
        """What steers it."""

    @property
    def trainer(self) -> Trainer | None:
        """Who trains it; None while it is being prepared."""


class Hold:
    """A claim of one cell on one run: from the next safe point on, its training thread waits in :meth:`_wait`."""

    def __init__(self, running: Running, interrupt: Callable[[], None]) -> None:
        self.running, self.trainer = running, running.trainer
        self.since = time.monotonic()
        self.held = False
        """Whether the training waits here now."""
        self.willing = False
        """Whether the cell itself ended the run, and so is not hurried."""
        self._interrupt = interrupt
        self._owner = get_ident()
        self._settled = Event()
        self._actions: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._asked = running.control.at_safe_point(self._wait)

    def wait(self, give_up: Callable[[], bool]) -> None:
        """Return once the training waits, the run is over, or ``give_up`` says so."""
        while not self._settled.wait(TICK_S):
            if give_up():
                return

    def release(self) -> None:
        """Let the training go on, or never wait (any thread, any number of times)."""
        self._asked.cancel()
        self._actions.put(None)

    def call(self, action: Callable[[], T]) -> T:
        """Run ``action`` on the training thread, which waits."""
        future: Future[T] = Future()
        self._actions.put(partial(_fulfil, action, future))
        while not future.done():
            if not self.held:
                raise UserError("The run did not wait for this cell any longer.")
            time.sleep(TICK_S / 10)
        return future.result()

    def _wait(self) -> None:
        """On the training thread, or once the run is over on the one that asked."""
        trainer = self.running.trainer
        if get_ident() == self._owner or trainer is None or self._ended():
            self._settled.set()
            return
        from core.random_states import random_states, set_random_states

        device = trainer.job.device
        states = random_states(device)  # a cell draws its own numbers; the run's must not move
        self.trainer, self.since, self.held = trainer, time.monotonic(), True
        self._settled.set()
        try:
            self._serve()
        finally:
            self.held = False
            set_random_states(states, device)

    def _serve(self) -> None:
        stopped, struck = 0.0, 0
        while True:
            try:
                action = self._actions.get(timeout=TICK_S)
            except Empty:
                action = _nothing
            if action is None:
                return
            action()
            if self.running.control.stopping and not self.willing:
                stopped = stopped or time.monotonic()
                if time.monotonic() - stopped > STOP_LIMIT_S:
                    return
                if time.monotonic() - stopped > STOP_PATIENCE_S * (struck + 1):
                    struck += 1
                    self._interrupt()

    @property
    def over(self) -> bool:
        """Whether the training waits no more, or never did."""
        return self._settled.is_set() and not self.held

    def _ended(self) -> bool:
        """Whether the run's last step was taken: then nothing is held, and nothing may be recorded any more."""
        probe = self.running.control.at_safe_point(_nothing)
        return not probe.cancel()


class Holder:
    """The guard of a window's kernel: while a run goes on, each cell has it held at a safe point.

    ``find``: the run that is being prepared or goes on, or None. Cells have random numbers of their own, which go on
    from one to the next as if there were no run, and the run's as if there were no cells.
    """

    def __init__(self, find: Callable[[], Running | None], kernel: Callable[[], Kernel]) -> None:
        self._find, self._kernel = find, kernel
        self._lock = RLock()
        self._inside = False
        self._hold: Hold | None = None
        self._chance: dict[str, Any] = {}

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around one cell, on the kernel's thread.

        Raises:
            UserError: afterwards, where what the cell did to the model had to be put back.
        """
        with self._lock:
            self._inside = True
            self._claim()
            hold = self._hold
        try:
            if hold is not None:
                hold.wait(lambda: self._kernel().interrupted)
            look = _look(hold)
            self._own_numbers(hold)
            yield
            self._keep_numbers(hold)
            _settle(hold, look)
        finally:
            with self._lock:
                self._inside = False
                late, self._hold = self._hold, None
            for claim in (hold, late):
                if claim is not None:
                    claim.release()

    def follow(self) -> None:
        """A run begins: a cell that is running already claims it now, so that the two never meet."""
        with self._lock:
            if self._inside:
                self._claim()

    @property
    def waiting(self) -> tuple[str, float] | None:
        """("training", seconds) while a run waits for a cell, ("console", seconds) while a cell waits for a run."""
        hold = self._hold
        if hold is None or hold.over:
            return None
        return "training" if hold.held else "console", time.monotonic() - hold.since

    def call(self, action: Callable[[], T]) -> T:
        """Run ``action`` at a safe point of the run: at once where the training waits for this cell.

        Raises:
            UserError: where no run goes on.
        """
        running, hold = self._find(), self._hold
        if running is None or running.trainer is None:
            raise UserError(NO_RUN)
        if hold is not None and hold.running is running and hold.held:
            return hold.call(action)
        asked = running.control.at_safe_point(action)
        end = time.monotonic() + LIMIT_S
        while not asked.done():
            time.sleep(TICK_S / 10)
            if time.monotonic() > end and asked.cancel():
                raise UserError(f"The run came to no safe point within {LIMIT_S:.0f} s: try again once it trains.")
        return asked.result()

    def trains(self, trainer: Trainer) -> bool:
        """Whether this is the run that goes on."""
        running = self._find()
        return running is not None and running.trainer is trainer

    def will_stop(self) -> None:
        """The cell itself ends the run: it is not hurried."""
        if self._hold is not None:
            self._hold.willing = True

    def _claim(self) -> None:
        running = self._find()
        if running is not None and (self._hold is None or self._hold.running is not running):
            self._hold = Hold(running, lambda: self._kernel().interrupt())

    def _own_numbers(self, hold: Hold | None) -> None:
        if self._chance:
            from core.random_states import set_random_states

            set_random_states(self._chance, _device(hold))

    def _keep_numbers(self, hold: Hold | None) -> None:
        if "torch" in sys.modules:
            from core.random_states import random_states

            self._chance = random_states(_device(hold))


def _device(hold: Hold | None) -> Any:
    import torch

    return hold.trainer.job.device if hold is not None and hold.held and hold.trainer else torch.device("cpu")


def _look(hold: Hold | None) -> Intact | None:
    if hold is None or not hold.held or hold.trainer is None:
        return None
    from core.console.intact import Intact

    return Intact(hold.trainer.job.model)


def _settle(hold: Hold | None, look: Intact | None) -> None:
    if hold is None or look is None or not hold.held or hold.trainer is None:
        return
    changed, put_back = look.settle()
    if changed:
        hold.call(partial(hold.trainer.weights_loaded, CONSOLE))
    if put_back:
        raise UserError(put_back)


def _nothing() -> None:
    pass


def _fulfil(action: Callable[[], T], future: Future[T]) -> None:
    try:
        future.set_result(action())
    except Exception as error:  # border: whoever asked gets the exception with the future
        future.set_exception(error)
