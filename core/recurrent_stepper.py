"""The step of an RNN, LSTM or GRU in NumPy, made for one text at a time.

``nn.LSTM`` called for one token spends most of its time on everything but arithmetic. Here the weights are laid out
once, so that a token takes one look-up and one product a layer:

- what the first layer gets from a token is a row of a table (embedding · W_ih + b_ih);
- a layer's hidden state is multiplied once by its own W_hh and the next layer's W_ih, side by side and transposed;
- the hidden state ends in a 1, whose row of the matrix holds the biases;
- the rows of the sigmoid gates are halved, since σ(x) = ½·tanh(x/2) + ½: all gates are then one tanh.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

Array: TypeAlias = NDArray[np.float32]
LARGEST_TABLE = 2**24
"""Numbers in the table of the first layer (64 MiB); what would be larger is worked out token by token."""
HALF = np.array(0.5, np.float32)


class RecurrentStepper:
    """See :class:`core.stepper.Stepper`."""

    def __init__(self, inputs: Inputs, layers: Sequence[Layer], head: Array) -> None:
        self._inputs, self._layers, self._head = inputs, layers, head
        self._top = layers[-1].hidden

    @classmethod
    def of(cls, model: nn.Module) -> RecurrentStepper | None:
        """For a network of the known shape, with a copy of its weights; None for any other."""
        encoder, rnn, head = (getattr(model, name, None) for name in ("encoder", "rnn", "head"))
        if not _known(encoder, rnn, head):
            return None
        assert isinstance(rnn, nn.RNNBase) and isinstance(head, nn.Linear)
        gates = [_gates(rnn, layer) for layer in range(rnn.num_layers)]
        first, recurrent, passed = gates[0][0], [gate[1] for gate in gates], [gate[0] for gate in gates[1:]]
        onward = [np.hstack(pair) for pair in zip(recurrent, passed, strict=False)] + [recurrent[-1]]
        kind = LAYERS[type(rnn)] if getattr(rnn, "nonlinearity", "tanh") == "tanh" else ReluLayer
        layers = [kind(np.ascontiguousarray(matrix), rnn.hidden_size) for matrix in onward]
        return cls(Inputs(encoder, first), layers, _with_bias(head.weight, head.bias))

    def step(self, token: int) -> None:
        """Read one token more."""
        given = self._inputs.row(token)
        for layer in self._layers:
            given = layer.advance(given)

    def read(self, tokens: Sequence[int]) -> None:
        """Read several."""
        for token in tokens:
            self.step(token)

    def logits(self) -> Array:
        """The scores of the next token, float32, V; a new array."""
        scores: Array = self._top.dot(self._head)
        return scores

    def fork(self) -> RecurrentStepper:
        """Another stepper at the same place; the weights are shared."""
        return RecurrentStepper(self._inputs, [layer.fork() for layer in self._layers], self._head)


class Inputs:
    """What the first layer gets from each token. ``weights``: (E+1)×G, the last row the bias."""

    def __init__(self, encoder: nn.Embedding | None, weights: Array) -> None:
        self._weights = weights
        self._embedding: Array | None = None
        if encoder is None:
            self._table = weights[:-1] + weights[-1]
        elif encoder.num_embeddings * weights.shape[1] <= LARGEST_TABLE:
            self._table = _array(encoder.weight) @ weights[:-1] + weights[-1]
        else:
            self._embedding = _array(encoder.weight).copy()  # until here it is the model's own memory

    def row(self, token: int) -> Array:
        """Of one token: G numbers, to be read only."""
        if self._embedding is None:
            row: Array = self._table[token]
        else:
            row = self._embedding[token].dot(self._weights[:-1]) + self._weights[-1]
        return row


class Layer:
    """One layer's hidden state and the matrix that it is multiplied by, (H+1)×(G+G'), G' = 0 for the last layer.

    ``recurrent``: what the state gives to this layer's next step; ``passed``: to the layer above in this step.
    """

    gates = 1

    def __init__(self, onward: Array, size: int) -> None:
        self.onward, self.size = onward, size
        self.hidden = np.zeros(size + 1, np.float32)
        self.hidden[-1] = 1.0
        self.sums: Array = onward[-1].copy()
        self.h = self.hidden[:-1]
        self.recurrent: Array = self.sums[: self.gates * size]
        self.passed: Array = self.sums[self.gates * size :]
        self.spare = np.empty(size, np.float32)
        self.allocate()

    def allocate(self) -> None:
        """Make what this kind of layer needs besides."""

    def advance(self, given: Array) -> Array:
        """One step; returns what the layer above is given."""
        self.update(given)
        self.hidden.dot(self.onward, self.sums)
        return self.passed

    def update(self, given: Array) -> None:
        """Move the hidden state on."""
        np.add(given, self.recurrent, self.h)
        np.tanh(self.h, self.h)

    def fork(self) -> Layer:
        """The same state once more."""
        other = type(self)(self.onward, self.size)
        other.hidden[:], other.sums[:] = self.hidden, self.sums
        return other


class ReluLayer(Layer):
    """``nn.RNN(nonlinearity="relu")``."""

    def update(self, given: Array) -> None:
        """h = max(0, given + recurrent)."""
        np.add(given, self.recurrent, self.h)
        np.maximum(self.h, 0.0, out=self.h)


class LstmLayer(Layer):
    """Gates in the order input, forget, output, cell; see "Understanding LSTM Networks" (Olah 2015)."""

    gates = 4

    def allocate(self) -> None:
        """The cell state, and room for the gates."""
        size = self.size
        self.cell, self.room = np.zeros(size, np.float32), np.empty(4 * size, np.float32)
        self.sigmoids = self.room[: 3 * size]
        self.enter, self.keep, self.show, self.new = (self.room[at * size : (at + 1) * size] for at in range(4))

    def update(self, given: Array) -> None:
        """c = keep·c + enter·new; h = show·tanh(c)."""
        room, sigmoids, cell, spare = self.room, self.sigmoids, self.cell, self.spare
        np.add(given, self.recurrent, room)
        np.tanh(room, room)
        np.multiply(sigmoids, HALF, sigmoids)
        np.add(sigmoids, HALF, sigmoids)
        np.multiply(cell, self.keep, cell)
        np.multiply(self.enter, self.new, spare)
        np.add(cell, spare, cell)
        np.tanh(cell, spare)
        np.multiply(self.show, spare, self.h)

    def fork(self) -> Layer:
        """With the cell state."""
        other = super().fork()
        assert isinstance(other, LstmLayer)
        other.cell[:] = self.cell
        return other


class GruLayer(Layer):
    """Gates in torch's order: reset, update, new; Cho et al. 2014."""

    gates = 3

    def allocate(self) -> None:
        """Room for the two sigmoid gates."""
        self.room = np.empty(2 * self.size, np.float32)
        self.reset, self.stay = self.room[: self.size], self.room[self.size :]

    def update(self, given: Array) -> None:
        """n = tanh(given + reset·recurrent); h = n + stay·(h − n)."""
        room, spare, h, split = self.room, self.spare, self.h, 2 * self.size
        np.add(given[:split], self.recurrent[:split], room)
        np.tanh(room, room)
        np.multiply(room, HALF, room)
        np.add(room, HALF, room)
        np.multiply(self.reset, self.recurrent[split:], spare)
        np.add(spare, given[split:], spare)
        np.tanh(spare, spare)
        np.subtract(h, spare, h)
        np.multiply(h, self.stay, h)
        np.add(h, spare, h)


LAYERS: dict[type[nn.Module], type[Layer]] = {nn.RNN: Layer, nn.LSTM: LstmLayer, nn.GRU: GruLayer}
# Torch's gates of an LSTM are input, forget, cell, output: the cell goes last, so that the sigmoids lie together.
ORDER: dict[type[nn.Module], tuple[int, ...]] = {nn.RNN: (0,), nn.LSTM: (0, 1, 3, 2), nn.GRU: (0, 1, 2)}
SIGMOIDS: dict[type[nn.Module], int] = {nn.RNN: 0, nn.LSTM: 3, nn.GRU: 2}


def _known(encoder: Any, rnn: Any, head: Any) -> bool:
    if type(rnn) not in LAYERS or type(head) is not nn.Linear or not (encoder is None or type(encoder) is nn.Embedding):
        return False
    plain = rnn.batch_first and not rnn.bidirectional and not getattr(rnn, "proj_size", 0)
    fits = encoder is None or (encoder.embedding_dim == rnn.input_size and encoder.max_norm is None)
    return bool(plain and fits and head.in_features == rnn.hidden_size)


def _gates(rnn: nn.RNNBase, layer: int) -> tuple[Array, Array]:
    """One layer's W_ih and W_hh, each (inputs+1)×G with the bias as last row, in our order and halved where needed."""
    found = []
    for name in ("ih", "hh"):
        bias = getattr(rnn, f"bias_{name}_l{layer}") if rnn.bias else None
        matrix = _with_bias(getattr(rnn, f"weight_{name}_l{layer}"), bias)
        blocks = np.split(matrix, len(ORDER[type(rnn)]), axis=1)
        halved = range(SIGMOIDS[type(rnn)])
        ordered = [blocks[place] for place in ORDER[type(rnn)]]
        found.append(np.hstack([block * HALF if at in halved else block for at, block in enumerate(ordered)]))
    return found[0], found[1]


def _with_bias(weight: Tensor, bias: Tensor | None) -> Array:
    last = np.zeros(len(weight), np.float32) if bias is None else _array(bias)
    return np.ascontiguousarray(np.vstack([_array(weight).T, last]))


def _array(tensor: Tensor) -> Array:
    array: Array = tensor.detach().float().cpu().numpy()
    return array
