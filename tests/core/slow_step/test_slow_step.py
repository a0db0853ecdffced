"""What a step that is taken apart shows is what plain PyTorch computes; and it is the same step."""

from __future__ import annotations

import copy
import itertools
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.batches import Batch
from core.events import Paused, Resumed, RunEnded, StepsLogged
from core.job import Job, prepare_job
from core.numbers_gone import NumbersGone
from core.registry import Registry
from core.run_config import run_config
from core.slow_step.records import OutputGradient, ParameterGradient, ParameterNumbers, SlowStepStopped, StepRecord
from core.trainer import Trainer
from tests.core.slow_step.hands import Hands
from tests.core.tiny import NOWHERE, job, no_progress, same_weights

OPTIMIZERS: dict[str, dict[str, Any]] = {
    "sgd": {"lr": 0.05, "momentum": 0.9, "nesterov": True},
    "adam": {"lr": 0.002},
}


def lenet(optimizer: str, **changes: Any) -> Job:
    """The real one, on the real digits."""
    registry = Registry()
    for name in ("classification", "optimizers", "schedules", "lenet", "digits"):
        registry.add(name, "built-in", partial(import_module, f"plugins.{name}"))
    assert not registry.problems
    asked = {"optimizer": optimizer, "optimizer_settings": OPTIMIZERS[optimizer], "schedule": "constant", **changes}
    config = run_config(registry.get("networks", "lenet"), None, device="cpu", threads=1, epochs=1, **asked)
    return prepare_job(registry, config, NOWHERE, no_progress)


def plain_optimizer(name: str, model: nn.Module) -> torch.optim.Optimizer:
    if name == "sgd":
        return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True, fused=True)
    return torch.optim.Adam(model.parameters(), lr=0.002, fused=True)


class Plain:
    """LeNet's forward pass by hand, with every output in between kept."""

    def __init__(self, model: nn.Module, batch: Batch) -> None:
        layers = dict(model.named_children())
        self.outputs: dict[str, torch.Tensor] = {}
        x = batch.inputs
        for name, layer in layers.items():
            if name == "fc1":
                x = x.flatten(1)
            x = self.keep(name, layer(x))
        self.loss = F.cross_entropy(x, batch.targets)

    def keep(self, name: str, output: torch.Tensor) -> torch.Tensor:
        if output.requires_grad:
            output.retain_grad()
        self.outputs[name] = output
        return output


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_activations_gradients_and_new_weights_equal_those_of_plain_pytorch(optimizer: str) -> None:
    numbers: list[ParameterNumbers] = []

    def ask(record: StepRecord) -> None:
        if record.step == 3:
            numbers.extend(trainer.slow_steps.numbers(name) for name in record.parameters)

    hands = Hands(ask, steps=(3,))
    trainer = Trainer(lenet(optimizer), control=hands.control, emit=hands)
    model = copy.deepcopy(trainer.job.model).train()
    served = itertools.islice(trainer.job.train.epoch(), 3)
    batches = [Batch(batch.inputs.clone(), batch.targets) for batch in served]
    trainer.fit()

    taken = plain_optimizer(optimizer, model)
    for batch in batches[:2]:
        taken.zero_grad()
        F.cross_entropy(model(batch.inputs), batch.targets).backward()
        taken.step()
    taken.zero_grad()
    old = {name: parameter.detach().numpy().copy() for name, parameter in model.named_parameters()}
    plain = Plain(model, batches[2])
    plain.loss.backward()
    gradients = {name: parameter.grad.numpy().copy() for name, parameter in model.named_parameters()}
    taken.step()

    assert hands.record("loss", 3).loss == plain.loss.item()
    calls = hands.record("updated", 3).calls
    assert [call.layer for call in calls] == list(plain.outputs)
    for call in calls:
        whole = plain.outputs[call.layer].detach()
        assert call.shape == tuple(whole.shape)
        assert np.array_equal(call.sample, whole[0].numpy()), call.layer
        assert call.numbers.mean == whole.mean().item()
    shown = [each for each in hands.record("gradients", 3).arrivals if isinstance(each, OutputGradient)]
    assert [each.call for each in shown] == sorted((each.call for each in shown), reverse=True)
    for each in shown:
        gradient = plain.outputs[calls[each.call].layer].grad
        assert np.array_equal(each.sample, gradient[0].numpy())
        assert each.norm == gradient.norm().item()
    by_phase: dict[tuple[str, str], ParameterNumbers] = {(each.phase, each.name): each for each in numbers}
    for name, parameter in model.named_parameters():
        before, after, done = (by_phase[phase, name] for phase in ("loss", "gradients", "updated"))
        assert before.gradient is None
        assert after.gradient is not None
        assert np.array_equal(before.old, old[name])
        assert np.array_equal(after.gradient, gradients[name])
        assert np.array_equal(done.gradient, gradients[name])
        assert np.array_equal(done.old, old[name])
        assert np.array_equal(done.new, parameter.detach().numpy())


def test_gradients_arrive_from_the_end_to_the_front() -> None:
    hands = Hands()
    trainer = Trainer(lenet("sgd"), control=hands.control, emit=hands)
    trainer.fit()
    assert hands.record("ready").calls == hands.record("loss").arrivals == ()
    arrivals = hands.record("gradients").arrivals
    names = [each.name for each in arrivals if isinstance(each, ParameterGradient)]
    assert [name.split(".")[0] for name in names[::2]] == ["fc3", "fc2", "fc1", "conv2", "conv1"]
    assert sorted(names) == sorted(hands.record("ready").parameters)
    kinds = [type(each).__name__ for each in arrivals]
    assert kinds[0] == "OutputGradient"
    assert kinds[-1] == "ParameterGradient"


def test_the_gradient_norm_of_a_layer_is_that_of_its_parameters_together() -> None:
    hands = Hands()
    Trainer(lenet("sgd"), control=hands.control, emit=hands).fit()
    record = hands.record("gradients")
    norms = {each.name: each.norm for each in record.arrivals if isinstance(each, ParameterGradient)}
    found = {call.layer: record.gradient_norm(call) for call in record.calls}
    assert found["conv1"] == pytest.approx((norms["conv1.weight"] ** 2 + norms["conv1.bias"] ** 2) ** 0.5)
    assert None in found.values()
    assert hands.record("loss").gradient_norm(record.calls[0]) is None


def test_the_update_tells_by_how_much_each_parameter_changed() -> None:
    hands = Hands()
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    before = {name: parameter.detach().clone() for name, parameter in trainer.job.model.named_parameters()}
    after: dict[str, torch.Tensor] = {}

    def look(record: StepRecord) -> None:
        after.update({name: each.detach().clone() for name, each in trainer.job.model.named_parameters()})

    hands.at = look
    trainer.fit()
    changes = hands.record("updated").changes
    assert changes.keys() == before.keys()
    for name, change in changes.items():
        assert change == (after[name] - before[name]).norm().item() > 0


@pytest.mark.parametrize("steps", [(1,), (1, 2, 3), (2, 9), (7, 8)])
def test_a_run_with_slow_steps_ends_in_the_same_weights_bit_for_bit(steps: tuple[int, ...]) -> None:
    plain_events = Hands(steps=())
    plain = Trainer(job(), control=plain_events.control, emit=plain_events)
    plain.fit()
    hands = Hands(steps=steps)
    slow = Trainer(job(), control=hands.control, emit=hands)
    slow.fit()
    assert [record.step for record in hands.records if record.phase == "updated"] == list(steps)
    assert same_weights(plain.job.model, slow.job.model)
    of = [[event for event in events if isinstance(event, StepsLogged)] for events in (plain_events, hands)]
    told = [np.concatenate([event.metrics["loss"] for event in events]) for events in of]
    assert np.array_equal(*told)


def test_nothing_stays_attached_to_the_model() -> None:
    def look(record: StepRecord) -> None:
        for module in trainer.job.model.modules():
            assert not module._forward_hooks
        for parameter in trainer.job.model.parameters():
            assert not parameter._post_accumulate_grad_hooks
        looked.append(record.phase)

    looked: list[str] = []
    hands = Hands(look)
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    assert looked == ["ready", "loss", "gradients", "updated"]


def test_clipping_is_a_stop_of_its_own_with_its_factor() -> None:
    norms: list[float] = []
    clips: list[bool] = []

    def look(record: StepRecord) -> None:
        if record.phase in ("gradients", "clipped"):
            gradients = [trainer.slow_steps.numbers(name).gradient for name in record.parameters]
            clips.append(trainer.slow_steps.numbers("1.bias").clips)
            norms.append(float(np.sqrt(sum((gradient**2).sum() for gradient in gradients if gradient is not None))))

    hands = Hands(look)
    trainer = Trainer(job(epochs=1, gradient_clip=1e-3), control=hands.control, emit=hands)
    trainer.fit()
    clipping = hands.record("clipped").clipping
    assert clipping is not None
    assert clipping.limit == 1e-3
    assert clips == [True, False]
    assert clipping.norm == pytest.approx(norms[0], rel=1e-5)
    assert clipping.factor == pytest.approx(norms[1] / norms[0], rel=1e-4)
    hands = Hands()
    Trainer(job(epochs=1, gradient_clip=1e6), control=hands.control, emit=hands).fit()
    assert "clipped" not in [record.phase for record in hands.records]


def test_a_loss_that_is_no_number_is_shown_before_the_run_ends_over_it() -> None:
    hands = Hands(steps=(1,))
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    with torch.no_grad():
        next(trainer.job.model.parameters()).fill_(float("nan"))
    with pytest.raises(NumbersGone, match="at step 1"):
        trainer.fit()
    assert np.isnan(hands.record("loss").loss)
    assert not hands.control.slowly


def test_reduced_precision_is_shown_as_it_is_computed() -> None:
    hands = Hands()
    trainer = Trainer(job(epochs=1, precision="bfloat16"), control=hands.control, emit=hands)
    trainer.fit()
    record = hands.record("updated")
    linear = next(call for call in record.calls if call.kind == "Linear")
    as_bfloat16 = torch.from_numpy(linear.sample).bfloat16().float().numpy()
    assert np.array_equal(linear.sample, as_bfloat16)
    assert record.gradient_norm(linear) is not None


def test_the_run_tells_of_its_pause_before_and_of_going_on_after_a_slow_step() -> None:
    hands = Hands(lambda record: hands.control.resume() if record.phase == "loss" else None)
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    kinds = [type(event) for event in hands if isinstance(event, Paused | SlowStepStopped | Resumed)]
    assert kinds == [Paused, *[SlowStepStopped] * 4, Resumed]
    assert isinstance(hands[-1], RunEnded)


def test_what_was_kept_of_a_step_is_let_go_when_the_next_one_begins() -> None:
    refused: list[str] = []

    def ask() -> None:
        try:
            trainer.slow_steps.numbers("1.weight")
        except Exception as error:
            refused.append(str(error))

    hands = Hands()
    trainer = Trainer(job(epochs=1), control=hands.control, emit=hands)
    trainer.fit()
    ask()
    assert refused == ["The run has gone on since: take the next step apart to see these numbers."]
