from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from core.activations import activations
from core.batches import Batches
from core.data import DataInfo, Split
from core.devices import arithmetic
from core.evaluate import Interrupted, Judge, evaluate
from core.snapshot import probe_indices
from core.specs import TaskSpec
from plugins.classification import accuracy, cross_entropy

TASK = TaskSpec("t", "T", cross_entropy, accuracy)
INFO = DataInfo((1, 2, 2), ("a", "b", "c"))


def data(count: int, size: int) -> Batches:
    chance = np.random.default_rng(0)
    split = Split(chance.integers(0, 256, (count, 1, 2, 2), dtype=np.uint8), chance.integers(0, 3, count))
    return Batches(split, INFO, size, torch.device("cpu"))


def model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 5), nn.Dropout(0.5), nn.Linear(5, 3))


@pytest.mark.parametrize("size", [1, 4, 7, 100])
def test_loss_and_accuracy_are_the_means_over_all_samples_whatever_the_batches(size: int) -> None:
    net, whole = model(), data(29, 100)
    (batch,) = whole.epoch()
    with torch.no_grad():
        logits = net.eval()(batch.inputs)
    found = evaluate(net, TASK, data(29, size))
    assert found["loss"] == pytest.approx(float(nn.functional.cross_entropy(logits, batch.targets)), rel=1e-5)
    assert found["accuracy"] == pytest.approx(float((logits.argmax(1) == batch.targets).float().mean()), rel=1e-6)


@pytest.mark.parametrize("training", [True, False])
def test_the_model_is_left_in_the_mode_it_was_in(training: bool) -> None:
    net = model().train(training)
    evaluate(net, TASK, data(8, 4))
    assert net.training is training
    with pytest.raises(Interrupted):
        evaluate(net, TASK, data(8, 4), interrupt)
    assert net.training is training


def interrupt() -> None:
    raise Interrupted


def test_between_two_batches_others_may_compute_gradients() -> None:
    net, grad_modes = model(), []

    def between() -> None:
        grad_modes.append(torch.is_grad_enabled())
        net(torch.zeros(1, 1, 2, 2)).sum().backward()

    evaluate(net, TASK, data(8, 4), between)
    assert grad_modes == [True, True]


def test_no_gradients_are_computed_for_the_evaluation_itself() -> None:
    net = model()
    evaluate(net, TASK, data(8, 4))
    assert all(parameter.grad is None for parameter in net.parameters())


def test_activations_are_those_of_every_layer_in_calling_order() -> None:
    net = nn.Sequential()
    for name, layer in {"first": nn.Linear(2, 2, bias=False), "bend": nn.ReLU(), "drop": nn.Dropout(1.0)}.items():
        net.add_module(name, layer)
    net.get_parameter("first.weight").data = torch.tensor([[1.0, 0.0], [0.0, -1.0]])
    found = activations(net, torch.tensor([[2.0, 3.0]]))
    assert list(found) == ["first", "bend", "drop"]
    assert found["first"].tolist() == [[2.0, -3.0]]
    assert found["bend"].tolist() == [[2.0, 0.0]]
    assert found["drop"].tolist() == [[2.0, 0.0]], "in evaluation mode nothing is dropped"


def test_looking_at_activations_leaves_no_trace() -> None:
    net = model().train()
    activations(net, torch.zeros(1, 1, 2, 2))
    assert net.training
    assert not any(layer._forward_hooks for layer in net.modules())
    with pytest.raises(RuntimeError):
        activations(net, torch.zeros(1, 99))
    assert net.training
    assert not any(layer._forward_hooks for layer in net.modules())


def test_activations_share_no_memory_with_the_model() -> None:
    net = nn.Sequential(nn.Identity())
    inputs = torch.ones(1, 2)
    found = activations(net, inputs)["0"]
    inputs.zero_()
    assert found.tolist() == [[1.0, 1.0]]


def test_a_probe_has_one_sample_of_each_class_before_a_second_of_any() -> None:
    targets = np.array([2, 2, 0, 2, 1, 0, 2, 1])
    rows = probe_indices(targets, 6)
    assert targets[rows[:3]].tolist() == [0, 1, 2]
    assert targets[rows[3:]].tolist() == [0, 1, 2]
    assert len(set(rows.tolist())) == 6
    assert sorted(probe_indices(targets, 99).tolist()) == list(range(8))
    assert len(probe_indices(np.empty(0, np.int64))) == 0


def test_a_judge_keeps_what_is_said_to_every_sample_in_its_order() -> None:
    net, judge, whole = model(), Judge(), data(29, 100)
    evaluate(net, TASK, data(29, 7), judge=judge)
    judged = judge.judged("val", 12, 3)
    (batch,) = whole.epoch()
    with torch.no_grad():
        logits = net.eval()(batch.inputs)
    assert judged is not None
    assert (judged.part, judged.step, judged.epoch) == ("val", 12, 3)
    np.testing.assert_allclose(judged.logits, logits.numpy(), rtol=1e-5)
    np.testing.assert_array_equal(judged.targets, batch.targets.numpy())


def test_a_judge_lets_go_of_more_logits_than_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.evaluate.MOST_LOGITS", 29 * 3 - 1)
    judge = Judge()
    evaluate(model(), TASK, data(29, 7), judge=judge)
    assert judge.judged("val", 1, 1) is None


def test_in_bfloat16_the_layers_compute_with_fewer_digits_and_the_loss_stays_close() -> None:
    net, low = model(), arithmetic("bfloat16", torch.device("cpu"))
    exact, close = evaluate(net, TASK, data(29, 29)), evaluate(net, TASK, data(29, 29), arithmetic=low)
    assert close["loss"] != exact["loss"]
    assert close["loss"] == pytest.approx(exact["loss"], rel=2e-2)
