"""Pictures turned, scaled, sheared and shifted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True)
class RandomAffine:
    """Each picture turned, scaled, sheared and shifted by its own random amounts; what moves in is black.

    ``degrees``: turns by up to this much either way. ``scale``: between 1−scale and 1+scale. ``shear``: tangent of
    the shear angle, at most. ``shift``: share of the picture's side, at most.
    """

    degrees: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    shift: float = 0.0

    def __call__(self, pictures: Tensor, generator: Generator) -> Tensor:
        """``pictures``: N×C×H×W floats in 0..1; returns the same shape."""
        import torch
        from torch.nn import functional

        count = len(pictures)
        noise = torch.rand(count, 6, generator=generator, device=pictures.device) * 2 - 1
        angle = noise[:, 0] * math.radians(self.degrees)
        size = 1 / (1 + noise[:, 1:3] * self.scale)
        cos, sin = torch.cos(angle), torch.sin(angle)
        shear = noise[:, 3] * self.shear
        # affine_grid asks for the way back, from the new picture to the old one, in units of half a side.
        rows = torch.stack(
            [
                *(cos * size[:, 0], (shear * cos - sin) * size[:, 0], noise[:, 4] * 2 * self.shift),
                *(sin * size[:, 1], (shear * sin + cos) * size[:, 1], noise[:, 5] * 2 * self.shift),
            ],
            dim=1,
        )
        grid = functional.affine_grid(rows.view(count, 2, 3), list(pictures.shape), align_corners=False)
        return functional.grid_sample(pictures, grid, align_corners=False)
