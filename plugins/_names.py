"""Names of several languages: read from a folder, spelt in plain letters, parted, made into tokens."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.api import DataBundle, DataError, DataInfo, Split, shown_name, stratified_split
from plugins._surnames import SURNAMES

PADDING, UNKNOWN = "", "\ufffd"
"""The first two tokens of the vocabulary: what fills a short name up, and what stands for any other character."""
SHARES = (0.8, 0.1, 0.1)
FEWEST_NAMES = 20
ENOUGH_NAMES = 1500
"""Where there are fewer to learn from, each is gone through several times an epoch."""
MOST_FILES = 1000
MOST_BYTES = 2**23
"""Of one file; half a million names."""
MOST_NAMES = 500_000
LONGEST_LINE = 200
MOST_SIGNS = 2000
"""Characters told apart; of more, the rarest become unknown ones."""
_MARKS = range(0x300, 0x370)
_WITHOUT_ACCENT = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "’": "'", "ʼ": "'"}
)


def small(text: str) -> str:
    """``text`` in small letters, each accent one with its letter; what cannot be seen is a blank."""
    whole = unicodedata.normalize("NFC", text)
    return " ".join("".join(sign.lower() if sign.isprintable() else " " for sign in whole).split())


def plain(text: str) -> str:
    """``text`` in small letters without accents, "Müller" as "muller"; other scripts stay what they are."""
    parts = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(sign for sign in parts if ord(sign) not in _MARKS)
    return unicodedata.normalize("NFC", bare).translate(_WITHOUT_ACCENT)


@dataclass
class Names:
    """What was read: ``written[i]`` is the name as it stands in the file, ``targets[i]`` its language."""

    languages: tuple[str, ...]
    written: list[str] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, language: int, names: Iterable[str], length: int) -> None:
        """Take each name once, however it is written; the end of one beyond ``length`` is left out."""
        found = {small(name[:LONGEST_LINE])[:length]: " ".join(name[:LONGEST_LINE].split()) for name in names}
        found.pop("", None)
        self.written.extend(found.values())
        self.targets.extend([language] * len(found))


def embedded(length: int) -> Names:
    """The surnames that come with the program."""
    names = Names(tuple(SURNAMES))
    for language, text in enumerate(SURNAMES.values()):
        names.add(language, text.split(), length)
    return names


def read_folder(folder: Path, length: int) -> Names:
    """The names of a folder with a file ``LANGUAGE.txt`` for each language, one name a line.

    Raises:
        DataError: where there is no such folder, it cannot be read, or there is too little in it.
    """
    paths = text_files(folder)
    names = Names(tuple(path.stem for path in paths))
    for language, path in enumerate(paths):
        before = len(names.written)
        names.add(language, islice(lines_of(path, names.notes), MOST_NAMES - before), length)
        if len(names.written) == before:
            names.notes.append(f"{shown_name(path)} has no names.")
    return without_empty_languages(names, folder)


def text_files(folder: Path) -> list[Path]:
    """The ``.txt`` files of a folder by name.

    Raises:
        DataError: where the folder cannot be read or holds none.
    """
    try:
        if not folder.is_dir():
            what = "is a file, not a folder" if folder.exists() else "is not there"
            raise DataError(f"{shown_name(folder)} {what}: choose a folder with a file LANGUAGE.txt for each language.")
        found = sorted(path for path in islice(folder.iterdir(), 100 * MOST_FILES) if path.suffix.lower() == ".txt")
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or "its name is not allowed"
        raise DataError(f"{shown_name(folder)} cannot be read ({reason}): choose another folder.") from error
    if not found:
        raise DataError(f"{shown_name(folder)} has no .txt files: put one in it for each language, one name a line.")
    if len(found) > MOST_FILES:
        raise DataError(f"{shown_name(folder)} has more than {MOST_FILES:,} .txt files: that many languages are none.")
    return found


def lines_of(path: Path, notes: list[str]) -> Iterator[str]:
    """The lines of a file as text; what is odd about it goes into ``notes``."""
    try:
        # Without O_NONBLOCK the opening of a named pipe would wait for somebody to write into it.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            ordinary = stat.S_ISREG(os.fstat(descriptor).st_mode)
            raw = file.read(MOST_BYTES + 1) if ordinary else b""
    except OSError as error:
        notes.append(f"{shown_name(path)} could not be read ({error.strerror}).")
        return
    if len(raw) > MOST_BYTES:
        raw = raw[:MOST_BYTES].rpartition(b"\n")[0]
        notes.append(f"Of {shown_name(path)} only the first {MOST_BYTES // 2**20} MiB were read.")
    if 0 in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        notes.append(f"{shown_name(path)} is not a plain text and was left out.")
        return
    yield from decoded(raw, path, notes).splitlines()


def decoded(raw: bytes, path: Path, notes: list[str]) -> str:
    """UTF-8; with its mark UTF-16; what is neither is read as Windows does in Western Europe, and noted."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append(f"{shown_name(path)} is not UTF-8: it was read as Windows-1252, so some letters may be wrong.")
        return raw.decode("cp1252", "replace")


def without_empty_languages(names: Names, folder: Path) -> Names:
    """The same, the languages without names taken out.

    Raises:
        DataError: where there are not two languages, or hardly any names.
    """
    there = sorted(set(names.targets))
    if len(there) < 2:
        raise DataError(
            f"{shown_name(folder)} has names of {len(there) or 'no'} language{'' if len(there) == 1 else 's'}, and to "
            "tell them apart takes two: put a file LANGUAGE.txt for each into it, one name a line."
        )
    if len(names.written) < FEWEST_NAMES:
        raise DataError(
            f"{shown_name(folder)} has {len(names.written)} names, and at least {FEWEST_NAMES} are needed: add some."
        )
    place = {language: index for index, language in enumerate(there)}
    languages = tuple(names.languages[language] for language in there)
    return Names(languages, names.written, [place[target] for target in names.targets], names.notes)


def bundle(names: Names, length: int) -> DataBundle:
    """Names as tokens, N×``length``; in three parts that share no name, each language in the same shares in all."""
    targets = np.array(names.targets, np.int64)
    written = [small(name)[:length] for name in names.written]
    train, validation, test = parts([plain(name) for name in written], targets)
    vocabulary = vocabulary_of([written[row] for row in train])
    tokens = tokens_of(written, vocabulary, length)
    notes = list(names.notes)
    times = -(-ENOUGH_NAMES // len(train))
    if times > 1:
        notes.append(f"There are {len(train):,} names to learn from: each is gone through {times} times an epoch.")
    info = DataInfo(input_shape=(length,), classes=names.languages, vocabulary=vocabulary)
    learnt, held_back, tested = (
        Split(tokens[rows], targets[rows], tuple(names.written[row] for row in rows))
        for rows in (np.tile(train, times), validation, test)
    )
    return DataBundle(info, learnt, held_back, tested, notes=tuple(notes))


def parts(spelt: Sequence[str], targets: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Rows of each part. A name that two languages share is in one part alone, or the test would be a quiz on it."""
    places = {name: place for place, name in enumerate(dict.fromkeys(spelt))}
    of_row = np.array([places[name] for name in spelt], np.int64)
    _, first = np.unique(of_row, return_index=True)
    part_of = np.zeros(len(places), np.int64)
    for part, chosen in enumerate(stratified_split(targets[first], SHARES)):
        part_of[chosen] = part
    return tuple(np.flatnonzero(part_of[of_row] == part) for part in range(len(SHARES)))


def vocabulary_of(written: Sequence[str]) -> tuple[str, ...]:
    """Padding, the unknown, and every sign of two names or more; rarer ones teach what the unknown means.

    A letter with an accent that only one name has counts as the letter without it.
    """
    common = _common(written)
    known = _common("".join(sign if sign in common else plain(sign) for sign in name) for name in written)
    return (PADDING, UNKNOWN, *sorted(known))


def _common(names: Iterable[str]) -> set[str]:
    counts = Counter(sign for name in names for sign in set(name))
    return {sign for sign, count in counts.most_common(MOST_SIGNS) if count > 1 and sign != UNKNOWN}


def tokens_of(
    written: Sequence[str], vocabulary: tuple[str, ...], length: int
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """N×``length`` tokens, 0 behind a name's end."""
    places = {sign: place for place, sign in enumerate(vocabulary)}
    tokens = np.zeros((len(written), length), np.uint16)
    for row, name in enumerate(written):
        found = [places[form] for sign in name for form in _known_form(sign, places)][:length]
        tokens[row, : len(found)] = found
    return tokens.astype(np.uint8) if len(vocabulary) <= 256 else tokens


def _known_form(sign: str, places: dict[str, int]) -> str:
    """The sign, or without its accent, or the unknown; a lone accent is nothing."""
    if sign in places and sign != UNKNOWN:
        return sign
    bare = plain(sign)
    return bare if all(part in places for part in bare) else UNKNOWN
