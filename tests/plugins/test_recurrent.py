from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.batches import Batch
from plugins._recurrent import State, TokenModel, step
from plugins.char_rnn import rnn_step, scores
from plugins.language_model import cross_entropy
from plugins.lstm import gru_step, lstm_step

V, H = 11, 7
KINDS: tuple[Any, ...] = ("RNN", "LSTM", "GRU")


def model(kind: Any = "LSTM", layers: int = 1, embedding: int = 0, **settings: Any) -> TokenModel:
    net = TokenModel(kind, V, H, layers, embedding=embedding, **settings)
    for parameter in net.parameters():  # biases too, which are zero at first
        nn.init.normal_(parameter, std=0.4)
    return net.eval()


def parts(state: State) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


@pytest.mark.parametrize(("kind", "layers", "embedding"), [*product(KINDS, (1, 3), (0, 4))])
def test_the_written_out_steps_are_what_the_fast_path_computes(kind: Any, layers: int, embedding: int) -> None:
    net = model(kind, layers, embedding, dropout=0.5)
    tokens = torch.randint(0, V, (1, 40))
    with torch.no_grad():
        logits, state = net(tokens)
        stepped, memory = [], None
        for token in tokens[0].tolist():
            found, memory = step(net, token, memory)
            stepped.append(found)
    assert memory is not None
    torch.testing.assert_close(torch.stack(stepped), logits[0], atol=1e-5, rtol=1e-5)
    for ours, theirs in zip(parts(memory), parts(state), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_written_out_steps_and_windows_can_take_turns(kind: Any) -> None:
    net, tokens = model(kind, 2, 4), torch.randint(0, V, (1, 20))
    with torch.no_grad():
        whole, _ = net(tokens)
        _, state = net(tokens[:, :12])
        found, state = step(net, int(tokens[0, 12]), state)
        rest, _ = net(tokens[:, 13:], state)
    torch.testing.assert_close(torch.cat([found[None], rest[0]]), whole[0, 12:], atol=1e-5, rtol=1e-5)


def test_the_step_of_the_character_rnn_is_the_formula_of_the_article() -> None:
    chance = np.random.default_rng(0)
    W_xh, W_hh, W_hy = (chance.normal(size=shape).astype(np.float32) for shape in ((H, V), (H, H), (V, H)))
    b, b_y, h = (chance.normal(size=size).astype(np.float32) for size in (H, V, H))
    x = np.eye(V, dtype=np.float32)[3]
    expected = np.tanh(W_hh @ h + W_xh @ x + b)
    hidden = rnn_step(*map(torch.from_numpy, (x, h, W_xh, W_hh, b)))
    np.testing.assert_allclose(hidden.numpy(), expected, rtol=1e-5)
    np.testing.assert_allclose(
        scores(hidden, torch.from_numpy(W_hy), torch.from_numpy(b_y)).numpy(),
        W_hy @ expected + b_y,
        rtol=1e-5,
        atol=1e-5,
    )
    np.testing.assert_allclose(W_xh @ x, W_xh[:, 3], rtol=1e-6, err_msg="a one-hot input picks a column")


def test_an_lstm_with_its_gates_shut_remembers_and_with_them_open_writes() -> None:
    x, h, c = torch.zeros(1), torch.zeros(H), torch.randn(H)
    W_x, W_h = torch.zeros(4 * H, 1), torch.zeros(4 * H, H)
    far = torch.full((H,), 50.0)
    candidate = torch.full((H,), 0.5)
    shut = torch.cat([-far, far, candidate, far])
    hidden, cell, gates = lstm_step(x, h, c, W_x, W_h, shut)
    assert torch.equal(cell, c)
    torch.testing.assert_close(hidden, c.tanh())
    assert gates.forget.eq(1).all() and gates.output.eq(1).all() and (gates.input < 1e-9).all()
    _, cell, _ = lstm_step(x, h, c, W_x, W_h, torch.cat([far, -far, candidate, -far]))
    torch.testing.assert_close(cell, candidate.tanh())


def test_a_gru_whose_update_gate_is_open_keeps_its_state() -> None:
    h, keep = torch.randn(H), torch.cat([torch.zeros(H), torch.full((H,), 50.0), torch.zeros(H)])
    torch.testing.assert_close(gru_step(torch.zeros(1), h, torch.zeros(3 * H, 1), torch.zeros(3 * H, H), keep, keep), h)


@pytest.mark.parametrize(("kind", "layers"), [*product(KINDS, (1, 2))])
def test_a_state_that_is_carried_on_makes_one_long_text_of_its_windows(kind: Any, layers: int) -> None:
    net, tokens = model(kind, layers, 4), torch.randint(0, V, (3, 24))
    with torch.no_grad():
        whole, _ = net(tokens)
        first, state = net(tokens[:, :10])
        second, _ = net(tokens[:, 10:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_ends_at_the_start_of_the_window(kind: Any) -> None:
    net, tokens = model(kind), torch.randint(0, V, (2, 9))
    first = Batch(tokens[:, :4], tokens[:, 1:5])
    loss, _ = cross_entropy(net, first)
    assert all(not part.requires_grad for part in parts(first.state))
    loss.backward()
    net.zero_grad()
    second = Batch(tokens[:, 4:8], tokens[:, 5:9], first.state)
    loss, _ = cross_entropy(net, second)
    loss.backward()  # would fail if it reached into the first window, whose arithmetic is gone


@pytest.mark.parametrize(("kind", "gate", "kept"), [("LSTM", 1, 3.0), ("GRU", 1, 3.0), ("RNN", 0, 0.0)])
def test_a_new_network_keeps_its_memory_as_the_forget_bias_says(kind: Any, gate: int, kept: float) -> None:
    net = TokenModel(kind, V, H, 2, forget_bias=3.0)
    for layer in (0, 1):
        bias = net.rnn.get_parameter(f"bias_ih_l{layer}") + net.rnn.get_parameter(f"bias_hh_l{layer}")
        gates = bias.view(-1, H)
        assert gates[gate].eq(kept).all()
        assert gates[[row for row in range(len(gates)) if row != gate]].eq(0).all()
        for recurrent in net.rnn.get_parameter(f"weight_hh_l{layer}").split(H):  # type: ignore[no-untyped-call]
            torch.testing.assert_close(recurrent @ recurrent.T, torch.eye(H), atol=1e-5, rtol=1e-5)


def test_the_parts_have_the_names_that_others_rely_on() -> None:
    net = model("GRU", embedding=4)
    assert isinstance(net.encoder, nn.Embedding)
    assert isinstance(net.rnn, nn.GRU)
    assert net.rnn.batch_first
    assert isinstance(net.head, nn.Linear)
    assert model("RNN").encoder is None, "one-hot"
    assert model("RNN").rnn.get_parameter("weight_ih_l0").shape == (H, V)
