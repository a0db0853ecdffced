"""Texts of any size as tokens on disk: made once, memory-mapped, and whole or not there."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.data import DataError, Progress
from core.files import read_json, write_json
from core.home import cache_folder
from core.text_files import Tell, TextFile, open_text, shown_name

Tokens: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]

FORMAT = 1
MOST_CHARACTERS = 65_535
"""Different ones in a vocabulary, so that a token fits into 16 bits."""
REPLACEMENT = "\ufffd"
"""Stands for every character that is too rare for the vocabulary."""
_CODE_POINTS = 0x110000


@dataclass(frozen=True)
class TokenisedText:
    """A text as tokens: ``tokens``, uint8 or uint16, one a character, are places in ``vocabulary``."""

    tokens: Tokens
    vocabulary: tuple[str, ...]


def tokenise(text: str, most: int = MOST_CHARACTERS) -> TokenisedText:
    """A text that is in memory, character by character (code points: Chinese and emoji are whole)."""
    vocabulary = _vocabulary(_counted([text]), most)
    return TokenisedText(_places(vocabulary)[_codes(text)], vocabulary)


def tokenise_file(
    path: Path, *, encoding: str = "", most: int = MOST_CHARACTERS, progress: Progress = lambda done, total, text: None
) -> TokenisedText:
    """A text file of any size. The tokens are kept in ``core.home.cache_folder()`` and memory-mapped from there.

    The second call for a file that has not changed returns at once. ``encoding``: found out where it is empty.
    ``most``: the largest vocabulary; rarer characters become ``\\ufffd``.

    Raises:
        DataError: where the file cannot be used, or the tokens cannot be kept, with a sentence for the user.
        Cancelled: from ``progress``; nothing half-made is left under a final name.
    """
    folder = cache_folder() / "tokens"
    with contextlib.suppress(RuntimeError):  # "~nobody": opening it will say that it is not there
        path = path.expanduser()
    path, stamp = path.absolute(), _stamp(path)
    kept = folder / f"{_digest(str(path))}-{_digest(stamp, encoding, most, FORMAT)}.tokens"
    found = _load(kept)
    if found is not None:
        return found
    text = open_text(path, encoding, _telling(progress, "Looking at", shown_name(path), stamp[0]))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(kept, text, most, progress)
        _forget_others(kept)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"The tokens of {text.name} cannot be kept ({reason}): make room in {folder}.") from error
    written = _load(kept)
    if written is None:
        raise DataError(f"{text.name} changed while it was read: try again.")
    return written


def _write(kept: Path, text: TextFile, most: int, progress: Progress) -> None:
    counting, writing = (
        _telling(progress, doing, text.name, text.size) for doing in ("Counting the characters of", "Tokenising")
    )
    vocabulary = _vocabulary(_counted(text.pieces(counting)), most)
    places = _places(vocabulary)
    part = kept.with_name(f"{kept.name}.{os.getpid()}.part")
    count = 0
    try:
        with part.open("wb") as file:
            for piece in text.pieces(writing):
                tokens = places[_codes(piece)]
                file.write(tokens.tobytes())
                count += len(tokens)
            file.flush()
            os.fsync(file.fileno())
        part.replace(kept)
    finally:
        part.unlink(missing_ok=True)
    about = {"count": count, "type": places.dtype.name, "vocabulary": "".join(vocabulary)}
    write_json(kept.with_suffix(".json"), about)  # last: where it is there, the tokens are whole


def _load(kept: Path) -> TokenisedText | None:
    about = read_json(kept.with_suffix(".json"))
    try:
        vocabulary, count, type_ = tuple(about["vocabulary"]), int(about["count"]), np.dtype(about["type"])
        if type_ not in (np.uint8, np.uint16) or kept.stat().st_size != count * type_.itemsize:
            return None
        tokens: Any = np.memmap(kept, type_, mode="r", shape=(count,)) if count else np.empty(0, type_)
    except (OSError, TypeError, KeyError, ValueError):
        return None
    return TokenisedText(tokens, vocabulary)


def _forget_others(kept: Path) -> None:
    """Tokens of earlier versions of the same file; one that a run still reads stays where the system says so."""
    for other in kept.parent.glob(f"{kept.name.partition('-')[0]}-*"):
        if other.stem != kept.stem:
            with contextlib.suppress(OSError):
                other.unlink()


def _vocabulary(counts: NDArray[np.int64], most: int) -> tuple[str, ...]:
    """The characters that occur, by code point; of too many the rarest give way to ``REPLACEMENT``."""
    present = np.flatnonzero(counts)
    if len(present) > most:
        counts[ord(REPLACEMENT)] = counts.sum() + 1
        present = np.sort(np.argsort(-counts, kind="stable")[:most])
    return tuple(map(chr, present.tolist()))


def _places(vocabulary: tuple[str, ...]) -> Tokens:
    """A table: code point -> place in the vocabulary; what is not in it has the place of ``REPLACEMENT``, or 0."""
    other = vocabulary.index(REPLACEMENT) if REPLACEMENT in vocabulary else 0
    kind: Any = np.uint8 if len(vocabulary) <= 256 else np.uint16
    places: Tokens = np.full(_CODE_POINTS, other, kind)
    places[_codes("".join(vocabulary))] = np.arange(len(vocabulary), dtype=kind)
    return places


def _counted(pieces: Iterable[str]) -> NDArray[np.int64]:
    counts = np.zeros(_CODE_POINTS, np.int64)
    for piece in pieces:
        counts += np.bincount(_codes(piece), minlength=_CODE_POINTS)
    return counts


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return (0, 0)  # opening it will say what is wrong
    return status.st_size, status.st_mtime_ns


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _telling(progress: Progress, doing: str, name: str, size: int) -> Tell:
    return lambda done: progress(done, size, f"{doing} {name}")
