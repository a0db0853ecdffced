"""Pictures in a folder: no link is followed out of it, and none to a folder at all, so that no walk goes round."""

from __future__ import annotations

import hashlib
import os
import pathlib
from collections.abc import Iterator

from PIL import Image

from core.data import DataError
from core.picture_folders.found import (
    ENDINGS,
    MOST_PICTURES,
    UNKNOWN_ENDINGS,
    Found,
    Path,
    Tell,
    ending,
    is_rubbish,
)
from core.pictures import read_picture
from core.text_files import shown_name

DEEPEST = 40
_LINKS = "Links that lead out of the folder, or to another folder,"


class FolderSource:
    """A folder on disk."""

    def __init__(self, root: pathlib.Path) -> None:
        self.name = shown_name(root)
        self.root = root.resolve()

    def stamp(self, tell: Tell) -> str:
        """A digest of all names, sizes and times."""
        digest = hashlib.sha256()
        for path, entry in self._files(Found(), tell):
            if ending(entry.name) in (*ENDINGS, *UNKNOWN_ENDINGS):
                status = entry.stat()
                digest.update(repr((path, status.st_size, status.st_mtime_ns)).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def look(self, tell: Tell) -> Found:
        """All pictures, by name."""
        found = Found()
        for path, entry in self._files(found, tell):
            kind = ending(entry.name)
            if kind in ENDINGS:
                found.pictures.append(path)
            elif kind in UNKNOWN_ENDINGS:
                found.unreadable[path] = f"is a picture of the kind {kind.upper()}, which cannot be read here"
            if len(found.pictures) > MOST_PICTURES:
                raise DataError(
                    f"There are more than {MOST_PICTURES:,} pictures in {self.name}: choose a smaller folder."
                )
        found.pictures.sort()
        return found

    def picture(self, path: Path, side: int) -> Image.Image:
        """Read from disk."""
        return read_picture(self.root.joinpath(*path), 2 * side)

    def close(self) -> None:
        """Nothing is kept open."""

    def _files(self, found: Found, tell: Tell) -> Iterator[tuple[Path, os.DirEntry[str]]]:
        """All ordinary files in it, in whatever order."""
        waiting: list[Path] = [()]
        seen = 0
        while waiting:
            above = waiting.pop()
            for entry in self._entries(above):
                seen += 1
                if seen % 1_000 == 0:
                    tell(seen)
                if is_rubbish(entry.name):
                    continue
                path = (*above, entry.name)
                if entry.is_dir(follow_symlinks=False) and len(path) < DEEPEST:
                    waiting.append(path)
                elif entry.is_file(follow_symlinks=False) or self._leads_inside(entry, found):
                    yield path, entry

    def _entries(self, above: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.root.joinpath(*above)) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if above:
                return []  # a folder that may not be read, or that was deleted just now
            reason = error.strerror or str(error)
            raise DataError(f"{self.name} cannot be read ({reason}): choose another folder.") from error

    def _leads_inside(self, entry: os.DirEntry[str], found: Found) -> bool:
        if not entry.is_symlink():
            return False
        try:
            inside = entry.is_file() and pathlib.Path(entry.path).resolve().is_relative_to(self.root)
        except (OSError, RuntimeError):  # a link to itself
            inside = False
        if not inside:
            found.remarks[_LINKS] += 1
        return inside
