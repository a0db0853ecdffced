"""Runs cells of Python code, one after the other, on a thread of its own, which can be interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from core.console.life import Cell, Life
from core.console.outputs import Outcome, Output

if TYPE_CHECKING:
    from core.console.shell import Shell

T = TypeVar("T")
PATIENCE_S = 2.0
"""How long a cell is struck before it is given up, where its thread has to end."""
GRACE_S = 0.3
"""The first interrupt is all that most cells need to end by themselves, with a traceback."""
STRIKE_S = 0.01
CLOSED = "The console is closed."


class Kernel:
    """All methods may be called from any thread; cells and what is asked queue up.

    ``names``: asked before every cell, on the kernel's thread, for fresh values of model, batch, run, app. A name to
    which the person gave another value keeps that, until it is deleted. ``guard``: entered around every cell; one that
    raises a :class:`~core.errors.UserError` refuses the cell with its sentence. It should give up waiting once
    :attr:`interrupted` is set, and it may be left from another thread, where a cell had to be given up. ``changed``:
    called on the kernel's thread when a cell has begun or ended.
    """

    def __init__(
        self,
        names: Callable[[], Mapping[str, object]] = dict,
        guard: Callable[[], AbstractContextManager[None]] = nullcontext,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = partial(Life, names, guard, changed)
        self._lock = RLock()
        self._life = self._make()
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a cell runs or waits."""
        return self._life.busy

    @property
    def interrupted(self) -> bool:
        """Whether the cell that runs was asked to end."""
        return self._life.interrupted.is_set()

    @property
    def count(self) -> int:
        """The number of the last cell that got one; 0 before the first."""
        return self._life.count

    @property
    def namespace(self) -> dict[str, Any]:
        """Where cells find and leave their names."""
        return self._life.namespace

    def execute(self, code: str, tell: Callable[[Output], None], *, silent: bool = False) -> Future[Outcome]:
        """Run ``code``; ``tell`` gets what it shows, as it comes, never two things at once and never on this thread.

        ``silent``: without history, number or result, for code that is not the person's.
        """
        cell = Cell(code, tell, silent)
        with self._lock:
            if self._closed:
                cell.future.set_result(Outcome("refused", CLOSED))
            else:
                self._life.add(cell)
        return cell.future

    def ask(self, question: Callable[[Shell], T]) -> Future[T | None]:
        """Ask the shell something short, such as what a word could become; None where a cell is in its way."""
        with self._lock:
            if not self._closed:
                return self._life.ask(question)
        answer: Future[T | None] = Future()
        answer.set_result(None)
        return answer

    def interrupt(self) -> None:
        """Raise ``KeyboardInterrupt`` in the cell that runs; what waits behind it is dropped.

        A single long call into a library ends first.
        """
        self._life.interrupt()

    def restart(self, patience: float = PATIENCE_S) -> bool:
        """Begin anew with an empty namespace; False where a cell did not end and its thread had to be given up.

        Waits up to ``patience`` seconds for that cell, so it should not be called on the GUI thread.
        """
        with self._lock:
            old, self._life = self._life, self._make()
            if self._closed:
                self._life.end()
        return _ended(old, patience)

    def close(self, patience: float = PATIENCE_S) -> bool:
        """Interrupt what runs and end the thread; False where that did not end and had to be given up."""
        with self._lock:
            self._closed = True
        return _ended(self._life, patience)


def _ended(life: Life, patience: float) -> bool:
    """Strike until it ends: code that catches the first interrupt is caught by one of the next."""
    life.end()
    deadline = time.monotonic() + patience
    if life.join(GRACE_S):
        return True
    while not life.join(STRIKE_S):
        life.interrupt()
        if time.monotonic() > deadline:
            life.give_up()
            return False
    return True
