"""Principal components, and how one frame of them is laid upon the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.embedding.frame import EmbeddingError, Floats

FEWEST = 3
SMALL = 512
"""Up to so many rows or columns all components are found at once; of more, only the first are worked out."""
_STILL = 1e-12
_BLOCK, _ROUNDS, _SETTLED = 12, 400, 1e-10


@dataclass(frozen=True)
class Plane:
    """``positions``: n×2, centred. ``explained``: the share of all variance in each of the two directions."""

    positions: Floats
    explained: tuple[float, float]


def principal_plane(vectors: Floats) -> Plane:
    """The first two principal components of n×D numbers (Pearson 1901; Hotelling 1933).

    The component of largest size is positive in each direction, so that the same numbers lie the same way.

    Raises:
        EmbeddingError: where there is no plane: too few samples or numbers, all alike, or no numbers at all.
    """
    _check(vectors)
    centred = vectors.astype(np.float64)
    centred -= centred.mean(axis=0)
    total = float(np.square(centred).sum())
    size = float(np.square(vectors, dtype=np.float64).sum())
    if total <= _STILL * size or total == 0.0:
        raise EmbeddingError(
            "The network sees no difference between the samples: all of them are one and the same point. Train it "
            "further, or with a smaller learning rate if it does not learn."
        )
    scores, spreads = _first_two(centred)
    strongest = scores[np.abs(scores).argmax(axis=0), [0, 1]]
    scores = scores * np.where(strongest < 0, -1.0, 1.0)
    explained = (float(min(spreads[0] / total, 1.0)), float(min(spreads[1] / total, 1.0)))
    return Plane(scores.astype(np.float32), explained)


def aligned(positions: Floats, before: Floats) -> Floats:
    """``positions`` turned, and mirrored where that helps, to lie as near as can be to ``before``, without stretching.

    The orthogonal Procrustes problem (Schönemann 1966), over the samples that both have: the first ones.
    """
    count = min(len(positions), len(before))
    ours, theirs = positions[:count].astype(np.float64), before[:count].astype(np.float64)
    ours, theirs = ours - ours.mean(axis=0), theirs - theirs.mean(axis=0)
    left, _, right = np.linalg.svd(ours.T @ theirs)
    turned: Floats = (positions @ (left @ right)).astype(np.float32)
    return turned


def _check(vectors: Floats) -> None:
    if len(vectors) < FEWEST:
        raise EmbeddingError(
            f"There are only {len(vectors)} samples to validate with: a map needs {FEWEST} at least. Choose a larger "
            "data set."
        )
    if vectors.shape[1] < 2:
        raise EmbeddingError(
            "The network's last layer is given a single number for each sample, which makes a line and no map: choose "
            "a larger hidden size."
        )
    if not np.isfinite(vectors).all():
        raise EmbeddingError(
            "What the network's last layer is given are no numbers (NaN): the training has diverged. Start again with "
            "a lower learning rate."
        )


def _first_two(centred: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The scores, n×2, and the sum of the squares of each column of them, the larger first."""
    rows, columns = centred.shape
    if min(rows, columns) > SMALL:
        return _by_iteration(centred)
    if columns <= rows:
        spreads, directions = np.linalg.eigh(centred.T @ centred)
        return centred @ directions[:, [-1, -2]], np.maximum(spreads[[-1, -2]], 0.0)
    spreads, directions = np.linalg.eigh(centred @ centred.T)
    largest = np.maximum(spreads[[-1, -2]], 0.0)
    return directions[:, [-1, -2]] * np.sqrt(largest), largest


def _by_iteration(centred: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same by subspace iteration (Bauer 1957), until both spreads stand still: a fraction of the work."""
    basis = np.random.default_rng(0).standard_normal((centred.shape[1], _BLOCK))
    before = np.zeros(2)
    for _ in range(_ROUNDS):
        basis, _ = np.linalg.qr(centred.T @ (centred @ basis))
        scores = centred @ basis
        spreads, turn = np.linalg.eigh(scores.T @ scores)
        largest = np.maximum(spreads[[-1, -2]], 0.0)
        if np.all(np.abs(largest - before) <= _SETTLED * largest[0]):
            break
        before = largest
    return scores @ turn[:, [-1, -2]], largest
