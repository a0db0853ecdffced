from __future__ import annotations

import pytest
import torch
from torch import Tensor

from core.augment import RandomAffine


def varied(pictures: Tensor, variation: RandomAffine, seed: int = 0) -> Tensor:
    return variation(pictures, torch.Generator().manual_seed(seed))


def dot(side: int = 33, count: int = 64) -> Tensor:
    """A white pixel in the middle of each picture."""
    pictures = torch.zeros(count, 1, side, side)
    pictures[:, 0, side // 2, side // 2] = 1
    return pictures


def centres(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Row and column of each picture's centre of mass."""
    weights = pictures[:, 0] / pictures[:, 0].sum((1, 2), keepdim=True)
    places = torch.arange(pictures.shape[-1], dtype=torch.float32)
    return (weights.sum(2) * places).sum(1), (weights.sum(1) * places).sum(1)


@pytest.mark.parametrize("shape", [(5, 1, 32, 32), (2, 3, 17, 24), (1, 1, 8, 8)])
def test_no_amounts_change_nothing(shape: tuple[int, ...]) -> None:
    pictures = torch.rand(shape, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(varied(pictures, RandomAffine()), pictures, atol=1e-5)


def test_a_shift_moves_by_up_to_its_share_of_the_side_and_each_way() -> None:
    rows, columns = centres(varied(dot(), RandomAffine(shift=0.2)))
    for places in (rows - 16, columns - 16):
        assert places.abs().max() <= 0.2 * 33 + 1e-3
        assert places.max() > 0.15 * 33
        assert places.min() < -0.15 * 33


def test_a_shift_alone_keeps_the_brightness_of_what_stays_inside() -> None:
    moved = varied(dot(), RandomAffine(shift=0.2))
    assert torch.allclose(moved.sum((1, 2, 3)), torch.ones(64), atol=1e-3)


def test_a_turn_leaves_the_middle_where_it_is() -> None:
    rows, columns = centres(varied(dot(), RandomAffine(degrees=90)))
    assert torch.allclose(rows, torch.full((64,), 16.0), atol=1e-3)
    assert torch.allclose(columns, torch.full((64,), 16.0), atol=1e-3)


def test_a_turn_is_by_up_to_its_degrees() -> None:
    pictures = torch.zeros(64, 1, 65, 65)
    pictures[:, 0, 32, 62] = 1
    rows, columns = centres(varied(pictures, RandomAffine(degrees=30)))
    angles = torch.rad2deg(torch.atan2(rows - 32, columns - 32))
    assert angles.abs().max() < 31
    assert angles.max() > 20
    assert angles.min() < -20


def test_scaling_makes_larger_and_smaller_within_its_bounds() -> None:
    pictures = torch.zeros(64, 1, 64, 64)
    pictures[:, 0, 24:40, 24:40] = 1
    areas = varied(pictures, RandomAffine(scale=0.25)).sum((1, 2, 3)) / 256
    assert 0.75**2 - 0.05 < float(areas.min()) < 0.8
    assert 1.2 < float(areas.max()) < 1.25**2 + 0.05


def test_each_picture_is_varied_by_its_own_amounts() -> None:
    moved = varied(dot(count=16), RandomAffine(shift=0.3))
    assert len({tuple(picture.flatten().tolist()) for picture in moved}) == 16


def test_the_same_seed_gives_the_same_and_another_seed_another_variation() -> None:
    pictures, variation = torch.rand(8, 1, 16, 16), RandomAffine(degrees=10, scale=0.1, shear=0.1, shift=0.1)
    assert torch.equal(varied(pictures, variation, 3), varied(pictures, variation, 3))
    assert not torch.equal(varied(pictures, variation, 3), varied(pictures, variation, 4))


def test_values_stay_between_0_and_1_and_what_moves_in_is_black() -> None:
    strong = RandomAffine(degrees=45, scale=0.5, shear=0.5, shift=0.5)
    for pictures in (torch.ones(64, 1, 20, 20), torch.rand(64, 3, 9, 9).round()):
        found = varied(pictures, strong)
        assert float(found.min()) >= 0
        assert float(found.max()) <= 1 + 1e-6
    assert float(varied(torch.ones(64, 1, 20, 20), strong).min()) == 0
