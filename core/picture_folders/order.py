"""An order in which every beginning of a part holds the classes in the same shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SEED = 0


def interleaved(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of ``labels`` (int64, N) shuffled, one of each class first, then the classes evenly mixed.

    So any share can be held back as the end of a part: it is stratified to within a picture or two a class, nothing
    is copied out of a memory-mapped array, and what is decoded once serves all shares. Always the same for the same
    labels.
    """
    chance = np.random.default_rng(SEED)
    rows = chance.permutation(len(labels))
    rows = rows[np.argsort(labels[rows], kind="stable")]
    counts = np.bincount(labels, minlength=1)
    firsts = np.cumsum(counts) - counts
    rank = np.arange(len(rows)) - firsts[labels[rows]]
    place = np.where(rank == 0, 0.0, (rank + 0.5) / counts[labels[rows]])
    ordered: NDArray[np.int64] = rows[np.lexsort((chance.random(len(rows)), place))]
    return ordered


def edges(count: int, classes: int, shares: Sequence[float]) -> list[int]:
    """Where the parts of ``count`` interleaved rows begin and end.

    The first part is what the others leave, but one row of each of ``classes`` at least; of the others, each whose
    share is not 0 has one row at least, as far as there are so many.
    """
    sizes = [max(1, round(share * count)) if share else 0 for share in shares]
    first = max(count - sum(sizes), min(classes, count))
    return [0, *(min(count, first + sum(sizes[:number])) for number in range(len(sizes) + 1))]
