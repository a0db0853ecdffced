"""What a layer does to numbers, and what it was given and made of it: plain NumPy, no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Pair: TypeAlias = tuple[int, int]
PaddingMode: TypeAlias = Literal["zeros", "reflect", "replicate", "circular"]


@dataclass(frozen=True)
class Convolution:
    """``weight`` O×(C/groups)×kh×kw, ``bias`` O or None; pairs are (down, across).

    ``before``: rows above and columns left of the input that padding adds.
    """

    weight: Floats
    bias: Floats | None
    stride: Pair = (1, 1)
    before: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    mode: PaddingMode = "zeros"


@dataclass(frozen=True)
class Pooling:
    """``kind``: what is taken of each window. ``count_padding`` and ``divisor`` are for means, as torch has them."""

    kind: Literal["max", "mean"]
    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    count_padding: bool = True
    divisor: int | None = None


@dataclass(frozen=True)
class AdaptivePooling:
    """Windows that divide the input evenly into as many places as the output has."""

    kind: Literal["max", "mean"]


@dataclass(frozen=True)
class Linear:
    """``weight`` O×I, ``bias`` O or None."""

    weight: Floats
    bias: Floats | None


Operation: TypeAlias = Convolution | Pooling | AdaptivePooling | Linear


@dataclass(frozen=True)
class Layer:
    """One call of one layer for one picture.

    ``name``: as in the model, with the number of the call where there was more than one. ``kind``: its class.
    ``outputs`` and ``inputs``: float32 without the batch axis (C×H×W for feature maps, N for units). ``operation``
    is None where the arithmetic is not known; ``inputs`` is None where they have another shape than ``outputs`` then.
    """

    name: str
    kind: str
    outputs: Floats
    inputs: Floats | None = None
    operation: Operation | None = None

    @property
    def shape_text(self) -> str:
        """The output's shape as people read it: "16×10×10"."""
        return "×".join(str(length) for length in self.outputs.shape) or "1"

    def maps(self) -> Floats:
        """The output as feature maps N×H×W; a view, without numbers for a row of units."""
        outputs = self.outputs
        if outputs.ndim < 2:
            return np.zeros((0, 1, 1), dtype=np.float32)
        return outputs.reshape(-1, *outputs.shape[-2:])


@dataclass(frozen=True)
class Recording:
    """What every layer answered to one picture, in calling order; ``probabilities``: float32, one a class."""

    probabilities: Floats
    layers: tuple[Layer, ...]

    def cam_layers(self) -> tuple[str, ...]:
        """The layers that Grad-CAM can look at: those with feature maps of more than one pixel."""
        return tuple(
            dict.fromkeys(layer.name for layer in self.layers if layer.outputs.ndim == 3 and layer.maps()[0].size > 1)
        )
