"""The module of the name RNN."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

KINDS: dict[str, Any] = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}


class NameModel(nn.Module):
    """Says of each sequence of tokens to which class it belongs.

    ``padding``: the token that fills short sequences up at their end; what stands there changes no answer.
    """

    def __init__(
        self,
        cell: Literal["RNN", "LSTM", "GRU"],
        vocabulary: int,
        classes: int,
        hidden: int,
        layers: int = 1,
        *,
        embedding: int = 32,
        bidirectional: bool = True,
        dropout: float = 0.0,
        padding: int | None = 0,
    ) -> None:
        super().__init__()
        self.encoder = nn.Embedding(vocabulary, embedding, padding_idx=padding)
        self.dropout = nn.Dropout(dropout)
        self.rnn: nn.RNNBase = KINDS[cell](
            *(embedding, hidden, layers),
            batch_first=True,
            bidirectional=bidirectional,
            dropout=dropout if layers > 1 else 0.0,
        )
        self.head = nn.Linear(hidden * (2 if bidirectional else 1), classes)
        self.padding = padding

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits, B×classes, for int64 B×T."""
        vectors = self.dropout(self.encoder(inputs))
        packed = pack_padded_sequence(vectors, self.lengths(inputs).cpu(), batch_first=True, enforce_sorted=False)
        _, state = self.rnn(packed)
        hidden = state[0] if isinstance(state, tuple) else state
        directions = 2 if self.rnn.bidirectional else 1
        # Of the last layer: at the name's last letter, and, read backwards, at its first.
        memory = torch.cat(tuple(hidden[-directions:]), dim=1)
        logits: Tensor = self.head(self.dropout(memory))
        return logits

    def lengths(self, inputs: Tensor) -> Tensor:
        """How many tokens of each sequence count, B; at least 1, so that nothing at all can be answered, too."""
        if self.padding is None:
            return inputs.new_full((len(inputs),), inputs.shape[1])
        return (inputs != self.padding).sum(dim=1).clamp(min=1)
