"""What a look at a folder or an archive finds: pictures by their paths inside it, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from PIL import Image

ENDINGS = (
    *("png", "jpg", "jpeg", "jpe", "jfif", "mpo", "gif", "bmp", "dib", "webp", "tif", "tiff"),
    *("ppm", "pgm", "pbm", "pnm"),
)
UNKNOWN_ENDINGS = ("heic", "heif", "avif", "jxl", "jp2", "svg", "psd", "dng", "cr2", "nef", "arw")
"""Pictures, too, but none that can be read here: they are named rather than passed over in silence."""
MOST_PICTURES = 1_000_000
SIDECARS = ("__macosx", "thumbs.db", "desktop.ini")

Path: TypeAlias = tuple[str, ...]
"""Of a picture inside its folder or archive: the folders above it and its own name."""
Tell: TypeAlias = Callable[[int], None]
"""Called with the number of files looked at so far."""


@dataclass
class Found:
    """``pictures``: by path, in order. ``unreadable``: path -> why. ``remarks``: what else was left out -> how many."""

    pictures: list[Path] = field(default_factory=list)
    unreadable: dict[Path, str] = field(default_factory=dict)
    remarks: Counter[str] = field(default_factory=Counter)


class Source(Protocol):
    """A folder or an archive; ``name`` is how sentences call it."""

    name: str

    def stamp(self, tell: Tell) -> str:
        """Changes whenever a picture in it does; as quick as can be.

        Raises:
            DataError: where it cannot be read, is none, or is hostile, with a sentence for the user.
        """

    def look(self, tell: Tell) -> Found:
        """All pictures in it, without opening one.

        Raises:
            DataError: as of :meth:`stamp`.
        """

    def picture(self, path: Path, side: int) -> Image.Image:
        """One of the pictures found, perhaps smaller, but not below twice ``side`` px. May be called by any thread.

        Raises:
            PictureError: where it cannot be read.
        """

    def close(self) -> None:
        """No picture will be asked for any more."""


def ending(name: str) -> str:
    """The part of a file's name behind the last dot, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_rubbish(name: str) -> bool:
    """Whether a file or folder of that name is what systems leave behind, rather than what somebody put there."""
    return name.startswith(".") or name.lower() in SIDECARS
