"""Sentences come when something is wrong in a real network, say what and where, and go when it is over."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pytest
import torch
from torch import nn

from core.events import HealthMeasured
from core.health.numbers import compact, join_names, power_of_ten, share
from core.health.words import PERSISTS, STEADY, Diagnosis, Finding
from tests.core.health.looking import Bench, always, measured

__all__ = ["always"]


def after(events: Iterable[HealthMeasured], diagnosis: Diagnosis | None = None) -> dict[str, Finding]:
    """What is found after all of them, by its rule."""
    diagnosis = diagnosis or Diagnosis()
    for event in events:
        diagnosis.take(event)
    return {finding.rule: finding for finding in diagnosis.findings}


def deep(activation: type[nn.Module], layers: int = 8, width: int = 12) -> nn.Sequential:
    parts: list[nn.Module] = [nn.Linear(6, width), activation()]
    for _ in range(layers - 2):
        parts += [nn.Linear(width, width), activation()]
    return nn.Sequential(*parts, nn.Linear(width, 2))


@pytest.mark.usefixtures("always")
class TestRealNetworks:
    """Each is ill for a reason that a course tells of."""

    def looks(self, model: nn.Module, lr: float = 0.01, steps: int = 6) -> list[HealthMeasured]:
        bench = Bench(model, lr)
        inputs = torch.randn(32, 6)
        return [bench.look(inputs, loss_of=lambda out: (out - 1).square().mean()) for _ in range(steps)]

    def test_deep_sigmoid_layers_let_gradients_vanish(self) -> None:
        found = after(self.looks(deep(nn.Sigmoid)))["vanishing"]
        assert re.match(r"Gradients of layer 0 are 10⁻\S+ of layer 14’s, weight for weight: they vanish", found.text)
        assert found.serious
        assert found.layers[0] == "0"
        assert "ReLU" in found.advice

    def test_shallow_relu_layers_are_well(self) -> None:
        assert after(self.looks(deep(nn.ReLU, layers=3))) == {}

    def test_too_large_a_learning_rate_lets_gradients_explode(self) -> None:
        model = deep(nn.ReLU, layers=4)
        events = self.looks(model, lr=1e-3, steps=10)
        bench = Bench(model, lr=30.0)
        inputs = torch.randn(32, 6)
        diagnosis, heard = Diagnosis(), ""
        for event in events:
            diagnosis.take(event)
        for _ in range(8):
            for finding in diagnosis.take(bench.look(inputs, loss_of=lambda out: (out - 1).square().mean())):
                heard += finding.text
        assert "explode" in heard
        assert "of the weights" in heard or "changes the weights" in heard

    def test_a_bias_of_minus_a_hundred_kills_units(self) -> None:
        model = deep(nn.ReLU, layers=4)
        with torch.no_grad():
            model[2].bias[:] = -100
        found = after(self.looks(model))
        assert found["dead"].text.startswith("12 of 12 units of layer 2 are dead")
        assert found["dead"].serious
        assert found["vanishing"].text.startswith("No gradient reaches layer 0")

    def test_huge_weights_saturate_tanh(self) -> None:
        model = deep(nn.Tanh, layers=3)
        with torch.no_grad():
            model[0].weight.mul_(100)
        assert re.match(r"\d+% of the answers of layer 0 are at an end", after(self.looks(model))["saturated"].text)

    def test_a_layer_that_is_cut_off_gets_no_gradient(self) -> None:
        class Cut(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.first, self.second = nn.Linear(6, 4), nn.Linear(4, 2)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.second(self.first(x).detach())

        assert after(self.looks(Cut()))["left out"].text.startswith("No gradient comes to first:")

    def test_frozen_layers_are_no_illness(self) -> None:
        model = deep(nn.ReLU, layers=3)
        model[0].requires_grad_(False)
        assert after(self.looks(model)) == {}

    def test_weights_that_are_no_numbers_are_told_at_once(self) -> None:
        model = deep(nn.ReLU, layers=3)
        events = self.looks(model, steps=1)
        with torch.no_grad():
            model[2].weight[0, 0] = float("inf")
        found = after([*events, *self.looks(model, steps=1)])
        assert (
            found["numbers"].text
            == "The weights of layer 0, layer 2 and layer 4 are no finite numbers any more (NaN or ∞)."
        )


def test_gradients_may_grow_on_their_way_to_the_front() -> None:
    events = [measured(step, layers=6, gradient_norm=np.geomspace(1e5, 1, 6)) for step in range(STEADY)]
    found = after(events)["exploding"]
    assert found.text.startswith("Gradients of fc1 are 10⁵ times fc6’s, weight for weight: they explode")


def test_gradients_may_be_gone_altogether() -> None:
    found = after(measured(step, layers=4, gradient_norm=[0, 0, 1e-9, 0.1]) for step in range(STEADY))
    assert found["vanishing"].text.startswith("No gradient reaches fc1 and fc2: it is exactly 0 there")
    assert found["vanishing"].layers == ("fc1", "fc2", "fc3")


def test_gradients_that_grow_with_time_are_compared_with_what_is_usual_in_the_run() -> None:
    diagnosis = Diagnosis()
    after((measured(step) for step in range(20)), diagnosis)
    found = after((measured(step, gradient_norm=[50, 50, 50]) for step in range(20, 23)), diagnosis)
    assert found["exploding"].text == (
        "The gradients explode: their norm is 86.6, 500 times its usual value in this run."
    )


def test_updates_are_measured_against_the_weights() -> None:
    large = after(measured(ratio, update_ratio=[0.2, 1e-3, 1e-3]) for ratio in range(5))["large updates"]
    assert large.text.startswith("Each step changes the weights of fc1 by 20%, where about 0.1% is healthy.")
    assert large.advice == "Try a smaller learning rate than 0.1."
    assert not large.serious
    small = after(measured(step, update_ratio=[1e-3, 3e-8, 1e-3]) for step in range(5))["small updates"]
    assert small.text == "The weights of fc2 hardly move: by 10⁻⁸ of their size in a step."
    still = after(measured(step, update_ratio=[1e-3, 1e-3, 0]) for step in range(5))["small updates"]
    assert still.text.startswith("The weights of fc3 do not move")
    both = after(measured(step, update_ratio=[1e-3, 3e-8, 0]) for step in range(5))["small updates"]
    assert both.text == "The weights of fc2 and fc3 hardly move: by 10⁻⁸ of their size in a step."


def test_small_updates_are_what_a_schedule_wants_in_the_end() -> None:
    diagnosis = Diagnosis()
    after((measured(step) for step in range(20)), diagnosis)
    assert after((measured(step, lr=1e-5, update_ratio=[1e-8] * 3) for step in range(20, 30)), diagnosis) == {}


def test_a_finding_takes_some_measurements_to_come_and_to_go() -> None:
    diagnosis = Diagnosis()
    ill, well = measured(dead=[0, 0.6, 0]), measured()
    assert [len(diagnosis.take(ill)) for _ in range(STEADY)] == [0] * (STEADY - 1) + [1]
    assert [len(diagnosis.take(well)) for _ in range(STEADY)] == [1] * (STEADY - 1) + [0]


def test_a_finding_does_not_flicker_around_its_threshold() -> None:
    diagnosis = Diagnosis()
    after((measured(dead=[0, 0.6, 0]) for _ in range(STEADY)), diagnosis)
    shown = [len(diagnosis.take(measured(dead=[0, 0.35 + 0.1 * (step % 2), 0]))) for step in range(40)]
    assert set(shown) == {1}
    quiet = Diagnosis()
    assert not any(quiet.take(measured(dead=[0, 0.35 + 0.1 * (step % 2), 0])) for step in range(40))


def test_the_numbers_in_a_sentence_are_those_of_the_newest_measurement() -> None:
    diagnosis = Diagnosis()
    after((measured(dead=[0, 0.5, 0]) for _ in range(STEADY)), diagnosis)
    (finding,) = diagnosis.take(measured(dead=[0, 0.7, 0.6]))
    assert finding.text.startswith("7 of 10 units of fc2 are dead")
    assert "(and so in 1 more)" in finding.text
    assert finding.layers == ("fc2", "fc3")


def test_what_is_serious_and_lasts_is_handed_out_once() -> None:
    diagnosis = Diagnosis()
    handed = []
    for step in range(4 * PERSISTS):
        diagnosis.take(measured(step, dead=[0, 0.95, 0]))
        handed.extend(diagnosis.persisting())
    assert [finding.rule for finding in handed] == ["dead"]
    mild = Diagnosis()
    for step in range(4 * PERSISTS):
        mild.take(measured(step, dead=[0, 0.5, 0]))
        assert mild.persisting() == ()


def test_serious_findings_come_first() -> None:
    events = [measured(dead=[0, 0.5, 0], gradient_norm=[1e-9, 0.1, 0.1]) for _ in range(STEADY)]
    assert list(after(events)) == ["vanishing", "dead"]


def test_another_network_begins_anew() -> None:
    diagnosis = Diagnosis()
    after((measured(dead=[0, 0.6, 0]) for _ in range(STEADY)), diagnosis)
    assert diagnosis.take(measured(layers=2)) == ()


def test_a_network_of_one_layer_has_nobody_to_be_compared_with() -> None:
    assert after(measured(step, layers=1, gradient_norm=[1e-30]) for step in range(5)) == {}


def test_a_measurement_of_nothing_but_gaps_is_no_illness() -> None:
    gaps = [np.nan] * 3
    event = measured(
        gradient_norm=gaps, update_ratio=gaps, dead=gaps, units=[0] * 3, trained=[False] * 3, saturated=gaps
    )
    assert after([event] * 5) == {}


@pytest.mark.parametrize(
    ("value", "words"), [(1e-9, "10⁻⁹"), (3.2e-9, "10⁻⁸"), (0.031, "0.031"), (5.0, "5"), (2e12, "10¹²")]
)
def test_numbers_far_from_one_are_powers_of_ten(value: float, words: str) -> None:
    assert power_of_ten(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.43, "43%"), (1.4, "140%"), (0.0021, "0.21%"), (0, "0%"), (3e-9, "3.0·10⁻⁷%")]
)
def test_shares_are_percent(value: float, words: str) -> None:
    assert share(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (0.0338, "0.0338"), (13.52, "13.5"), (1234, "1,234"), (9.59e-5, "9.6·10⁻⁵")]
)
def test_numbers_in_a_cell_are_short(value: float, words: str) -> None:
    assert compact(value) == words


def test_names_are_joined_as_in_a_sentence() -> None:
    assert join_names(["a"]) == "a"
    assert join_names(["a", "b"]) == "a and b"
    assert join_names(["a", "b", "c"]) == "a, b and c"
    assert join_names(list("abcdefg")) == "a, b, c and 4 more"
