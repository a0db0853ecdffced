"""A running mean of the weights: steadier than the weights themselves, and often better.

After Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging" (1992), with the exponential
weights that became customary since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class WeightAverage:
    """``decay``: what a step leaves of the mean, so that 0.99 averages some 100 steps; 0: there is no mean."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self._weights = [parameter for parameter in model.parameters() if parameter.requires_grad] if decay else []
        self.mean: list[Tensor] = [weight.detach().clone() for weight in self._weights]

    def take(self) -> None:
        """Take the weights after a step into the mean."""
        if self.mean:
            torch._foreach_lerp_(self.mean, [weight.detach() for weight in self._weights], 1 - self.decay)

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """The model has the mean as its weights, to be validated or kept; afterwards its own again."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def restore(self, mean: Sequence[Tensor]) -> None:
        """Go on from the mean of a checkpoint; its shapes are checked.

        Raises:
            ValueError: where it is that of another network.
        """
        if [tuple(part.shape) for part in mean] != [tuple(part.shape) for part in self.mean]:
            raise ValueError("the averaged weights are those of another network")
        for part, kept in zip(self.mean, mean, strict=True):
            part.copy_(kept)

    def _swap(self) -> None:
        for index, weight in enumerate(self._weights):
            weight.data, self.mean[index] = self.mean[index], weight.data
