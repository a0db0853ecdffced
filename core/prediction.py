"""What a network answered to one picture: plain data that any front end can draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Prediction:
    """The answer of a model to one picture.

    ``seen``: C×H×W uint8 (C is 1 or 3), the picture as the network was given it, before normalisation.
    ``labels`` and ``probabilities`` (float32, 0…1, sums to at most 1) belong together, the likeliest first.
    ``model``: which model answered, in words ("LeNet at step 1,240"). ``name``: what the picture is called.
    ``thumbnail``: h×w×3 uint8, at most 256 px a side, or None where there is nothing to show.
    ``note``: one sentence about the picture ("Only the first frame was used."), or nothing.
    """

    seen: NDArray[np.uint8]
    labels: tuple[str, ...]
    probabilities: NDArray[np.float32]
    model: str
    name: str
    thumbnail: NDArray[np.uint8] | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.seen.ndim != 3 or self.seen.dtype != np.uint8 or self.seen.shape[0] not in (1, 3):
            raise ValueError(f"seen must be uint8, 1×H×W or 3×H×W, not {self.seen.dtype} {self.seen.shape}")
        if self.probabilities.shape != (len(self.labels),):
            raise ValueError(f"{len(self.labels)} labels but probabilities of shape {self.probabilities.shape}")
