"""The sums that are shown are those that torch worked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.data import DataInfo
from core.explain.arithmetic import pixel_sum, pool_window, unit_sum
from core.explain.live import resting_copy
from core.explain.operations import Layer, Recording
from core.explain.recording import record

CONVOLUTIONS: list[dict[str, Any]] = [
    {"kernel_size": 5},
    {"kernel_size": 1, "bias": False},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 3, "stride": (2, 1), "padding": (0, 2), "dilation": (1, 2)},
    {"kernel_size": 3, "dilation": 3, "padding": 3},
    {"kernel_size": (3, 5), "padding": "same"},
    {"kernel_size": 4, "padding": "same", "dilation": 2},
    {"kernel_size": 3, "padding": "valid"},
    {"kernel_size": 3, "groups": 2},
    {"kernel_size": 3, "groups": 4, "padding": 1, "bias": False},
    {"kernel_size": 3, "padding": 2, "padding_mode": "reflect"},
    {"kernel_size": 3, "padding": 2, "padding_mode": "replicate"},
    {"kernel_size": 3, "padding": 2, "padding_mode": "circular"},
]
POOLS: list[nn.Module] = [
    nn.MaxPool2d(2),
    nn.MaxPool2d(3, stride=2, padding=1),
    nn.MaxPool2d(3, stride=1, dilation=2),
    nn.MaxPool2d(2, stride=3, ceil_mode=True),
    nn.AvgPool2d(2),
    nn.AvgPool2d(3, stride=2, padding=1),
    nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False),
    nn.AvgPool2d(3, stride=2, ceil_mode=True),
    nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True, divisor_override=5),
    nn.AdaptiveAvgPool2d((4, 3)),
    nn.AdaptiveMaxPool2d(5),
]


def recorded(*layers: nn.Module, channels: int = 4, height: int = 12, width: int = 11) -> Recording:
    """The layers behind one another, and two units at the end."""
    body = nn.Sequential(*layers, nn.Flatten())
    seen = np.random.default_rng(0).integers(0, 256, (channels, height, width), dtype=np.uint8)
    with torch.no_grad():
        length = body(torch.zeros(1, channels, height, width)).shape[1]
    model = nn.Sequential(*body, nn.Linear(length, 2))
    info = DataInfo((channels, height, width), ("a", "b"), (0.4,) * channels, (0.3,) * channels)
    return record(resting_copy(model), info, seen)


def every_pixel(layer: Layer) -> list[tuple[int, int, int]]:
    return list(np.ndindex(*layer.outputs.shape))  # type: ignore[arg-type]


@pytest.mark.parametrize("options", CONVOLUTIONS, ids=str)
def test_the_sum_of_every_pixel_of_a_convolution_is_what_torch_found(options: dict[str, Any]) -> None:
    layer = recorded(nn.Conv2d(4, 8, **options)).layers[0]
    totals = np.array([pixel_sum(layer, *place).total for place in every_pixel(layer)])
    np.testing.assert_allclose(totals.reshape(layer.outputs.shape), layer.outputs, atol=2e-5)


@pytest.mark.parametrize("pool", POOLS, ids=str)
def test_every_pixel_of_a_pooling_layer_is_what_torch_found(pool: nn.Module) -> None:
    layer = recorded(pool).layers[0]
    totals = np.array([pool_window(layer, *place).total for place in every_pixel(layer)])
    np.testing.assert_allclose(totals.reshape(layer.outputs.shape), layer.outputs, atol=1e-6)


def test_a_sum_is_made_of_the_numbers_that_it_shows() -> None:
    convolution = nn.Conv2d(4, 8, 3, padding=1, groups=2)
    layer = recorded(convolution).layers[0]
    found = pixel_sum(layer, 5, 0, 10)
    assert found.patch.shape == found.kernel.shape == (2, 3, 3)
    assert found.channels.tolist() == [2, 3], "the sixth of eight maps belongs to the second of two groups"
    assert found.rows.tolist() == [-1, 0, 1] and found.columns.tolist() == [9, 10, 11]
    np.testing.assert_array_equal(found.kernel, convolution.weight[5].detach().numpy())
    np.testing.assert_allclose(found.sums, (found.patch * found.kernel).sum(axis=(1, 2)))
    assert found.total == pytest.approx(found.sums.sum() + found.bias)
    outside = found.padded(12, 11)
    assert outside.tolist() == [[True, True, True], [False, False, True], [False, False, True]]
    assert (found.patch[:, outside] == 0).all()


def test_the_largest_of_a_window_is_marked_and_what_lies_beyond_the_edge_is_no_number() -> None:
    layer = recorded(nn.MaxPool2d(3, stride=2, padding=1)).layers[0]
    found = pool_window(layer, 1, 0, 0)
    assert found.chosen is not None
    assert found.patch[found.chosen] == found.total == np.nanmax(found.patch)
    assert np.isnan(found.patch[0]).all() and np.isnan(found.patch[:, 0]).all()
    assert not np.isnan(found.patch[1:, 1:]).any()


def test_the_largest_products_of_a_unit_come_first_and_all_of_them_add_up() -> None:
    layer = recorded(nn.Conv2d(4, 2, 3)).layers[-1]
    for unit in range(2):
        found = unit_sum(layer, unit)
        sizes = np.abs(found.products[found.order])
        assert (np.diff(sizes) <= 0).all() and len(found.order) == len(found.inputs)
        assert found.total == pytest.approx(float(layer.outputs[unit]), abs=2e-5)


def test_a_place_that_is_not_there_and_a_layer_without_this_sum_are_refused() -> None:
    convolution, flatten, linear = recorded(nn.Conv2d(4, 2, 3)).layers
    for place in ((2, 0, 0), (0, 10, 0), (0, 0, -1)):
        with pytest.raises(IndexError):
            pixel_sum(convolution, *place)
    with pytest.raises(IndexError):
        unit_sum(linear, 2)
    for wrong in (flatten, linear):
        with pytest.raises(TypeError, match=wrong.name):
            pixel_sum(wrong, 0, 0, 0)
    with pytest.raises(TypeError):
        pool_window(convolution, 0, 0, 0)
    with pytest.raises(TypeError):
        unit_sum(convolution, 0)


def test_the_numbers_are_those_before_a_relu_that_works_in_place() -> None:
    convolution, relu = recorded(nn.Conv2d(4, 6, 3), nn.ReLU(inplace=True)).layers[:2]
    assert convolution.outputs.min() < 0 and relu.inputs is not None
    np.testing.assert_array_equal(relu.outputs, np.maximum(convolution.outputs, 0))
    np.testing.assert_array_equal(relu.inputs, convolution.outputs)
