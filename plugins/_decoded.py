"""CIFAR-10 as plain bytes: kept beside its pickles, which take seconds to check and to read."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.api import Split

SHAPE = (3, 32, 32)
ROW = 1 + 3 * 32 * 32
"""One sample: its class, then its picture channel by channel, as in the data set's own "binary version"."""
CLASSES = 10
BATCHES = 6
"""Equally large, the last one the test part."""


def stamp(sources: Sequence[Path]) -> str:
    """Changes with whatever happens to these files.

    Raises:
        OSError: where one is missing.
    """
    found = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sources]
    return hashlib.sha256(repr((str(sources[0].parent.absolute()), found)).encode()).hexdigest()[:16]


def kept(folder: Path, stamp: str) -> tuple[Split, Split] | None:
    """The training and the test part that :func:`keep` wrote for the same stamp, or None.

    The file is no more than numbers; one that does not have the right size or classes is not used.
    """
    try:
        rows = np.memmap(_path(folder, stamp), np.uint8, "r").reshape(-1, ROW)
    except (OSError, ValueError):
        return None
    if not len(rows) or len(rows) % BATCHES or rows[:, 0].max() >= CLASSES:
        return None
    learn = len(rows) // BATCHES * (BATCHES - 1)
    first, last = (
        Split(np.array(part[:, 1:]).reshape(-1, *SHAPE), part[:, 0].astype(np.int64))
        for part in (rows[:learn], rows[learn:])
    )
    return first, last


def keep(folder: Path, stamp: str, learn: Split, test: Split) -> None:
    """Write both parts for :func:`kept`, and delete what was kept before; where there is no room, nothing is kept."""
    path = _path(folder, stamp)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("decoded-*.bin*"):
            old.unlink()
        try:
            with part.open("wb") as file:
                for split in (learn, test):
                    labels = split.targets.astype(np.uint8)[:, None]
                    np.hstack([labels, split.inputs.reshape(len(split), -1)]).tofile(file)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _path(folder: Path, stamp: str) -> Path:
    return folder / f"decoded-{stamp}.bin"
