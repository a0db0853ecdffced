"""MNIST and Fashion-MNIST, read by torchvision's own classes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.api import (
    DataBundle,
    DataError,
    DataFolders,
    DataInfo,
    DatasetSpec,
    NoSettings,
    Progress,
    RandomAffine,
    Split,
    fetch,
    hookimpl,
    stratified_split,
    unpack_gzip,
)

if TYPE_CHECKING:
    from torchvision.datasets import MNIST

SIDE = 32
VALIDATION_SHARE = 1 / 12
GARMENTS = ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def source(name: str) -> type[MNIST]:
    """Torchvision's class, which knows addresses, checksums and file format."""
    from torchvision import datasets

    found: type[MNIST] = getattr(datasets, name)
    return found


def prepare(name: str, config: NoSettings, folders: DataFolders, progress: Progress) -> None:
    """Download and unpack the four files, each only where it is missing."""
    if root(name, folders) is not None:
        return
    kind = source(name)
    raw = folders.write / name / "raw"
    for file, md5 in kind.resources:
        packed, unpacked = raw / file, raw / Path(file).stem
        if not unpacked.exists():
            fetch([mirror + file for mirror in mirrors(kind)], packed, progress, md5=md5)
            unpack_gzip(packed, unpacked)
            packed.unlink()


def mirrors(kind: type[MNIST]) -> list[str]:
    """Addresses to try, encrypted ones first."""
    return sorted(kind.mirrors, key=lambda mirror: not mirror.startswith("https"))


def root(name: str, folders: DataFolders) -> Path | None:
    """The folder whose ``name/raw`` holds all four files, or None."""
    files = [Path(file).stem for file, _ in source(name).resources]
    for folder in (*folders.read, folders.write):
        if all((folder / name / "raw" / file).is_file() for file in files):
            return folder
    return None


def load(
    name: str, classes: tuple[str, ...], variation: RandomAffine, config: NoSettings, folders: DataFolders
) -> DataBundle:
    """Uint8 1×32×32 pictures: about 55,000 for training and 5,000 for validation, by class; the official test set."""
    folder = root(name, folders)
    if folder is None:
        raise DataError(f"{name} is not there yet: press Start to download it.")
    try:
        learn, test = (split_of(source(name)(str(folder), train=train)) for train in (True, False))
    except (OSError, RuntimeError, ValueError, AssertionError, LookupError) as error:  # torchvision asserts
        raise DataError(
            f"The files in {folder / name / 'raw'} are damaged ({error}): delete them and try again."
        ) from error
    train, validation = stratified_split(learn.targets, (1 - VALIDATION_SHARE, VALIDATION_SHARE))
    scaled = learn.inputs / np.float32(255)
    info = DataInfo(
        input_shape=(1, SIDE, SIDE),
        classes=classes,
        mean=(round(float(scaled.mean()), 4),),
        std=(round(float(scaled.std()), 4),),
        picture="strokes",
    )
    train_split, validation_split = (Split(learn.inputs[rows], learn.targets[rows]) for rows in (train, validation))
    return DataBundle(info, train_split, validation_split, test, (variation,))


def split_of(data: Any) -> Split:
    """28×28 pictures with a black border of 2 px, as LeNet expects them.

    Raises:
        ValueError: where the files hold something else.
    """
    pictures, targets = data.data.numpy(), data.targets.numpy().astype(np.int64)
    if pictures.shape[1:] != (28, 28) or not len(pictures) or targets.max(initial=0) > 9:
        raise ValueError("they do not hold pictures of 28×28 px in ten classes")
    return Split(np.pad(pictures, ((0, 0), (2, 2), (2, 2)))[:, None], targets)


def spec(
    id: str, title: str, name: str, classes: tuple[str, ...], variation: RandomAffine, **about: Any
) -> DatasetSpec:
    """A data set of the MNIST family."""
    return DatasetSpec(
        id=id,
        title=title,
        task="image-classification",
        prepare=partial(prepare, name),
        load=partial(load, name, classes, variation),
        **about,
    )


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """MNIST and Fashion-MNIST."""
    return [
        spec(
            *("mnist", "MNIST", "MNIST", tuple("0123456789")),
            RandomAffine(degrees=12, scale=0.15, shear=0.2, shift=0.06),
            licence="CC BY-SA 3.0 (LeCun, Cortes, Burges)",
            download_bytes=11_594_722,
            summary="70,000 handwritten digits, 28×28 px: the classic.",
        ),
        spec(
            *("fashion-mnist", "Fashion-MNIST", "FashionMNIST", GARMENTS),
            RandomAffine(degrees=5, scale=0.08, shift=0.05),
            licence="MIT (Zalando Research)",
            download_bytes=30_878_645,
            summary="70,000 pictures of clothes, 28×28 px: as large as MNIST, and harder.",
        ),
    ]
