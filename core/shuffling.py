"""The order of an epoch, from the seed and the epoch's number alone."""

from __future__ import annotations

import torch
from torch import Tensor


def epoch_seed(seed: int, epoch: int) -> int:
    """A seed for each epoch of a run; neighbouring runs and epochs are far apart."""
    return (seed * 0x9E3779B97F4A7C15 + epoch * 0xD1B54A32D192ED03) % (1 << 63)


def epoch_order(count: int, seed: int | None, epoch: int) -> Tensor:
    """``count`` row numbers, int64, shuffled; in their own order where there is no seed."""
    if seed is None:
        return torch.arange(count)
    return torch.randperm(count, generator=torch.Generator().manual_seed(epoch_seed(seed, epoch)))
