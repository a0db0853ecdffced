"""A typed text in the characters that a network knows: other ones are tried without accent and in the other case."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

PADDING = ""
"""In a vocabulary, the token that fills short sequences up."""
UNKNOWN = "\ufffd"
"""In a vocabulary, the token that stands for every character which is not in it."""
_ACCENTS = range(0x300, 0x370)
_ALIKE = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
_ALIKE |= {"’": "'", "ʼ": "'", "‘": "'", "–": "-", "—": "-", "‐": "-", "‑": "-"}


@dataclass(frozen=True)
class Spelt:
    """A text as tokens. ``read``: the characters they stand for, as they were tried. ``unknown``: which of them the
    vocabulary does not have; these have its unknown token, or where it has none they are left out."""

    tokens: tuple[int, ...]
    read: tuple[str, ...]
    unknown: tuple[bool, ...]
    strangers: tuple[str, ...]
    """The characters that are not known, each once, also where they were left out."""


def places_of(vocabulary: Sequence[str]) -> dict[str, int]:
    """Character -> token."""
    return {character: token for token, character in enumerate(vocabulary)}


def spell(text: str, places: Mapping[str, int], most: int) -> Spelt:
    """The first ``most`` characters of ``text``; blanks around it and double ones are left out."""
    tokens: list[int] = []
    read: list[str] = []
    unknown: list[bool] = []
    strangers: dict[str, None] = {}
    for typed in unicodedata.normalize("NFC", " ".join(_visible(text).split())):
        if len(tokens) >= most:
            break
        for character in _known_form(typed, places):
            known = character in places and character not in (PADDING, UNKNOWN)
            if not known:
                strangers[typed] = None
            token = places[character] if known else places.get(UNKNOWN)
            if token is not None:
                tokens.append(token)
                read.append(character)
                unknown.append(not known)
    return Spelt(tuple(tokens[:most]), tuple(read[:most]), tuple(unknown[:most]), tuple(strangers))


def bare(text: str) -> str:
    """Small letters without accents, "Müller" as "muller"; letters of other scripts stay what they are."""
    parts = unicodedata.normalize("NFD", text.casefold())
    without = "".join(character for character in parts if ord(character) not in _ACCENTS)
    return "".join(_ALIKE.get(character, character) for character in unicodedata.normalize("NFC", without))


def _visible(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _known_form(typed: str, places: Mapping[str, int]) -> str:
    """The first way to write that character all of which is known; where there is none, as it was typed."""
    return next((form for form in _forms(typed) if form and all(sign in places for sign in form)), _fallback(typed))


def _forms(typed: str) -> Iterator[str]:
    yield typed
    yield typed.lower()
    yield bare(typed)
    yield bare(typed).upper()


def _fallback(typed: str) -> str:
    """An accent alone is nothing; anything else is one unknown character."""
    return typed if bare(typed) else ""
