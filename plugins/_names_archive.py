"""The surnames of 18 languages of the PyTorch tutorials: fetched once, checked, and put into the data folder."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from pathlib import Path

from core.api import DataError, DataFolders, Progress, fetch, shown_name
from plugins._names import FEWEST_NAMES, LONGEST_LINE, MOST_BYTES

URL = "https://download.pytorch.org/tutorial/data.zip"
DOWNLOAD_BYTES = 2_882_130
ARCHIVE = "names.zip"
FOLDERS = ("names-of-18-languages", "names")
"""Where they are put, and where else they may lie; what somebody has in a folder ``names`` is never written to."""
LANGUAGES = (
    *("Arabic", "Chinese", "Czech", "Dutch", "English", "French", "German", "Greek", "Irish", "Italian", "Japanese"),
    *("Korean", "Polish", "Portuguese", "Russian", "Scottish", "Spanish", "Vietnamese"),
)
MOST_ARCHIVE_BYTES = 2**26
_DAMAGE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading an archive raises that is damaged, encrypted or packed in an unknown way."""


def folder_in(folders: DataFolders) -> Path | None:
    """The first folder with a file for each of the 18 languages, or None."""
    candidates = (folder / name for name in FOLDERS for folder in (*folders.read, folders.write))
    files = [f"{language}.txt" for language in LANGUAGES]
    return next((folder for folder in candidates if all((folder / file).is_file() for file in files)), None)


def prepare(folders: DataFolders, progress: Progress) -> None:
    """Download and unpack the names where they are missing; an archive that somebody put there is used, too.

    Raises:
        DataError: where nothing comes, something else comes, or there is no room.
        Cancelled: from ``progress``.
    """
    if folder_in(folders) is not None:
        return
    placed = folders.find(ARCHIVE)
    if placed is not None:
        unpack(placed, folders.write, progress, f"{shown_name(placed)} is", "delete it and try again")
        return
    archive = folders.write / ARCHIVE
    fetch([URL], archive, progress)
    try:
        unpack(archive, folders.write, progress, "What came is", "try again later, or choose a folder of names")
    finally:
        archive.unlink(missing_ok=True)


def unpack(archive: Path, folder: Path, progress: Progress, what: str, remedy: str) -> None:
    """The 18 files out of ``archive`` and nothing else; they appear when all are there and hold names.

    No checksum of the archive is published, so that what is in it is looked at instead.

    Raises:
        DataError: "``what`` not the archive of names (why): ``remedy``", or where there is no room.
    """
    try:
        texts = names_in(archive, progress)
    except _DAMAGE as error:
        raise DataError(f"{what} not the archive of names ({error or type(error).__name__}): {remedy}.") from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as aside:
            for language, text in texts.items():
                (Path(aside) / f"{language}.txt").write_bytes(text)
            (folder / FOLDERS[0]).mkdir(exist_ok=True)
            for language in texts:
                (Path(aside) / f"{language}.txt").replace(folder / FOLDERS[0] / f"{language}.txt")
    except OSError as error:
        raise DataError(f"The names cannot be put into {folder} ({error.strerror}): make room there.") from error


def names_in(archive: Path, progress: Progress) -> dict[str, bytes]:
    """Language -> its file, one name a line, UTF-8.

    No path of the archive's own is ever used, and no more of a file is unpacked than a list of names may be long.

    Raises:
        ValueError: where a file is missing or holds something else; and what a damaged archive raises.
    """
    if archive.stat().st_size > MOST_ARCHIVE_BYTES:
        raise ValueError("it is far too large")
    texts = {}
    with zipfile.ZipFile(archive) as packed:
        inside = set(packed.namelist())
        for done, language in enumerate(LANGUAGES):
            progress(done, len(LANGUAGES), "Unpacking the languages")
            if (member := f"data/names/{language}.txt") not in inside:
                raise ValueError(f"it has no {member}")
            with packed.open(member) as file:
                texts[language] = _checked(file.read(MOST_BYTES + 1), language)
    return texts


def _checked(raw: bytes, language: str) -> bytes:
    try:
        lines = [line.strip() for line in raw.decode("utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError:
        lines = []
    if len(raw) > MOST_BYTES or len(lines) < FEWEST_NAMES or max(map(len, lines)) > LONGEST_LINE or 0 in raw:
        raise ValueError(f"its {language}.txt is no list of names")
    return raw
