"""Pictures as arrays of one shape, by several threads where they are large enough for it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.picture_folders.found import Path, Source
from core.pictures import PictureError, photo

Decoded: TypeAlias = "NDArray[np.uint8] | str"
"""A picture, C×H×W, or why it cannot be read."""

SMALL = 128 * 128
"""Pixels: smaller ones are read by one thread, since several would mostly wait for Python's lock."""
MOST_THREADS = 8
_CHUNKS = {True: 256, False: 4}
"""Pictures read between two looks at whether somebody wants to cancel: of small ones, and of large ones."""


def decoded(source: Source, path: Path, side: int, channels: int) -> Decoded:
    """One picture, its middle scaled to ``side``×``side`` px; ``channels``: 1 (grey) or 3."""
    try:
        picture = source.picture(path, side)
        if picture.size == (side, side) and picture.mode == "RGB" and channels == 3:
            return np.asarray(picture).transpose(2, 0, 1)  # as it is: most of the time of tiny pictures is overhead
        return photo(picture, channels, side, side)
    except PictureError as error:
        return _short(str(error))


def all_decoded(
    source: Source, paths: Sequence[Path], side: int, channels: int, *, threads: int
) -> Iterator[list[Decoded]]:
    """The pictures in order, a few at a time; never many more than these are in memory.

    Whoever closes the generator early has it wait for what is being read.
    """
    chunk = _CHUNKS[threads == 1]
    chunks = [paths[first : first + chunk] for first in range(0, len(paths), chunk)]
    if threads == 1:
        yield from (_chunk(source, paths, side, channels) for paths in chunks)
        return
    with ThreadPoolExecutor(threads, "decoding") as pool:
        waiting: deque[Future[list[Decoded]]] = deque()
        try:
            for paths in chunks:
                waiting.append(pool.submit(_chunk, source, paths, side, channels))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def threads_for(pixels: float) -> int:
    """How many threads read pictures of so many pixels fastest."""
    return 1 if pixels < SMALL else min(MOST_THREADS, os.cpu_count() or 1)


def _chunk(source: Source, paths: Sequence[Path], side: int, channels: int) -> list[Decoded]:
    return [decoded(source, path, side, channels) for path in paths]


def _short(sentence: str) -> str:
    """What is wrong, without the name and without the advice: whoever lists many names each once."""
    fault = sentence.partition(";")[0].rstrip(".")
    for name in ("The picture ", "This picture "):
        fault = fault.removeprefix(name)
    return fault[fault.index("” ") + 2 :] if fault.startswith("“") and "” " in fault else fault
