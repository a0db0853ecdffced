"""Pictures in a .zip: nothing is unpacked to disk, and what one of them may take of the memory is bounded."""

from __future__ import annotations

import io
import os
import pathlib
import struct
import zipfile
import zlib

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
from core.pictures import PictureError, read_picture
from core.pictures.files import MAX_BYTES
from core.text_files import shown_name

MOST_MEMBERS = 1_500_000
MOST_DIRECTORY = 128 * 2**20
"""Bytes of the list of members, which is read at once: a million take about a hundred megabytes."""
MOST_RATIO = 200
"""Unpacked over packed size: pictures hardly shrink, and a bomb shrinks a thousandfold."""
_OUTSIDE = "Files with names that lead out of the archive"
_DAMAGE = (zipfile.BadZipFile, EOFError, struct.error, zlib.error)
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1


class ZipSource:
    """An archive, open until :meth:`close`."""

    def __init__(self, path: pathlib.Path) -> None:
        self.name = shown_name(path)
        self.path = path
        self._file: _Bounded | None = None
        self._archive: zipfile.ZipFile | None = None
        self._members: dict[Path, zipfile.ZipInfo] = {}

    def stamp(self, tell: Tell) -> str:
        """Size and time of the archive: its pictures cannot change without it."""
        try:
            status = self.path.stat()
        except OSError as error:
            raise DataError(f"{self.name} cannot be read ({error.strerror or error}): choose another.") from error
        return f"{status.st_size}-{status.st_mtime_ns}"

    def look(self, tell: Tell) -> Found:
        """All pictures in its list of members."""
        members = self._open().infolist()
        if len(members) > MOST_MEMBERS:
            raise DataError(f"{self.name} holds more than {MOST_MEMBERS:,} files: unpack it and choose a part of it.")
        found = Found()
        for number, member in enumerate(members):
            if number % 10_000 == 0:
                tell(number)
            if not member.is_dir():
                self._sort_in(member, found)
        if len(found.pictures) > MOST_PICTURES:
            raise DataError(f"There are more than {MOST_PICTURES:,} pictures in {self.name}: choose a smaller one.")
        found.pictures.sort()
        return found

    def picture(self, path: Path, side: int) -> Image.Image:
        """Read from the archive, in memory."""
        return read_picture(self._unpacked(self._members[path]), 2 * side)

    def close(self) -> None:
        """Let go of the file."""
        if self._archive is not None:
            self._archive.close()
        if self._file is not None:
            self._file.close()
        self._file = self._archive = None

    def _open(self) -> zipfile.ZipFile:
        self.close()
        try:
            self._file = _Bounded(self.path, self.name)
            self._archive = zipfile.ZipFile(self._file)
            return self._archive
        except _DAMAGE as error:
            raise DataError(
                f"{self.name} is no .zip, or is damaged or cut short: download or pack it again, or choose a folder."
            ) from error
        except (OSError, NotImplementedError, ValueError, OverflowError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise DataError(f"{self.name} cannot be read ({reason}): choose another.") from error

    def _sort_in(self, member: zipfile.ZipInfo, found: Found) -> None:
        name = _name(member).replace("\\", "/")
        path = tuple([part for part in name.split("/") if part not in ("", ".")])
        if not path or any(is_rubbish(part) for part in path if part != ".."):
            return
        kind = ending(path[-1])
        if ".." in path or name.startswith("/") or ":" in path[0]:
            found.remarks[_OUTSIDE] += 1
        elif kind in UNKNOWN_ENDINGS:
            found.unreadable[path] = f"is a picture of the kind {kind.upper()}, which cannot be read here"
        elif kind in ENDINGS and path not in self._members:
            if member.flag_bits & _ENCRYPTED:
                raise DataError(f"{self.name} is locked with a password: unpack it, and choose the folder.")
            self._members[path] = member
            found.pictures.append(path)

    def _unpacked(self, member: zipfile.ZipInfo) -> bytes:
        """The bytes of a member.

        Raises:
            PictureError: where there are too many, packed too well to be a picture, or damaged.
        """
        if member.file_size > MAX_BYTES:
            raise PictureError(f"The picture has {member.file_size / 2**20:,.0f} MB; save a smaller copy of it.")
        if member.file_size > MOST_RATIO * max(member.compress_size, 1):
            raise PictureError("The picture is packed far too tightly, as in a zip bomb; pack it again.")
        if self._archive is None:
            raise PictureError("The picture cannot be read any more; choose the archive again.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # the others unpack without bound
            raise PictureError("The picture is packed in an unusual way; pack it again as an ordinary .zip.")
        try:
            with self._archive.open(member) as file:
                # The sizes may lie: of what is packed no more is unpacked than what they say.
                return file.read(member.file_size + 1)
        except (*_DAMAGE, OSError, ValueError, RuntimeError) as error:
            raise PictureError("The picture is damaged in the archive; pack it again.") from error


class _Bounded(io.FileIO):
    """A file of which no more than ``MOST_DIRECTORY`` bytes are read at once, as zipfile does with the list."""

    def __init__(self, path: pathlib.Path, name: str) -> None:
        super().__init__(path)
        self._shown = name

    def read(self, size: int | None = -1, /) -> bytes:
        """At most ``size`` bytes.

        Raises:
            DataError: where that is too much.
        """
        if size is None or size < 0:
            size = os.fstat(self.fileno()).st_size - self.tell()
        if size > MOST_DIRECTORY:
            raise DataError(f"{self._shown} holds far too many files: unpack it and choose a part of it.")
        return super().read(size) or b""


def _name(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 and do not say so."""
    if member.flag_bits & _UTF8_NAME or member.filename.isascii():
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename
