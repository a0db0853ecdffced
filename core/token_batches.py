"""Batches of tokens: whole sequences, or windows of a text with the state carried from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.batches import Batch
from core.data import Split, TokenStream
from core.shuffling import epoch_order, epoch_seed

NO_ANSWER = -100
"""As a target: nothing is asked for here (``torch.nn.functional.cross_entropy`` passes it over)."""
LONGEST_EPOCH = 2**20
"""Tokens: of a longer text an epoch is a part, and the next one goes on where it ended."""
FEWEST_WINDOWS = 100
"""An epoch goes through a short text again and again until it is worth validating."""


class SequenceBatches:
    """Sequences of one length, N×T tokens, in an order that seed and epoch decide."""

    state: Any = None

    def __init__(self, split: Split, batch_size: int, device: torch.device, *, seed: int | None = None) -> None:
        self.inputs = torch.from_numpy(split.inputs.astype(np.int64)).to(device)
        self.targets = torch.from_numpy(split.targets).to(device)
        # Counted here, once: counting on the device at each step would make it wait.
        self.answers = torch.from_numpy((split.targets != NO_ANSWER).reshape(len(split), -1).sum(axis=1))
        self.batch_size, self.seed = batch_size, seed

    def __len__(self) -> int:
        """Batches an epoch."""
        return -(-len(self.targets) // self.batch_size)

    def epoch(self, epoch: int = 0, first: int = 0) -> Iterator[Batch]:
        """The batches of that epoch from the one with index ``first`` on."""
        order = epoch_order(len(self.targets), self.seed, epoch)
        for rows in torch.split(order, self.batch_size)[first:]:
            answers = int(self.answers.index_select(0, rows).sum())
            there = rows.to(self.targets.device)
            yield Batch(self.inputs.index_select(0, there), self.targets.index_select(0, there), answers=answers)


class StreamBatches:
    """Windows for truncated back-propagation through time (Williams and Peng 1990).

    The text is cut into ``batch_size`` lanes that are read side by side, ``window`` tokens a step, so that the
    state a network has at a window's end is the one it needs at the next window's start; where the lanes begin
    anew, so does the state. In training each reading of the text begins at another offset, which the seed decides,
    and takes whole windows; without a seed (evaluation) there is no offset, and the last window may be shorter.
    """

    def __init__(
        self, stream: TokenStream, window: int, batch_size: int, device: torch.device, *, seed: int | None = None
    ) -> None:
        self.tokens = stream.tokens
        predictions = len(stream) - 1
        if predictions < 1:
            raise ValueError("a text needs at least two tokens")
        self.window = min(window, predictions)
        self.lanes = max(1, min(batch_size, predictions // self.window))
        self.lane = predictions // self.lanes
        self.windows = -(-self.lane // self.window) if seed is None else self.lane // self.window
        self.device, self.seed = device, seed
        self.state: Any = None

    def __len__(self) -> int:
        """Windows an epoch."""
        if self.seed is None:
            return self.windows
        return min(max(self.windows, FEWEST_WINDOWS), max(1, LONGEST_EPOCH // (self.lanes * self.window)))

    def epoch(self, epoch: int = 0, first: int = 0) -> Iterator[Batch]:
        """The windows of that epoch from the one with index ``first`` on; ``state`` goes with the lanes."""
        for index in range(epoch * len(self) + first, (epoch + 1) * len(self)):
            reading, window = divmod(index, self.windows)
            tokens = self._tokens(window * self.window, self._offset(reading))
            batch = Batch(tokens[:, :-1], tokens[:, 1:], self.state if window else None)
            yield batch
            self.state = batch.state

    def _offset(self, reading: int) -> int:
        spare = self.lane - self.windows * self.window
        return 0 if self.seed is None or not spare else epoch_seed(self.seed, reading) % (spare + 1)

    def _tokens(self, start: int, offset: int) -> Tensor:
        """Lanes×(window+1): one token more than is read, since the last one's successor is asked for, too."""
        length = min(self.window, self.lane - start) + 1
        starts = range(start + offset, start + offset + self.lanes * self.lane, self.lane)
        rows = np.stack([self.tokens[begin : begin + length] for begin in starts])
        return torch.from_numpy(rows.astype(np.int64)).to(self.device)
