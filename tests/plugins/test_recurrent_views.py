"""What the views read from a network is what the network computes."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from plugins._recurrent import TokenModel
from plugins._recurrent_views import Weights, gradient_norms, read, scores, weights_of

V, H = 9, 6
KINDS: tuple[Any, ...] = ("RNN", "LSTM", "GRU")


def model(kind: Any = "LSTM", layers: int = 1, embedding: int = 0, **settings: Any) -> TokenModel:
    net = TokenModel(kind, V, H, layers, embedding=embedding, **settings)
    for parameter in net.parameters():
        nn.init.normal_(parameter, std=0.4)
    return net.eval()


def weights(net: nn.Module) -> Weights:
    found = weights_of(net)
    assert found is not None
    return found


@pytest.mark.parametrize(("kind", "layers", "embedding"), [*product(KINDS, (1, 3), (0, 4))])
def test_reading_gives_the_states_and_scores_of_the_network(kind: Any, layers: int, embedding: int) -> None:
    net, tokens = model(kind, layers, embedding, dropout=0.5), torch.randint(0, V, (3, 12))
    with torch.no_grad():
        found = read(weights(net), tokens)
        logits, _ = net(tokens)
        top, state = net.rnn(net.vectors(tokens))
    torch.testing.assert_close(scores(weights(net), found[-1]).transpose(0, 1), logits, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(torch.stack(found[-1].hidden).permute(2, 0, 1), top, atol=1e-5, rtol=1e-5)
    if kind == "LSTM":
        for layer, steps in enumerate(found):
            torch.testing.assert_close(steps.cell[-1].T, state[1][layer], atol=1e-5, rtol=1e-5)


def test_the_gates_of_an_lstm_explain_its_cell_state() -> None:
    net, tokens = model(), torch.randint(0, V, (1, 20))
    with torch.no_grad():
        (steps,) = read(weights(net), tokens)
    gates = {name: torch.stack(found) for name, found in steps.gates.items()}
    assert set(gates) == {"forget", "input", "output"}
    assert all(((found > 0) & (found < 1)).all() for found in gates.values())
    cell = torch.stack(steps.cell)
    torch.testing.assert_close(torch.stack(steps.hidden), gates["output"] * cell.tanh())
    written = (cell[1:] - gates["forget"][1:] * cell[:-1]) / gates["input"][1:]
    assert (written.abs() <= 1 + 1e-4).all(), "what is written is a tanh"


def test_the_gates_of_a_gru_explain_its_hidden_state() -> None:
    net, tokens = model("GRU"), torch.randint(0, V, (1, 20))
    with torch.no_grad():
        (steps,) = read(weights(net), tokens)
    update, hidden = torch.stack(steps.gates["update"])[1:], torch.stack(steps.hidden)
    candidate = (hidden[1:] - update * hidden[:-1]) / (1 - update)
    assert (candidate.abs() <= 1 + 1e-4).all(), "the new state is a mixture of the old one and a tanh"


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_those_of_a_nudge_to_the_memory(kind: Any) -> None:
    net, tokens, targets = model(kind), torch.randint(0, V, (1, 7)), torch.randint(0, V, (1,))
    norms = gradient_norms(weights(net), tokens, targets)
    distance = 3
    numeric = _nudged(net.double(), tokens, targets, len(tokens[0]) - 1 - distance)
    for (name, found), expected in zip(norms.items(), numeric, strict=True):
        assert len(found) == 7, name
        assert float(found[distance]) == pytest.approx(expected, rel=1e-3), name


def _nudged(net: TokenModel, tokens: Tensor, targets: Tensor, place: int) -> list[float]:
    """Of each part of the state after the token at ``place``: the norm of the loss's numeric gradient."""
    with torch.no_grad():
        _, after = net(tokens[:, : place + 1])
    memory = after if isinstance(after, tuple) else (after,)
    shown = memory[0] / memory[1].tanh() if len(memory) > 1 else None
    found, eps = [], 1e-6
    for number in range(len(memory)):
        nudges = [torch.zeros(1, 1, H, dtype=torch.double) for _ in range(H)]
        for cell, nudge in enumerate(nudges):
            nudge[..., cell] = eps
        slopes = [
            (
                _loss(net, tokens, targets, place, _moved(memory, number, nudge, shown))
                - _loss(net, tokens, targets, place, _moved(memory, number, -nudge, shown))
            )
            / (2 * eps)
            for nudge in nudges
        ]
        found.append(float(torch.tensor(slopes).norm()))
    return found


def _moved(memory: tuple[Tensor, ...], number: int, nudge: Tensor, shown: Tensor | None) -> tuple[Tensor, ...]:
    """The memory with one part moved; a cell state that moves is shown in the hidden state."""
    moved = [part + nudge if index == number else part for index, part in enumerate(memory)]
    if number == 1 and shown is not None:
        moved[0] = shown * moved[1].tanh()
    return tuple(moved)


def _loss(net: TokenModel, tokens: Tensor, targets: Tensor, place: int, memory: tuple[Tensor, ...]) -> float:
    with torch.no_grad():
        logits, _ = net(tokens[:, place + 1 :], memory if len(memory) > 1 else memory[0])
        return float(nn.functional.cross_entropy(logits[:, -1], targets))


def test_the_gradient_is_the_mean_over_the_sequences() -> None:
    net, tokens, targets = model("RNN"), torch.randint(0, V, (2, 5)), torch.randint(0, V, (2,))
    both = gradient_norms(weights(net), tokens, targets)
    single = [gradient_norms(weights(net), tokens[row, None], targets[row, None]) for row in range(2)]
    for name, found in both.items():
        torch.testing.assert_close(found, (single[0][name] + single[1][name]) / 2)


def test_an_rnn_that_keeps_nothing_has_no_gradient_further_back() -> None:
    net = model("RNN")
    with torch.no_grad():
        net.rnn.weight_hh_l0.zero_()
    (norms,) = gradient_norms(weights(net), torch.randint(0, V, (1, 5)), torch.zeros(1, dtype=torch.long)).values()
    assert norms[0] > 0
    assert norms[1:].tolist() == [0.0] * 4


def test_the_model_stays_as_it_was() -> None:
    net = model("LSTM", 2).train()
    before = copy.deepcopy(net.state_dict())
    gradient_norms(weights(net), torch.randint(0, V, (2, 5)), torch.zeros(2, dtype=torch.long))
    assert net.training
    assert all(parameter.grad is None and parameter.requires_grad for parameter in net.parameters())
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())


def test_the_copy_shares_no_memory_with_the_model() -> None:
    net = model()
    copied = weights(net)
    kept = copied.W_y.clone()
    with torch.no_grad():
        net.head.weight.add_(1)
    assert torch.equal(copied.W_y, kept)


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(3, 3)


def test_a_network_made_in_another_way_is_known_as_such() -> None:
    assert weights_of(Attention()) is None
    both_ways = model()
    both_ways.rnn = nn.LSTM(V, H, bidirectional=True)
    assert weights_of(both_ways) is None
    both_ways.rnn = nn.RNN(V, H, nonlinearity="relu")
    assert weights_of(both_ways) is None
    both_ways.rnn = nn.GRU(V, H, bias=False)
    assert weights_of(both_ways) is not None
