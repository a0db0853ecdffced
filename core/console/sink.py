"""What a cell writes, on its way to whoever shows it: quickly, but never more than can be looked at."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, RLock, Thread, get_ident

from core.console.outputs import Output, OutputKind

PAUSE_S = 0.1
"""Text waits at most this long; text that comes faster than it can be read is told this often."""
AT_ONCE = 20
"""Lines that are told as they come within one such pause; the next ones are gathered."""
MOST_TOLD = 4_000
MOST_LINES = 40
"""Of what was gathered in one pause, characters and lines that are told: the newest."""
MOST_OF_A_CELL = 1_000_000
"""Characters; of what a cell writes beyond them only its end is told."""
MOST_OF_ONE = 20_000
"""Characters of one result, error or page of help."""
MOST_PICTURES = 100


def shortened(text: str, most: int = MOST_OF_ONE) -> str:
    """``text``, without its middle where it is longer than ``most`` characters."""
    if len(text) <= most:
        return text
    head = most * 3 // 4
    return f"{text[:head]}\n… {len(text) - most:,} characters are left out …\n{text[head - most :]}"


class Sink:
    """Takes what one cell writes and tells it, never two things at once.

    ``tell`` is called on the cell's own thread, or for text that waited on another one; never on the thread of
    whoever asked for the cell.
    """

    def __init__(self, tell: Callable[[Output], None]) -> None:
        self._tell = tell
        self._lock = RLock()
        self._kind: OutputKind = "stdout"
        self._pieces: list[str] = []
        self._length = self._dropped = self._told = self._pictures = 0
        self._credit, self._since = AT_ONCE, 0.0
        self._closed = False
        self._teller = 0
        self._waits, self._due, self._end = False, Lock(), Event()
        self._due.acquire()
        self._watch = Thread(target=self._tell_what_waits, name="console-output", daemon=True)

    def begin(self) -> None:
        """Before the cell: from now on what is written is told, even where nothing more follows.

        The thread for it is not begun by what the cell writes, since a blow meant for the cell's thread hits one that
        it is starting; the cell would then wait for ever for a thread that never began.
        """
        self._watch.start()

    @property
    def telling(self) -> bool:
        """Whether what this thread writes now comes from whoever is being told, and is no output of the cell."""
        return self._teller == get_ident()

    def write(self, kind: OutputKind, text: str) -> None:
        """A stream's text."""
        __tracebackhide__ = True
        with self._lock:
            if self._closed or not text:
                return
            if kind != self._kind:
                self._flush()
                self._kind = kind
            self._keep(text.replace("\r\n", "\n"))  # what a command on a terminal of its own writes
            now = time.monotonic()
            if now - self._since >= PAUSE_S:
                self._since, self._credit = now, AT_ONCE
            if "\n" in text and self._credit > 0:
                self._credit -= 1
                self._flush()
            elif not self._waits:
                self._waits = True
                self._due.release()

    def show(self, output: Output) -> None:
        """A result, a picture or an error, after all that was written before it."""
        with self._lock:
            if self._closed:
                return
            self._flush()
            png = output.png
            self._pictures += bool(png)
            text = shortened(output.text)
            if png and self._pictures > MOST_PICTURES:
                if self._pictures > MOST_PICTURES + 1:
                    return
                text, png = f"… more than {MOST_PICTURES} pictures: the others are left out …\n", b""
            self._say(Output(output.kind, text, png, shortened(output.summary, 500), output.count))

    def flush(self) -> None:
        """Tell what waits."""
        with self._lock:
            self._flush()

    def close(self) -> None:
        """Tell the last of it; what is written after that is lost."""
        with self._lock:
            self._told = min(self._told, MOST_OF_A_CELL - 1)  # its end is told, however much there was
            self._flush()
            self._closed = True
        self._end_watch()
        if self._watch.ident is not None:
            self._watch.join()

    def mute(self) -> None:
        """Nothing more is told; for a cell that was given up."""
        self._tell = lambda output: None
        self._closed = True
        self._end_watch()

    def _keep(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        if self._length > 2 * MOST_TOLD:
            self._cut()

    def _cut(self) -> None:
        """Keep the newest text only."""
        text = "".join(self._pieces)
        kept = text[-MOST_TOLD:]
        lines = kept.splitlines(keepends=True)
        kept = "".join(lines[-MOST_LINES:])
        self._dropped += len(text) - len(kept)
        self._pieces, self._length = [kept], len(kept)

    def _flush(self) -> None:
        if not self._pieces or self._closed:
            return
        if self._length > MOST_TOLD or len(self._pieces) > MOST_LINES:
            self._cut()
        if self._told >= MOST_OF_A_CELL:
            return
        text, dropped = "".join(self._pieces), self._dropped
        self._pieces, self._length, self._dropped = [], 0, 0
        self._told += len(text)
        if dropped:
            text = f"\n… {dropped:,} characters are left out …\n{text}"
        self._say(Output(self._kind, text))

    def _say(self, output: Output) -> None:
        self._teller = get_ident()
        try:
            self._tell(output)
        finally:
            self._teller = 0

    def _tell_what_waits(self) -> None:
        """On a thread of its own: a pause after something began to wait, tell all that waits."""
        while not self._closed:
            self._due.acquire()
            self._end.wait(PAUSE_S)
            with self._lock:
                self._waits = False
                self._flush()

    def _end_watch(self) -> None:
        self._end.set()
        with suppress(RuntimeError):  # it is due already
            self._due.release()
