"""Pictures that people hand us, and what a network saw in training made of them.

Everything here may be called from any thread.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.pictures.files import picture_note, read_picture
from core.pictures.modes import PictureError, plain
from core.pictures.stroke_style import strokes
from core.pictures.transparency import on_white

__all__ = ["PictureError", "photo", "picture_note", "read_picture", "strokes", "thumbnail"]

THUMBNAIL_SIDE = 256


def photo(picture: Image.Image, channels: int, height: int, width: int) -> NDArray[np.uint8]:
    """``picture`` as a network trained on photos saw its own: uint8, ``channels``×``height``×``width``.

    Transparency becomes white; the middle is cut out in the aspect ratio wanted and scaled with anti-aliasing.
    ``channels`` is 1 (grey) or 3 (RGB); anything else is a ValueError.
    """
    if channels not in (1, 3):
        raise ValueError(f"a picture has 1 or 3 channels, not {channels}")
    picture = on_white(picture)
    scale = min(picture.width / width, picture.height / height)
    left, top = (picture.width - width * scale) / 2, (picture.height - height * scale) / 2
    middle = (left, top, min(left + width * scale, picture.width), min(top + height * scale, picture.height))
    small = picture.resize((width, height), Image.Resampling.LANCZOS, box=middle, reducing_gap=3.0)
    pixels = np.asarray(small.convert("L" if channels == 1 else "RGB"), dtype=np.uint8)
    return np.ascontiguousarray(pixels.reshape(height, width, channels).transpose(2, 0, 1))


def thumbnail(picture: Image.Image, side: int = THUMBNAIL_SIDE) -> NDArray[np.uint8]:
    """``picture`` on white, scaled down to at most ``side`` px: h×w×3 uint8."""
    small = plain(picture).copy()
    small.thumbnail((side, side), Image.Resampling.BICUBIC)
    return np.array(on_white(small).convert("RGB"), dtype=np.uint8)
