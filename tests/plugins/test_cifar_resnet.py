from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from core.config import ConfigError
from core.data import DataInfo
from core.run_config import check_settings, run_config
from plugins._residual import ResidualBlock
from tests.plugins.convolutional import REGISTRY, TEN, built

SPEC = REGISTRY.networks["cifar_resnet"]


def size(**settings: Any) -> int:
    return sum(parameter.numel() for parameter in built("cifar_resnet", **settings).parameters())


def test_with_the_defaults_it_is_small() -> None:
    assert size() == 309_322


def test_width_and_blocks_make_it_grow() -> None:
    assert 3.8 < size(width=64) / size() < 4
    assert size(blocks=2) > 1.7 * size()


@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 9, 15), (3, 33, 32), (5, 64, 20)])
@pytest.mark.parametrize("blocks", [1, 2])
def test_it_fits_pictures_of_other_sizes_and_colours(shape: tuple[int, int, int], blocks: int) -> None:
    model = built("cifar_resnet", DataInfo(shape, TEN[:4]), width=4, blocks=blocks)
    assert model(torch.zeros(3, *shape)).shape == (3, 4)


def test_a_block_adds_what_it_found_to_what_it_was_given() -> None:
    block = ResidualBlock(4, 4, halve=False).eval()
    nn.init.zeros_(block.norm2.weight)
    inputs = torch.randn(2, 4, 6, 6)
    assert torch.allclose(block(inputs), inputs.relu(), atol=1e-6)


def test_a_block_that_halves_keeps_to_the_same_places_on_both_ways() -> None:
    for height, width in ((6, 8), (7, 5), (1, 1)):
        halved = ResidualBlock(4, 8, halve=True).eval()(torch.randn(2, 4, height, width))
        assert halved.shape == (2, 8, -(-height // 2), -(-width // 2))


def test_dropout_is_for_training_alone() -> None:
    model, inputs = built("cifar_resnet", width=4, dropout=0.5), torch.randn(2, 3, 32, 32)
    model.eval()
    assert torch.equal(model(inputs), model(inputs))
    model.train()
    assert not torch.equal(model(inputs), model(inputs))


def test_it_refuses_in_words_what_it_cannot_see() -> None:
    for shape, said in (((3, 7, 40), "at least 8×8 px"), ((40,), "looks at pictures")):
        with pytest.raises(ConfigError, match=said):
            built("cifar_resnet", DataInfo(shape, ("a", "b")))


@pytest.mark.parametrize("data", [None, "cifar10", "image-folder"])
def test_its_presets_can_be_used_on_all_data_that_they_are_for(data: str | None) -> None:
    config = run_config(SPEC, data, preset="long")
    check_settings(REGISTRY, config)
    assert config.data_settings["cutout"] == 8
