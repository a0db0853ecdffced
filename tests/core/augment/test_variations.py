"""What holds for every variation of pictures, whatever it does."""

from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor

from core.api import Augmentation
from core.augment import ColourJitter, Cutout, RandomAffine, RandomCrop, RandomFlip

SHAPES = [(12, 3, 32, 32), (12, 1, 28, 28), (12, 3, 17, 24), (12, 4, 9, 8)]
VARIATIONS: dict[str, Augmentation] = {
    "affine": RandomAffine(degrees=20, scale=0.2, shear=0.2, shift=0.2),
    "crop": RandomCrop(4),
    "flip": RandomFlip(),
    "cutout": Cutout(4),
    "jitter": ColourJitter(0.9),
}


def noise(shape: tuple[int, ...], seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=Generator().manual_seed(seed))


def seeded(seed: int) -> Generator:
    return Generator().manual_seed(seed)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", VARIATIONS)
class TestEveryVariation:
    def test_shape_and_type_stay_and_values_are_within_0_and_1(self, name: str, shape: tuple[int, ...]) -> None:
        for pictures in (noise(shape), noise(shape).round(), torch.zeros(shape), torch.ones(shape)):
            found = VARIATIONS[name](pictures, seeded(1))
            assert found.shape == shape
            assert found.dtype == torch.float32
            assert float(found.min()) >= 0
            assert float(found.max()) <= 1 + 1e-6

    def test_the_generator_alone_decides(self, name: str, shape: tuple[int, ...]) -> None:
        pictures, vary = noise(shape), VARIATIONS[name]
        torch.manual_seed(1)
        first = vary(pictures, seeded(3))
        torch.manual_seed(2)
        assert torch.equal(vary(pictures, seeded(3)), first)
        assert not torch.equal(vary(pictures, seeded(4)), first)

    def test_the_global_random_state_is_left_alone(self, name: str, shape: tuple[int, ...]) -> None:
        before = torch.get_rng_state()
        VARIATIONS[name](noise(shape), seeded(3))
        assert torch.equal(torch.get_rng_state(), before)

    def test_what_was_given_is_not_changed(self, name: str, shape: tuple[int, ...]) -> None:
        pictures = noise(shape)
        before = pictures.clone()
        VARIATIONS[name](pictures, seeded(3))
        assert torch.equal(pictures, before)

    def test_no_picture_leaks_into_another(self, name: str, shape: tuple[int, ...]) -> None:
        pictures, vary = noise(shape), VARIATIONS[name]
        others = pictures.clone()
        others[5] = noise(shape[1:], seed=9)
        first, second = vary(pictures, seeded(3)), vary(others, seeded(3))
        same = [torch.allclose(one, two, atol=1e-6) for one, two in zip(first, second, strict=True)]
        assert same == [index != 5 for index in range(len(pictures))]

    def test_equal_pictures_are_varied_in_different_ways(self, name: str, shape: tuple[int, ...]) -> None:
        pictures = noise(shape)[:1].expand(shape)
        found = VARIATIONS[name](pictures, seeded(5))
        assert len({tuple(picture.flatten().tolist()) for picture in found}) > 1


def test_one_after_another_they_work_on_one_picture_too() -> None:
    pictures = noise((1, 3, 32, 32))
    for vary in VARIATIONS.values():
        pictures = vary(pictures, seeded(1))
    assert pictures.shape == (1, 3, 32, 32)
    assert torch.isfinite(pictures).all()
