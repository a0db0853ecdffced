"""What pictures are like, from a few of them: how large, and whether there is colour in them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from PIL import Image

from core.picture_folders.found import Path, Source
from core.pictures import PictureError, photo

Colour: TypeAlias = Literal["auto", "colour", "grey"]

LEAST, MOST = 8, 64
"""Pictures looked at: the first number where that tells all, the second where none of them has any colour."""
SMALL_SIDE, LARGE_SIDE = 32, 64
"""What an automatic side is in px, for pictures up to ``STILL_SMALL`` px and for larger ones."""
STILL_SMALL = 48
_COLOURED, _COLOURED_SHARE = 24, 0.005
"""A pixel has colour where its channels differ by so much of 255, and a picture where so many of its pixels do."""


@dataclass(frozen=True)
class Shape:
    """``side`` in px, ``channels`` 1 or 3, and how many pixels the pictures have in the median as they are read."""

    side: int
    channels: int
    pixels: float


def shape_of(source: Source, paths: Sequence[Path], side: int, colour: Colour, tell: Callable[[int], None]) -> Shape:
    """What to make of pictures; ``side`` 0 and ``colour`` "auto" are found out by looking at some."""
    sizes: list[tuple[int, int]] = []
    coloured = colour == "colour"
    asked = side or LARGE_SIDE
    for number, path in enumerate(_spread(paths, MOST)):
        if number >= LEAST and (coloured or colour == "grey"):
            break
        tell(number)
        try:
            picture = source.picture(path, asked)
        except PictureError:
            continue
        sizes.append(picture.size)
        coloured = coloured or (colour == "auto" and has_colour(picture))
    shorter = statistics.median(min(size) for size in sizes) if sizes else LARGE_SIDE
    pixels = statistics.median(width * height for width, height in sizes) if sizes else 0.0
    found = SMALL_SIDE if shorter <= STILL_SMALL else LARGE_SIDE
    return Shape(side or found, 3 if coloured else 1, pixels)


def has_colour(picture: Image.Image) -> bool:
    """Whether there is more in it than greys."""
    if picture.mode in ("L", "LA"):
        return False
    small = photo(picture, 3, SMALL_SIDE, SMALL_SIDE)
    return bool((np.ptp(small, axis=0) > _COLOURED).mean() > _COLOURED_SHARE)


def _spread(paths: Sequence[Path], most: int) -> list[Path]:
    """As many of ``paths``, evenly from all over."""
    rows = np.unique(np.linspace(0, len(paths) - 1, min(most, len(paths))).round().astype(int))
    # From far apart first, so that the first few are of many classes.
    return [paths[row] for row in np.random.default_rng(0).permutation(rows)]
