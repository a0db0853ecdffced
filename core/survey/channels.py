"""How bright the pictures of a data set are, channel by channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVELS = 256
MOST_READ = 512 * 2**20
"""Bytes: of more, evenly spread pictures stand for all, since reading tens of gigabytes would tell nothing new."""
_CHUNK = 2**19
"""Bytes counted at a time: counting holds up the other threads, the window's included."""


@dataclass(frozen=True)
class ChannelStatistics:
    """Of pixels scaled to 0..1, one a channel: ``mean``, ``std``; ``shares``: of each of 256 levels, C×256.

    ``pictures``: how many were read, of ``total``.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    shares: NDArray[np.float64]
    pictures: int
    total: int


def measure_channels(
    inputs: NDArray[np.uint8], stopped: Callable[[], bool] = lambda: False, most: int = MOST_READ
) -> ChannelStatistics | None:
    """Count the levels of uint8 N×C×H×W pictures, piece by piece; exact up to ``most`` bytes. None: ``stopped``."""
    total, channels = inputs.shape[:2]
    each = max(1, inputs[0].nbytes) if total else 1
    wanted = min(total, max(1, most // each))
    rows = None if wanted == total else np.unique(np.linspace(0, total - 1, wanted).round().astype(np.int64))
    read = total if rows is None else len(rows)
    counts = np.zeros((channels, LEVELS), np.int64)
    at_once = max(1, _CHUNK // each)
    for first in range(0, read, at_once):
        if stopped():
            return None
        last = min(first + at_once, read)
        chunk = inputs[first:last] if rows is None else inputs[rows[first:last]]
        for channel in range(channels):
            counts[channel] += np.bincount(chunk[:, channel].ravel(), minlength=LEVELS)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    levels = np.arange(LEVELS) / (LEVELS - 1)
    mean = shares @ levels
    std = np.sqrt(np.maximum(shares @ levels**2 - mean**2, 0.0))
    return ChannelStatistics(tuple(mean.tolist()), tuple(std.tolist()), shares, read, total)
