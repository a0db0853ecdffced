"""What one sample is, in words: plain data, to be asked on any thread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.characters import harmless, name_of

if TYPE_CHECKING:
    from core.embedding.frame import Frame
    from core.embedding.samples import Samples

BEFORE, AFTER = 28, 10
"""Characters that are shown around a place in a text."""
SEED = 200
"""Characters that a writing network is given to go on from."""


@dataclass(frozen=True)
class Told:
    """``title``: which sample it is. ``passage``: of texts, what stands before, at and behind the place; of a whole
    text all of it is in the middle. ``asked``: what is asked for, where that is not the class. ``truth`` and ``guess``:
    in words, or empty. ``wrong``: whether they differ.
    """

    title: str
    passage: tuple[str, str, str] | None
    asked: str
    truth: str
    guess: str
    wrong: bool


def told(samples: Samples, frame: Frame, sample: int) -> Told:
    """What is known of one of the samples of a frame."""
    row, place = samples.where(sample)
    target, guess, sure = int(samples.targets[sample]), int(frame.guesses[sample]), float(frame.sureness[sample])
    names = samples.info.classes
    truth, guessed = _named(names, target, place), _named(names, guess, place)
    if guessed and not math.isnan(sure):
        guessed += f" ({sure:.0%})"
    title = f"Validation sample {samples.rows[row]:,}"
    passage = None
    if samples.tokens is not None:
        passage = _passage(samples, row, place)
        if place >= 0:
            title = f"Validation text, character {samples.rows[row] + place:,}"
    asked = "next" if place >= 0 and names == samples.info.vocabulary else ""
    return Told(title, passage, asked, truth, guessed, guess >= 0 and target >= 0 and guess != target)


def text_of(samples: Samples, sample: int) -> str:
    """A text sample as somebody would type it: all of it, or of a long text what stands before and at the place."""
    assert samples.tokens is not None  # only texts are asked for theirs
    row, place = samples.where(sample)
    tokens = samples.tokens[row].tolist()
    return "".join(samples.info.vocabulary[token] for token in (tokens[: place + 1][-SEED:] if place >= 0 else tokens))


def _named(names: Sequence[str], label: int, place: int) -> str:
    if label < 0:
        return ""
    name = names[label] if label < len(names) else str(label)
    return name_of(name) if place >= 0 and name else " ".join(name.split()) or name_of(name)


def _passage(samples: Samples, row: int, place: int) -> tuple[str, str, str]:
    assert samples.tokens is not None  # only asked of texts
    letters = [_seen(samples.info.vocabulary[token]) for token in samples.tokens[row].tolist()]
    if place < 0:
        return "", "".join(letters)[: BEFORE + AFTER], ""
    first, last = max(0, place - BEFORE), place + 1 + AFTER
    return "".join(letters[first:place]), letters[place], "".join(letters[place + 1 : last])


def _seen(token: str) -> str:
    """Line breaks and tabs as signs of themselves, so that the passage stays one line."""
    return {"\n": "↵", "\r": "↵", "\t": "⇥"}.get(token, harmless(token))
