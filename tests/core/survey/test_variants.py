"""The variants that are shown are those that training draws."""

from __future__ import annotations

import numpy as np
import torch

from core.augment import RandomAffine
from core.batches import Batches
from core.data import DataInfo, Split
from core.survey.variants import varied

INFO = DataInfo((1, 12, 12), ("a",), mean=(0.3,), std=(0.2,))
PICTURE = np.random.default_rng(0).integers(0, 256, (1, 12, 12), np.uint8)


def test_without_augmentation_the_picture_comes_back_through_the_normalisation() -> None:
    assert (varied(PICTURE, INFO, (), 3, draw=1) == PICTURE).all()


def test_the_variants_are_the_first_batch_of_a_run_with_that_seed() -> None:
    augmentations = (RandomAffine(degrees=20, shift=0.1),)
    copies = Split(np.repeat(PICTURE[None], 5, 0), np.zeros(5, np.int64))
    batches = Batches(copies, INFO, 5, torch.device("cpu"), seed=7, augmentations=augmentations)
    trained_on = next(batches.epoch()).inputs * 0.2 + 0.3
    shown = varied(PICTURE, INFO, augmentations, 5, draw=7)
    assert np.abs(shown / 255 - trained_on.numpy()).max() <= 0.5 / 255 + 1e-6


def test_the_same_draw_gives_the_same_variants_and_another_gives_others() -> None:
    augmentations = (RandomAffine(degrees=20, shift=0.1),)
    first, again, other = (varied(PICTURE, INFO, augmentations, 4, draw) for draw in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    assert (first[0] != first[1]).any()
