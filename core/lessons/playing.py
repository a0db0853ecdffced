"""Runs cells of a lesson in the console's kernel, one after the other, and checks what they made."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.console.outputs import Outcome, Output
from core.lessons.checking import Verdict, check_code
from core.lessons.records import CellRecord

if TYPE_CHECKING:
    from core.console.kernel import Kernel


@dataclass(frozen=True)
class Play:
    """A cell to run: the code as the learner left it, its check (or nothing), and what it shows."""

    code: str
    check: str
    record: CellRecord


class Player:
    """Plays are run in the order in which they came; one that fails drops all that wait."""

    def __init__(self, kernel: Callable[[], Kernel]) -> None:
        self._kernel = kernel
        self._waiting: deque[Play] = deque()
        self._playing: Play | None = None
        self._lock = threading.Lock()

    @property
    def busy(self) -> bool:
        """Whether something runs or waits (any thread)."""
        return self._playing is not None

    def play(self, plays: Iterable[Play]) -> None:
        """Run these after what waits already; one that waits or runs is not asked for twice."""
        with self._lock:
            for play in plays:
                if not play.record.shown.busy:
                    play.record.wait()
                    self._waiting.append(play)
            first = self._next() if self._playing is None else None
        self._begin(first)

    def interrupt(self) -> None:
        """Stop what runs, and forget what waits."""
        with self._lock:
            self._drop()
            playing = self._playing
        if playing is not None:
            self._kernel().interrupt()

    def _next(self) -> Play | None:
        self._playing = self._waiting.popleft() if self._waiting else None
        return self._playing

    def _begin(self, play: Play | None) -> None:
        """Never with the lock held: the kernel has locks of its own, and calls back from within them."""
        if play is None:
            return
        play.record.begin()
        future = self._kernel().execute(play.code, play.record.take)
        future.add_done_callback(lambda done: self._on_ran(play, done))

    def _on_ran(self, play: Play, done: Future[Outcome]) -> None:
        """On the kernel's thread. The check follows at once, before another cell can change what it looks at."""
        outcome = _outcome_of(done)
        if outcome.state == "done" and play.check:
            play.record.check()
            future = self._kernel().execute(check_code(play.check), _unheard, silent=True)
            future.add_done_callback(lambda checked: self._on_checked(play, outcome, checked))
        else:
            self._end(play, outcome)

    def _on_checked(self, play: Play, outcome: Outcome, done: Future[Outcome]) -> None:
        checked = _outcome_of(done)
        if isinstance(checked.error, Verdict):
            self._end(play, outcome, checked.error)
        else:  # interrupted, say
            self._end(play, checked)

    def _end(self, play: Play, outcome: Outcome, verdict: Verdict | None = None) -> None:
        play.record.end(outcome, verdict)
        with self._lock:
            if outcome.state != "done":
                self._drop()
            following = self._next()
        self._begin(following)

    def _drop(self) -> None:
        while self._waiting:
            self._waiting.pop().record.drop()


def _outcome_of(done: Future[Outcome]) -> Outcome:
    if done.cancelled():
        return Outcome("interrupted", "It was not run.")
    error = done.exception()
    if error is not None:
        return Outcome("failed", f"{type(error).__name__}: {error}", error)
    return done.result()


def _unheard(output: Output) -> None:
    """What a check prints is for nobody."""
