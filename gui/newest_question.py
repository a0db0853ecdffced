"""For pages that ask a network while it is trained: one question at a time, and only the newest counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from core.data import Cancelled
from core.worker import Background

T = TypeVar("T")
Tick = Callable[[int, int], None]
"""Called by the work with what is done and how much there is; raises :class:`~core.data.Cancelled`."""


class NewestQuestion(QObject):
    """``begin`` is called when a question is due and may be answered; it calls :meth:`submit`, or nothing.

    Nothing is answered while the ``page`` is not seen: what is due then waits until :meth:`ask` or :meth:`begin` is
    called again. Whoever gets an answer calls :meth:`settle`. All methods are for the GUI thread.
    """

    def __init__(self, page: QWidget, begin: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._page, self._begin = page, begin
        self.background = Background(self)
        self.busy = False
        """Whether one is being answered."""
        self.due = False
        """Whether a newer one waits."""
        self.progress = 0.0
        """Which share of the work is done."""
        self.asked_at = self.done_at = self.took = 0.0
        """When the last question was begun, when it was answered, and how long that took, in seconds."""
        self._stop = Event()

    def ask(self) -> None:
        """Answer what is asked now; the answer to an older question is given up."""
        self.due = True
        if self.busy:
            self._stop.set()
        elif self._page.isVisible():
            self.begin()

    def begin(self) -> None:
        """Answer what is due, unless an older question is being given up."""
        if not self.busy:
            self.due = False
            self._begin()

    def submit(
        self, work: Callable[[Tick], T], answered: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Answer on the background thread; ``work`` calls what it gets from time to time."""
        self.busy, self.progress, self.asked_at = True, 0.0, time.perf_counter()
        stop = self._stop = Event()

        def tick(done: int, total: int) -> None:
            if stop.is_set():
                raise Cancelled
            self.progress = done / max(1, total)

        self.background.submit(lambda: work(tick), answered, failed)

    def settle(self) -> None:
        """One was answered: on to the newest, where there is one."""
        self.busy, self.done_at = False, time.perf_counter()
        self.took = self.done_at - self.asked_at
        if self.due and self._page.isVisible():
            self.begin()

    def give_up(self) -> None:
        """The page is hidden: what takes long is begun anew when it is seen again."""
        if self.busy:
            self.due = True
            self._stop.set()

    def rested(self, least: float, share: float) -> bool:
        """Whether ``least`` seconds have passed since the last answer, and asking again takes no more than ``share``
        of the time.
        """
        return time.perf_counter() - self.done_at > max(least, self.took / share)

    def close(self) -> None:
        """Give up what is being answered and wait for the thread."""
        self.due = False
        self._stop.set()
        self.background.close()
