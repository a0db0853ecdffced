from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.pictures import read_picture
from core.pictures.png import png_bytes


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_a_sample_comes_back_from_its_png_as_it_was(channels: int, mode: str) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (channels, 5, 7), np.uint8)
    read = Image.open(io.BytesIO(png_bytes(picture)))
    assert read.mode == mode
    pixels = np.asarray(read).reshape(5, 7, channels).transpose(2, 0, 1)
    assert (pixels == picture).all()


def test_what_try_it_reads_is_the_sample() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (3, 8, 8), np.uint8)
    assert (np.asarray(read_picture(png_bytes(picture))) == picture.transpose(1, 2, 0)).all()


@pytest.mark.parametrize("shape", [(2, 4, 4), (4, 4), (1, 0, 4)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="channels"):
        png_bytes(np.zeros(shape, np.uint8))


def test_numbers_of_another_type_are_refused() -> None:
    with pytest.raises(ValueError, match="float32"):
        png_bytes(np.zeros((1, 4, 4), np.float32))  # type: ignore[arg-type]
