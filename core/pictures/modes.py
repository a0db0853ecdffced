"""Any Pillow picture as one of four plain 8-bit modes, so that the rest need know no others."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.errors import UserError

LARGEST_DEEP_SIDE = 2048
"""Pictures of more than 8 bits a sample are first reduced to about this many px a side, to spare memory."""

_PLAIN = ("L", "LA", "RGB", "RGBA")
_DEEP = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")


class PictureError(UserError, ValueError):
    """A picture that cannot be used. The text is one sentence for the user."""


def plain(picture: Image.Image) -> Image.Image:
    """``picture`` in mode L, LA, RGB or RGBA; itself where it has one of these and no colour marked transparent.

    16-bit, 32-bit and float pictures are brought to 0…255: by their nominal range (1.0 of floats, 255, 65,535),
    or, where their values leave it, from their smallest to their largest value.
    """
    if picture.mode in _DEEP:
        return _eight_bit(picture)
    if picture.mode in ("1", "La"):
        return picture.convert("L" if picture.mode == "1" else "LA")
    transparent = picture.has_transparency_data
    if picture.mode in _PLAIN and not (transparent and picture.mode in ("L", "RGB")):
        return picture
    return picture.convert("RGBA" if transparent else "RGB")


def _eight_bit(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;"):
        picture = picture.convert("I")
    factor = -(-max(picture.size) // LARGEST_DEEP_SIDE)
    if factor > 1:
        picture = picture.reduce(factor)
    values = np.asarray(picture, dtype=np.float32)
    finite = values[np.isfinite(values)]
    if not finite.size:
        return Image.new("L", picture.size)
    # A quarter of what a float holds, so that differences of two values are finite as well.
    limit = float(np.finfo(np.float32).max) / 4
    smallest, largest = max(float(finite.min()), -limit), min(float(finite.max()), limit)
    values = np.nan_to_num(values, nan=smallest, posinf=largest, neginf=smallest).clip(smallest, largest)
    low, high = _range_of(values, floats=picture.mode == "F")
    return Image.fromarray(((values - low) * (255.0 / (high - low))).round().clip(0, 255).astype(np.uint8))


def _range_of(values: np.ndarray, floats: bool) -> tuple[float, float]:
    smallest, largest = float(values.min()), float(values.max())
    nominal = (1.0, 255.0, 65535.0) if floats else (255.0, 65535.0)
    for full in nominal:
        if smallest >= 0 and largest <= full:
            return 0.0, full
    return smallest, max(largest, smallest + 1.0)
