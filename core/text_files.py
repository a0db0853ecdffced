"""Read text files that people hand us: the encoding is found out, and no more than a piece is in memory."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from core.data import DataError

PIECE = 2**20
"""Bytes, or characters, read at a time."""
SAMPLE = 2**16
"""Bytes from which it is told whether a file is a text at all."""
MOST_CONTROLS = 0.02
"""Of a text's bytes, the share that may be control characters other than those that move the cursor."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CONTROLS = bytes(set(range(32)) - set(b"\b\t\n\v\f\r\x1b")) + b"\x7f"
_REPLACED = "\ufffd".encode()

Tell: TypeAlias = Callable[[int], None]
"""Called with the number of bytes read so far."""


@dataclass(frozen=True)
class TextFile:
    """A text file of ``size`` bytes; ``name`` is how sentences call it."""

    path: Path
    name: str
    size: int
    changed_ns: int
    encoding: str

    def pieces(self, tell: Tell = lambda done: None) -> Iterator[str]:
        """The text in order, at most ``PIECE`` characters at a time; line ends are ``\\n``, wrong bytes ``\\ufffd``.

        Raises:
            DataError: where it cannot be read any more.
        """
        with (
            _told_as_sentences(self.name),
            _opened(self.path, self.name) as raw,
            io.TextIOWrapper(raw, self.encoding, errors="replace", newline=None) as text,
        ):
            while piece := text.read(PIECE):
                yield piece
                tell(raw.tell())


def open_text(path: Path, encoding: str = "", tell: Tell = lambda done: None) -> TextFile:
    """Look at a text file; where no ``encoding`` is given it is found out, for which the whole file may be read.

    Raises:
        DataError: where it is missing, empty, no ordinary file, or no text, with a sentence for the user.
    """
    name = shown_name(path)
    with _told_as_sentences(name), _opened(path, name) as file:
        status = os.fstat(file.fileno())
        if not status.st_size:
            raise DataError(f"{name} is empty (0 bytes): choose another text.")
        found = _known(encoding) if encoding else _encoding_of(file, name, tell)
    return TextFile(path, name, status.st_size, status.st_mtime_ns, found)


def shown_name(path: Path) -> str:
    """The file's name in quotes, short and printable whatever characters it has."""
    name = "".join(character if character.isprintable() else "�" for character in path.name or str(path))
    return f"“{name if len(name) <= 60 else name[:40] + '…' + name[-19:]}”"


def _opened(path: Path, name: str) -> BinaryIO:
    if path.is_dir():
        raise DataError(f"{name} is a folder: choose one text file in it.")
    # Without O_NONBLOCK the opening of a named pipe would wait for somebody to write into it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    file = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise DataError(f"{name} is not an ordinary file: choose a text file.")
    return file


@contextmanager
def _told_as_sentences(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(f"{name} is not there: choose the text again.") from error
    except PermissionError as error:
        raise DataError(f"{name} may not be read by you: change its permissions or choose another text.") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or "its name is not allowed"
        raise DataError(f"{name} could not be read ({reason}): choose another text.") from error


def _known(encoding: str) -> str:
    try:
        b"a".decode(encoding, "replace")  # also refuses what is an encoding, but not of text, such as base64
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise DataError(
            f"There is no encoding {encoding[:40]!r}: write one such as utf-8 or shift_jis, or leave the field empty."
        ) from error


def _encoding_of(file: BinaryIO, name: str, tell: Tell) -> str:
    sample = file.read(SAMPLE)
    marked = next((encoding for mark, encoding in _MARKS.items() if sample.startswith(mark)), None)
    if marked:
        return marked
    zeros = [sample[start::2].count(0) / max(len(sample) // 2, 1) for start in (0, 1)]
    if max(zeros) > 0.3 and min(zeros) < 0.02:  # of western text in UTF-16, every other byte is zero
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if 0 in sample or controls > MOST_CONTROLS * len(sample):
        raise DataError(f"{name} is not a plain text: save what it holds as a .txt file, or choose another file.")
    file.seek(0)
    return _utf8_or_older(file, tell)


def _utf8_or_older(file: BinaryIO, tell: Tell) -> str:
    """UTF-8, even where some bytes of it are wrong; only what holds hardly anything right is taken for older."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    right = wrong = 0
    suspicious = b""
    while raw := file.read(PIECE):
        text = decoder.decode(raw)
        replaced = max(0, text.count("\ufffd") - raw.count(_REPLACED))
        right += len(text) - len(text.encode("ascii", "ignore")) - replaced
        wrong += replaced
        suspicious = suspicious or (raw if replaced else b"")
        tell(file.tell())
    return "utf-8" if wrong * 10 <= right or not wrong else _older_encoding(suspicious)


def _older_encoding(sample: bytes) -> str:
    """From the runs of bytes above 127: Chinese has two a character, Cyrillic whole words, Western single letters."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    even = sum(length % 2 == 0 for length in runs)
    if even >= 0.95 * len(runs):
        return "gb18030"
    return "cp1251" if sum(runs) > 2.5 * len(runs) else "cp1252"
