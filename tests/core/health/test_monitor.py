"""When a run's health is looked at: within a budget, at any network, and never at the cost of the run."""

from __future__ import annotations

import copy
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.overrides import _get_current_function_mode_stack

from core.events import HealthMeasured, Problem
from core.health import HealthSettings
from core.health import monitor as monitor_module
from core.health.monitor import FIRST, SHARE
from core.trainer import Trainer
from tests.core.health.looking import Bench, always
from tests.core.tiny import Clock, Events, job, network, registry, same_weights

__all__ = ["always"]


def watched(events: Events | None = None, on: bool = True, **options: Any) -> Trainer:
    trainer = Trainer(job(**options), emit=Events() if events is None else events)
    trainer.health.apply(HealthSettings(on=on, every=1))
    return trainer


def hooks(model: nn.Module) -> int:
    """How many ears there are, those for torch's functions included."""
    listening = len(_get_current_function_mode_stack())
    return listening + sum(len(layer._forward_hooks) + len(layer._forward_pre_hooks) for layer in model.modules())


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("options", [{}, {"gradient_clip": 1e-3, "average": 0.9}, {"precision": "bfloat16"}])
def test_a_run_that_was_watched_ends_in_the_same_weights_bit_for_bit(options: dict[str, Any]) -> None:
    events = Events()
    plain = watched(on=False, **options)
    plain.fit()
    looked_at = watched(events, **options)
    looked_at.fit()
    assert len(events.of(HealthMeasured)) >= looked_at.step // 2
    assert same_weights(plain.job.model, looked_at.job.model)
    assert all(torch.equal(*pair) for pair in zip(plain.average.mean, looked_at.average.mean, strict=True))
    assert hooks(looked_at.job.model) == 0


def test_switched_off_no_step_is_watched_and_nothing_is_attached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor_module, "Look", lambda *_: pytest.fail("looked"))
    trainer = watched(on=False)
    trainer.step_watches.append(lambda done: pytest.fail("hooks") if hooks(trainer.job.model) else None)
    trainer.fit()
    assert not trainer.health.on
    assert trainer.health(0) is None


def test_a_run_is_not_watched_unless_somebody_asks() -> None:
    assert not Trainer(job()).health.on


@pytest.mark.usefixtures("always")
def test_gradients_are_those_before_clipping_and_the_update_is_what_clipping_left() -> None:
    events = Events()
    trainer = watched(events, gradient_clip=1e-6, optimizer="sgd", optimizer_settings={"lr": 0.1, "momentum": 0.0})
    trainer.fit()
    first = events.of(HealthMeasured)[0]
    assert float(first.gradient_norm.max()) > 1e-3
    assert float(first.update_ratio.max()) < 1e-6


def test_the_first_steps_are_looked_at_whatever_that_costs(clock: Clock) -> None:
    bench = Bench(nn.Linear(2, 1))
    bench.monitor.every = 10**6
    for _ in range(60):
        clock.now += 1.0
        bench.step(torch.ones(2, 2))
    assert [event.step for event in bench.events] == sorted(done + 1 for done in FIRST)


def test_a_run_that_goes_on_is_looked_at_from_its_first_step(clock: Clock) -> None:
    bench = Bench(nn.Linear(2, 1))
    bench.done = 5000
    bench.step(torch.ones(2, 2))
    assert bench.events[0].step == 5001


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(monitor_module, "time", clock)
    return clock


class Slow(nn.Module):
    """A step takes a second, and one that is listened to ``extra`` seconds more."""

    def __init__(self, clock: Clock, extra: float) -> None:
        super().__init__()
        self.line, self.clock, self.extra = nn.Linear(2, 1), clock, extra

    def forward(self, x: Tensor) -> Tensor:
        self.clock.now += 1.0 + self.extra * bool(self.line._forward_hooks)
        return self.line(x)


@pytest.mark.parametrize("extra", [0.1, 5.0])
def test_looking_costs_no_more_than_its_share_of_the_time(clock: Clock, extra: float) -> None:
    bench = Bench(Slow(clock, extra))
    bench.monitor.every = 1
    for _ in range(60):
        bench.step(torch.ones(2, 2))
    looks, since, steps = len(bench.events), clock.now, round(2 * (extra / SHARE + 50))
    for _ in range(steps):
        bench.step(torch.ones(2, 2))
    spent = (len(bench.events) - looks) * extra
    assert spent / (clock.now - since) <= SHARE * 1.6, "of some looks at the most one too many"
    assert len(bench.events) - looks >= 2


def test_a_cadence_is_kept_where_the_budget_allows_more(clock: Clock) -> None:
    bench = Bench(Slow(clock, 0.0))
    bench.monitor.every = 50
    for _ in range(1000):
        bench.step(torch.ones(2, 2))
    steps = [event.step for event in bench.events][len(FIRST) :]
    assert set(np.diff(steps)) == {50}


@pytest.mark.usefixtures("always")
def test_it_may_be_switched_from_any_thread_at_any_time() -> None:
    events = Events()
    trainer = watched(events, epochs=15)
    over = threading.Event()

    def switch() -> None:
        number = 0
        while not over.is_set():
            number += 1
            trainer.health.apply(HealthSettings(on=number % 3 > 0, every=1 + number % 4))

    thread = threading.Thread(target=switch)
    thread.start()
    trainer.fit()
    over.set()
    thread.join()
    assert 0 < len(events.of(HealthMeasured)) < trainer.step
    assert hooks(trainer.job.model) == 0
    assert not events.of(Problem)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("broken", ["layers", "hook", "update"])
def test_a_look_that_fails_is_switched_off_and_reported_and_the_step_goes_on(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no")

    where = {"layers": "core.health.look.layers_of", "hook": "core.health.activity._first_tensor"}
    monkeypatch.setattr(where.get(broken, "core.health.look.torch._foreach_sub"), fail)
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
    before = copy.deepcopy(model.state_dict())
    bench = Bench(model)
    for _ in range(4):
        bench.step(torch.randn(4, 3))
    assert [(source, str(error)) for source, _, error in bench.problems] == [("Health", "no")]
    assert bench.events == []
    assert not bench.monitor.on
    assert hooks(model) == 0
    assert not torch.equal(before["0.weight"], model[0].weight), "it was trained all the same"


@pytest.mark.usefixtures("always")
def test_a_layer_that_takes_no_listener_ends_the_look_and_leaves_nothing_attached() -> None:
    class Shut(nn.Linear):
        def register_forward_hook(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("no")

    bench = Bench(nn.Sequential(nn.Linear(3, 2), Shut(2, 1)))
    bench.step(torch.randn(4, 3))
    assert [str(error) for _, _, error in bench.problems] == ["no"]
    assert hooks(bench.model) == 0


@pytest.mark.usefixtures("always")
def test_a_network_without_weights_is_left_as_it_was() -> None:
    bench = Bench(nn.ReLU())
    bench.step(torch.randn(3, 3, requires_grad=True))
    assert bench.events == []
    assert bench.problems == []
    assert hooks(bench.model) == 0


@pytest.mark.usefixtures("always")
def test_a_step_that_fails_leaves_nothing_attached() -> None:
    bench = Bench(nn.Linear(2, 1))
    with pytest.raises(RuntimeError):
        bench.step(torch.ones(2, 3))
    assert hooks(bench.model) == 0
    assert torch.relu(torch.ones(1)) == 1
    assert bench.look(torch.ones(2, 2)).step == 1


@pytest.mark.usefixtures("always")
def test_what_is_computed_again_on_the_way_back_is_not_listened_to() -> None:
    from torch.utils.checkpoint import checkpoint

    class Frugal(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.out, self.calls = nn.Sequential(nn.Linear(3, 4), nn.ReLU()), nn.Linear(4, 1), 0
            self.inner.register_forward_pre_hook(self._count)

        def _count(self, *_: Any) -> None:
            self.calls += 1

        def forward(self, x: Tensor) -> Tensor:
            return self.out(checkpoint(self.inner, x, use_reentrant=False))

    bench = Bench(Frugal())
    event = bench.look(torch.randn(5, 3))
    assert bench.model.calls == 2
    assert event.units.tolist() == [4, 0]


@pytest.mark.usefixtures("always")
def test_measurements_that_are_recorded_become_rarer_as_the_run_grows_longer() -> None:
    bench = Bench(nn.Linear(2, 1))
    kept: list[int] = []
    event = bench.look(torch.ones(2, 2))
    bench.monitor._tell = lambda event: kept.append(event.step)
    for step in range(2, 30_000):
        bench.monitor._told(replace(event, step=step))
    assert kept[:5] == [2, 3, 4, 5, 6]
    assert len(kept) < 1000
    assert len(kept) + len(bench.events) == 30_000 - 2 + 1


@pytest.mark.usefixtures("always")
def test_units_that_can_never_answer_are_dead_in_a_real_run() -> None:
    def deaf(config: Any, info: Any) -> nn.Module:
        model = nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, len(info.classes)))
        nn.init.constant_(model[1].bias, -100)
        return model

    events = Events()
    trainer = Trainer(job(registry(networks=(network(build=deaf),))), emit=events)
    trainer.health.on = True
    trainer.fit()
    found = events.of(HealthMeasured)
    assert all(event.dead[0] == 1 and event.units[0] == 12 for event in found)
    assert all(event.gradient_norm[0] == 0 for event in found)
