from __future__ import annotations

import colorsys

import pytest
import torch
from torch import Generator, Tensor

from core.augment import ColourJitter
from core.augment.colour import LUMA


def jittered(pictures: Tensor, strength: float, seed: int = 0) -> Tensor:
    return ColourJitter(strength)(pictures, Generator().manual_seed(seed))


def plain(colour: tuple[float, ...], count: int = 300) -> Tensor:
    return torch.tensor(colour)[None, :, None, None].expand(count, len(colour), 4, 4)


def brightness(pictures: Tensor) -> Tensor:
    return (pictures * torch.tensor(LUMA)[:, None, None]).sum(1).mean((1, 2))


def test_no_strength_changes_nothing() -> None:
    for channels in (1, 3):
        pictures = torch.rand(7, channels, 6, 5, generator=Generator().manual_seed(0))
        assert torch.allclose(jittered(pictures, 0), pictures, atol=1e-5)


def test_brightness_goes_up_and_down_by_up_to_the_strength() -> None:
    factors = brightness(jittered(plain((0.4, 0.4, 0.4)), 0.5)) / 0.4
    assert 0.5 - 1e-4 <= float(factors.min()) < 0.55
    assert 1.45 < float(factors.max()) <= 1.5 + 1e-4


def test_grey_stays_grey() -> None:
    pictures = torch.rand(40, 1, 8, 8, generator=Generator().manual_seed(0)).expand(40, 3, 8, 8)
    found = jittered(pictures, 1.0)
    assert torch.allclose(found[:, :1].expand_as(found), found, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
def test_contrast_goes_up_and_down(channels: int) -> None:
    pictures = torch.zeros(300, channels, 2, 2) + torch.tensor([0.4, 0.5, 0.5, 0.6]).view(2, 2)
    found = jittered(pictures, 0.4)
    spread = (found.amax((1, 2, 3)) - found.amin((1, 2, 3))) / found.mean((1, 2, 3))
    told = spread / (0.2 / 0.5)
    assert 0.6 - 1e-3 <= float(told.min()) < 0.65
    assert 1.35 < float(told.max()) <= 1.4 + 1e-3


def test_saturation_goes_up_and_down_and_the_hue_turns_a_little_both_ways() -> None:
    colour = (0.5, 0.3, 0.3)
    found = jittered(plain(colour), 0.3)[:, :, 0, 0]
    hues, saturations = zip(*(colorsys.rgb_to_hsv(*pixel)[:2] for pixel in found.tolist()), strict=True)
    turned = torch.tensor([(hue + 0.5) % 1 - 0.5 for hue in hues]) * 360
    assert 10 < float(turned.max()) < 25
    assert -25 < float(turned.min()) < -10
    assert min(saturations) < 0.85 * colorsys.rgb_to_hsv(*colour)[1]
    assert max(saturations) > 1.15 * colorsys.rgb_to_hsv(*colour)[1]


def test_a_strong_jitter_never_leaves_0_to_1() -> None:
    pictures = torch.rand(200, 3, 5, 5, generator=Generator().manual_seed(0)).round()
    found = jittered(pictures, 1.0)
    assert float(found.min()) == 0
    assert float(found.max()) == 1
