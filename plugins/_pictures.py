"""What all data sets of colour pictures have in common: how they are varied and normalised."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.api import (
    Augmentation,
    ColourJitter,
    Config,
    Cutout,
    DataBundle,
    DataError,
    DataInfo,
    RandomCrop,
    RandomFlip,
    Split,
    setting,
)

Normalise = Literal["channels", "half"]
MOST_MEASURED = 5_000
"""Pictures that mean and deviation are taken from: of 32×32 px they are then exact to about one thousandth."""
CHUNK = 256


class PictureSettings(Config):
    """How training pictures are varied and normalised."""

    crop: int = setting(
        *(4, "Crop", "Moves each training picture by up to this much, as if cut from a larger one; 0: not."),
        unit="px",
        minimum=0,
        maximum=64,
    )
    flip: bool = setting(True, "Flip", "Mirrors every other training picture, left for right.")
    cutout: int = setting(
        *(0, "Cutout", "Hides a square of this side in each training picture; 0: none. 8 to 16 help long runs."),
        unit="px",
        minimum=0,
        maximum=128,
    )
    jitter: float = setting(
        *(0.0, "Colour jitter", "Changes brightness, contrast and saturation by up to this share; 0: not."),
        unit="of 1",
        minimum=0.0,
        maximum=1.0,
    )
    normalise: Normalise = setting(
        *("channels", "Normalise", "By mean and deviation of each channel, or by half and half as the tutorial does."),
        advanced=True,
    )


def augmentations(settings: PictureSettings, height: int, width: int) -> tuple[Augmentation, ...]:
    """What the settings ask for, for pictures of that size, in the order in which it is done.

    Raises:
        DataError: where crop or cutout would leave nothing of a picture of that size.
    """
    side = min(height, width)
    for amount, name in ((settings.crop, "crop"), (settings.cutout, "cutout")):
        if amount >= side:
            raise DataError(f"Pictures of {width}×{height} px bear no {name} of {amount} px: choose a smaller one.")
    chosen: list[tuple[bool, Augmentation]] = [
        (settings.crop > 0, RandomCrop(settings.crop)),
        (settings.flip, RandomFlip()),
        (settings.jitter > 0, ColourJitter(settings.jitter)),
        (settings.cutout > 0, Cutout(settings.cutout)),
    ]
    return tuple(augment for wanted, augment in chosen if wanted)


def normalisation(pictures: NDArray[np.uint8], normalise: Normalise) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel of N×C×H×W pictures scaled to 0..1, or 0.5 and 0.5.

    Of more than 5,000 pictures, 5,000 evenly spread ones are measured; ``pictures`` may be memory-mapped.
    """
    channels = pictures.shape[1]
    if normalise == "half" or not len(pictures):
        return (0.5,) * channels, (0.5,) * channels
    rows = np.unique(np.linspace(0, len(pictures) - 1, MOST_MEASURED).round().astype(np.int64))
    values = np.arange(256) / 255
    counts = np.zeros((channels, 256), np.int64)
    for first in range(0, len(rows), CHUNK):
        chunk = pictures[rows[first : first + CHUNK]]
        for channel in range(channels):
            counts[channel] += np.bincount(chunk[:, channel].ravel(), minlength=256)
    shares = counts / counts.sum(1, keepdims=True)
    mean = shares @ values
    deviation = np.sqrt(np.maximum(shares @ values**2 - mean**2, 0))
    # A channel that is the same everywhere is left as it is, instead of being divided by nothing.
    return tuple(np.round(mean, 4).tolist()), tuple(np.where(deviation < 1e-3, 1, np.round(deviation, 4)).tolist())


def picture_bundle(
    settings: PictureSettings, classes: tuple[str, ...], train: Split, validation: Split, test: Split | None
) -> DataBundle:
    """Three parts of uint8 N×C×H×W pictures as a data set, varied and normalised as the settings say.

    Raises:
        DataError: where the settings do not fit pictures of that size.
    """
    channels, height, width = train.inputs.shape[1:]
    mean, std = normalisation(np.asarray(train.inputs, np.uint8), settings.normalise)
    info = DataInfo(input_shape=(channels, height, width), classes=classes, mean=mean, std=std, picture="photo")
    return DataBundle(info, train, validation, test, augmentations(settings, height, width))
