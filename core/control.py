"""How other threads steer a run: pause, resume, single step, stop, and work done at safe points."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Condition
from typing import Any, TypeVar

from core.events import Keep

T = TypeVar("T")


def _nothing() -> None:
    pass


class Control:
    """Shared by a trainer and those who steer it. All methods may be called from any thread.

    A safe point that nobody waits for costs the trainer one attribute look-up.
    """

    def __init__(self, *, paused: bool = False) -> None:
        self._changed = Condition()
        self._attention = paused
        self._paused = paused
        self._stopped = False
        self._keep: Keep = "last"
        self._single_steps = 0
        self._slowly = False
        self._within = False
        self._halted = False
        self._advances = 0
        self._closed = False
        self._actions: deque[tuple[Callable[[], Any], Future[Any]]] = deque()

    @property
    def stopping(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._stopped

    @property
    def keep(self) -> Keep:
        """What :meth:`stop` was told to keep."""
        return self._keep

    @property
    def paused(self) -> bool:
        """Whether the run waits, or will at the next safe point."""
        return self._paused

    @property
    def slowly(self) -> bool:
        """Whether the step that follows the last safe point is taken apart (see :meth:`halt`)."""
        return self._within

    def pause(self) -> None:
        """Wait at the next safe point."""
        self._change(paused=True)

    def resume(self) -> None:
        """Go on; single steps that were still to be taken are taken with all the others."""
        with self._changed:
            self._single_steps = 0
            self._slowly = False
            self._change(paused=False)

    def step(self, *, slowly: bool = False) -> None:
        """Take exactly one step, then wait; ``slowly``: wait between its phases, too, until :meth:`advance`.

        In the middle of a step that is taken slowly, another one is not begun: what is left of it is done at once. Nor
        is it where one that is to be taken slowly is asked for twice before it begins.
        """
        with self._changed:
            if self._within:
                self._slowly = False
            elif not (slowly and self._slowly):
                self._single_steps += 1
                self._slowly = self._slowly or slowly
            self._advances = 0
            self._change(paused=True)

    def advance(self) -> None:
        """On to the next phase of a step that is taken slowly; where none waits between two, nothing."""
        with self._changed:
            if self._halted:
                self._advances += 1
                self._change()

    def stop(self, keep: Keep = "last") -> None:
        """End the run at the next safe point, and keep its last weights, its best ones, or nothing of it at all."""
        with self._changed:
            self._keep = keep
            self._stopped = True
            self._change()

    def at_safe_point(self, action: Callable[[], T]) -> Future[T]:
        """Run ``action`` on the training thread between two steps; once the run is over, at once and here."""
        future: Future[T] = Future()
        with self._changed:
            if not self._closed:
                self._actions.append((action, future))
                self._change()
                return future
        _fulfil(action, future)
        return future

    def safe_point(self, on_pause: Callable[[], None] = _nothing, on_resume: Callable[[], None] = _nothing) -> bool:
        """Called by the trainer between two steps; waits while paused. False: the run shall end.

        ``on_resume`` is called after ``on_pause`` whenever a step follows, a single one too. Before a step that is
        taken slowly both are called: it is looked at as a run that is paused is.
        """
        return self._attend(on_pause, on_resume) if self._attention else True

    def halt(self, tell: Callable[[], None] = _nothing, disturbed: Callable[[], bool] | None = None) -> bool:
        """Called by the trainer between two phases of a step that is taken slowly; serves actions while it waits.

        ``tell`` says so: whoever hears it may call :meth:`advance` at once. Returns when the step is to go on; True,
        and immediately, where one of the actions ``disturbed`` it.
        """
        with self._changed:
            self._halted = True
            self._advances = 0
        tell()
        spoilt = False
        while not spoilt and (self._actions or self._must_halt()):
            with self._changed:
                self._changed.wait_for(lambda: self._actions or not self._must_halt())
            if self._actions:
                self.serve()
                spoilt = disturbed is not None and disturbed()
        with self._changed:
            self._halted = False
            self._advances = 0
        return spoilt

    def step_taken(self) -> None:
        """Called by the trainer after a step that was taken slowly: the next ones are not, unless asked for."""
        with self._changed:
            self._slowly = self._within = False
            self._advances = 0

    def serve(self) -> None:
        """Run the actions that wait for a safe point (training thread only)."""
        while self._actions:
            action, future = self._actions.popleft()
            _fulfil(action, future)

    def close(self) -> None:
        """The run is over: what still waits is done now, what comes later is done where it comes from."""
        with self._changed:
            self._closed = True
        self.serve()

    def _change(self, paused: bool | None = None) -> None:
        with self._changed:
            if paused is not None:
                self._paused = paused
            self._attention = True
            self._changed.notify_all()

    def _attend(self, on_pause: Callable[[], None], on_resume: Callable[[], None]) -> bool:
        told = False
        while True:
            self.serve()
            if not told and (self._must_wait() or self._must_tell()):
                on_pause()
                told = True
            with self._changed:
                if told:
                    self._changed.wait_for(lambda: self._actions or not self._must_wait())
                # Whatever was asked for since then is looked at once more: no wait and no slow step goes untold.
                if not self._must_wait() and (told or not self._must_tell()):
                    self._single_steps = max(0, self._single_steps - 1)
                    self._within = self._must_tell()
                    self._attention = self._paused or self._stopped or bool(self._actions)
                    break
        if told and not self._stopped:
            on_resume()
        return not self._stopped

    def _must_wait(self) -> bool:
        return self._paused and not self._stopped and self._single_steps == 0

    def _must_tell(self) -> bool:
        """A step that is taken slowly is told of as a pause is."""
        return self._slowly and not self._stopped

    def _must_halt(self) -> bool:
        return self._slowly and not self._stopped and self._advances == 0


def _fulfil(action: Callable[[], T], future: Future[T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(action())
    except (Exception, SystemExit) as error:  # border: whoever asked gets the exception with the future
        future.set_exception(error)
