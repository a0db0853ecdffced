"""Which cells of a network follow something in a text, which ones remember a phrase, and where they do so again.

The search by a selected phrase is that of Strobelt et al., "LSTMVis: A Tool for Visual Analysis of Hidden State
Dynamics in Recurrent Neural Networks" (2016). Here a cell counts as active relative to its own habits, so that cells
whose values are small are found, too, and cells that are always large are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ACTIVE = 0.25
"""Standard deviations from its mean over the text at which a cell counts as active."""
CLEARLY = 0.5
"""The same on the average over a phrase: a cell that speaks seldom is always a little below its mean elsewhere."""
MOSTLY = 0.8
"""Share of a phrase along which a cell must be active: one letter in five may interrupt it."""
MOST_IN_PATTERN = 12
ALIKE = 0.75
"""Share of the pattern's cells that must be active for a character to belong to a passage."""
SMOOTHING = 5
"""Characters over which that share is averaged, since cells flicker."""
MOST_PASSAGES = 50
_STILL = 1e-6


@dataclass(frozen=True)
class Memory:
    """A cell that is active along a phrase, above (``sign`` 1) or below (-1) its mean.

    ``share``: of the phrase's characters, 0.8 to 1. ``strength``: how far from its mean it is on the average over the
    phrase, in its standard deviations.
    """

    cell: int
    sign: int
    share: float
    strength: float


@dataclass(frozen=True)
class Passage:
    """The characters ``first`` up to but not including ``end``; ``share``: of the pattern's cells, 0 to 1."""

    first: int
    end: int
    share: float


def correlations(values: NDArray[np.floating], signal: NDArray[np.floating]) -> NDArray[np.float64]:
    """Pearson's correlation of each column of ``values`` (characters×cells) with ``signal``; 0 if one is constant."""
    cells = np.asarray(values, np.float32) - np.mean(values, axis=0, dtype=np.float32)
    wave = np.asarray(signal, np.float32) - np.mean(signal, dtype=np.float32)
    lengths = np.sqrt((cells**2).sum(axis=0, dtype=np.float64) * (wave**2).sum(dtype=np.float64))
    found: NDArray[np.float64] = np.where(lengths > _STILL, wave @ cells / np.maximum(lengths, _STILL), 0.0)
    return found


def remembering(values: NDArray[np.floating], first: int, end: int) -> list[Memory]:
    """The cells active nearly all the way from ``first`` up to ``end``, always on the same side; the surest first."""
    if first >= end:
        return []
    phrase = _standard(values)[first:end]
    above, below = (phrase >= ACTIVE).mean(axis=0), (phrase <= -ACTIVE).mean(axis=0)
    shares, signs = np.maximum(above, below), np.where(above >= below, 1, -1)
    strengths = signs * phrase.mean(axis=0)
    active = np.flatnonzero((shares >= MOSTLY) & (strengths >= CLEARLY))
    order = active[np.argsort(-(shares * strengths)[active], kind="stable")]
    return [Memory(int(cell), int(signs[cell]), float(shares[cell]), float(strengths[cell])) for cell in order]


def similar_passages(values: NDArray[np.floating], memories: Sequence[Memory], first: int, end: int) -> list[Passage]:
    """Where else most of the strongest of ``memories`` are active for at least half as long; the most alike first."""
    pattern = memories[:MOST_IN_PATTERN]
    if not pattern:
        return []
    signs = np.array([memory.sign for memory in pattern])
    cells = [memory.cell for memory in pattern]
    each = (_standard(np.asarray(values)[:, cells]) * signs >= ACTIVE).mean(axis=1)
    shares = _smoothed(each, min(SMOOTHING, end - first))
    shortest = max(2, (end - first + 1) // 2) if end - first > 1 else 1
    found = [
        Passage(start, stop, float(each[start:stop].mean()))
        for start, stop in _runs((shares >= ALIKE) | _touching(shares >= ALIKE, each >= ALIKE))
        if stop - start >= shortest and (stop <= first or start >= end)
    ]
    return sorted(found, key=lambda passage: (-passage.share, passage.first))[:MOST_PASSAGES]


def _standard(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Each column less its mean, in its standard deviations; 0 where it does not change."""
    centred = np.asarray(values, np.float32) - np.mean(values, axis=0, dtype=np.float32)
    spread = centred.std(axis=0)
    found: NDArray[np.float32] = np.where(spread > _STILL, centred / np.maximum(spread, _STILL), 0.0)
    return found


def _smoothed(shares: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The mean over the ``width`` characters around each; fewer at the ends."""
    window = np.ones(max(1, width))
    counts = np.convolve(np.ones(len(shares)), window, mode="same")[: len(shares)]
    found: NDArray[np.float64] = np.convolve(shares, window, mode="same")[: len(shares)] / np.maximum(counts, 1.0)
    return found


def _touching(sure: NDArray[np.bool_], likely: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The stretches of ``likely`` that begin, end or lie at something ``sure``: smoothing wears off the edges."""
    found = np.zeros(len(sure), np.bool_)
    for start, stop in _runs(likely):
        found[start:stop] = sure[max(0, start - 1) : stop + 1].any()
    return found


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The stretches of True as (first, after last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
