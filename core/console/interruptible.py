"""A thread that does one piece of work after the other, and can be interrupted in the midst of one."""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable
from threading import Condition, Lock, Thread, get_ident
from typing import TypeVar

T = TypeVar("T")

_raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in.argtypes = (ctypes.c_ulong, ctypes.py_object)
_NOTHING = ctypes.py_object()
"""Takes back what was to be raised in a thread and has not been yet."""


class InterruptibleThread:
    """Work given to :meth:`submit` is done in order.

    :meth:`strike` raises ``KeyboardInterrupt`` within what is given to :meth:`interruptible` and nowhere else, however
    late it comes. A call that has left Python, such as one large product of matrices, ends first.
    """

    def __init__(self, name: str) -> None:
        self._work: deque[Callable[[], None]] = deque()
        self._changed = Condition()
        self._ending = False
        self._gate = Lock()
        self._open = False
        # Nothing may keep the program from ending, not even a cell that no interrupt reaches.
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def ident(self) -> int:
        """The thread's number; 0 before the first work."""
        return self._thread.ident or 0

    def submit(self, work: Callable[[], None]) -> None:
        """Do this after all that was submitted before; ``work`` lets no exception out."""
        with self._changed:
            if self._ending:
                raise RuntimeError("the thread is told to end")
            if self._thread.ident is None:
                self._thread.start()
            self._work.append(work)
            self._changed.notify()

    def interruptible(self, work: Callable[[], T]) -> T:
        """Do ``work`` here, on the thread itself.

        Raises:
            KeyboardInterrupt: where it was struck.
        """
        try:
            try:
                with self._gate:
                    self._open = True
                return work()
            finally:
                self._shut()
        finally:  # a blow may have fallen between the work's end and the gate
            self._shut()

    def strike(self) -> bool:
        """Interrupt what is being done, from any thread; False where nothing is that can be."""
        with self._gate:
            if self._open and self.ident:
                _raise_in(self.ident, KeyboardInterrupt)
            return self._open

    def end(self) -> None:
        """No work is taken any more; what was submitted is still done."""
        with self._changed:
            self._ending = True
            self._changed.notify()

    def join(self, seconds: float) -> bool:
        """Wait for the end, after :meth:`end`; whether it came. On the thread itself: no."""
        if self._thread.ident is None:
            return True
        if self._thread.ident == get_ident():
            return False
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _shut(self) -> None:
        while self._open:
            try:
                with self._gate:  # from here on no blow can fall
                    _raise_in(self.ident, _NOTHING)
                    self._open = False
            except KeyboardInterrupt:
                continue

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._work or self._ending)
                if not self._work:
                    return
                work = self._work.popleft()
            work()
