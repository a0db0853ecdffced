"""While a slow step waits: looking changes nothing, other weights begin it anew, stopping finishes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.events import Paused, RunEnded, StepsLogged, ViewComputed
from core.numbers_gone import NumbersGone
from core.rate_finder import find_rate
from core.slow_step.forward import MOST_CALLS
from core.slow_step.records import ParameterNumbers, StepRecord
from core.slow_step.slow_step import ANEW
from core.slow_step.weights import NoNumbers
from core.trainer import Trainer
from tests.core.slow_step.hands import Hands
from tests.core.tiny import CLASSES, SIDE, Clock, job, network, no_progress, registry, same_weights

Change = Callable[[nn.Module], None]


def add_in_place(model: nn.Module) -> None:
    with torch.no_grad():
        model.get_parameter("1.weight").add_(0.01)


def write_through_data(model: nn.Module) -> None:
    model.get_parameter("1.bias").data.add_(0.01)


def write_through_numpy(model: nn.Module) -> None:
    model.get_parameter("1.bias").detach().numpy()[:] += 0.01


def load(model: nn.Module) -> None:
    model.load_state_dict({name: torch.full_like(tensor, 0.1) for name, tensor in model.state_dict().items()})


CHANGES = [add_in_place, write_through_data, write_through_numpy, load]


def normalised(config: Any, info: Any) -> nn.Module:
    """With running means, which a forward pass moves, dropout, and an activation that works in place."""
    layers = (nn.Linear(SIDE * SIDE, 12), nn.BatchNorm1d(12), nn.ReLU(inplace=True), nn.Dropout(0.2))
    return nn.Sequential(nn.Flatten(), *layers, nn.Linear(12, CLASSES))


def with_means() -> Any:
    return registry(networks=(network(build=normalised),))


def test_views_that_compute_gradients_of_the_live_model_add_nothing_to_those_of_the_step() -> None:
    def look(record: StepRecord) -> None:
        hands.control.at_safe_point(lambda: trainer.observer.now(("weights",)))

    plain = Trainer(job())
    plain.fit()
    hands = Hands(look, steps=(1, 2))
    found = registry()
    trainer = Trainer(job(found), control=hands.control, emit=hands, visualizations=found.visualizations.values())
    trainer.fit()
    assert len([event for event in hands if isinstance(event, ViewComputed)]) >= 6
    assert not any(record.anew for record in hands.records)
    assert same_weights(plain.job.model, trainer.job.model)


def test_gradients_that_somebody_leaves_before_backward_are_not_added() -> None:
    def spoil(record: StepRecord) -> None:
        if record.phase in ("ready", "loss"):
            hands.control.at_safe_point(lambda: sum(each.sum() for each in trainer.job.model.parameters()).backward())

    def norms(hands: Hands) -> list[float]:
        return [each.norm for each in hands.record("gradients").arrivals]

    hands, clean = Hands(spoil), Hands()
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    Trainer(job(epochs=1), control=clean.control, emit=clean).fit()
    assert norms(hands) == norms(clean)


@pytest.mark.parametrize("phase", ["loss", "gradients", "clipped"])
@pytest.mark.parametrize("change", CHANGES)
def test_weights_that_were_changed_in_mid_step_begin_it_anew_with_the_same_batch(change: Change, phase: str) -> None:
    changed: list[str] = []

    def meddle(record: StepRecord) -> None:
        if record.phase == phase and not changed:
            changed.append(phase)
            hands.control.at_safe_point(lambda: change(trainer.job.model))

    hands = Hands(meddle, steps=(2,))
    trainer = Trainer(job(with_means(), epochs=1, gradient_clip=1e-3), control=hands.control, emit=hands)
    trainer.fit()
    plain = Trainer(job(with_means(), epochs=1, gradient_clip=1e-3))
    plain.step_watches.append(lambda done: change(plain.job.model) if done == 1 else None)
    plain.fit()
    phases = [record.phase for record in hands.records]
    assert phases.count("loss") == 2
    assert [record.anew for record in hands.records if record.phase == "updated"] == [ANEW]
    assert same_weights(plain.job.model, trainer.job.model)


def test_a_step_that_is_begun_anew_shows_the_numbers_of_the_weights_that_are_in_force() -> None:
    def meddle(record: StepRecord) -> None:
        if record.phase == "loss" and not record.anew:
            hands.control.at_safe_point(lambda: load(trainer.job.model))

    hands = Hands(meddle)
    trainer = Trainer(job(with_means(), epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    first, second = (record for record in hands.records if record.phase == "loss")
    assert first.loss != second.loss
    assert len(first.calls) == len(second.calls)


def test_a_weight_that_is_no_number_is_no_change() -> None:
    hands = Hands(lambda record: hands.control.at_safe_point(lambda: None))
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    with torch.no_grad():
        trainer.job.model.get_parameter("1.bias")[0] = float("nan")
    with pytest.raises(NumbersGone):
        trainer.fit()
    assert [record.phase for record in hands.records] == ["ready", "loss"]


def test_looking_for_a_rate_in_mid_step_leaves_the_run_as_it_was() -> None:
    def look(record: StepRecord) -> None:
        if record.phase in ("loss", "gradients") and not record.anew:
            hands.control.at_safe_point(lambda: find_rate(trainer.job, no_progress, steps=12))

    hands = Hands(look, steps=(3,))
    trainer = Trainer(job(), control=hands.control, emit=hands)
    trainer.fit()
    plain = Trainer(job())
    plain.fit()
    assert same_weights(plain.job.model, trainer.job.model)


def test_a_rate_that_was_changed_in_mid_step_is_the_one_that_is_used_and_told() -> None:
    def change(record: StepRecord) -> None:
        if record.phase == "gradients":
            hands.control.at_safe_point(lambda: trainer.change("lr", 0.5))
        if record.phase == "updated":
            rates.append(trainer.slow_steps.numbers("1.bias").settings["lr"])

    rates: list[object] = []
    hands = Hands(change)
    trainer = Trainer(job(epochs=1, schedule="constant"), control=hands.control, emit=hands)
    trainer.fit()
    assert rates == [0.5]
    logged = next(event for event in hands if isinstance(event, StepsLogged))
    assert logged.lr[0] == 0.5


@pytest.mark.parametrize("phase", ["ready", "loss", "gradients"])
def test_stop_in_mid_step_finishes_the_step_and_then_the_run(phase: str) -> None:
    hands = Hands(lambda record: hands.control.stop() if record.phase == phase else None, steps=(2,))
    trainer = Trainer(job(), control=hands.control, emit=hands)
    end = trainer.fit()
    assert (end.state, end.step) == ("stopped", 2)
    assert hands.records[-1].phase == "updated"
    plain = Hands(steps=())
    other = Trainer(job(), control=plain.control, emit=plain)
    other.step_watches.append(lambda done: plain.control.stop() if done == 1 else None)
    other.fit()
    assert other.step == 2
    assert same_weights(other.job.model, trainer.job.model)
    assert isinstance(hands[-1], RunEnded)


def test_the_time_that_a_slow_step_waits_is_no_part_of_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    for module in ("core.step_log", "core.stopwatch", "core.slow_step.slow_step"):
        monkeypatch.setattr(f"{module}.time", clock)

    def wait(record: StepRecord) -> None:
        clock.now += 1000.0 if record.phase != "updated" else 0.0

    hands = Hands(wait)
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    trainer.step_watches.append(lambda done: setattr(clock, "now", clock.now + 0.5))
    trainer.fit()
    first = next(event for event in hands if isinstance(event, StepsLogged))
    assert trainer.watch.seconds < 10.0
    assert first.steps_per_second > 1.0


class Reader(nn.Module):
    """One that uses its cell for each number of the picture, many times over."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.RNNCell(1, 3)
        self.start = nn.Parameter(torch.zeros(3))
        self.head = nn.Linear(3, CLASSES)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        state = self.start.expand(len(inputs), 3)
        for _ in range(6):
            for number in inputs.flatten(1).T:
                state = self.cell(number[:, None], state)
        return self.head(state)


def test_a_network_that_uses_a_layer_many_times_is_shown_in_part_and_says_so() -> None:
    found = registry(networks=(network(build=lambda config, info: Reader()),))
    hands = Hands()
    trainer = Trainer(job(found, epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    record = hands.record("updated")
    uses = 6 * SIDE * SIDE
    assert len(record.calls) == MOST_CALLS
    assert record.calls_left_out == uses + 2 - MOST_CALLS
    assert record.calls[1].title == "cell (call 2)"
    assert {"start", "cell.weight_hh", "head.bias"} <= record.changes.keys()
    assert record.graph is not None
    assert {node.variable for node in record.graph.nodes} >= set(record.parameters)


def test_a_weight_that_two_layers_share_is_one_parameter_of_both() -> None:
    def tied(config: Any, info: Any) -> nn.Module:
        first, second = nn.Linear(SIDE * SIDE, SIDE * SIDE), nn.Linear(SIDE * SIDE, SIDE * SIDE)
        second.weight = first.weight
        return nn.Sequential(nn.Flatten(), first, second, nn.Linear(SIDE * SIDE, CLASSES))

    hands = Hands()
    trainer = Trainer(job(registry(networks=(network(build=tied),)), epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    record = hands.record("updated")
    assert [call.parameters for call in record.calls[1:3]] == [("1.weight", "1.bias"), ("1.weight", "2.bias")]
    assert all(record.gradient_norm(call) is not None for call in record.calls[1:3])


def test_layers_that_are_frozen_are_shown_and_get_no_gradient() -> None:
    def frozen(config: Any, info: Any) -> nn.Module:
        first = nn.Linear(SIDE * SIDE, 6).requires_grad_(False)
        return nn.Sequential(nn.Flatten(), first, nn.Linear(6, CLASSES))

    def ask(record: StepRecord) -> None:
        if record.phase == "updated":
            numbers.append(trainer.slow_steps.numbers("1.weight"))

    numbers: list[ParameterNumbers] = []
    hands = Hands(ask)
    trainer = Trainer(job(registry(networks=(network(build=frozen),)), epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    record = hands.record("updated")
    assert [record.gradient_norm(call) is None for call in record.calls[1:]] == [True, False]
    assert numbers[0].gradient is None
    assert numbers[0].new is not None
    assert np.array_equal(numbers[0].old, numbers[0].new)
    assert record.changes["1.weight"] == 0


def test_of_a_large_network_only_so_much_is_copied_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.slow_step.weights.MOST_BYTES", 400)
    refusals: list[str] = []

    def ask(record: StepRecord) -> None:
        if record.phase == "gradients":
            assert trainer.slow_steps.numbers("1.weight").gradient is not None
        if record.phase == "updated":
            assert trainer.slow_steps.numbers("1.bias").new is not None
            with pytest.raises(NoNumbers) as refused:
                trainer.slow_steps.numbers("1.weight")
            refusals.append(str(refused.value))

    hands = Hands(ask)
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    assert refusals == ["1.weight has 768 numbers: too many to keep what they were."]
    assert "1.weight" not in hands.record("updated").changes


def test_asked_twice_before_it_begins_one_step_is_taken_apart() -> None:
    hands = Hands(steps=(1,))
    hands.control.step(slowly=True)
    hands.control.step(slowly=True)
    trainer = Trainer(job(), control=hands.control, emit=hands)
    trainer.fit()
    assert [record.step for record in hands.records if record.phase == "updated"] == [1]
    assert [event.step for event in hands if isinstance(event, Paused)] == [0, 1]


def test_a_slow_step_that_is_asked_for_just_after_the_safe_point_is_the_next_one_and_only_that() -> None:
    asked: list[int] = []

    def ask(done: int) -> None:
        if done == 3 and not asked:  # the safe point before the fourth step is over, the step has not begun
            asked.append(done)
            hands.control.step(slowly=True)

    hands = Hands(steps=(5,))
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    trainer.step_watches.insert(0, ask)
    trainer.fit()
    assert asked == [3]
    assert {record.step for record in hands.records} == {5}
    assert [event.step for event in hands if isinstance(event, Paused)] == [0, 1, 2, 3, 4, 5]


def test_numbers_of_weights_that_were_changed_after_the_update_are_refused() -> None:
    refusals: list[str] = []

    def ask(record: StepRecord) -> None:
        if record.phase == "updated":
            add_in_place(trainer.job.model)
            with pytest.raises(Exception, match="changed after this step") as refused:
                trainer.slow_steps.numbers("1.weight")
            refusals.append(str(refused.value))
            assert np.isfinite(trainer.slow_steps.numbers("1.bias").old).all()

    hands = Hands(ask)
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    assert len(refusals) == 1
