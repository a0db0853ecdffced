"""What a cell might keep track of while it reads: one number a character, taken from the text alone.

The cells of Karpathy, Johnson and Fei-Fei, "Visualizing and Understanding Recurrent Networks" (2015): where one is
in the line, whether a quotation is open, how deep brackets are nested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Signal: TypeAlias = "NDArray[np.float32]"

OPENING, CLOSING = "([{", ")]}"
DEEPEST = 8
MOST_BEGINNINGS = 6


def signals(text: str) -> dict[str, Signal]:
    """Name -> one number a character, as it is once that character was read; what never changes is left out."""
    found = {name: np.array(measure(text), np.float32) for name, measure in MEASURES.items()}
    return {name: signal for name, signal in found.items() if len(signal) and np.ptp(signal) > 0}


def beginnings(sequences: Sequence[str]) -> dict[str, Signal]:
    """Of sequences joined by line breaks: 1 all through those that begin with a letter, for each such letter."""
    firsts = sorted({sequence[:1] for sequence in sequences} - {""})[:MOST_BEGINNINGS]
    if len(firsts) < 2:
        return {}
    return {f"began with {first}": _all_through(sequences, first) for first in firsts}


def _all_through(sequences: Sequence[str], first: str) -> Signal:
    parts = [np.full(len(sequence) + 1, sequence.startswith(first), np.float32) for sequence in sequences]
    return np.concatenate(parts)[:-1]


def line_position(text: str) -> list[float]:
    """Characters since the line began."""
    return _since(text, lambda character: character == "\n")


def word_position(text: str) -> list[float]:
    """Characters since the last that was neither letter nor digit."""
    return _since(text, lambda character: not character.isalnum())


def indentation(text: str) -> list[float]:
    """Spaces at the beginning of the line, as far as it was read."""
    found, spaces, at_start = [], 0.0, True
    for character in text:
        if character == "\n":
            spaces, at_start = 0.0, True
        elif at_start and character in " \t":
            spaces += 8.0 if character == "\t" else 1.0
        else:
            at_start = False
        found.append(spaces)
    return found


def inside_quotes(text: str) -> list[float]:
    """1 while a quotation is open. It ends at an empty line at the latest, and an apostrophe opens none."""
    found, closing = [], ""
    for index, character in enumerate(text):
        before, after = text[index - 1 : index], text[index + 1 : index + 2]
        if character == "\n" and before == "\n":
            closing = ""
        elif closing:
            in_word = character == "'" and before.isalnum() and after.isalnum()
            closing = "" if character == closing and not in_word else closing
        elif character in '"“‘«`' or (character == "'" and not before.isalnum() and after.isalnum()):
            closing = {"“": "”", "‘": "’", "«": "»"}.get(character, character)
        found.append(float(bool(closing)))
    return found


def bracket_depth(text: str) -> list[float]:
    """How many brackets are open."""
    found, depth = [], 0
    for character in text:
        depth += (character in OPENING) - (character in CLOSING)
        depth = min(max(depth, 0), DEEPEST)
        found.append(float(depth))
    return found


def comment(text: str) -> list[float]:
    """1 from a # to the end of the line."""
    found, inside = [], False
    for character in text:
        inside = character == "#" or (inside and character != "\n")
        found.append(float(inside))
    return found


def capitals(text: str) -> list[float]:
    """1 at capital letters."""
    return [float(character.isupper()) for character in text]


def spaces(text: str) -> list[float]:
    """1 where a word has just ended: at spaces and line breaks."""
    return [float(character.isspace()) for character in text]


def _since(text: str, ends: Callable[[str], bool]) -> list[float]:
    found, count = [], 0.0
    for character in text:
        count = 0.0 if ends(character) else count + 1.0
        found.append(count)
    return found


MEASURES: dict[str, Callable[[str], list[float]]] = {
    "line position": line_position,
    "inside quotes": inside_quotes,
    "indentation": indentation,
    "inside brackets": bracket_depth,
    "word position": word_position,
    "comment": comment,
    "capitals": capitals,
    "spaces": spaces,
}
