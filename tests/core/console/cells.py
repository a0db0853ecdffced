"""Runs cells and keeps what they tell, for the tests of the console."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from core.console.kernel import Kernel
from core.console.outputs import Outcome, Output

WAIT_S = 60.0
"""Shared machines are slow; a test that waits for what comes loses nothing."""


class Told(list[Output]):
    """What cells told; usable as their ``tell``. :meth:`wait_for` waits for a text."""

    def __init__(self) -> None:
        super().__init__()
        self._more = threading.Condition()

    def __call__(self, output: Output) -> None:
        with self._more:
            self.append(output)
            self._more.notify_all()

    def text(self, *kinds: str) -> str:
        """All that was told in these kinds; of all, where none is given."""
        return "".join(output.text for output in self if not kinds or output.kind in kinds)

    def wait_for(self, text: str) -> None:
        self.wait_until(lambda: text in self.text())

    def wait_until(self, condition: Callable[[], bool]) -> None:
        with self._more:
            assert self._more.wait_for(condition, WAIT_S), self.text()


def run(kernel: Kernel, code: str, **options: Any) -> tuple[Outcome, Told]:
    told = Told()
    return kernel.execute(code, told, **options).result(WAIT_S), told


def begin(kernel: Kernel, code: str) -> tuple[Future[Outcome], Told]:
    """Run code that says "begun" and does not end soon; returns once it has said so."""
    told = Told()
    future = kernel.execute(f"print('begun')\n{code}", told)
    told.wait_for("begun")
    return future, told
