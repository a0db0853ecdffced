from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from core.config import ConfigError
from core.data import DataInfo
from core.discovery import discover
from core.job import build_model
from core.snapshot import Probe, Snapshot
from core.views import ImageGrid
from plugins.lenet import feature_maps, first_layer_filters

SPEC = discover("plugins", installed=False).networks["lenet"]
MNIST = DataInfo((1, 32, 32), tuple("0123456789"), (0.1,), (0.3,), "strokes")

# What the PyTorch tutorial "Neural Networks" prints of its parameters, and what follows from its layers.
SHAPES = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]


def lenet(info: DataInfo = MNIST) -> nn.Module:
    return build_model(SPEC, {}, info)


def snapshot(
    model: nn.Module, raw: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], info: DataInfo = MNIST
) -> Snapshot:
    probe = Probe(torch.from_numpy(raw).float() / 255, raw, np.full(len(raw), 7))
    return Snapshot(model, probe, info, 0, 0)


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


def test_the_filters_shown_are_those_of_the_first_layer() -> None:
    model = lenet()
    view = first_layer_filters(snapshot(model, np.zeros((1, 1, 32, 32), np.uint8)))
    assert isinstance(view, ImageGrid)
    assert np.array_equal(view.images, model.get_parameter("conv1.weight").detach().numpy()[:, 0])
    assert view.symmetric
    assert len(view.labels) == 6


def test_the_feature_maps_shown_are_those_of_the_probe_beside_what_they_look_at() -> None:
    model = lenet()
    raw = np.random.default_rng(0).integers(0, 256, (1, 1, 32, 32), dtype=np.uint8)
    seen = snapshot(model, raw)
    view = feature_maps(seen)
    with torch.no_grad():
        maps = torch.relu(model.get_submodule("conv1")(seen.probe.inputs))[0].numpy()
    assert view.images.shape == (7, 28, 28)
    assert np.allclose(view.images[0], raw[0, 0, 2:30, 2:30] / 255)
    assert np.allclose(view.images[1:].astype(np.float32), maps / maps.max(), atol=1e-6)
    assert view.labels[0] == "input: 7"


def test_views_of_a_colour_network_and_of_a_dead_one_can_be_drawn() -> None:
    info = DataInfo((3, 32, 40), tuple("0123456789"))
    model = lenet(info)
    raw = np.full((2, 3, 32, 40), 200, np.uint8)
    assert first_layer_filters(snapshot(model, raw, info)).images.shape == (6, 5, 5)
    nn.init.constant_(model.get_parameter("conv1.bias"), -1e6)
    view = feature_maps(snapshot(model, raw, info))
    assert view.images.shape == (7, 28, 36)
    assert np.isfinite(view.images.astype(np.float32)).all()
