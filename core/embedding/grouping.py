"""By what the samples are coloured: their class, the network's guess, or the kind of a character."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.characters import name_of

MOST_GROUPS = 40
"""No more can be told apart; what is rarest is put together."""
FEW = 20
"""Up to so many different characters each has a colour of its own; of more it is their kind that is seen."""
OTHERS = "all others"
Whose: TypeAlias = Literal["truth", "guess", "read"]
"""The right answer, the network's, or the character that was read last."""

_VOWELS = frozenset("aeiou")
KINDS = ("vowel", "consonant", "capital", "other letter", "digit", "space", "line break", "punctuation", "other sign")


@dataclass(frozen=True)
class Colouring:
    """``names``: one a group. ``groups``: for each class (or token) its group. ``whose``: which class is meant."""

    title: str
    whose: Whose
    names: tuple[str, ...]
    groups: NDArray[np.int64]

    def of(self, classes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The group of each of these classes; −1 for what is none."""
        known = (classes >= 0) & (classes < len(self.groups))
        found = np.full(len(classes), -1, np.int64)
        found[known] = self.groups[classes[known]]
        return found


def by_class(title: str, whose: Whose, names: Sequence[str], counts: NDArray[np.int64]) -> Colouring:
    """A group a class; where there are too many, those with the smallest ``counts`` share the last one."""
    if len(names) <= MOST_GROUPS:
        return Colouring(title, whose, tuple(names), np.arange(len(names)))
    kept = np.sort(np.argsort(-counts, kind="stable")[: MOST_GROUPS - 1])
    groups = np.full(len(names), MOST_GROUPS - 1, np.int64)
    groups[kept] = np.arange(len(kept))
    return Colouring(title, whose, (*(names[index] for index in kept), OTHERS), groups)


def by_kind(title: str, whose: Whose, vocabulary: Sequence[str]) -> Colouring:
    """A group a kind of character, of those that the vocabulary has."""
    kinds = [kind_of(token) for token in vocabulary]
    names = tuple(kind for kind in KINDS if kind in kinds)
    return Colouring(title, whose, names, np.array([names.index(kind) for kind in kinds], np.int64))


def for_classes(names: Sequence[str], counts: NDArray[np.int64], *, guesses: bool) -> tuple[Colouring, ...]:
    """For samples of one class each."""
    true = by_class("Class", "truth", names, counts)
    return (true, by_class("Network's guess", "guess", names, counts)) if guesses else (true,)


def for_characters(vocabulary: Sequence[str], counts: NDArray[np.int64]) -> tuple[Colouring, ...]:
    """For places in a text: what comes next (``counts``: how often each token does), what is guessed, what was read."""
    names = [name_of(token) if token else "nothing" for token in vocabulary]
    if len(names) <= FEW:
        return (
            by_class("Next character", "truth", names, counts),
            by_class("Guessed character", "guess", names, counts),
            by_class("Character read last", "read", names, counts),
        )
    return (
        by_kind("Kind that comes next", "truth", vocabulary),
        by_kind("Kind that is guessed", "guess", vocabulary),
        by_kind("Kind that was read", "read", vocabulary),
        by_class("Next character", "truth", names, counts),
    )


def kind_of(token: str) -> str:
    """One of :data:`KINDS`."""
    if token in ("\n", "\r"):
        return "line break"
    if token.isspace():
        return "space"
    if len(token) != 1:
        return "other sign"
    if token.isalpha():
        return _letter(token)
    if token.isdigit():
        return "digit"
    return "punctuation" if unicodedata.category(token).startswith("P") else "other sign"


def _letter(letter: str) -> str:
    if letter.isupper():
        return "capital"
    plain = unicodedata.normalize("NFD", letter)[0]
    if not "a" <= plain <= "z":
        return "other letter"
    return "vowel" if plain in _VOWELS else "consonant"
