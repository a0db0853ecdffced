"""CIFAR-10, read by torchvision's own class."""

from __future__ import annotations

import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.api import (
    Config,
    DataBundle,
    DataError,
    DataFolders,
    DatasetSpec,
    Progress,
    Split,
    fetch,
    hookimpl,
    setting,
    stratified_split,
)
from plugins._decoded import keep, kept, stamp
from plugins._pictures import PictureSettings, picture_bundle

if TYPE_CHECKING:
    from torchvision.datasets import CIFAR10

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIDE = 32


class SplitSettings(Config):
    """How the training pictures are split."""

    validation_share: float = setting(
        *(0.1, "Validation share", "Part of the 50,000 training pictures that is held out; 0: the test part is used."),
        unit="of 1",
        minimum=0.0,
        maximum=0.5,
    )


class Cifar10Settings(PictureSettings, SplitSettings):
    """How the pictures are split (first in the form), varied and normalised."""


def source() -> type[CIFAR10]:
    """Torchvision's class, which knows address, checksums and file format."""
    from torchvision import datasets

    kind: type[CIFAR10] = datasets.CIFAR10
    return kind


def files(kind: type[CIFAR10]) -> list[str]:
    """The seven files that are read, relative to the data folder."""
    names = [name for name, _ in [*kind.train_list, *kind.test_list]]
    return [f"{kind.base_folder}/{name}" for name in (*names, kind.meta["filename"])]


def root(folders: DataFolders) -> Path | None:
    """The first folder that holds all seven files, or None."""
    wanted = files(source())
    candidates = (*folders.read, folders.write)
    return next((folder for folder in candidates if all((folder / file).is_file() for file in wanted)), None)


def prepare(config: Cifar10Settings, folders: DataFolders, progress: Progress) -> None:
    """Download and unpack what is missing; an archive that somebody put into a data folder is used, too."""
    if root(folders) is not None:
        return
    kind = source()
    placed = folders.find(kind.filename)
    archive = placed or folders.write / kind.filename
    if placed is None:
        fetch([kind.url], archive, progress, md5=kind.tgz_md5)
    unpack(archive, folders.write, kind, progress)
    if placed is None:
        archive.unlink(missing_ok=True)


def unpack(archive: Path, folder: Path, kind: type[CIFAR10], progress: Progress) -> None:
    """The seven files out of ``archive`` and nothing else; each appears only when it is complete.

    Raises:
        DataError: where the archive is not the official one, or there is no room.
    """
    from torchvision.datasets.utils import check_integrity

    wanted = files(kind)
    found: list[str] = []
    try:
        if not check_integrity(archive, kind.tgz_md5):
            raise DataError(f"{archive} is not the official archive (its checksum is wrong): delete it and try again.")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as aside, tarfile.open(archive) as packed:
            for member in packed:  # in the archive's own order, since each step back unpacks it from its start again
                if member.name in wanted:
                    progress(len(found), len(wanted), f"Unpacking files of {archive.name}")
                    packed.extract(member, aside, filter="data")
                    found.append(member.name)
            (folder / kind.base_folder).mkdir(exist_ok=True)
            for file in wanted:
                (Path(aside) / file).replace(folder / file)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise DataError(
            f"{archive} cannot be unpacked ({error}): delete it, see that there is room, and try again."
        ) from error


def load(config: Cifar10Settings, folders: DataFolders) -> DataBundle:
    """Uint8 3×32×32 pictures: 45,000 for training and 5,000 for validation, by class; the official test set."""
    folder = root(folders)
    if folder is None:
        raise DataError("CIFAR-10 is not there yet: press Start to download it.")
    learn, test = decoded(folder, folders.write / source().base_folder)
    if not config.validation_share:  # what is held out is both, as in the tutorial
        return picture_bundle(config, CLASSES, learn, test, test)
    shares = (1 - config.validation_share, config.validation_share)
    train, validation = (
        Split(learn.inputs[rows], learn.targets[rows]) for rows in stratified_split(learn.targets, shares)
    )
    if not len(validation):
        raise DataError("Such a small share leaves no picture to validate with: choose a larger one, or 0.")
    return picture_bundle(config, CLASSES, train, validation, test)


def decoded(folder: Path, aside: Path) -> tuple[Split, Split]:
    """The official training and test part; from the second time on from what was kept in the folder ``aside``.

    Raises:
        DataError: where the files are damaged.
    """
    try:
        changes = stamp([folder / file for file in files(source())])
        found = kept(aside, changes)
        if found is None:
            found = split_of(folder, train=True), split_of(folder, train=False)
            keep(aside, changes, *found)
    except (OSError, ValueError, LookupError) as error:
        raise DataError(
            f"The files in {folder / source().base_folder} are damaged ({error}): delete them and try again."
        ) from error
    return found


def split_of(folder: Path, train: bool) -> Split:
    """The official training or test part.

    The files are pickles, which can run code. Torchvision compares all checksums with its own list each time, before
    it opens any; nothing here may skip that.

    Raises:
        ValueError: where a checksum is wrong, or the files hold something else.
    """
    try:
        data: Any = source()(str(folder), train=train)
    except RuntimeError as error:
        raise ValueError("a checksum is wrong") from error
    pictures = np.ascontiguousarray(data.data.transpose(0, 3, 1, 2))
    targets = np.array(data.targets, np.int64)
    if pictures.dtype != np.uint8 or pictures.shape[1:] != (3, SIDE, SIDE) or targets.max(initial=0) >= len(CLASSES):
        raise ValueError("they do not hold pictures of 32×32 px in ten classes")
    return Split(pictures, targets)


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """CIFAR-10."""
    return [
        DatasetSpec(
            id="cifar10",
            title="CIFAR-10",
            task="image-classification",
            licence="none stated; free for research and teaching by custom (Krizhevsky 2009)",
            load=load,
            config=Cifar10Settings,
            summary="60,000 photos of animals and vehicles, 32×32 px, ten classes: what the tutorial trains on.",
            download_bytes=170_498_071,
            prepare=prepare,
        )
    ]
