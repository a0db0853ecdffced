from __future__ import annotations

import pytest
import torch
from torch import nn

from core.config import ConfigError
from core.data import DataInfo
from core.discovery import discover
from core.job import build_model

SPEC = discover("plugins", installed=False).networks["lenet"]
MNIST = DataInfo((1, 32, 32), tuple("0123456789"), (0.1,), (0.3,), "strokes")

# What the PyTorch tutorial "Neural Networks" prints of its parameters, and what follows from its layers.
SHAPES = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]


def lenet(info: DataInfo = MNIST) -> nn.Module:
    return build_model(SPEC, {}, info)


def test_it_has_the_parameters_of_the_tutorial() -> None:
    parameters = list(lenet().parameters())
    assert [tuple(parameter.shape) for parameter in parameters] == SHAPES
    assert sum(parameter.numel() for parameter in parameters) == 61_706


def test_it_computes_what_the_tutorial_computes() -> None:
    model, inputs = lenet(), torch.randn(2, 1, 32, 32)
    weights = list(model.parameters())
    functional = nn.functional
    x = functional.max_pool2d(functional.relu(functional.conv2d(inputs, weights[0], weights[1])), (2, 2))
    x = functional.max_pool2d(functional.relu(functional.conv2d(x, weights[2], weights[3])), 2)
    x = functional.relu(functional.linear(torch.flatten(x, 1), weights[4], weights[5]))
    x = functional.relu(functional.linear(x, weights[6], weights[7]))
    expected = functional.linear(x, weights[8], weights[9])
    assert torch.allclose(model(inputs), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "classes"), [((3, 32, 32), 2), ((1, 16, 16), 10), ((1, 40, 24), 5), ((3, 17, 99), 1)]
)
def test_it_fits_pictures_of_other_sizes_colours_and_classes(shape: tuple[int, int, int], classes: int) -> None:
    model = lenet(DataInfo(shape, tuple(map(str, range(classes)))))
    assert model(torch.zeros(4, *shape)).shape == (4, classes)


@pytest.mark.parametrize(
    ("shape", "said"),
    [((1, 15, 40), "at least 16×16 px"), ((1, 8, 8), "at least 16×16 px"), ((40,), "looks at pictures")],
)
def test_it_refuses_in_words_what_it_cannot_see(shape: tuple[int, ...], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        lenet(DataInfo(shape, ("a", "b")))
