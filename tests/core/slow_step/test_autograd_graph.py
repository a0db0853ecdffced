"""The autograd graph of a loss, from its ``grad_fn`` down to the leaves."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch
from torch import nn

from core.slow_step import autograd_graph as module
from core.slow_step.autograd_graph import autograd_graph
from core.slow_step.drawn_graph import AROUND, MOST_BOXES, drawn


def loss_of(model: nn.Module) -> torch.Tensor:
    return ((model(torch.ones(2, 4)) - 1) ** 2).mean()


def test_it_is_what_next_functions_says_down_to_every_parameter() -> None:
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    loss = loss_of(model)
    graph = autograd_graph(loss, model)
    assert not graph.cut
    place, function = 0, loss.grad_fn
    for _ in range(3):  # MeanBackward0, PowBackward0, SubBackward0
        assert graph.nodes[place].name == function.name()
        assert len(graph.nodes[place].inputs) == len(function.next_functions)
        place, function = graph.nodes[place].inputs[0], function.next_functions[0][0]
    leaves = {node.variable: node.shape for node in graph.nodes if node.variable}
    assert leaves == {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    assert {node.name for node in graph.nodes if node.variable} == {"torch::autograd::AccumulateGrad"}
    leaf = graph.leaf_of("0.bias")
    assert leaf is not None
    assert [graph.nodes[user].name for user in graph.users(leaf)] == ["AddmmBackward0"]


def test_it_says_what_is_saved_for_the_way_back() -> None:
    model = nn.Linear(4, 3)
    graph = autograd_graph(loss_of(model), model)
    power = next(node for node in graph.nodes if node.name == "PowBackward0")
    assert "exponent: 2" in power.saved
    assert "self: 2×3 (float32)" in power.saved


def test_numbers_below_zero_have_their_sign() -> None:
    model = nn.Linear(4, 3)
    graph = autograd_graph(nn.functional.cross_entropy(model(torch.ones(2, 4)), torch.tensor([0, 1])), model)
    assert "ignore_index: -100" in graph.nodes[0].saved


def test_it_keeps_no_tensor_alive() -> None:
    model = nn.Linear(4, 3)
    hidden = model(torch.ones(2, 4)) - 1
    loss = (hidden**2).mean()
    seen = weakref.ref(hidden)  # the square keeps it for the way back
    del hidden
    assert seen() is not None
    graph = autograd_graph(loss, model)
    del loss
    gc.collect()
    assert seen() is None
    assert graph.nodes


def test_a_loss_that_no_parameter_has_a_part_in_has_no_graph() -> None:
    assert autograd_graph(torch.tensor(1.0), nn.Linear(4, 3)).nodes == ()


def test_a_large_one_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_NODES", 4)
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    graph = autograd_graph(loss_of(model), model)
    assert len(graph.nodes) == 4
    assert graph.cut
    assert "larger" in drawn(graph).caption


def test_it_is_drawn_with_the_names_of_the_parameters() -> None:
    model = nn.Linear(4, 3)
    graph = autograd_graph(loss_of(model), model)
    view = drawn(graph)
    assert [node.title for node in view.nodes[:3]] == ["Mean", "Pow", "Sub"]
    assert {(node.title, node.detail) for node in view.nodes} >= {("weight", "3×4"), ("bias", "3")}
    assert ("0", "1") in view.edges


def test_of_a_large_one_the_part_around_a_function_is_drawn() -> None:
    model = nn.Linear(1, 1)
    state = torch.ones(1, 1)
    for _ in range(400):
        state = torch.tanh(model(state))
    graph = autograd_graph(state.sum(), model)
    assert len(graph.nodes) > 2 * MOST_BOXES
    first, later = drawn(graph), drawn(graph, around=700)
    assert len(first.nodes) == len(later.nodes) == AROUND
    assert first.nodes[0].id == "0"
    assert "700" in [node.id for node in later.nodes]
    assert "nearest" in later.caption
    leaf = graph.leaf_of("bias")
    assert leaf is not None
    shared = drawn(graph, around=leaf)
    assert len(shared.nodes) == AROUND
    assert (str(graph.users(leaf)[0]), str(leaf)) in shared.edges
