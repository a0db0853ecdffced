"""Decodes all pictures of a folder or archive into the cache, or nothing."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data import DataError, Progress
from core.picture_folders import cache
from core.picture_folders.decode import all_decoded, threads_for
from core.picture_folders.found import Found, Source
from core.picture_folders.found import Path as InnerPath
from core.picture_folders.layout import PARTS, Layout, Placed, laid_out, settled
from core.picture_folders.look import Colour, Shape, shape_of
from core.picture_folders.order import interleaved

MOST_NAMED = 2_000
"""Unreadable pictures whose names are kept."""


def build(source: Source, folder: Path, side: int, colour: Colour, progress: Progress) -> None:
    """Find the pictures of ``source`` and keep them decoded in ``folder``, which is then whole.

    Raises:
        DataError: where they cannot be used or kept.
        Cancelled: from ``progress``; nothing is left then.
    """
    with warnings.catch_warnings():  # what Pillow has to say of odd files is told by us, if it matters
        warnings.filterwarnings("ignore", module=r"PIL\.")
        found = source.look(lambda done: progress(done, None, f"Looking through {source.name}"))
        layout = laid_out(found.pictures or list(found.unreadable), source.name)
        if not found.pictures:
            raise DataError(f"No picture in {source.name} can be read: {_first(found.unreadable)}.")
        paths = [picture.path for picture in layout.pictures]
        shape = shape_of(source, paths, side, colour, lambda done: progress(done, None, f"Looking at {source.name}"))
        _decode(source, folder, found, layout, shape, progress)


def _decode(source: Source, folder: Path, found: Found, layout: Layout, shape: Shape, progress: Progress) -> None:
    pictures = layout.pictures
    size = (len(pictures), shape.channels, shape.side, shape.side)
    cache.check_room(folder.parent, int(np.prod(size, dtype=object)), source.name)
    place = np.empty(len(pictures), np.int64)
    place[_rows(pictures, layout.classes)] = np.arange(len(pictures))
    with cache.Writer(folder, size) as writer:
        faults = _write(writer, source, layout, place, shape, progress)
        good = [picture for index, picture in enumerate(pictures) if index not in faults]
        if not good:
            raise DataError(f"No picture in {source.name} can be read: {_first(_by_path(pictures, faults))}.")
        kept = settled(good, layout.classes, layout.remarks, source.name)
        rows = _rows(kept.pictures, kept.classes)
        if len(kept.pictures) < len(pictures):
            index_of = {picture.path: index for index, picture in enumerate(pictures)}
            old = place[[index_of[kept.pictures[row].path] for row in rows]]
            writer.keep_rows(old, lambda: progress(0, None, f"Keeping the pictures of {source.name}"))
        unreadable = {**found.unreadable, **_by_path(pictures, faults)}
        ordered = [kept.pictures[row] for row in rows]
        writer.finish(
            _labels(ordered, kept.classes),
            tuple(shown(picture.path) for picture in ordered),
            _about(kept, unreadable, found),
        )


def _write(
    writer: cache.Writer, source: Source, layout: Layout, place: NDArray[np.int64], shape: Shape, progress: Progress
) -> dict[int, str]:
    """Decode and write all; returns what is wrong with those that cannot be read."""
    pictures, faults, index = layout.pictures, {}, 0
    text = f"Decoding the pictures of {source.name}"
    progress(0, len(pictures), text)
    paths = [picture.path for picture in pictures]
    for some in all_decoded(source, paths, shape.side, shape.channels, threads=threads_for(shape.pixels)):
        for picture in some:
            if isinstance(picture, str):
                faults[index] = picture
            else:
                writer.put(int(place[index]), picture)
            index += 1
        progress(index, len(pictures), text)
    return faults


def _rows(pictures: Sequence[Placed], classes: Sequence[str]) -> NDArray[np.int64]:
    """The order in which pictures, which come part by part, are kept."""
    labels = _labels(pictures, classes)
    counts = _counts(pictures)
    firsts = np.cumsum((0, *counts))
    return np.concatenate(
        [first + interleaved(labels[first : first + count]) for first, count in zip(firsts, counts, strict=False)]
    )


def _labels(pictures: Sequence[Placed], classes: Sequence[str]) -> NDArray[np.int64]:
    number = {label: index for index, label in enumerate(classes)}
    return np.array([number[picture.label] for picture in pictures], np.int64)


def _counts(pictures: Sequence[Placed]) -> list[int]:
    return [sum(picture.part == part for picture in pictures) for part in PARTS]


def _about(layout: Layout, unreadable: dict[InnerPath, str], found: Found) -> dict[str, object]:
    remarks = [f"{what} were left out ({number:,})." for what, number in found.remarks.items()]
    total = len(layout.pictures) + len(unreadable)
    if unreadable:
        were = "was" if len(unreadable) == 1 else "were"
        remarks.insert(
            0, f"{len(unreadable):,} of {total:,} pictures could not be read and {were} left out: {_first(unreadable)}."
        )
    return {
        "classes": [_printable(label) for label in layout.classes],
        "parts": _counts(layout.pictures),
        "unreadable": [(shown(path), why) for path, why in list(unreadable.items())[:MOST_NAMED]],
        "remarks": [*remarks, *layout.remarks],
    }


def _by_path(pictures: Sequence[Placed], faults: dict[int, str]) -> dict[InnerPath, str]:
    return {pictures[index].path: why for index, why in faults.items()}


def _first(unreadable: dict[InnerPath, str], most: int = 3) -> str:
    """The first few and what is wrong with them."""
    named = [f"“{shown(path)}” {why}" for path, why in list(unreadable.items())[:most]]
    more = len(unreadable) - len(named)
    return "; ".join(named) + (f"; and {more:,} more" if more else "")


def shown(path: InnerPath) -> str:
    """A path inside the folder, in characters that can be shown and written."""
    return _printable("/".join(path))


def _printable(name: str) -> str:
    return name if name.isprintable() else "".join(sign if sign.isprintable() else "�" for sign in name)
