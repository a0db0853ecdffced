"""Pictures in another light."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator, Tensor

LUMA = (0.299, 0.587, 0.114)
"""How bright red, green and blue look (ITU-R BT.601)."""
HUE_DEGREES = 60.0
"""Turn of the colour circle at strength 1."""


@dataclass(frozen=True)
class ColourJitter:
    """Each picture's brightness, contrast and saturation times up to 1±``strength`` (0..1), and its hue turned.

    The hue turns by up to ``strength`` times 60° only, so that red does not become green. Of grey pictures, and
    others that do not have three channels, only brightness and contrast change.
    """

    strength: float

    def __call__(self, pictures: Tensor, generator: Generator) -> Tensor:
        """``pictures``: N×C×H×W floats in 0..1; returns the same shape."""
        import torch

        count, channels = pictures.shape[:2]
        noise = torch.rand(4, count, 1, 1, generator=generator, device=pictures.device) * 2 - 1
        brightness, contrast, saturation = 1 + noise[:3] * self.strength
        pixels = pictures.flatten(2)
        middle = pixels.mean(2, keepdim=True)
        if channels == 3:
            colours = _saturated(saturation) @ _turned(noise[3] * self.strength * math.radians(HUE_DEGREES))
            grey = middle.new_tensor(LUMA) @ (colours @ middle)
        else:
            colours = torch.eye(channels, device=pictures.device).expand(count, -1, -1)
            grey = middle.mean(1)
        # All four are linear in the colour of a pixel: one 3×3 matrix and one offset a picture do them in one go.
        offset = (brightness * (1 - contrast) * grey[:, None]).expand(-1, channels, -1)
        return torch.baddbmm(offset, brightness * contrast * colours, pixels).clamp_(0, 1).view(pictures.shape)


def _saturated(amount: Tensor) -> Tensor:
    """N×3×3: colours ``amount`` (N×1×1) times as far from the grey that is as bright."""
    import torch

    grey = amount.new_tensor(LUMA).expand(3, 3)
    return grey + amount * (torch.eye(3, device=amount.device) - grey)


def _turned(angle: Tensor) -> Tensor:
    """N×3×3: colours turned about the axis of greys by ``angle`` (N×1×1, radians)."""
    import torch

    third = angle.new_full((3, 3), 1 / 3)
    cross = angle.new_tensor([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / math.sqrt(3)
    cos = torch.cos(angle)
    return cos * torch.eye(3, device=angle.device) + torch.sin(angle) * cross + (1 - cos) * third
