"""Reads a text with a copy of a recurrent network, step by step, and keeps what the network itself throws away.

The steps are those written out in ``char_rnn.py`` and ``lstm.py``, for a batch in columns. They work on copies of the
weights, so that the model, its mode and its gradients stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn

from plugins.char_rnn import rnn_step
from plugins.lstm import gru_step, lstm_step

Kind: TypeAlias = Literal["RNN", "LSTM", "GRU"]
KINDS: dict[type[nn.Module], Kind] = {nn.RNN: "RNN", nn.LSTM: "LSTM", nn.GRU: "GRU"}


@dataclass(frozen=True)
class LayerWeights:
    """One recurrent layer. With G = H, 4H (LSTM) or 3H (GRU): W_x G×E, W_h G×H, and the biases as columns, G×1."""

    W_x: Tensor
    W_h: Tensor
    b_x: Tensor
    b_h: Tensor


@dataclass(frozen=True)
class Weights:
    """A copy of a network, on the CPU. ``embedding``: V×E, or None where tokens are read as one-hot vectors."""

    kind: Kind
    embedding: Tensor | None
    layers: Sequence[LayerWeights]
    W_y: Tensor
    b_y: Tensor

    @property
    def hidden(self) -> int:
        """Cells in a layer."""
        return self.layers[0].W_h.shape[1]


@dataclass
class Steps:
    """What a layer went through: of each time step a tensor H×B. ``cell`` and ``gates``: of the LSTM and the GRU."""

    hidden: list[Tensor] = field(default_factory=list)
    cell: list[Tensor] = field(default_factory=list)
    gates: dict[str, list[Tensor]] = field(default_factory=dict)

    def keep_gates(self, **gates: Tensor) -> None:
        """Remember the gates of one step."""
        for name, gate in gates.items():
            self.gates.setdefault(name, []).append(gate)


def weights_of(model: nn.Module) -> Weights | None:
    """A copy of the weights, or None where the network is not ``encoder`` (or None), ``rnn`` and ``head``."""
    encoder, rnn, head = (getattr(model, name, None) for name in ("encoder", "rnn", "head"))
    kind = KINDS.get(type(rnn)) if rnn is not None else None
    if kind is None or not isinstance(head, nn.Linear) or not isinstance(encoder, nn.Embedding | None):
        return None
    assert isinstance(rnn, nn.RNNBase)
    if rnn.bidirectional or rnn.proj_size or getattr(rnn, "nonlinearity", "tanh") != "tanh":
        return None
    layers = [_layer_weights(rnn, index) for index in range(rnn.num_layers)]
    embedding = None if encoder is None else _copy(encoder.weight)
    bias = torch.zeros(head.out_features) if head.bias is None else _copy(head.bias)
    return Weights(kind, embedding, layers, _copy(head.weight), bias[:, None])


def _layer_weights(rnn: nn.RNNBase, index: int) -> LayerWeights:
    W_x, W_h = (_copy(rnn.get_parameter(f"weight_{name}_l{index}")) for name in ("ih", "hh"))
    if not rnn.bias:
        return LayerWeights(W_x, W_h, torch.zeros(len(W_x), 1), torch.zeros(len(W_x), 1))
    b_x, b_h = (_copy(rnn.get_parameter(f"bias_{name}_l{index}"))[:, None] for name in ("ih", "hh"))
    return LayerWeights(W_x, W_h, b_x, b_h)


def _copy(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", torch.float32, copy=True)


def read(weights: Weights, tokens: Tensor) -> list[Steps]:
    """What each layer goes through over ``tokens``, int64 B×T, from an empty memory; as in evaluation mode."""
    layers: list[Steps] = []
    for layer in weights.layers:
        # A layer is read all through before the next one: what it is given at all times is then one product.
        below = torch.stack(layers[-1].hidden, dim=1) if layers else None
        given = (
            _first_inputs(weights, layer, tokens) if below is None else torch.einsum("ge,etb->gtb", layer.W_x, below)
        )
        layers.append(READERS[weights.kind](layer, given))
    return layers


def _first_inputs(weights: Weights, layer: LayerWeights, tokens: Tensor) -> Tensor:
    """W_x·x at each time, G×T×B; a one-hot x picks a column of W_x."""
    if weights.embedding is None:
        return layer.W_x[:, tokens.T]
    return torch.einsum("ge,tbe->gtb", layer.W_x, weights.embedding[tokens.T])


def scores(weights: Weights, top: Steps) -> Tensor:
    """The score of each token as the next one at each time, T×B×V."""
    return torch.stack([(weights.W_y @ hidden + weights.b_y).T for hidden in top.hidden])


def _read_rnn(layer: LayerWeights, given: Tensor) -> Steps:
    steps, memory, x, W_x = Steps(), _empty(layer, given), *_no_input(layer, given)
    for now in given.unbind(1):
        memory = rnn_step(x, memory, W_x, layer.W_h, now + layer.b_x + layer.b_h)
        steps.hidden.append(memory)
    return steps


def _read_lstm(layer: LayerWeights, given: Tensor) -> Steps:
    steps, x, W_x = Steps(), *_no_input(layer, given)
    h, c = _empty(layer, given), _empty(layer, given)
    for now in given.unbind(1):
        h, c, gates = lstm_step(x, h, c, W_x, layer.W_h, now + layer.b_x + layer.b_h)
        steps.hidden.append(h)
        steps.cell.append(c)
        steps.keep_gates(forget=gates.forget, input=gates.input, output=gates.output)
    return steps


def _read_gru(layer: LayerWeights, given: Tensor) -> Steps:
    steps, h, x, W_x = Steps(), _empty(layer, given), *_no_input(layer, given)
    for now in given.unbind(1):
        reset, update = _gru_gates(layer, h, now)
        h = gru_step(x, h, W_x, layer.W_h, now + layer.b_x, layer.b_h)
        steps.hidden.append(h)
        steps.keep_gates(reset=reset, update=update)
    return steps


READERS: dict[Kind, Callable[[LayerWeights, Tensor], Steps]] = {"RNN": _read_rnn, "LSTM": _read_lstm, "GRU": _read_gru}


def _gru_gates(layer: LayerWeights, h: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
    """What :func:`gru_step` works out on its way: how much of the past is used, and how much of it is kept."""
    reset, update, _ = (given + layer.b_x + layer.W_h @ h + layer.b_h).sigmoid().chunk(3)
    return reset, update


def _empty(layer: LayerWeights, given: Tensor) -> Tensor:
    """The memory before the first step, H×B; where gradients are asked for, they are those of this and what follows."""
    return torch.zeros(layer.W_h.shape[1], given.shape[2], requires_grad=torch.is_grad_enabled())


def _no_input(layer: LayerWeights, given: Tensor) -> tuple[Tensor, Tensor]:
    """An input of no numbers, 0×B, and its weights, G×0: it is multiplied already, and comes in with the bias."""
    return torch.zeros(0, given.shape[2]), torch.zeros(len(layer.W_x), 0)


def gradient_norms(weights: Weights, tokens: Tensor, targets: Tensor) -> dict[str, Tensor]:
    """How much the loss at the end of each of B sequences changes with the memory before: the norm of the gradient.

    ``tokens``: int64 B×T; ``targets``: int64 B, what comes after the last token. Returns, for each layer's hidden
    state and the LSTM's cell state, T numbers: at distance k from the end the mean over the sequences of the L2 norm
    of ∂loss/∂h(T−k). After Bengio et al., "Learning Long-Term Dependencies with Gradient Descent is Difficult" (1994).
    """
    with torch.enable_grad():
        layers = read(weights, tokens)
        last = (weights.W_y @ layers[-1].hidden[-1] + weights.b_y).T
        loss = nn.functional.cross_entropy(last, targets, reduction="sum")
        wanted = {name: states for name, states in _memories(layers).items() if states}
        flat = [state for states in wanted.values() for state in states]
        found: list[Any] = list(torch.autograd.grad(loss, flat, allow_unused=True))
    norms = torch.stack([torch.zeros(()) if one is None else one.norm(dim=0).mean() for one in found])
    return {name: part.flip(0) for name, part in zip(wanted, norms.chunk(len(wanted)), strict=True)}


def _memories(layers: Sequence[Steps]) -> dict[str, list[Tensor]]:
    several = len(layers) > 1
    return {
        f"{letter} of layer {number}" if several else letter: states
        for number, steps in enumerate(layers, 1)
        for letter, states in (("hidden state h", steps.hidden), ("cell state c", steps.cell))
    }
