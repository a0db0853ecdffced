"""A picture of a data set as a file, without loss."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin  # noqa: F401  (the format is then known, from whatever thread)


def png_bytes(picture: NDArray[np.uint8]) -> bytes:
    """``picture``, uint8 C×H×W, as a PNG file: grey where C is 1, RGB where it is 3.

    Raises:
        ValueError: for any other shape or type.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[0] not in (1, 3) or not picture.size:
        raise ValueError(f"a picture is uint8 of 1 or 3 channels, not {picture.dtype} of the shape {picture.shape}")
    pixels = np.ascontiguousarray(picture[0] if picture.shape[0] == 1 else picture.transpose(1, 2, 0))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
