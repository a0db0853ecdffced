"""Put a picture with transparency on the paper it was meant for."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.pictures.modes import PictureError, plain

_LOOK_SIDE = 128
_SHEET_FILL = 0.7
_SHEET_CONTRAST = 60


def on_white(picture: Image.Image) -> Image.Image:
    """``picture`` without transparency, mode L or RGB: what is transparent becomes white."""
    picture = plain(picture)
    return _on(picture, 255) if picture.mode in ("LA", "RGBA") else picture


def opaque(picture: Image.Image) -> Image.Image:
    """``picture`` without transparency, mode L or RGB, so that strokes stay visible.

    Light strokes on nothing are put on black, dark ones on white; where the opaque part is itself a sheet with
    something drawn on it, the sheet is cut out. Raises `PictureError` where everything is transparent.
    """
    picture = plain(picture)
    if picture.mode not in ("LA", "RGBA"):
        return picture
    look = picture.copy()
    look.thumbnail((_LOOK_SIDE, _LOOK_SIDE), Image.Resampling.BOX)
    alpha = np.asarray(look.getchannel("A"))
    visible = alpha > 0.5 * max(int(alpha.max()), 1)
    if alpha.max() < 8:
        raise PictureError("This picture is wholly transparent: nothing is drawn in it.")
    levels = np.asarray(look.convert("L"))[visible]
    rows, columns = np.nonzero(visible)
    filled = rows.size / ((np.ptp(rows) + 1) * (np.ptp(columns) + 1))
    low, high = np.percentile(levels, [2, 98])
    if filled >= _SHEET_FILL and high - low > _SHEET_CONTRAST:
        return _on(picture, int(np.median(levels)))
    return _on(picture, 255 if levels.mean() < 128 else 0)


def _on(picture: Image.Image, level: int) -> Image.Image:
    mode = picture.mode[:-1]
    paper = Image.new(mode, picture.size, level if mode == "L" else (level, level, level))
    paper.paste(picture.convert(mode), mask=picture.getchannel("A"))
    return paper
