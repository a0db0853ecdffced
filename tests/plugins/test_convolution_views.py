from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.data import DataInfo
from core.views import ImageGrid, TextList
from plugins.convolution_views import MOST_MAPS, feature_maps, first_convolution, first_layer_filters
from tests.plugins.convolutional import COLOUR, GREY, REGISTRY, TEN, built, pictures, snapshot


def drawn(maps: Any) -> Any:
    """Brightness 0..1 on one scale for all maps, which some one in two hundred answers exceed."""
    return np.clip(maps / np.quantile(maps, 0.995), 0, 1)


def grid(view: object) -> ImageGrid:
    assert isinstance(view, ImageGrid)
    return view


def test_of_a_grey_network_the_kernels_themselves_are_shown() -> None:
    model = built("lenet", GREY)
    view = grid(first_layer_filters(snapshot(model, pictures(1, (1, 32, 32)), GREY)))
    assert np.array_equal(view.images, model.get_parameter("conv1.weight").detach().numpy()[:, 0])
    assert view.symmetric
    assert len(view.labels) == 6


def test_of_a_colour_network_the_kernels_are_shown_in_the_colours_they_look_for() -> None:
    model = built("cifar_cnn")
    with torch.no_grad():
        kernel = model.get_parameter("conv1.weight")
        kernel.zero_()
        kernel[2, 0, 1, 3] = 0.5  # red
        kernel[4, 2, 0, 0] = -0.5  # anything but blue
    view = grid(first_layer_filters(snapshot(model, pictures(1, (3, 32, 32)), COLOUR)))
    assert view.images.shape == (6, 5, 5, 3)
    assert view.images.dtype == np.uint8
    assert view.images[2, 1, 3].tolist() == [255, 128, 128]
    assert view.images[4, 0, 0].tolist() == [128, 128, 0]
    assert (view.images[0] == 128).all()


def test_of_a_grey_picture_the_maps_stand_beside_what_they_look_at() -> None:
    model, raw = built("lenet", GREY), pictures(1, (1, 32, 32))
    seen = snapshot(model, raw, GREY)
    view = grid(feature_maps(seen))
    with torch.no_grad():
        maps = torch.relu(model.get_submodule("conv1")(seen.probe.inputs))[0].numpy()
    assert view.images.shape == (7, 28, 28)
    assert np.allclose(view.images[0], raw[0, 0, 2:30, 2:30] / 255)
    assert np.allclose(view.images[1:].astype(np.float32), drawn(maps), atol=1e-6)
    assert view.labels[0] == "input: 7"


def test_a_colour_picture_is_shown_in_colour() -> None:
    raw = pictures(1, (3, 32, 32))
    view = grid(feature_maps(snapshot(built("cifar_cnn"), raw, COLOUR)))
    assert view.images.shape == (7, 28, 28, 3)
    assert np.array_equal(view.images[0], raw[0, :, 2:30, 2:30].transpose(1, 2, 0))
    assert view.images[1:].max() == 255
    assert (view.images[1:, ..., 0] == view.images[1:, ..., 2]).all()


def test_maps_of_a_stem_that_halves_the_picture_are_as_large_as_the_picture_again() -> None:
    model, raw = built("cifar_resnet"), pictures(1, (3, 32, 32))
    seen = snapshot(model, raw, COLOUR)
    view = grid(feature_maps(seen))
    assert view.images.shape == (1 + MOST_MAPS, 32, 32, 3)
    assert np.array_equal(view.images[0], raw[0].transpose(1, 2, 0))
    with torch.no_grad():
        maps = model.eval().get_submodule("stem")(seen.probe.inputs)[0].numpy()
    expected = np.rint(255 * drawn(maps[:MOST_MAPS]))
    assert np.abs(view.images[1:, ::2, ::2, 0].astype(int) - expected).max() <= 1
    assert np.array_equal(view.images[1:, ::2, ::2], view.images[1:, 1::2, 1::2])
    assert f"first {MOST_MAPS} of 32" in view.caption


@pytest.mark.parametrize("network", ["lenet", "cifar_cnn", "cifar_resnet", "resnet18"])
@pytest.mark.parametrize("shape", [(3, 32, 41), (1, 65, 32), (2, 37, 38)])
def test_pictures_of_any_size_and_number_of_channels_can_be_shown(network: str, shape: tuple[int, int, int]) -> None:
    info = DataInfo(shape, TEN)
    seen = snapshot(built(network, info), pictures(2, shape), info)
    for view in (grid(first_layer_filters(seen)), grid(feature_maps(seen))):
        assert np.isfinite(view.images.astype(np.float32)).all()
        assert len(view.labels) == len(view.images)


def test_a_dead_network_can_be_shown() -> None:
    model = built("lenet", GREY)
    nn.init.constant_(model.get_parameter("conv1.bias"), -1e6)
    view = grid(feature_maps(snapshot(model, pictures(1, (1, 32, 32)), GREY)))
    assert (view.images[1:] == 0).all()


def test_a_network_without_a_convolution_gets_a_sentence() -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(1024, 10))
    assert first_convolution(flat) is None
    for compute in (first_layer_filters, feature_maps):
        view = compute(snapshot(flat, pictures(1, (1, 32, 32)), GREY))
        assert isinstance(view, TextList)
        assert "has none" in view.caption


def test_every_network_that_sorts_pictures_is_offered_both_views() -> None:
    for network in ("lenet", "cifar_cnn", "cifar_resnet", "resnet18"):
        offered = {v.id for v in REGISTRY.visualizations.values() if v.applies_to(REGISTRY.networks[network])}
        assert {"feature-maps", "first-layer-filters"} <= offered
    assert not REGISTRY.visualizations["feature-maps"].applies_to(REGISTRY.networks["lstm"])
