"""Connected regions of a mask: which ones belong to what was drawn, and which are dust, shadows or the desk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

DUST = 0.04
"""A region smaller than this part of the largest one is dust."""

LARGEST_SIDE = 128
"""Masks are first reduced to at most this many px a side, so that even pure noise is dealt with in a moment."""


@dataclass(frozen=True)
class Regions:
    """``labels``: H×W int, 0 outside, 1…n inside. ``areas``: n+1 pixel counts. ``in_corner``: n+1 booleans."""

    labels: NDArray[np.int64]
    areas: NDArray[np.int64]
    in_corner: Mask


def drawn_part(mask: Mask) -> Mask:
    """``mask`` (H×W) without dust and without what reaches into a corner of the picture where something else remains.

    What reaches into a corner is the desk beside the paper or a shadow; strokes rarely do.
    """
    if not mask.any():
        return mask
    factor = -(-max(mask.shape) // LARGEST_SIDE)
    regions = find_regions(_any_in_blocks(mask, factor))
    keep = np.ones(len(regions.areas), dtype=bool)
    keep[0] = False
    inside = keep & ~regions.in_corner
    if _is_a_drawing(inside, regions):
        keep = inside
    keep &= regions.areas >= DUST * regions.areas[keep].max()
    kept = keep[regions.labels].repeat(factor, axis=0).repeat(factor, axis=1)
    drawn: Mask = np.where(kept[: mask.shape[0], : mask.shape[1]], mask, False)
    return drawn


def bounds(mask: Mask) -> tuple[slice, slice]:
    """The rows and the columns that ``mask`` (H×W, not empty) reaches over."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def widened(mask: Mask) -> Mask:
    """``mask`` (H×W) and all pixels that touch it, corners included."""
    framed = np.pad(mask, 1)
    rows = framed[:-2] | framed[1:-1] | framed[2:]
    return rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]


def _is_a_drawing(kept: Mask, regions: Regions) -> bool:
    """Whether the regions kept are large enough to be strokes rather than dust."""
    rows, columns = np.nonzero(kept[regions.labels])
    if not rows.size:
        return False
    extent = max(np.ptp(rows), np.ptp(columns)) + 1
    return bool(extent >= 0.1 * max(regions.labels.shape))


def _any_in_blocks(mask: Mask, factor: int) -> Mask:
    rows, columns = (-(-side // factor) for side in mask.shape)
    padded = np.zeros((rows * factor, columns * factor), dtype=bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    return np.asarray(padded.reshape(rows, factor, columns, factor).any(axis=(1, 3)))


def find_regions(mask: Mask) -> Regions:
    """The 8-connected regions of ``mask`` (H×W)."""
    rows, starts, stops = _runs(mask)
    parents = list(range(len(rows)))
    _join_touching(rows, starts, stops, parents)
    roots = np.array([_root(parents, run) for run in range(len(parents))], dtype=np.int64)
    names = np.unique(roots, return_inverse=True)[1].reshape(-1) + 1 if len(roots) else roots
    labels = np.zeros(mask.shape, dtype=np.int64)
    for row, start, stop, name in zip(rows, starts, stops, names.tolist(), strict=True):
        labels[row, start:stop] = name
    areas = np.bincount(labels.ravel())
    in_corner = np.zeros(len(areas), dtype=bool)
    in_corner[labels[[0, 0, -1, -1], [0, -1, 0, -1]]] = True
    in_corner[0] = False
    return Regions(labels, areas, in_corner)


def _runs(mask: Mask) -> tuple[list[int], list[int], list[int]]:
    """Row, first column and column after the last of each horizontal run, row by row."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    stops = np.nonzero(edges == -1)[1]
    return rows.tolist(), starts.tolist(), stops.tolist()


def _join_touching(rows: list[int], starts: list[int], stops: list[int], parents: list[int]) -> None:
    above = 0
    for run, row in enumerate(rows):
        while rows[above] < row - 1 or (rows[above] == row - 1 and stops[above] < starts[run]):
            above += 1
        other = above
        while rows[other] == row - 1 and starts[other] <= stops[run]:
            parents[_root(parents, other)] = _root(parents, run)
            other += 1


def _root(parents: list[int], run: int) -> int:
    while parents[run] != run:
        parents[run] = parents[parents[run]]
        run = parents[run]
    return run
