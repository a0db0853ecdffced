"""The formula of one weight, worked out by hand from what was recorded, comes to what torch made of the weight."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn, optim

from core.slow_step.formulas import number, working
from core.slow_step.weights import Rest, Update, numbers_so_far

OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.03}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "dampening": 0.4, "weight_decay": 0.1, "maximize": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "fused": True}),
    ("Adam", {"lr": 0.02, "betas": (0.7, 0.95), "eps": 1e-3, "weight_decay": 0.2}),
    ("Adam", {"lr": 0.02, "amsgrad": True, "maximize": True, "fused": True}),
    ("AdamW", {"lr": 0.02, "betas": (0.8, 0.9), "weight_decay": 0.3, "fused": True}),
    ("AdamW", {"lr": 0.02, "amsgrad": True, "maximize": True}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.8, "eps": 1e-4, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01, "centered": True, "momentum": 0.7, "maximize": True}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.3, "weight_decay": 0.1, "initial_accumulator_value": 0.5}),
    ("Adagrad", {"lr": 0.1, "maximize": True}),
]


class Halving(optim.Optimizer):
    """Of a plugin: halves each weight, and counts how often."""

    def __init__(self, parameters: Any) -> None:
        super().__init__(parameters, {"lr": 1.0})

    def step(self, closure: Any = None) -> None:
        for parameter in self.param_groups[0]["params"]:
            parameter.data.mul_(0.5)
            self.state[parameter]["times"] = self.state[parameter].get("times", 0) + 1


def learn(model: nn.Linear, optimizer: optim.Optimizer, seed: int) -> Update:
    """One step on noise, as a slow step takes it."""
    inputs = torch.randn(5, 4, generator=torch.Generator().manual_seed(seed))
    optimizer.zero_grad()
    (model(inputs) ** 2).mean().backward()
    update = Update(model, optimizer, Rest(model).copies)
    optimizer.step()
    update.done()
    return update


@pytest.mark.parametrize("before", [0, 4])
@pytest.mark.parametrize(("name", "settings"), OPTIMIZERS)
def test_every_weight_comes_out_as_torch_has_it(name: str, settings: dict[str, Any], before: int) -> None:
    torch.manual_seed(1)
    model = nn.Linear(4, 3)
    optimizer = getattr(optim, name)(model.parameters(), **settings)
    for step in range(before):
        learn(model, optimizer, step)
    old = model.weight.detach().clone()
    numbers = learn(model, optimizer, 99).numbers("weight", before + 1)
    assert np.array_equal(numbers.old, old.numpy())
    assert numbers.new is not None
    assert not np.array_equal(numbers.old, numbers.new)
    for at in np.ndindex(3, 4):
        found = working(numbers, at)
        assert found.kept == float(model.weight.detach()[at])
        assert found.new == pytest.approx(found.kept, rel=3e-6, abs=3e-7)
        assert found.lines[-1].name == "new"


def test_the_lines_say_what_is_done_with_the_real_numbers() -> None:
    torch.manual_seed(1)
    model = nn.Linear(4, 3)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    numbers = learn(model, optimizer, 0).numbers("bias", 1)
    assert numbers.gradient is not None
    (line,) = working(numbers, (1,)).lines
    old, gradient = float(numbers.old[1]), float(numbers.gradient[1])
    assert line.symbols == "old − rate × gradient"
    assert line.text().startswith(f"new = old − rate × gradient = {number(old)} − 0.1 × ")
    assert number(abs(gradient)) in line.filled
    assert line.text().endswith(f" = {number(old - 0.1 * gradient)}")


def test_before_the_gradient_is_there_no_new_weight_is_told() -> None:
    model = nn.Linear(4, 3)
    optimizer = optim.Adam(model.parameters())
    found = working(numbers_so_far(model, optimizer, "weight", 1, "loss"), (0, 0))
    assert found.lines == ()
    assert found.new is found.kept is found.gradient is None
    assert found.old == float(model.weight.detach()[0, 0])


def test_with_the_gradient_the_new_weight_is_foretold() -> None:
    torch.manual_seed(1)
    model = nn.Linear(4, 3)
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    (model(torch.randn(5, 4)) ** 2).mean().backward()
    told = working(numbers_so_far(model, optimizer, "weight", 1, "gradients"), (2, 1))
    optimizer.step()
    assert told.kept is None
    assert told.new == pytest.approx(float(model.weight.detach()[2, 1]), abs=1e-6)


def test_the_moments_are_told_before_and_after() -> None:
    model = nn.Linear(4, 3)
    optimizer = optim.Adam(model.parameters())
    learn(model, optimizer, 0)
    numbers = learn(model, optimizer, 1).numbers("weight", 2)
    state = {name: (before, after) for name, before, after in working(numbers, (0, 0)).state}
    assert state["step"] == (1.0, 2.0)
    assert state["exp_avg"][0] != state["exp_avg"][1] == float(optimizer.state[model.weight]["exp_avg"][0, 0])


def test_an_optimizer_of_a_plugin_is_shown_by_what_it_changed() -> None:
    model = nn.Linear(4, 3)
    numbers = learn(model, Halving(model.parameters()), 0).numbers("weight", 1)
    assert numbers.rule == ""
    found = working(numbers, (0, 0))
    assert [line.symbols for line in found.lines] == ["old + change"]
    assert found.new == found.kept == pytest.approx(found.old / 2)
    assert found.state == (("times", 0.0, 1.0),)
