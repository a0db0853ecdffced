"""What there is to see of a text, or of sequences of tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data import DataBundle, Split, TokenStream
from core.survey.catalogue import PARTS

SHOWN_TOKENS = 12_000
SHOWN_SEQUENCES = 400
MOST_COUNTED = 2**26
"""Tokens; of a longer text, its beginning is counted."""
MOST_FREQUENT = 40
_CHUNK = 2**18
_SIGNS = {" ": "space", "\n": "new line", "\t": "tab", "\r": "return", "\u00a0": "hard space", "\ufeff": "byte order"}


@dataclass(frozen=True)
class TextSurvey:
    """``beginning``: what training reads first; ``tokens``: how many each part has; ``vocabulary``: its size.

    ``frequent``: the most frequent tokens of training with their counts; ``different``: how many tokens occur.
    ``sequences``: how many sequences each part has, empty where it is one text; ``counted``: tokens looked at.
    """

    beginning: str
    tokens: dict[str, int]
    sequences: dict[str, int]
    vocabulary: int
    frequent: tuple[tuple[str, int], ...]
    different: int
    counted: int


def survey_text(bundle: DataBundle, stopped: Callable[[], bool] = lambda: False) -> TextSurvey | None:
    """Look at a data set of tokens; None where ``stopped``.

    Raises:
        ValueError: where it has no vocabulary.
    """
    vocabulary = bundle.info.vocabulary
    if not vocabulary:
        raise ValueError("only data with a vocabulary is a text")
    found = dict(zip(PARTS, (bundle.train, bundle.validation, bundle.test), strict=True))
    parts = {key: part for key, part in found.items() if part is not None}
    counts = _counted(_tokens(bundle.train), len(vocabulary), stopped)
    if counts is None:
        return None
    order = np.argsort(-counts, kind="stable")[:MOST_FREQUENT]
    return TextSurvey(
        beginning=_beginning(bundle),
        tokens={key: int(_tokens(part).size) for key, part in parts.items()},
        sequences={key: len(part) for key, part in parts.items() if isinstance(part, Split)},
        vocabulary=len(vocabulary),
        frequent=tuple((readable(vocabulary[token]), int(counts[token])) for token in order if counts[token]),
        different=int((counts > 0).sum()),
        counted=int(counts.sum()),
    )


def readable(token: str) -> str:
    """A token as one can tell it from others: "space" for a blank, its number for a sign that cannot be seen."""
    if token in _SIGNS:
        return _SIGNS[token]
    return "".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in token) or "(empty)"


def _tokens(part: Split | TokenStream) -> NDArray[np.uint8] | NDArray[np.uint16]:
    return part.tokens if isinstance(part, TokenStream) else part.inputs


def _counted(
    tokens: NDArray[np.uint8] | NDArray[np.uint16], size: int, stopped: Callable[[], bool]
) -> NDArray[np.int64] | None:
    flat = tokens.reshape(-1)[:MOST_COUNTED]
    counts = np.zeros(size, np.int64)
    for first in range(0, len(flat), _CHUNK):
        if stopped():
            return None
        chunk = flat[first : first + _CHUNK]
        counts += np.bincount(chunk[chunk < size], minlength=size)
    return counts


def _beginning(bundle: DataBundle) -> str:
    vocabulary, part = bundle.info.vocabulary, bundle.train
    if isinstance(part, TokenStream):
        return _written(part.tokens[:SHOWN_TOKENS], vocabulary)
    lines = []
    for row in range(min(len(part), SHOWN_SEQUENCES, max(1, 20 * SHOWN_TOKENS // max(1, part.inputs.shape[1])))):
        answers = np.atleast_1d(part.targets[row])
        answer = _in_a_line(answers[answers >= 0], bundle.info.classes)
        lines.append(_in_a_line(part.inputs[row], vocabulary) + (f"  →  {answer}" if answer else ""))
    return "\n".join(lines)


def _in_a_line(tokens: NDArray[np.integer], vocabulary: tuple[str, ...]) -> str:
    return _written(tokens, vocabulary).replace("\n", "⏎").replace("\r", "⏎")


def _written(tokens: NDArray[np.integer], vocabulary: tuple[str, ...]) -> str:
    return "".join(vocabulary[token] if token < len(vocabulary) else "\ufffd" for token in tokens.tolist())
