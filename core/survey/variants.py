"""What training makes of one picture: the very batches of a run, filled with copies of it. Needs torch."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from core.batches import Batches
from core.data import Augmentation, DataInfo, Split


def varied(
    picture: NDArray[np.uint8], info: DataInfo, augmentations: tuple[Augmentation, ...], count: int, draw: int
) -> NDArray[np.uint8]:
    """``picture``, uint8 C×H×W, varied ``count`` times as in training; uint8 N×C×H×W, the normalisation undone.

    ``draw``: the same number gives the same variants of the same picture.
    """
    copies = Split(np.repeat(picture[None], count, axis=0), np.zeros(count, np.int64))
    batches = Batches(copies, info, count, torch.device("cpu"), seed=draw, augmentations=augmentations)
    inputs = next(batches.epoch()).inputs.mul(batches.std).add(batches.mean)
    pixels: NDArray[np.uint8] = inputs.mul(255).round().clamp(0, 255).to(torch.uint8).numpy()
    return pixels
