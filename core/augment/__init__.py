"""Random variations of training pictures, a batch at a time, on the batch's device.

Each is called with pictures (N×C×H×W floats in 0..1) and a seeded generator on the same device, leaves what it was
given as it is, and returns the same shape, still in 0..1. Every picture is varied by random amounts of its own; all
chance comes from the generator. None of them waits for the device.
"""

from __future__ import annotations

from core.augment.affine import RandomAffine
from core.augment.colour import ColourJitter
from core.augment.crop import RandomCrop
from core.augment.cutout import Cutout
from core.augment.flip import RandomFlip

__all__ = ["ColourJitter", "Cutout", "RandomAffine", "RandomCrop", "RandomFlip"]
