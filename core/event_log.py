"""The file of a run's events: lines that are appended, and cut back to where a resumed run goes on."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

FLUSH_EVERY_S = 1.0
MOST_WAITING = 16 * 2**20
"""Bytes that are kept in memory while the disk takes none; beyond, they are dropped."""
CHUNK = 2**16


class EventLog:
    """Lines go to the disk about once a second, and at each :meth:`flush`. The file never ends in half a line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: FileIO | None = None
        self.size = 0
        """Bytes that the disk has taken, since the file was opened."""
        self._waiting: list[bytes] = []
        self._since = time.monotonic()

    def append(self, line: str) -> None:
        """Add a line, without its end.

        Raises:
            OSError: where the disk does not take what has come together; it is tried again later.
        """
        self._waiting.append(line.encode() + b"\n")
        if time.monotonic() - self._since >= FLUSH_EVERY_S:
            self.flush()

    def flush(self, *, sync: bool = False) -> None:
        """Write what waits, with ``sync`` down to the disk itself.

        Raises:
            OSError: as :meth:`append`, or where somebody has deleted the file.
        """
        self._since = time.monotonic()
        file = self._opened()
        if os.fstat(file.fileno()).st_nlink == 0:
            raise OSError(errno.ENOENT, "the folder of the run is gone", str(self.path))
        if self._waiting:
            self._write(file, b"".join(self._waiting))
            self._waiting.clear()
        if sync:
            os.fsync(file.fileno())

    def cut(self, size: int) -> None:
        """Drop what comes after so many bytes, and half a line before that.

        Raises:
            OSError: where the file cannot be written to.
        """
        self._waiting.clear()
        self.close()
        if not self.path.exists():
            return
        with self.path.open("rb+") as file:
            file.truncate(whole_lines(self.path, size))
            os.fsync(file.fileno())

    def close(self) -> None:
        """Write what waits, if that can be done, and let go of the file; it is opened again when needed."""
        if self._waiting:
            with suppress(OSError):
                self.flush()
            self._waiting.clear()
        if self._file:
            self._file.close()
            self._file = None

    def _opened(self) -> FileIO:
        if self._file is None:
            whole = whole_lines(self.path)
            file = FileIO(self.path, "a")
            if file.tell() != whole:  # a process died in the middle of a line
                file.truncate(whole)
            self._file, self.size = file, whole
        return self._file

    def _write(self, file: FileIO, content: bytes) -> None:
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[file.write(rest) :]
        except OSError:
            with suppress(OSError):
                file.truncate(self.size)
            if len(content) > MOST_WAITING:
                self._waiting.clear()
            raise
        self.size += len(content)


def whole_lines(path: Path, size: int | None = None) -> int:
    """How many of the file's first ``size`` bytes (None: of all) are whole lines; 0 where there is no file."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            end = end if size is None else min(end, size)
            while end > 0:
                begin = max(0, end - CHUNK)
                file.seek(begin)
                found = file.read(end - begin).rfind(b"\n")
                if found >= 0:
                    return begin + found + 1
                end = begin
    except FileNotFoundError:
        pass
    return 0


def size_after(path: Path, step: int) -> int:
    """How many bytes tell of what happened up to ``step`` and before an end: for checkpoints that do not say."""
    size = 0
    try:
        with path.open("rb") as file:
            for line in file:
                if _is_later(line, step):
                    break
                size += len(line)
    except OSError:
        return 0
    return size


def _is_later(line: bytes, step: int) -> bool:
    try:
        event: Any = json.loads(line)
        if event.get("event") == "RunEnded":
            return True
        return max(int(event.get("first_step", 0)), int(event.get("step", 0))) > step
    except (ValueError, TypeError, AttributeError):
        return False


def recorded_events(path: Path, kind: str = "") -> Iterator[dict[str, Any]]:
    """The events in a record, oldest first; of one ``kind`` alone, others are not even parsed.

    A line that is no event is passed over: the last one is cut short where the process died while it was written.

    Raises:
        OSError: where there is no record, or it cannot be read.
    """
    mark = f'"{kind}"'.encode()
    with path.open("rb") as file:
        for line in file:
            if kind and mark not in line:
                continue
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and kind in ("", event.get("event")):
                yield event
