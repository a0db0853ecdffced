"""Tell a sheet of paper that lies on something else, with a digit on it, from the digit itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.pictures.regions import Mask

EDGE = 0.03
"""How much of a sheet's larger side is left off at its edges, where it curls and throws shadows."""

_COVERED = 0.75
_FILLED = 0.9
_LARGEST_SIDE = 64
_ANGLES = np.deg2rad(np.arange(-45, 45, 5))


def sheet_surface(mask: Mask) -> Mask | None:
    """The surface of the sheet, H×W, without its edges, where ``mask`` (H×W, not empty) looks like a sheet; or None.

    A sheet is nearly a rectangle, turned by any angle, with little missing inside. Bold zeros and eights are rounder,
    and more of them is missing.
    """
    step = -(-max(mask.shape) // _LARGEST_SIDE)
    small = mask[::step, ::step]
    rectangle = _smallest_rectangle(small)
    if rectangle < 64:
        return None
    if small.sum() < _COVERED * rectangle or _filled(small).sum() < _FILLED * rectangle:
        return None
    edge = 2 * round(EDGE * max(mask.shape)) + 1
    framed = np.pad(_filled(mask), edge)
    surface = np.asarray(Image.fromarray(framed).convert("L").filter(ImageFilter.MinFilter(edge))) > 0
    return surface[edge:-edge, edge:-edge]


def _smallest_rectangle(mask: Mask) -> float:
    """The area in px of the smallest of the turned rectangles that hold ``mask``."""
    rows, columns = np.nonzero(mask)
    if not rows.size:
        return 0.0
    across = np.outer(np.cos(_ANGLES), columns) + np.outer(np.sin(_ANGLES), rows)
    down = np.outer(np.cos(_ANGLES), rows) - np.outer(np.sin(_ANGLES), columns)
    areas: NDArray[np.float64] = (np.ptp(across, axis=1) + 1) * (np.ptp(down, axis=1) + 1)
    return float(areas.min())


def _filled(mask: Mask) -> Mask:
    """``mask`` and all that lies between two of its pixels both in its row and in its column."""

    def between(axis: int) -> Mask:
        seen = np.logical_or.accumulate(mask, axis=axis)
        to_come = np.flip(np.logical_or.accumulate(np.flip(mask, axis), axis=axis), axis)
        return seen & to_come

    return between(0) & between(1)
