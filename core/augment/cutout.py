"""Pictures with a hole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True)
class Cutout:
    """In each picture a square of ``side`` px hidden under the picture's mean colour, wherever its middle falls.

    The network has to look at more than the one part that tells most (DeVries and Taylor 2017, "Improved
    regularization of convolutional neural networks with cutout"). As there, the square may reach beyond the border.
    """

    side: int

    def __call__(self, pictures: Tensor, generator: Generator) -> Tensor:
        """``pictures``: N×C×H×W floats in 0..1; returns the same shape."""
        import torch

        count, _, height, width = pictures.shape
        noise = torch.rand(2, count, 1, generator=generator, device=pictures.device)
        rows, columns = (
            _covered(torch.arange(length, device=pictures.device), (middle * length).floor(), self.side)
            for length, middle in zip((height, width), noise, strict=True)
        )
        hole = (rows[:, None, :, None] & columns[:, None, None, :]).to(pictures.dtype)
        return torch.lerp(pictures, pictures.mean((2, 3), keepdim=True), hole)


def _covered(places: Tensor, middle: Tensor, side: int) -> Tensor:
    """N×L: which places the square covers along one axis."""
    first = middle - side // 2
    return (places >= first) & (places < first + side)
