"""Each method finds what matters, in networks of every make."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config import ConfigError, validated
from core.data import Cancelled, DataInfo
from core.explain.attribution import NO_CONVOLUTION, explain, warm_up
from core.explain.explanation import ExplainError
from core.explain.live import resting_copy
from core.explain.methods import METHODS, GradCamSettings, GradientSettings, OcclusionSettings, settings_type
from core.explain.recording import record
from core.inference import Classifier, NotReady

SIDE = 16
INFO = DataInfo((1, SIDE, SIDE), ("dark", "spot"), (0.1,), (0.5,), "strokes")


class Spot(nn.Module):
    """Says "spot" the surer, the brighter the square of rows 2–5 and columns 9–12 is."""

    def __init__(self, relu: Callable[[Tensor], Tensor] | None = None) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, padding=1)
        self.relu = relu if relu is not None else nn.ReLU()
        self.head = nn.Linear(SIDE * SIDE, 2, bias=False)
        with torch.no_grad():
            self.conv.weight.zero_()
            self.conv.weight[0, 0, 1, 1] = 1.0
            self.conv.bias.fill_(0.5)
            self.head.weight.zero_()
            self.head.weight.view(2, SIDE, SIDE)[1, 2:6, 9:13] = 0.25

    def forward(self, inputs: Tensor) -> Tensor:
        maps = self.relu(self.conv(inputs))
        return self.head(maps[:, 0].flatten(1))


class Reused(nn.Module):
    """One ReLU, in place, called three times, one convolution twice, a pool that is never called."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.again = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 4, 3, padding=1)
        self.relu, self.unused, self.head = nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.LazyLinear(2)

    def forward(self, inputs: Tensor) -> Tensor:
        maps = self.relu(self.first(inputs))
        maps = self.relu(self.again(maps)) + self.again(maps)
        maps += 1
        return self.head(torch.relu_(maps).flatten(1))


def picture() -> NDArray[np.uint8]:
    """A bright square where Spot looks, and a brighter one where it does not."""
    seen = np.zeros((1, SIDE, SIDE), np.uint8)
    seen[0, 2:6, 9:13] = 180
    seen[0, 10:14, 2:6] = 255
    return seen


def inside(heat: NDArray[np.float32]) -> float:
    """The share of the map's weight that lies on the square that matters."""
    weight = np.abs(heat)
    return float(weight[2:6, 9:13].sum() / weight.sum())


def resting(model: nn.Module) -> nn.Module:
    with torch.no_grad():
        model(torch.zeros(1, 1, SIDE, SIDE))
    return resting_copy(model)


@pytest.mark.parametrize(("method", "least"), [("saliency", 1.0), ("integrated-gradients", 0.99), ("occlusion", 0.5)])
def test_each_method_finds_the_place_that_matters(method: str, least: float) -> None:
    settings = OcclusionSettings(window=2, stride=1) if method == "occlusion" else None
    found = explain(resting(Spot()), INFO, picture(), method, settings=settings)
    assert found.heat.shape == (SIDE, SIDE) and found.heat.dtype == np.float32
    assert found.target == 1 and "“spot”" in found.sentence
    assert inside(found.heat) >= least
    assert found.signed == METHODS[method].signed and (found.signed or found.heat.min() >= 0)


def test_grad_cam_shows_the_maps_of_the_layer_weighed_and_names_it() -> None:
    found = explain(resting(Spot()), INFO, picture())
    assert found.layer == "relu" and "relu" in found.sentence and found.heat.min() >= 0
    # It weighs whole maps, so it shows both squares, the brighter one more: it is coarse, and says so.
    assert found.heat[12, 4] > found.heat[4, 11] > found.heat[8, 8]


def test_grad_cam_looks_at_the_last_convolution_unless_another_layer_is_chosen() -> None:
    model = resting(nn.Sequential(nn.Conv2d(1, 3, 3), nn.Conv2d(3, 3, 5), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2)))
    assert explain(model, INFO, picture()).layer == "2", "after its ReLU: what that cuts off counts for nothing"
    assert explain(model, INFO, picture(), settings=GradCamSettings(layer="0")).layer == "0"
    assert explain(model, INFO, picture(), settings=GradCamSettings(layer="1")).layer == "1"
    assert explain(model, INFO, picture(), settings=GradCamSettings(layer="conv of another network")).layer == "2"
    assert explain(resting(Spot(torch.relu_)), INFO, picture()).layer == "conv", "its ReLU is no layer"


def test_the_layers_on_offer_are_those_with_maps() -> None:
    model = resting(Spot())
    layers = record(model, INFO, picture()).cam_layers()
    assert layers == ("conv", "relu")
    offered = settings_type("grad-cam", layers)
    assert validated(offered, {"layer": "relu"}) == offered(layer="relu")
    with pytest.raises(ConfigError):
        validated(offered, {"layer": "head"})
    assert explain(model, INFO, picture(), settings=offered(layer="relu")).layer == "relu"


def test_without_a_convolution_grad_cam_says_so_and_the_others_work() -> None:
    model = resting(nn.Sequential(nn.Flatten(), nn.Linear(SIDE * SIDE, 2)))
    with pytest.raises(ExplainError) as told:
        explain(model, INFO, picture())
    assert str(told.value) == NO_CONVOLUTION
    for method in set(METHODS) - {"grad-cam"}:
        assert explain(model, INFO, picture(), method).heat.any()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "make", [Reused, lambda: Spot(nn.ReLU(inplace=True)), lambda: Spot(torch.relu_)], ids=["reused", "inplace", "relu_"]
)
def test_layers_that_work_in_place_or_are_called_again_do_no_harm(method: str, make: Callable[[], nn.Module]) -> None:
    model = resting(make())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = explain(model, INFO, picture(), method)
    assert np.isfinite(found.heat).all() and found.heat.any()
    assert record(model, INFO, picture()).layers[0].outputs.shape[0] in (2, 4)


def test_in_place_or_not_the_maps_are_the_same() -> None:
    plain, in_place = resting(Spot()), resting(Spot(nn.ReLU(inplace=True)))
    for method in METHODS:
        np.testing.assert_array_equal(
            explain(plain, INFO, picture(), method).heat, explain(in_place, INFO, picture(), method).heat
        )


def test_the_class_to_explain_can_be_chosen() -> None:
    model = resting(Reused())
    for target in (0, 1):
        assert explain(model, INFO, picture(), "occlusion", target).target == target
    one, other = (explain(model, INFO, picture(), "occlusion", target).heat for target in (0, 1))
    assert not np.allclose(one, other)
    with pytest.raises(ExplainError, match="2 classes"):
        explain(model, INFO, picture(), target_class=2)


def test_the_probabilities_are_those_of_the_answer() -> None:
    model = resting(Reused())
    expected = Classifier(model, INFO, "").probabilities(picture())
    np.testing.assert_array_equal(explain(model, INFO, picture()).probabilities, expected)
    np.testing.assert_array_equal(record(model, INFO, picture()).probabilities, expected)


def test_a_map_is_not_a_matter_of_what_was_explained_before() -> None:
    model = resting(Reused())
    before = explain(model, INFO, picture(), "saliency").heat
    for method in METHODS:
        explain(model, INFO, picture(), method)
    np.testing.assert_array_equal(explain(model, INFO, picture(), "saliency").heat, before)
    assert not model.training and not any(parameter.requires_grad for parameter in model.parameters())
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in model.modules())


def test_the_parts_of_integrated_gradients_add_up_and_it_is_said_how_well() -> None:
    found = explain(resting(Spot()), INFO, picture(), "integrated-gradients", settings=GradientSettings(steps=40))
    model = resting(Spot())
    with torch.no_grad():
        scores = [model((torch.full((1, 1, SIDE, SIDE), 0.0) - 0.1) / 0.5)[0, 1]]
        scores.append(model((torch.tensor(picture()[None] / 255.0).float() - 0.1) / 0.5)[0, 1])
    assert float(found.heat.sum()) == pytest.approx(float(scores[1] - scores[0]), abs=0.02)
    assert "convergence delta" in found.note and f"{float(scores[1] - scores[0]):.2f}"[:3] in found.note


def test_occlusion_takes_any_square_that_fits_or_does_not() -> None:
    model = resting(Spot())
    for window, stride in ((1, 1), (5, 3), (200, 1), (16, 16)):
        chosen = OcclusionSettings(window=window, stride=stride, cover="black")
        assert explain(model, INFO, picture(), "occlusion", settings=chosen).heat.shape == (SIDE, SIDE)
    with pytest.raises(ConfigError, match="at most as wide as the square"):
        validated(OcclusionSettings, {"window": 4, "stride": 5})


@pytest.mark.parametrize("method", ["occlusion", "integrated-gradients"])
def test_what_takes_long_says_how_far_it_is_and_can_be_given_up(method: str) -> None:
    told: list[tuple[int, int]] = []
    settings = {"occlusion": OcclusionSettings(window=2, stride=1), "integrated-gradients": GradientSettings(steps=200)}
    model = resting(Spot())
    explain(model, INFO, picture(), method, settings=settings[method], tick=lambda *far: told.append(far))
    assert len(told) > 3 and all(done <= total for done, total in told) and told == sorted(told)
    assert told[-1][0] >= 0.5 * told[-1][1]

    def enough(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        explain(model, INFO, picture(), method, settings=settings[method], tick=enough)


def test_what_cannot_be_explained_is_refused_in_a_sentence() -> None:
    model = resting(Spot())
    with pytest.raises(ExplainError, match="3×8×8, but the network takes 1×16×16"):
        explain(model, INFO, np.zeros((3, 8, 8), np.uint8))
    with pytest.raises(ValueError, match="evaluation mode"):
        explain(Spot(), INFO, picture())
    with pytest.raises(ValueError, match="no method"):
        explain(model, INFO, picture(), "magic")
    model.get_parameter("head.weight").fill_(float("nan"))
    with pytest.raises(NotReady, match="no numbers"):
        explain(model, INFO, picture())


def test_neither_warming_up_nor_a_map_moves_the_random_numbers_of_a_run() -> None:
    model = resting(Spot())
    before = torch.get_rng_state()
    warm_up()
    for method in METHODS:
        explain(model, INFO, picture(), method)
    assert torch.equal(before, torch.get_rng_state())
