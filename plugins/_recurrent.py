"""The module of the recurrent networks: how they train, and the same written out, character by character."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn

from plugins.char_rnn import rnn_step, scores
from plugins.lstm import gru_step, lstm_gates, lstm_step

__all__ = ["Kind", "State", "TokenModel", "gru_step", "lstm_gates", "lstm_step", "rnn_step", "scores", "step"]

Kind: TypeAlias = Literal["RNN", "LSTM", "GRU"]
State: TypeAlias = "Tensor | tuple[Tensor, Tensor]"
"""Layers×B×H: the hidden states, and of the LSTM, behind them, the cell states."""
KINDS: dict[Kind, Any] = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
FORGET_GATE = 1
"""Of the LSTM's gates, the one that says what is kept; the GRU has its update gate in the same place."""


class TokenModel(nn.Module):
    """Reads tokens, and says of each what comes next.

    ``encoder``: what makes a vector of a token, or None where it is one-hot. ``rnn``: the recurrent layers,
    ``batch_first``. ``head``: from a hidden state to a score for each token of the vocabulary.
    """

    def __init__(
        self,
        kind: Kind,
        vocabulary: int,
        hidden: int,
        layers: int = 1,
        *,
        embedding: int = 0,
        dropout: float = 0.0,
        forget_bias: float = 0.0,
    ) -> None:
        super().__init__()
        self.encoder = nn.Embedding(vocabulary, embedding) if embedding else None
        self.rnn: nn.RNNBase = KINDS[kind](
            *(embedding or vocabulary, hidden, layers), batch_first=True, dropout=dropout if layers > 1 else 0.0
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(hidden, vocabulary)
        self.vocabulary = vocabulary
        _initialise(self.rnn, forget_bias)

    def forward(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Logits, B×T×V, for int64 B×T, and the state after the last token, to go on from."""
        outputs, state = self.rnn(self.vectors(inputs), state)
        return self.head(self.dropout(outputs)), state

    def vectors(self, inputs: Tensor) -> Tensor:
        """What the recurrent layers read: the tokens' embeddings, or for each a single 1 among zeros."""
        if self.encoder is not None:
            embedded: Tensor = self.encoder(inputs)
            return embedded
        return nn.functional.one_hot(inputs, self.vocabulary).to(self.head.weight.dtype)


def _initialise(rnn: nn.RNNBase, forget_bias: float) -> None:
    """What is remembered neither grows nor fades at first (Saxe et al. 2014; Jozefowicz et al. 2015)."""
    with torch.no_grad():
        for name, weights in rnn.named_parameters():
            if name.startswith("weight_hh"):
                for gate in weights.chunk(len(weights) // rnn.hidden_size):
                    nn.init.orthogonal_(gate)
            elif name.startswith("weight_ih"):
                nn.init.xavier_uniform_(weights)
            else:
                nn.init.zeros_(weights)
            if name.startswith("bias_ih") and not isinstance(rnn, nn.RNN):
                weights.chunk(len(weights) // rnn.hidden_size)[FORGET_GATE].fill_(forget_bias)


def step(model: TokenModel, token: int, state: State | None = None) -> tuple[Tensor, State]:
    """The scores after one more token, V, and the next state (layers×1×H): ``forward`` in plain arithmetic.

    It is the model in evaluation mode, without dropout.
    """
    rnn = model.rnn
    if state is None:
        empty = model.head.weight.new_zeros(rnn.num_layers, 1, rnn.hidden_size)
        state = (empty, empty) if isinstance(rnn, nn.LSTM) else empty
    x = model.vectors(torch.tensor([token], device=model.head.weight.device))[0]
    memories = []
    for layer in range(rnn.num_layers):
        memory = _cell(rnn, layer, x, _of_layer(state, layer))
        memories.append(memory)
        x = memory[0]
    parts: Any = tuple(torch.stack(part)[:, None] for part in zip(*memories, strict=True))
    return scores(x, model.head.weight, model.head.bias), parts if len(parts) > 1 else parts[0]


def _cell(rnn: nn.RNNBase, layer: int, x: Tensor, memory: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    W_x, W_h, b_x, b_h = (
        rnn.get_parameter(f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    if isinstance(rnn, nn.LSTM):
        return lstm_step(x, memory[0], memory[1], W_x, W_h, b_x + b_h)[:2]
    if isinstance(rnn, nn.GRU):
        return (gru_step(x, memory[0], W_x, W_h, b_x, b_h),)
    return (rnn_step(x, memory[0], W_x, W_h, b_x + b_h),)


def _of_layer(state: State, layer: int) -> tuple[Tensor, ...]:
    parts = state if isinstance(state, tuple) else (state,)
    return tuple(part[layer, 0] for part in parts)
