"""A folder or .zip of pictures as a data set in three parts."""

from __future__ import annotations

import contextlib
import itertools
import pathlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.data import DataError, Progress, Split
from core.picture_folders import cache
from core.picture_folders.order import edges
from core.text_files import shown_name

if TYPE_CHECKING:
    from core.picture_folders.found import Source


@dataclass(frozen=True)
class PictureFolder:
    """Pictures as their folders have them; arrays are read-only and mapped from the disk, so any size fits.

    ``train``, ``validation``, ``test``: the parts that there are (``inputs`` uint8 N×C×H×W; ``names``: the path of
    each picture inside the folder). ``unreadable``: what was left out, with what is wrong with it. ``notes``:
    sentences on all that was left out.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    validation: Split | None
    test: Split | None
    unreadable: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def parts(self, validation_share: float, test_share: float) -> tuple[Split, Split, Split | None]:
        """What to train on, to validate with and to test with.

        Where the folder has no such part, the shares (0..1) are held back from training, classes alike in all parts;
        the share for testing only where there is no part to validate with either. Where nothing is to be held back
        for validation, the test part is validated with. Always the same pictures for the same shares.

        Raises:
            DataError: where there are too few pictures for it, or nothing would be left to validate with.
        """
        validation, test = self.validation, self.test
        share = validation_share if validation is None else 0.0
        rest = test_share if validation is None and test is None else 0.0
        cuts = edges(len(self.train), len(self.classes), (share, rest))
        train, first, second = (_slice(self.train, *cut) for cut in itertools.pairwise(cuts))
        validation = first if share else validation
        test = second if rest else test
        validation = test if validation is None else validation
        if validation is None:
            raise DataError(
                f"{self.name} has no part “test”, so a share of it must be held back: set validation_share."
            )
        if not len(validation) or (test is not None and not len(test)):
            raise DataError(f"{self.name} has too few pictures to hold some back: it needs several of each class.")
        return train, validation, test


def open_pictures(
    path: pathlib.Path,
    *,
    side: int = 0,
    colour: Literal["auto", "colour", "grey"] = "auto",
    progress: Progress = lambda done, total, text: None,
) -> PictureFolder:
    """The pictures in a folder, or in a .zip, with a folder a class, perhaps below ``train``, ``val`` and ``test``.

    They are decoded once, as squares of ``side`` px (0: found out) from their middles, into a cache under
    ``core.home.cache_folder()``; the second call for pictures that have not changed only maps that. A picture that
    cannot be read is left out and named in ``notes``.

    Raises:
        DataError: where they cannot be used or kept, with a sentence for the user.
        Cancelled: from ``progress``; nothing half-made is taken for whole later.
    """
    with contextlib.suppress(RuntimeError):  # "~nobody": looking for it will say that it is not there
        path = path.expanduser()
    path = path.absolute()
    source = _source(path)
    try:
        stamp = source.stamp(lambda done: progress(done, None, f"Looking through {source.name}"))
        folder = cache.place(path, stamp, side, colour)
        kept = cache.load(folder) or _built(source, folder, side, colour, progress)
    finally:
        source.close()
    return _folder(source.name, kept)


def _built(
    source: Source, folder: pathlib.Path, side: int, colour: Literal["auto", "colour", "grey"], progress: Progress
) -> cache.Kept:
    from core.picture_folders.build import build  # imports Pillow, which whoever only finds the cache does without

    try:
        with cache.only_one(folder, lambda: progress(0, None, f"Waiting for another run to decode {source.name}")):
            kept = cache.load(folder)
            if kept is None:
                build(source, folder, side, colour, progress)
                cache.forget_older(folder)
                kept = cache.load(folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"The decoded pictures of {source.name} cannot be kept ({reason}): make room in {folder.parent}."
        ) from error
    if kept is None:
        raise DataError(f"The decoded pictures of {source.name} vanished from {folder.parent}: try again.")
    return kept


def _source(path: pathlib.Path) -> Source:
    """A folder or an archive, looked at no closer.

    Raises:
        DataError: where it is neither.
    """
    from core.picture_folders.folder_source import FolderSource
    from core.picture_folders.found import ENDINGS, ending
    from core.picture_folders.zip_source import ZipSource

    name = shown_name(path)
    try:
        if path.is_dir():
            return FolderSource(path)
        if not path.exists():
            raise DataError(f"{name} is not there: choose a folder or a .zip with pictures.")
        if not path.is_file():
            raise DataError(f"{name} is no folder and no ordinary file: choose a folder or a .zip with pictures.")
    except (OSError, ValueError) as error:
        raise DataError(f"{name} cannot be read: choose a folder or a .zip with pictures.") from error
    if ending(path.name) in ENDINGS:
        raise DataError(f"{name} is a single picture: choose the folder above, with a folder of pictures a class.")
    return ZipSource(path)


def _folder(name: str, kept: cache.Kept) -> PictureFolder:
    train, validation, _ = kept.parts
    whole = Split(kept.pixels, kept.labels, kept.names)
    return PictureFolder(
        name,
        kept.classes,
        _slice(whole, 0, train),
        _slice(whole, train, train + validation) if validation else None,
        _slice(whole, train + validation, len(whole)) if kept.parts[2] else None,
        kept.unreadable,
        kept.remarks,
    )


def _slice(split: Split, first: int, last: int) -> Split:
    return Split(split.inputs[first:last], split.targets[first:last], split.names[first:last])
