"""Surnames and their languages, the data of the classic exercise for character networks."""

from __future__ import annotations

from pathlib import Path

from core.api import Config, DataBundle, DataFolders, DatasetSpec, hookimpl, setting
from plugins import _names


class NamesConfig(Config):
    """Which names, and how much of each."""

    path: str = setting(
        *("", "Folder", "A file LANGUAGE.txt for each language, one name a line; empty: those of the program.")
    )
    length: int = setting(
        *(24, "Longest name", "What is longer is cut; shorter names are filled up, which changes no answer."),
        unit="letters",
        minimum=4,
        maximum=128,
        advanced=True,
    )


def load(config: NamesConfig, folders: DataFolders) -> DataBundle:
    """Each name once a language, in small letters; a tenth each to validate and to test with.

    Raises:
        DataError: where the folder cannot be used.
    """
    path = config.path.strip()
    found = _names.read_folder(Path(path), config.length) if path else _names.embedded(config.length)
    return _names.bundle(found, config.length)


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """Names of eight languages, or those of a folder."""
    return [
        DatasetSpec(
            id="names",
            title="Surnames",
            task="text-classification",
            licence="MIT, part of the program; a folder of yours: that of your names",
            load=load,
            config=NamesConfig,
            summary="220 surnames of eight languages, or a folder of your own with a file for each language.",
        )
    ]
