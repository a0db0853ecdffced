"""A few of a tensor's values that stand for all: histograms of millions of weights need no more."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

SAMPLES = 2048
"""Values a histogram."""
LARGE = 2**22
"""Elements beyond which a tensor's update is measured on one in so many of them, so as not to copy all."""
_MOST_PLACES = 512
_STEP = 0.6180339887498949


class Sampler:
    """Picks values that are spread evenly over a tensor: always the same places, and no random number is drawn.

    The places are multiples of the golden ratio, taken modulo 1 (a Weyl sequence), since every n-th value of a matrix
    would be of a few columns alone.
    """

    def __init__(self) -> None:
        self._places: dict[tuple[int, int, torch.device], Tensor] = {}

    def take(self, tensor: Tensor, count: int = SAMPLES) -> Tensor:
        """A copy of ``count`` values of ``tensor``, or of all where there are no more, as one row of float32."""
        values = tensor.detach()
        if values.numel() > count:
            return torch.take(values, self._places_in(values.numel(), count, values.device)).float()
        return values.reshape(-1).to(torch.float32, copy=True)  # it may be changed in place before it is read

    def share(self, tensors: list[Tensor]) -> list[Tensor]:
        """About ``SAMPLES`` values of several tensors together, of each in proportion to its size."""
        whole = max(1, sum(tensor.numel() for tensor in tensors))
        return [
            self.take(tensor, max(1, SAMPLES * tensor.numel() // whole) if whole > SAMPLES else SAMPLES)
            for tensor in tensors
        ]

    def _places_in(self, size: int, count: int, device: torch.device) -> Tensor:
        key = (size, count, device)
        if key not in self._places:
            if len(self._places) >= _MOST_PLACES:  # batches of ever other sizes
                self._places.clear()
            places = np.minimum(np.arange(1, count + 1) * _STEP % 1.0 * size, size - 1).astype(np.int64)
            self._places[key] = torch.from_numpy(places).to(device)
        return self._places[key]


def thinned(parameter: Tensor) -> Tensor:
    """The parameter itself, detached; of a very large one every n-th element."""
    values = parameter.detach()
    if values.numel() <= LARGE:
        return values
    return values.reshape(-1)[:: (values.numel() // LARGE + 1) | 1]
