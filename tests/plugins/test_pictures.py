"""What the data sets of colour pictures share: augmentations and normalisation from their settings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.api import Augmentation, ColourJitter, Cutout, DataError, RandomCrop, RandomFlip, Split
from plugins._pictures import PictureSettings, augmentations, normalisation, picture_bundle


def pictures(count: int, channels: int = 3, side: int = 8, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, channels, side, side), dtype=np.uint8)


def split(count: int, side: int = 8) -> Split:
    return Split(pictures(count, side=side), np.arange(count) % 2)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (PictureSettings(), (RandomCrop(4), RandomFlip())),
        (PictureSettings(crop=0, flip=False), ()),
        (PictureSettings(crop=2, flip=False, cutout=6), (RandomCrop(2), Cutout(6))),
        (PictureSettings(crop=0, jitter=0.4), (RandomFlip(), ColourJitter(0.4))),
    ],
)
def test_the_settings_say_what_is_varied(settings: PictureSettings, expected: tuple[Augmentation, ...]) -> None:
    assert augmentations(settings, 32, 32) == expected


@pytest.mark.parametrize(
    ("settings", "reason"),
    [(PictureSettings(crop=8), "no crop of 8 px"), (PictureSettings(crop=0, cutout=9), "no cutout of 9 px")],
)
def test_what_would_leave_nothing_of_a_picture_is_refused(settings: PictureSettings, reason: str) -> None:
    with pytest.raises(DataError, match=rf"12×8 px bear {reason}: choose a smaller one"):
        augmentations(settings, 8, 12)


@pytest.mark.parametrize("channels", [1, 3])
def test_mean_and_deviation_are_those_of_the_training_pictures(channels: int) -> None:
    found = pictures(300, channels)
    found[:, 0] //= 3
    mean, std = normalisation(found, "channels")
    assert mean == pytest.approx((found / 255).mean((0, 2, 3)), abs=1e-4)
    assert std == pytest.approx((found / 255).std((0, 2, 3)), abs=1e-4)


def test_half_and_half_is_what_the_tutorial_has() -> None:
    assert normalisation(pictures(4), "half") == ((0.5,) * 3, (0.5,) * 3)
    assert normalisation(pictures(4, channels=1), "half") == ((0.5,), (0.5,))


def test_of_many_pictures_some_from_all_over_are_measured_a_few_at_a_time(tmp_path: Path) -> None:
    many = np.memmap(tmp_path / "many", np.uint8, "w+", shape=(40_000, 3, 2, 2))
    many[20_000:] = 100
    most, taken = 0, 0
    look_up = np.memmap.__getitem__

    class Watched(np.memmap):
        def __getitem__(self, rows: object) -> object:
            nonlocal most, taken
            if isinstance(rows, np.ndarray):
                most, taken = max(most, len(rows)), taken + len(rows)
            return look_up(self, rows)  # type: ignore[arg-type]

    mean, _ = normalisation(many.view(Watched), "channels")
    assert mean == pytest.approx((50 / 255,) * 3, abs=1e-3)
    assert taken == 5_000
    assert most <= 256


@pytest.mark.parametrize("value", [0, 7, 255])
def test_a_channel_that_never_changes_is_not_divided_by_nothing(value: int) -> None:
    flat = np.full((5, 3, 4, 4), value, np.uint8)
    assert normalisation(flat, "channels")[1] == (1, 1, 1)


def test_a_bundle_says_that_its_pictures_are_photos() -> None:
    train, validation, test = split(8), split(4), split(2)
    bundle = picture_bundle(PictureSettings(crop=1), ("a", "b"), train, validation, test)
    assert (bundle.train, bundle.validation, bundle.test) == (train, validation, test)
    assert bundle.info.input_shape == (3, 8, 8)
    assert bundle.info.classes == ("a", "b")
    assert bundle.info.picture == "photo"
    assert (bundle.info.mean, bundle.info.std) == normalisation(pictures(8), "channels")
    assert bundle.augmentations == (RandomCrop(1), RandomFlip())
