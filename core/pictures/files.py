"""Read picture files that people hand us.

The files are hostile: what is refused, is refused before it is decoded, and memory and time are bounded.
Everything here may be called from any thread.
"""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

# Imported here so that Pillow finds the formats without loading all its others, from whatever thread.
from PIL import (  # noqa: F401
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from core.pictures.modes import PictureError, plain

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
MAX_BYTES = 64 * 2**20
MAX_PIXELS = 64_000_000

MAX_SCAN_PIXELS = 20_000_000_000
"""Pixels times scans of a JPEG, seconds of work: a small file with millions of empty scans would take hours."""

LARGEST_SIDE = 4096
"""Larger pictures are reduced to fewer px a side: nothing here needs more."""

_DRAFT_SIDE = 2048
_NOTE = "trainyard.note"
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_picture(source: Path | bytes, side: int = _DRAFT_SIDE) -> Image.Image:
    """The picture in a file, or in the bytes of one: upright, in mode L, LA, RGB or RGBA, of at most 64 megapixels.

    Of an animation the first frame is taken, and `picture_note` says so. Large pictures come smaller: at most
    4,096 px a side, JPEGs sometimes of ``side``, which makes them several times faster to read.

    Raises `PictureError`, naming the file, for whatever is no such picture or cannot be read.
    """
    name = "The picture" if isinstance(source, bytes) else _shown_name(source)
    data = source if isinstance(source, bytes) else _file_bytes(source, name)
    if not data:
        raise PictureError(f"{name} is empty (0 bytes); choose another picture.")
    if len(data) > MAX_BYTES:
        raise PictureError(_too_many_bytes(name, len(data)))
    try:
        return _decoded(data, name, side)
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError(
            f"{name} is not a picture that can be read here; give a PNG, JPEG, GIF, BMP, WebP, TIFF or PPM file."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"{name} is far too large to be read; save a smaller copy of it.") from error
    except Exception as error:  # border: whatever a decoder makes of hostile bytes
        raise PictureError(f"{name} is damaged or cut short; save or download it again.") from error


def picture_note(picture: Image.Image) -> str:
    """What the user should know about a picture from `read_picture`, one sentence; mostly nothing."""
    return str(picture.info.get(_NOTE, ""))


def _shown_name(path: Path) -> str:
    """The file's name in quotes, short and printable whatever characters it has."""
    name = "".join(character if character.isprintable() else "�" for character in path.name or str(path))
    return f"“{name if len(name) <= 60 else name[:40] + '…' + name[-19:]}”"


def _too_many_bytes(name: str, size: int) -> str:
    return f"{name} has {size / 2**20:,.0f} MB; at most {MAX_BYTES // 2**20} MB are read, so save a smaller copy of it."


def _file_bytes(path: Path, name: str) -> bytes:
    try:
        _refuse_special(path.stat().st_mode, name)
        # Opened without blocking and checked again, since another file may have come in the place of the one looked at.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            _refuse_special(status.st_mode, name)
            if status.st_size > MAX_BYTES:
                raise PictureError(_too_many_bytes(name, status.st_size))
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise PictureError(f"{name} is not there any more; choose the picture again.") from error
    except PermissionError as error:
        raise PictureError(f"{name} may not be read by you; change its permissions or choose another.") from error
    except (OSError, ValueError) as error:
        if isinstance(error, PictureError):
            raise
        reason = getattr(error, "strerror", None) or "its name is not allowed"
        raise PictureError(f"{name} could not be read ({reason}); choose another picture.") from error


def _refuse_special(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise PictureError(f"{name} is a folder; choose one picture in it.")
    if not stat.S_ISREG(mode):
        raise PictureError(f"{name} is not an ordinary file; choose a picture file.")


def _decoded(data: bytes, name: str, side: int) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        _refuse_excess(opened, data, name)
        note = _note(opened)
        if opened.format in ("JPEG", "MPO") and min(opened.size) >= 2 * side:
            opened.draft(None, (side, side))
        opened.load()
        orientation = _orientation(opened)  # only now, since Pillow turns TIFFs by itself when it loads them
        picture = plain(opened)
        factor = -(-max(picture.size) // LARGEST_SIDE)
        picture = picture.reduce(factor) if factor > 1 else picture.copy()
    if orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[orientation])
    picture.info = {_NOTE: note}  # and nothing that the file itself says
    return picture


def _refuse_excess(opened: Image.Image, data: bytes, name: str) -> None:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{name} has {width:,}×{height:,} pixels; at most {MAX_PIXELS // 1_000_000} million are read, "
            "so save a smaller copy of it."
        )
    if opened.format in ("JPEG", "MPO") and data.count(b"\xff\xda") * width * height > MAX_SCAN_PIXELS:
        raise PictureError(f"{name} would take minutes to decode; save it again as an ordinary JPEG or PNG.")
    if isinstance(opened, TiffImagePlugin.TiffImageFile):
        tile_width, tile_height = opened.tag_v2.get(322, 0), opened.tag_v2.get(323, 0)
        if not isinstance(tile_width, int) or not isinstance(tile_height, int) or tile_width * tile_height > MAX_PIXELS:
            raise PictureError(f"{name} is cut into tiles that are too large; save it as a PNG.")


def _orientation(opened: Image.Image) -> int:
    try:
        return int(opened.getexif().get(_ORIENTATION, 1))
    except Exception:  # border: a picture with broken EXIF data is still a picture
        return 1


def _note(opened: Image.Image) -> str:
    if opened.format == "MPO" or not getattr(opened, "is_animated", False):
        return ""
    return "This file holds several pictures; only the first is used."
