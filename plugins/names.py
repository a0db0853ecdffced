"""Surnames and their languages, the data of the classic exercise for character networks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from core.api import Config, DataBundle, DataError, DataFolders, DatasetSpec, Progress, hookimpl, setting
from plugins import _names, _names_archive


class NamesConfig(Config):
    """Which names, and how much of each."""

    source: Literal["embedded", "download"] = setting(
        "embedded",
        "Names",
        "embedded: 220 of eight languages, part of the program; download: 20,000 of 18, from the PyTorch tutorials.",
    )
    path: str = setting(
        *("", "Folder", "Your own: a file LANGUAGE.txt for each language, one name a line; empty: those chosen above.")
    )
    length: int = setting(
        *(24, "Longest name", "What is longer is cut; shorter names are filled up, which changes no answer."),
        unit="letters",
        minimum=4,
        maximum=128,
        advanced=True,
    )

    @property
    def downloaded(self) -> bool:
        """Whether the names are those of the tutorials; a folder comes first."""
        return self.source == "download" and not self.path.strip()


def downloads(config: NamesConfig) -> int:
    """How many bytes the first use with these settings downloads."""
    return _names_archive.DOWNLOAD_BYTES if config.downloaded else 0


def prepare(config: NamesConfig, folders: DataFolders, progress: Progress) -> None:
    """Download the names of 18 languages where they were asked for and are missing."""
    if config.downloaded:
        _names_archive.prepare(folders, progress)


def load(config: NamesConfig, folders: DataFolders) -> DataBundle:
    """Each name once a language, in small letters; a tenth each to validate and to test with.

    Raises:
        DataError: where the folder cannot be used, or the names have not been downloaded.
    """
    return _names.bundle(found(config, folders), config.length)


def found(config: NamesConfig, folders: DataFolders) -> _names.Names:
    """The names that the settings ask for.

    Raises:
        DataError: as :func:`load`.
    """
    if path := config.path.strip():
        return _names.read_folder(Path(path), config.length)
    if not config.downloaded:
        return _names.embedded(config.length)
    folder = _names_archive.folder_in(folders)
    if folder is None:
        raise DataError("The names of 18 languages are not there yet: press Start to download them.")
    return _names.read_folder(folder, config.length)


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """Names of eight languages, those of 18 to be downloaded, or those of a folder."""
    return [
        DatasetSpec(
            id="names",
            title="Surnames",
            task="text-classification",
            licence="MIT, part of the program; downloaded: none stated; a folder of yours: that of your names",
            load=load,
            config=NamesConfig,
            summary="220 surnames of eight languages; or 20,000 of 18 languages, downloaded once; or a folder of your "
            "own with a file for each language.",
            prepare=prepare,
            downloads=downloads,
        )
    ]
