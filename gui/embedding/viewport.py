"""From the plane of the samples to pixels and back: the same scale both ways, so that distances can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MARGIN = 22
"""Px around all points where everything is in view."""
CLOSEST, FARTHEST = 400.0, 0.5
"""Times as large as where everything is in view."""


@dataclass(frozen=True)
class Viewport:
    """``x``, ``y``: what of the plane is in the middle; ``scale``: px a unit of it; ``width``, ``height``: px."""

    x: float
    y: float
    scale: float
    width: int
    height: int

    @classmethod
    def around(cls, positions: NDArray[np.float32], width: int, height: int) -> Viewport:
        """Everything in view."""
        if not len(positions):
            return cls(0.0, 0.0, 1.0, width, height)
        low, high = positions.min(axis=0).astype(float), positions.max(axis=0).astype(float)
        spread = np.maximum(high - low, 1e-9)
        room = np.maximum(np.array([width, height]) - 2 * MARGIN, 16)
        middle = (low + high) / 2
        return cls(float(middle[0]), float(middle[1]), float((room / spread).min()), width, height)

    def pixels(self, positions: NDArray[np.float32]) -> NDArray[np.float64]:
        """Where n×2 positions are, px from the left and from the top."""
        scaled = (positions.astype(np.float64) - (self.x, self.y)) * (self.scale, -self.scale)
        pixels: NDArray[np.float64] = scaled + np.array([self.width / 2, self.height / 2])
        return pixels

    def zoomed(self, factor: float, at_x: float, at_y: float) -> Viewport:
        """Larger by ``factor``; what is at these pixels stays there."""
        scale = self.scale * factor
        left, up = at_x - self.width / 2, self.height / 2 - at_y
        x, y = self.x + left / self.scale - left / scale, self.y + up / self.scale - up / scale
        return Viewport(x, y, scale, self.width, self.height)

    def moved(self, right: float, down: float) -> Viewport:
        """What is seen moves by so many pixels."""
        return Viewport(self.x - right / self.scale, self.y + down / self.scale, self.scale, self.width, self.height)

    def resized(self, width: int, height: int) -> Viewport:
        """The same in the middle of another size."""
        return Viewport(self.x, self.y, self.scale, width, height)
