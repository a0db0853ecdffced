"""The data set that is always there: scikit-learn's 1,797 handwritten digits of 8×8 px."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.api import (
    DataBundle,
    DataFolders,
    DataInfo,
    DatasetSpec,
    NoSettings,
    RandomAffine,
    Split,
    hookimpl,
    stratified_split,
)

SIDE = 32
BOX = 20
"""MNIST scales a digit into 20×20 px; doing the same here lets one network read both."""


def load(config: NoSettings, folders: DataFolders) -> DataBundle:
    """Uint8 1×32×32 pictures, 70% for training and 15% each for validation and test, classes alike in all."""
    raw, targets = scikit_learns_digits()
    pictures = np.stack([enlarged(picture) for picture in raw])[:, None]
    train, validation, test = (
        Split(pictures[rows], targets[rows]) for rows in stratified_split(targets, (0.7, 0.15, 0.15))
    )
    scaled = train.inputs / 255
    info = DataInfo(
        input_shape=(1, SIDE, SIDE),
        classes=tuple("0123456789"),
        mean=(round(float(scaled.mean()), 4),),
        std=(round(float(scaled.std()), 4),),
        picture="strokes",
    )
    variation = RandomAffine(degrees=10, scale=0.1, shear=0.15, shift=0.06)
    return DataBundle(info, train, validation, test, (variation,))


def scikit_learns_digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Pictures (samples × 8 × 8, 0 to 16) and which digits they are.

    Read from the file that scikit-learn brings: to import it takes twenty times as long as to read it, at every start.
    """
    package = find_spec("sklearn")
    for folder in (package and package.submodule_search_locations) or ():
        file = Path(folder) / "datasets" / "data" / "digits.csv.gz"
        if file.is_file():
            table = np.loadtxt(file, delimiter=",")
            return table[:, :-1].reshape(-1, 8, 8), table[:, -1].astype(np.int64)
    from sklearn.datasets import load_digits  # a version that keeps it elsewhere

    raw = load_digits()
    return raw.images, raw.target.astype(np.int64)


def enlarged(picture: NDArray[np.floating]) -> NDArray[np.uint8]:
    """An 8×8 picture of 0..16 as 32×32 of 0..255: scaled to 20×20, its centre of mass in the middle."""
    from PIL import Image

    grey = Image.fromarray(np.clip(picture * 255 / 16, 0, 255).astype(np.uint8))
    digit = np.asarray(grey.resize((BOX, BOX), Image.Resampling.BICUBIC))
    rows, columns = np.indices(digit.shape)
    weight = max(float(digit.sum()), 1.0)
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (
        int(np.clip(round(SIDE / 2 - 0.5 - float((axis * digit).sum()) / weight), 0, SIDE - BOX))
        for axis in (rows, columns)
    )
    canvas[top : top + BOX, left : left + BOX] = digit
    return canvas


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """Digits, the embedded default."""
    return [
        DatasetSpec(
            id="digits",
            title="Digits (scikit-learn)",
            task="image-classification",
            licence="CC BY 4.0 (UCI, Alpaydin and Kaynak 1998)",
            load=load,
            summary="1,797 real handwritten digits, 8×8 px; comes with the program.",
        )
    ]
