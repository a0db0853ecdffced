from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor
from torch.nn import functional

from core.augment import RandomCrop, RandomFlip


def noise(shape: tuple[int, ...]) -> Tensor:
    return torch.rand(shape, generator=Generator().manual_seed(0))


def place_in(window: Tensor, picture: Tensor, padding: int) -> tuple[int, int] | None:
    """How far down and right the crop was taken from the picture continued by its reflection."""
    height, width = picture.shape[1:]
    continued = functional.pad(picture[None], (padding,) * 4, mode="reflect")[0]
    for down in range(2 * padding + 1):
        for right in range(2 * padding + 1):
            if torch.equal(continued[:, down : down + height, right : right + width], window):
                return down - padding, right - padding
    return None


@pytest.mark.parametrize(("shape", "padding"), [((80, 3, 10, 13), 2), ((80, 1, 7, 7), 2)])
def test_each_crop_is_a_piece_of_the_picture_continued_by_its_reflection(shape: tuple[int, ...], padding: int) -> None:
    pictures = noise(shape)
    found = RandomCrop(padding)(pictures, Generator().manual_seed(1))
    places = [place_in(window, picture, padding) for window, picture in zip(found, pictures, strict=True)]
    every = {(down, right) for down in range(-padding, padding + 1) for right in range(-padding, padding + 1)}
    assert set(places) <= every, "something is no crop"
    assert len(set(places)) > 0.8 * len(every), "hardly any place is used"


def test_a_crop_without_padding_changes_nothing() -> None:
    pictures = noise((5, 3, 8, 9))
    assert torch.equal(RandomCrop(0)(pictures, Generator().manual_seed(1)), pictures)


@pytest.mark.parametrize("side", [1, 2, 3])
def test_a_crop_may_be_wider_than_the_picture(side: int) -> None:
    pictures = noise((20, 1, side, side))
    found = RandomCrop(9)(pictures, Generator().manual_seed(1))
    for picture, varied in zip(pictures, found, strict=True):
        assert set(varied.flatten().tolist()) <= set(picture.flatten().tolist())


def test_a_flip_is_the_mirror_picture_left_for_right() -> None:
    pictures = noise((6, 3, 5, 8))
    always = RandomFlip(chance=1)(pictures, Generator().manual_seed(0))
    assert torch.equal(always, pictures.flip(-1))
    assert torch.equal(RandomFlip(chance=0)(pictures, Generator().manual_seed(0)), pictures)


def test_as_many_pictures_are_flipped_as_the_chance_says_and_the_rest_stays() -> None:
    pictures = noise((1000, 1, 2, 3))
    found = RandomFlip(chance=0.3)(pictures, Generator().manual_seed(4))
    flipped = (found == pictures.flip(-1)).all(-1).all(-1).all(-1)
    stayed = (found == pictures).all(-1).all(-1).all(-1)
    assert torch.equal(flipped, ~stayed)
    assert 250 < int(flipped.sum()) < 350
