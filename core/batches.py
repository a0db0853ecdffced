"""Batches of a resident data set, in an order that a seed, an epoch and a step decide."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data import Augmentation, DataInfo, Split
from core.shuffling import epoch_order, epoch_seed

MOST_RESIDENT = 2 * 2**30
"""Bytes of a split that are put on an accelerator as a whole; of a larger one, each batch goes there by itself."""


@dataclass(slots=True)
class Batch:
    """What one step sees.

    ``inputs``: float32 B×C×H×W, normalised, or int64 B×T, tokens. ``targets``: int64, B or B×T.
    ``state``: what a recurrent network carried over from the window before (None: start afresh); a task's loss
    puts there, detached, what the next window shall begin with. ``answers``: how many targets ask for one, where
    that is not all of them.
    """

    inputs: Tensor
    targets: Tensor
    state: Any = None
    answers: int | None = None

    def __len__(self) -> int:
        """How many answers are asked for."""
        return self.targets.numel() if self.answers is None else self.answers

    def __repr__(self) -> str:
        parts = [("inputs", self.inputs), ("targets", self.targets)]
        shapes = [f"{name} {'×'.join(map(str, part.shape))} {part.dtype}" for name, part in parts]
        return f"Batch on {self.inputs.device}: {', '.join(shapes)}"


class BatchSource(Protocol):
    """Batches of one part of a data set, by epoch."""

    state: Any
    """What is carried from batch to batch: part of a checkpoint."""

    def __len__(self) -> int:
        """Batches an epoch."""

    def epoch(self, epoch: int = 0, first: int = 0) -> Iterator[Batch]:
        """The batches of that epoch from the one with index ``first`` on."""


class Batches:
    """A split as uint8, scaled, varied and normalised batch by batch; on the device, unless it is too large for that.

    The order of an epoch depends on seed and epoch alone, and a batch's augmentation on its step too, so
    a resumed run sees what an uninterrupted one would have seen.
    """

    state: Any = None

    def __init__(
        self,
        split: Split,
        info: DataInfo,
        batch_size: int,
        device: torch.device,
        *,
        seed: int | None = None,
        augmentations: tuple[Augmentation, ...] = (),
    ) -> None:
        self.inputs = shared(split.inputs)
        if split.inputs.nbytes <= MOST_RESIDENT:
            self.inputs = self.inputs.to(device)
        self.targets = torch.from_numpy(split.targets).to(device)
        self.batch_size = batch_size
        self.seed = seed
        self.augmentations = augmentations
        self.generator = torch.Generator(device)
        channels = (1, -1, *(1 for _ in info.input_shape[1:]))
        self.mean = torch.tensor(info.mean, device=device).view(channels)
        self.std = torch.tensor(info.std, device=device).view(channels)

    def __len__(self) -> int:
        """Batches an epoch."""
        full, rest = divmod(len(self.targets), self.batch_size)
        # In training a last batch of one sample is left out: batch normalisation cannot be trained on it.
        least = 1 if self.seed is None or full == 0 else 2
        return full + (rest >= least)

    def epoch(self, epoch: int = 0, first: int = 0) -> Iterator[Batch]:
        """The batches of that epoch from the one with index ``first`` on."""
        order = epoch_order(len(self.targets), self.seed, epoch).to(self.targets.device)
        for index in range(first, len(self)):
            rows = order[index * self.batch_size : (index + 1) * self.batch_size]
            inputs = self.inputs.index_select(0, rows.to(self.inputs.device))
            inputs = inputs.to(self.targets.device).to(torch.float32).div_(255)
            if self.augmentations:
                self.generator.manual_seed(epoch_seed(self.seed or 0, epoch * len(self) + index + 1))
                for augment in self.augmentations:
                    inputs = augment(inputs, self.generator)
            yield Batch(inputs.sub_(self.mean).div_(self.std), self.targets.index_select(0, rows))


def shared(array: NDArray[np.uint8] | NDArray[np.uint16]) -> Tensor:
    """``array`` as a tensor over the same memory, to be read only; it may be read-only and mapped from a file."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(array)
