from __future__ import annotations

import math

import pytest

from core.config import ConfigError, validated
from tests.plugins.test_contracts import REGISTRY, Slope

FIRST = 0.01


def rates(schedule: str, steps: int = 30, **settings: float) -> list[float]:
    slope = Slope("sgd", schedule, steps, **settings)
    slope.take(steps)
    return slope.rates


def test_constant_stays_where_it_is() -> None:
    assert rates("constant") == [FIRST] * 30


def test_step_drops_every_so_many_epochs() -> None:
    found = rates("step", every=1, factor=0.5)  # of 30 steps an epoch has 10
    assert found == pytest.approx([FIRST] * 10 + [FIRST / 2] * 10 + [FIRST / 4] * 10)


@pytest.mark.parametrize(("warmup", "final"), [(0.0, 0.0), (0.2, 0.1), (0.5, 0.5), (0.3, 1.0)])
def test_cosine_rises_evenly_then_falls_to_its_final_share(warmup: float, final: float) -> None:
    found, rising = rates("cosine", warmup=warmup, final=final), round(30 * warmup)
    assert found[:rising] == pytest.approx([FIRST * (step + 1) / (rising + 1) for step in range(rising)])
    falling = 30 - rising
    expected = [FIRST * (final + (1 - final) * (1 + math.cos(math.pi * step / falling)) / 2) for step in range(falling)]
    assert found[rising:] == pytest.approx(expected, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("warmup", [0.1, 0.3, 0.5, 0.9])
def test_one_cycle_rises_to_the_rate_then_falls_to_almost_nothing(warmup: float) -> None:
    found = rates("one-cycle", steps=100, warmup=warmup)
    assert found[0] == pytest.approx(FIRST / 25)
    peak = found.index(max(found))
    assert max(found) == pytest.approx(FIRST, rel=0.02)
    assert peak == pytest.approx(100 * warmup, abs=2)
    assert found[:peak] == sorted(found[:peak])
    assert found[peak:] == sorted(found[peak:], reverse=True)
    assert found[-1] < FIRST / 20


@pytest.mark.parametrize("steps", [1, 3, 4, 9, 24])
def test_one_cycle_may_rise_for_as_little_as_one_step(steps: int) -> None:
    for warmup in (1 / (steps + 1), 0.9 / (steps + 1), 1.1 / (steps + 1), 0.01, 0.99):
        found = rates("one-cycle", steps, warmup=warmup)
        assert all(0 < rate <= FIRST * 1.000001 for rate in found)


@pytest.mark.parametrize(
    ("optimizer", "settings", "said"),
    [
        ("sgd", {"nesterov": True, "momentum": 0}, "Nesterov needs a momentum above 0"),
        ("sgd", {"lr": 0}, "lr must be greater than 0"),
        ("sgd", {"lr": "nan"}, "lr must be a finite number"),
        ("sgd", {"momentum": 1}, "momentum must be less than 1"),
        ("adam", {"beta2": 1}, "beta2 must be less than 1"),
        ("adamw", {"weight_decay": -1}, "weight_decay must be at least 0"),
        ("rmsprop", {"alpha": 2}, "alpha must be less than 1"),
        ("adagrad", {"momentum": 0.9}, "'momentum' is not a setting here"),
    ],
)
def test_settings_that_torch_would_refuse_are_refused_in_words(
    optimizer: str, settings: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        validated(REGISTRY.optimizers[optimizer].config, settings)


@pytest.mark.parametrize(
    ("optimizer", "settings", "expected"),
    [
        ("sgd", {"momentum": 0.5, "nesterov": True}, {"momentum": 0.5, "nesterov": True, "weight_decay": 0.0}),
        ("adam", {"beta1": 0.8, "beta2": 0.9}, {"betas": (0.8, 0.9), "weight_decay": 0.0}),
        ("adamw", {}, {"betas": (0.9, 0.999), "weight_decay": 0.01}),
        ("rmsprop", {"alpha": 0.5}, {"alpha": 0.5, "momentum": 0.0}),
        ("adagrad", {"lr_decay": 0.25}, {"lr_decay": 0.25}),
    ],
)
def test_settings_reach_the_optimizer(optimizer: str, settings: dict[str, object], expected: dict[str, object]) -> None:
    import torch

    spec = REGISTRY.optimizers[optimizer]
    built = spec.build([torch.nn.Parameter(torch.zeros(2))], validated(spec.config, {"lr": 0.125, **settings}))
    (group,) = built.param_groups
    assert {name: group[name] for name in expected} == expected
    assert group["lr"] == 0.125
    assert type(built).__name__.lower() == optimizer
