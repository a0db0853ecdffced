"""In which order the cells of a text are offered, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.passages import correlations, remembering
from core.views import TextCells
from gui.views.numbers import MINUS

LIVELY = "how much they change"
PHRASE = "the phrase"
MOST_OFFERED = 60


@dataclass(frozen=True)
class Ranked:
    """A cell, by its column, and how well it fits, in words."""

    cell: int
    words: str


def orders(view: TextCells) -> list[str]:
    """By what the cells of ``view`` can be ranked, without a selected phrase."""
    return [*view.signals, LIVELY]


def ranked(view: TextCells, order: str, phrase: tuple[int, int] = (0, 0)) -> list[Ranked]:
    """The cells that fit best, first; ``phrase``: for the order :data:`PHRASE`, from a character up to another."""
    if not view.text:
        return []
    if order == PHRASE:
        found = remembering(view.values, *phrase)[:MOST_OFFERED]
        return [Ranked(one.cell, f"{one.share:.0%}, {_signed(one.sign * one.strength, 1)} sd") for one in found]
    if order in view.signals:
        scores = correlations(view.values, view.signals[order])
        best = np.argsort(-np.abs(scores), kind="stable")[:MOST_OFFERED]
        return [Ranked(int(cell), f"r {_signed(float(scores[cell]), 2)}") for cell in best]
    spread = view.values.std(axis=0)
    best = np.argsort(-spread, kind="stable")[:MOST_OFFERED]
    return [Ranked(int(cell), f"sd {spread[cell]:.2f}") for cell in best]


def _signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}".replace("-", MINUS)
