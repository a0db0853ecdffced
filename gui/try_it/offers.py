"""What a drop or a paste brings: one picture, or a sentence that says why it brings none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QPixmap

Way = Literal["drop", "paste"]

PASTED_NAME = "the pasted picture"
DROPPED_NAME = "the dropped picture"
LARGEST_SIDE = 1024
"""A picture that comes as pixels is scaled down to this many px a side: no network here looks at more."""

_ENCODED = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif", "image/tiff")
_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_LONGEST_NAME = 40
_DONE = {"drop": "dropped", "paste": "pasted"}


@dataclass(frozen=True)
class Picture:
    """A picture that was handed over: the path of a file or the bytes of one, and what to call it."""

    source: Path | bytes
    name: str


@dataclass(frozen=True)
class Refusal:
    """Why nothing was taken, as a sentence for the person."""

    sentence: str


def may_hold_picture(mime: QMimeData) -> bool:
    """Whether it is worth letting go here; what turns out to be useless is answered with a sentence.

    Folders and archives are left to the window, which has them learnt from.
    """
    if brings_pictures(mime):
        return False
    return mime.hasUrls() or mime.hasImage() or mime.hasText() or bool(_encoded_format(mime))


def brings_pictures(mime: QMimeData) -> bool:
    """Whether this is one local folder or .zip: many pictures to learn from. Never raises; no file is opened."""
    urls = mime.urls() if mime.hasUrls() else []
    if len(urls) != 1 or not urls[0].isLocalFile():
        return False
    path = Path(urls[0].toLocalFile())
    return path.suffix.lower() == ".zip" or _is_folder(path)


def picture_in(mime: QMimeData, way: Way) -> Picture | Refusal:
    """The one picture in ``mime``, or why there is none. Never raises; no file is opened."""
    urls = mime.urls() if mime.hasUrls() else []
    if len(urls) > 1:
        return Refusal(f"{way.capitalize()} one picture at a time: {_in_words(len(urls))} were {_DONE[way]}.")
    if urls and urls[0].isLocalFile():
        return _file(urls[0], way)
    pixels = _pixels(mime, PASTED_NAME if way == "paste" else DROPPED_NAME)
    if pixels is not None:
        return pixels
    if urls or _is_address(mime.text()):
        return Refusal(f"That is an address, not a file: save the picture first, then {way} it here.")
    if way == "paste":
        return Refusal("There is no picture on the clipboard: copy one, then paste it here.")
    return Refusal("There is no picture in what was dropped: drop a picture file or a copied picture.")


def shown_name(name: str) -> str:
    """``name`` short and printable, whatever characters a file's name holds."""
    plain = "".join(character if character.isprintable() else "�" for character in name)
    return plain if len(plain) <= _LONGEST_NAME else f"{plain[: _LONGEST_NAME - 16]}…{plain[-15:]}"


def png_bytes(image: QImage) -> bytes:
    """``image`` as the bytes of a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # The stub says bytes, the binding takes str.
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return bytes(data.data())


def _file(url: QUrl, way: Way) -> Picture | Refusal:
    path = Path(url.toLocalFile())
    name = shown_name(path.name or str(path))
    if _is_folder(path):
        return Refusal(f"“{name}” is a folder: open it and {way} one picture from it.")
    return Picture(path, name)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # whoever reads the file will say what is wrong with it
        return False


def _pixels(mime: QMimeData, name: str) -> Picture | None:
    """Encoded bytes go on as they are; only where there are none is a picture from another program encoded here."""
    encoded = _encoded_format(mime)
    if encoded:
        data = bytes(mime.data(encoded).data())
        return Picture(data, name) if data else None
    image = mime.imageData() if mime.hasImage() else None
    if isinstance(image, QPixmap):
        image = image.toImage()
    if not isinstance(image, QImage) or image.isNull():
        return None
    return Picture(png_bytes(_reduced(image)), name)


def _encoded_format(mime: QMimeData) -> str:
    return next((name for name in _ENCODED if mime.hasFormat(name)), "")


def _reduced(image: QImage) -> QImage:
    if max(image.width(), image.height()) <= LARGEST_SIDE:
        return image
    room = QSize(LARGEST_SIDE, LARGEST_SIDE)
    return image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _is_address(text: str) -> bool:
    return text[:2000].strip().lower().startswith(("http://", "https://", "ftp://", "www."))


def _in_words(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"
