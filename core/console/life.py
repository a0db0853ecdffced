"""A kernel from its start to its restart: a thread, a shell, a namespace, and the cells that wait."""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Event, RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from core.console import IMPORTING
from core.console.interruptible import InterruptibleThread
from core.console.outputs import Outcome, Output
from core.console.sink import Sink
from core.console.streams import forget, routed
from core.errors import UserError, message

if TYPE_CHECKING:
    from core.console.shell import Shell

T = TypeVar("T")
INTERRUPTED = Outcome("interrupted", "The cell was interrupted.")
DROPPED = Outcome("interrupted", "A cell before this one was interrupted, so this one was not run.")
GIVEN_UP = Outcome("interrupted", "The cell did not end when it was interrupted, so it was given up.")


@dataclass
class Cell:
    """Code that waits or runs."""

    code: str
    tell: Callable[[Output], None]
    silent: bool = False
    future: Future[Outcome] = field(default_factory=Future)

    def end(self, outcome: Outcome) -> None:
        """Say how it ended; what is said later does not count."""
        if not self.future.done():
            self.future.set_result(outcome)


class Life:
    """What :class:`~core.console.kernel.Kernel` hands everything on to until it is restarted."""

    def __init__(
        self,
        names: Callable[[], Mapping[str, object]],
        guard: Callable[[], AbstractContextManager[None]],
        changed: Callable[[], None],
    ) -> None:
        self.interrupted = Event()
        self.count = 0
        """The number of the last cell."""
        self._names, self._guard, self._changed = names, guard, changed
        self._module = ModuleType("__main__")
        self._lock = RLock()
        self._waiting: deque[Cell] = deque()
        self._running: Cell | None = None
        self._left = ExitStack()
        self._given: dict[str, object] = {}
        self._shell: Shell | None = None
        self._thread = InterruptibleThread("console")

    @property
    def busy(self) -> bool:
        """Whether a cell runs or waits."""
        return self._running is not None or bool(self._waiting)

    @property
    def namespace(self) -> dict[str, Any]:
        """Where cells find and leave their names."""
        return self._module.__dict__

    def add(self, cell: Cell) -> None:
        """Run it once those before it have ended."""
        with self._lock:
            self._waiting.append(cell)
        self._thread.submit(self._next)

    def ask(self, question: Callable[[Shell], T]) -> Future[T | None]:
        """Ask the shell, unless a cell runs or waits."""
        answer: Future[T | None] = Future()
        with self._lock:
            if self.busy:
                answer.set_result(None)
                return answer
        self._thread.submit(partial(self._answer, question, answer))
        return answer

    def interrupt(self) -> None:
        """Strike what runs, and drop what waits."""
        with self._lock:
            if self._running:
                self.interrupted.set()
            dropped = list(self._waiting)
            self._waiting.clear()
        self._thread.strike()
        for cell in dropped:
            cell.end(DROPPED)
        if dropped:
            self._changed()

    def end(self) -> None:
        """Nothing is taken any more; what runs is interrupted."""
        self._thread.end()
        self.interrupt()

    def join(self, seconds: float) -> bool:
        """Whether the thread has ended within that time."""
        return self._thread.join(seconds)

    def give_up(self) -> None:
        """Its thread ends when its cell lets it; until then it holds nothing and nobody hears of it."""
        forget(self._thread.ident)
        with self._lock:
            cell = self._running
        if cell:
            self._leave(Sink(lambda output: None), GIVEN_UP)
            cell.end(GIVEN_UP)

    def _next(self) -> None:
        """On the thread: the cell that waits longest, unless it was dropped."""
        with self._lock:
            if not self._waiting:
                return
            cell = self._running = self._waiting.popleft()
            self.interrupted.clear()
        self._changed()
        sink = Sink(cell.tell)
        try:
            with routed(sink):
                outcome = self._guarded(cell, sink)
        except KeyboardInterrupt:  # struck just as it came to its end
            outcome = INTERRUPTED
        if outcome is INTERRUPTED:  # before its first line: the shell has told nothing
            sink.show(Output("error", "KeyboardInterrupt", summary="KeyboardInterrupt"))
        outcome = self._leave(sink, outcome)
        with self._lock:
            self._running = None
        sink.close()
        cell.end(outcome)
        self._changed()

    def _leave(self, sink: Sink, outcome: Outcome) -> Outcome:
        """Leave the guard, which may have had to take back what the cell did."""
        try:
            self._left.close()
        except UserError as error:
            sink.show(Output("error", str(error), summary=str(error)))
            return Outcome("refused", str(error), error, outcome.count)
        except Exception as error:  # border: as below
            sink.show(Output("error", traceback.format_exc(), summary=message(error)))
        return outcome

    def _guarded(self, cell: Cell, sink: Sink) -> Outcome:
        try:
            # No import is interrupted, since half of torch could not be loaded again; nor is the guard, since what it
            # holds would be held for ever; it looks at the flag.
            self._shell_here()
            _libraries()
            self._left.enter_context(self._guard())
            return self._thread.interruptible(lambda: self._run(cell, sink))
        except UserError as error:
            sink.show(Output("error", str(error), summary=str(error)))
            return Outcome("refused", str(error), error)
        except Exception as error:  # border: the shell and the guard; the thread must live on
            sink.show(Output("error", traceback.format_exc(), summary=message(error)))
            return Outcome("failed", f"{type(error).__name__}: {message(error)}", error)

    def _run(self, cell: Cell, sink: Sink) -> Outcome:
        if self.interrupted.is_set():  # before it could be struck; from here on it can
            return INTERRUPTED
        shell = self._shell_here()
        from core.console.figures import show_figures
        from core.console.shell import error_summary

        with shell.in_charge(sink):
            self._refresh()
            result: Any = shell.run_cell(  # type: ignore[no-untyped-call]
                cell.code, store_history=not cell.silent, silent=cell.silent
            )
            show_figures(sink)
        count = self.count = shell.execution_count - 1
        error = result.error_before_exec or result.error_in_exec
        if isinstance(error, KeyboardInterrupt):
            return Outcome("interrupted", INTERRUPTED.summary, error, count)
        if error is not None:
            return Outcome("failed", error_summary(error), error, count)
        return Outcome("done", count=count)

    def _shell_here(self) -> Shell:
        """Made when it is first needed: importing IPython takes a while."""
        if self._shell is None:
            from core.console.figures import draw_inline

            with IMPORTING:
                from core.console.shell import Shell

                draw_inline()
                self._shell = Shell(self._module)
        return self._shell

    def _refresh(self) -> None:
        """Put the names there, but for those to which the person has given another value."""
        fresh = {**_libraries(), **self._names()}
        space = self.namespace
        for name, value in fresh.items():
            if name not in space or (name in self._given and space[name] is self._given[name]):
                space[name] = self._given[name] = value

    def _answer(self, question: Callable[[Shell], T], answer: Future[T | None]) -> None:
        try:
            shell = self._shell_here()
            answer.set_result(self._thread.interruptible(lambda: question(shell)))
        except (Exception, KeyboardInterrupt):  # border: code of the person's objects is asked; no answer is one, too
            answer.set_result(None)


def _libraries() -> dict[str, object]:
    """``torch`` and ``np``, as far as they can be had."""
    found: dict[str, object] = {}
    try:
        import numpy as np

        found["np"] = np
        import torch

        found["torch"] = torch
    except ImportError as error:
        print(f"PyTorch cannot be loaded ({message(error)}): install the requirements again.", file=sys.stderr)  # noqa: T201
    return found
