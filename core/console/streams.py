"""While a cell runs: stdout, stderr, stdin and time.sleep as its thread, and no other thread, sees them."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Any

from core.console.sink import Sink
from core.errors import UserError

NO_INPUT = "The console cannot ask for input: give the value in the code instead."
SLEEP_S = 0.05
"""An interrupt waits at most this long for a cell that sleeps."""

SWITCH_S = 0.0005
"""So long a cell that computes in Python may keep other threads waiting: ten times less than usual, since the GUI
thread waits that long at each of many calls."""

_switch_before: list[float] = []
_sinks: dict[int, Sink] = {}
_lock = Lock()
_plain_sleep = time.sleep


class _Output(io.TextIOBase):
    """Writes to the cell on whose thread it is called, or else to where the stream went before."""

    def __init__(self, kind: Any, before: Any) -> None:
        super().__init__()
        self._kind, self.before = kind, before

    def write(self, text: str) -> int:
        __tracebackhide__ = True  # of an interrupt, only the person's own lines are shown
        sink = sink_here()
        if sink is None or sink.telling:
            return self.before.write(text) if self.before is not None else len(text)
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        sink.write(self._kind, text)
        return len(text)

    def flush(self) -> None:
        sink = sink_here()
        if sink is not None and not sink.telling:
            sink.flush()
        elif self.before is not None:
            self.before.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return get_ident() not in _sinks and self.before is not None and self.before.isatty()

    def fileno(self) -> int:
        if get_ident() in _sinks or self.before is None:
            raise io.UnsupportedOperation("what a cell writes goes to no file")
        return int(self.before.fileno())

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8" if self.before is None else self.before.encoding

    def __getattr__(self, name: str) -> Any:
        return getattr(self.before, name)


class _Input(io.TextIOBase):
    """Refuses to be read by a cell, which would wait for ever; everybody else reads on."""

    def __init__(self, before: Any) -> None:
        super().__init__()
        self.before = before

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        return str(self._real().readline(size))

    def read(self, size: int | None = -1, /) -> str:
        return str(self._real().read(size))

    def fileno(self) -> int:
        return int(self._real().fileno())

    def readable(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.before, name)

    def _real(self) -> Any:
        if get_ident() in _sinks or self.before is None:
            raise UserError(NO_INPUT)
        return self.before


def _sleep(seconds: float, /) -> None:
    """In small pieces, since nothing can interrupt a call that has left Python."""
    __tracebackhide__ = True
    if get_ident() not in _sinks or not seconds > SLEEP_S:
        _plain_sleep(seconds)
        return
    end = time.monotonic() + seconds
    while (rest := end - time.monotonic()) > 0:
        _plain_sleep(min(rest, SLEEP_S))


@contextmanager
def routed(sink: Sink) -> Iterator[None]:
    """On this thread, what is written goes to ``sink``."""
    sink.begin()
    with _lock:
        if not _sinks:
            _install()
        _sinks[get_ident()] = sink
    try:
        yield
    finally:
        with _lock:
            _sinks.pop(get_ident(), None)
            if not _sinks:
                _uninstall()


def sink_here() -> Sink | None:
    """Where the cell on this thread writes; None on a thread without one."""
    return _sinks.get(get_ident())


def forget(thread: int) -> None:
    """Of a thread that was given up: what it writes goes nowhere any more."""
    with _lock:
        if thread in _sinks:
            _sinks[thread].mute()


def _install() -> None:
    sys.stdout, sys.stderr = _Output("stdout", sys.stdout), _Output("stderr", sys.stderr)
    sys.stdin = _Input(sys.stdin)
    time.sleep = _sleep  # type: ignore[assignment]
    _switch_before.append(sys.getswitchinterval())
    sys.setswitchinterval(SWITCH_S)


def _uninstall() -> None:
    """Only what is still ours: a cell may have put something else there, and so may others."""
    for name in ("stdout", "stderr", "stdin"):
        stream = getattr(sys, name)
        if isinstance(stream, _Output | _Input):
            setattr(sys, name, stream.before)
    sys.setswitchinterval(_switch_before.pop())
    if time.sleep is _sleep:
        time.sleep = _plain_sleep
