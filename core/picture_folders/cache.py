"""Decoded pictures on disk: made once, memory-mapped, and whole or not there."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from core.data import DataError
from core.files import read_json, write_json, write_whole
from core.home import cache_folder

FORMAT = 1
SPARE_BYTES = 64 * 2**20
"""Left free on the disk, whatever is decoded."""
_WAIT_S = 0.2
_COPIED = 64 * 2**20


@dataclass(frozen=True)
class Kept:
    """What was decoded.

    ``pixels``: uint8 N×C×H×W, read-only, mapped from the disk. ``labels``: int64, N, places in ``classes``.
    ``names``: N, where in the folder each was. ``parts``: how many rows belong to train, validation and test, in that
    order. ``unreadable``: pictures and what is wrong with them, in words that follow the name. ``remarks``: sentences.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    names: tuple[str, ...]
    classes: tuple[str, ...]
    parts: tuple[int, int, int]
    unreadable: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def place(path: Path, stamp: str, *settings: object) -> Path:
    """The folder for what is decoded of ``path``, as long as its ``stamp`` is the same, with these settings."""
    return cache_folder() / "pictures" / "-".join((_digest(str(path)), _digest(stamp), _digest(settings, FORMAT)))


def load(folder: Path) -> Kept | None:
    """What is kept there, or None where nothing is, or not all of it."""
    about = read_json(folder / "about.json")
    try:
        count, channels, side = (int(about[name]) for name in ("count", "channels", "side"))
        shape = (count, channels, side, side)
        if (folder / "pixels").stat().st_size != int(np.prod(shape, dtype=object)):
            return None
        pixels = np.memmap(folder / "pixels", np.uint8, mode="r", shape=shape).view(np.ndarray)
        labels = np.fromfile(folder / "labels", np.int64)
        names = (folder / "names.txt").read_text(encoding="utf-8").split("\n")
        kept = Kept(
            *(pixels, labels, tuple(names), tuple(map(str, about["classes"])), _three(about["parts"])),
            *(tuple((str(name), str(why)) for name, why in about["unreadable"]), tuple(map(str, about["remarks"]))),
        )
    except (OSError, TypeError, KeyError, ValueError):
        return None
    whole = len(labels) == len(names) == sum(kept.parts) == count and labels.min() >= 0
    return kept if whole and labels.max() < len(kept.classes) else None


@contextlib.contextmanager
def only_one(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Waits, and calls ``waiting`` meanwhile, until nobody else decodes into ``folder``."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(_lock_of(folder))
    while True:
        try:
            lock.acquire(timeout=_WAIT_S)
            break
        except Timeout:
            waiting()
    try:
        yield
    finally:
        lock.release()


class Writer:
    """Writes into a folder beside the final one, which :meth:`finish` puts in its place."""

    def __init__(self, folder: Path, shape: tuple[int, int, int, int]) -> None:
        self.folder = folder
        self.part = folder.with_name(f"{folder.name}.part")
        self.shape = shape
        self._bytes = int(np.prod(shape[1:]))

    def __enter__(self) -> Writer:
        shutil.rmtree(self.part, ignore_errors=True)  # of a build that was killed: nobody else has the lock
        self.part.mkdir()
        # Written rather than mapped: a disk that runs full is then an error, and not the end of the process.
        self._file = (self.part / "pixels").open("wb", buffering=0)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        shutil.rmtree(self.part, ignore_errors=True)

    def put(self, row: int, picture: NDArray[np.uint8]) -> None:
        """Keep ``picture``, C×H×W, as that row."""
        if hasattr(os, "pwrite"):
            written = os.pwrite(self._file.fileno(), picture.tobytes(), row * self._bytes)
        else:
            self._file.seek(row * self._bytes)
            written = self._file.write(picture.tobytes())
        if written < self._bytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def keep_rows(self, rows: NDArray[np.int64], tell: Callable[[], None]) -> None:
        """Of what was put keep only these rows, in this order."""
        self._file.close()
        before, after = self.part / "pixels", self.part / "kept-pixels"
        pixels = np.memmap(before, np.uint8, mode="r", shape=(before.stat().st_size // self._bytes, *self.shape[1:]))
        at_once = max(1, _COPIED // self._bytes)
        with after.open("wb") as file:
            for first in range(0, len(rows), at_once):
                tell()
                file.write(pixels[rows[first : first + at_once]].tobytes())
        del pixels  # some systems do not replace a file that is mapped
        after.replace(before)
        self._file = before.open("ab", buffering=0)

    def finish(self, labels: NDArray[np.int64], names: tuple[str, ...], about: dict[str, Any]) -> None:
        """Everything is there: from now on :func:`load` finds it."""
        os.fsync(self._file.fileno())
        self._file.close()
        labels.astype(np.int64).tofile(self.part / "labels")
        write_whole(self.part / "names.txt", "\n".join(names).encode("utf-8", "replace"))
        shape = {"count": len(labels), "channels": self.shape[1], "side": self.shape[2]}
        write_json(self.part / "about.json", {**shape, **about})
        shutil.rmtree(self.folder, ignore_errors=True)
        self.part.replace(self.folder)


def check_room(folder: Path, needed: int, name: str) -> None:
    """Whether ``needed`` bytes can be written into ``folder``.

    Raises:
        DataError: where the disk is too full, with both numbers.
    """
    free = shutil.disk_usage(folder).free
    if needed + SPARE_BYTES > free:
        raise DataError(
            f"The decoded pictures of {name} take {_size(needed)}, but only {_size(free)} are free in {folder}: "
            "make room, or choose a smaller size."
        )


def forget_older(folder: Path) -> None:
    """Throw away what was decoded of an earlier state of the same pictures; other settings of this state stay."""
    path, stamp, _ = folder.name.split("-")
    for other in folder.parent.glob(f"{path}-*"):
        key = other.name.partition(".")[0]
        if key.startswith(f"{path}-{stamp}-") or not other.is_dir():
            continue
        lock = _lock_of(other.with_name(key))
        with contextlib.suppress(Timeout, OSError), FileLock(lock, timeout=0):
            shutil.rmtree(other, ignore_errors=True)  # a run that still reads it keeps it, where the system says so
        with contextlib.suppress(OSError):
            lock.unlink()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _three(parts: Any) -> tuple[int, int, int]:
    train, validation, test = map(int, parts)
    return train, validation, test


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 5e8 else f"{count / 1e6:,.0f} MB"


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
