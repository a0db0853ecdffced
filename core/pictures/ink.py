"""Tell ink from paper: how strongly each pixel of a picture is drawn on, whatever the colours and the light."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from core.pictures.regions import Mask

Floats = NDArray[np.float32]

FAINTEST_INK = 8.0
"""Ink that differs from its paper by fewer of 255 grey levels is taken for noise."""

SURE_ABOVE_NOISE = 5.0
"""Ink must differ from its paper by this many standard deviations of the paper's noise."""

_GRID = 40
_GREY_SPREAD = 4
_NO_INK, _FULL_INK = 0.2, 0.65


def ink_strength(picture: Image.Image, inside: Mask | None = None, blank: Mask | None = None) -> Floats:
    """0 (paper) … 1 (ink) for each pixel of an opaque L or RGB picture: H×W float32; all 0 on blank paper.

    The paper is what most of the border shows. Its level is fitted by a surface of second degree, so slanting light
    and vignettes do no harm, and ink may be darker, lighter or only of another colour than its paper.
    ``inside`` (H×W) is where to look, if not everywhere; ``blank`` (H×W) what is known to be paper, if anything is.
    """
    picture = _without_idle_colour(picture)
    pixels = np.asarray(picture, dtype=np.float32).reshape(picture.height, picture.width, -1)
    inside = np.ones(pixels.shape[:2], dtype=bool) if inside is None else inside
    blank = inside if blank is None else inside & blank
    difference = np.where(inside[:, :, None], pixels - _paper(picture, blank), np.float32(0))
    distance = _smoothed(_along_ink(difference))
    noise = 1.4826 * float(np.median(np.abs(distance[blank]))) if blank.any() else 0.0
    level = _ink_level(distance, noise)
    if level is None:
        return np.zeros(distance.shape, dtype=np.float32)
    low = max(_NO_INK * level, 3.0 * noise)
    high = max(_FULL_INK * level, low + 0.2 * level)
    return ((distance - low) / (high - low)).clip(0.0, 1.0)


def _paper(picture: Image.Image, blank: Mask) -> Floats:
    """The level of the paper under each pixel, H×W×C, from the pixels that may be ``blank``."""
    columns, rows = min(_GRID, picture.width), min(_GRID, picture.height)
    small = picture.resize((columns, rows), Image.Resampling.BOX)
    levels = np.asarray(small, dtype=np.float64).reshape(rows * columns, -1)
    terms = _surface_terms(columns, rows).reshape(rows * columns, -1)
    usable = np.asarray(Image.fromarray(blank).convert("L").resize((columns, rows), Image.Resampling.BOX)) > 250
    if not usable.any():
        usable = np.ones_like(usable)
    border = (usable & ~_shrunk(usable)).ravel()
    coefficients = np.zeros((terms.shape[1], levels.shape[1]))
    coefficients[0] = np.median(levels[border], axis=0)
    errors = np.abs(levels - coefficients[0]).max(axis=1)
    tolerance = _spread(errors[border])
    for count in (3, 3, 6, 6):
        paper = usable.ravel() & (errors <= tolerance)
        if paper.sum() < max(0.2 * usable.sum(), 4 * count):
            break
        coefficients[:count] = np.linalg.lstsq(terms[paper, :count], levels[paper], rcond=None)[0]
        errors = np.abs(levels - terms @ coefficients).max(axis=1)
        tolerance = _spread(errors[paper])
    return _surface(coefficients, picture.width, picture.height)


def _without_idle_colour(picture: Image.Image) -> Image.Image:
    """Grey pictures in mode L, which costs a third of the work."""
    if picture.mode == "L":
        return picture
    red, green, blue = picture.split()
    spreads = [np.asarray(ImageChops.difference(green, other)).max() for other in (red, blue)]
    return green if max(spreads) <= _GREY_SPREAD else picture


def _shrunk(mask: Mask) -> Mask:
    """``mask`` without those of its pixels that touch its outside or the edge of the array."""
    framed = np.pad(mask, 1)
    return framed[:-2, 1:-1] & framed[2:, 1:-1] & framed[1:-1, :-2] & framed[1:-1, 2:]


def _spread(errors: NDArray[np.float64]) -> float:
    return max(12.0, 3.0 * 1.4826 * float(np.median(errors)))


def _surface_terms(columns: int, rows: int) -> NDArray[np.float64]:
    """1, x, y, x², xy, y² at each pixel's centre, x and y in −1…1: rows×columns×6."""
    x, y = np.broadcast_arrays(_places(columns)[None, :], _places(rows)[:, None])
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _surface(coefficients: NDArray[np.float64], columns: int, rows: int) -> Floats:
    """The surface with these 6×C ``coefficients`` of `_surface_terms`, rows×columns×C, without storing the terms."""
    one, to_x, to_y, to_xx, to_xy, to_yy = coefficients.astype(np.float32)
    x = _places(columns).astype(np.float32)[None, :, None]
    y = _places(rows).astype(np.float32)[:, None, None]
    surface: Floats = (one + (to_x + to_xx * x) * x) + (to_y + to_yy * y) * y + (to_xy * x) * y
    return surface


def _places(count: int) -> NDArray[np.float64]:
    return (np.arange(count) + 0.5) / count * 2 - 1


def _along_ink(difference: Floats) -> Floats:
    """How far each pixel lies from its paper in the direction in which the ink lies, H×W; against it is negative."""
    size: Floats = np.sqrt((difference**2).mean(axis=-1))
    strongest = size >= 0.5 * np.quantile(size, 0.998)
    direction = difference[strongest].mean(axis=0)
    length = float(np.sqrt((direction**2).mean()))
    if length < 0.3 * float(size[strongest].mean()) or length == 0.0:
        return size
    projected: Floats = difference @ (direction / (length * difference.shape[-1])).astype(np.float32)
    return projected


def _smoothed(distance: Floats) -> Floats:
    """The mean of each 3×3 px: a hair-thin line is then as strong between two rows as it is on one of them."""
    framed = np.pad(distance, 1, mode="edge")
    rows = framed[:-2] + framed[1:-1] + framed[2:]
    smooth: Floats = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / np.float32(9)
    return smooth


def _ink_level(distance: Floats, noise: float) -> float | None:
    """The typical distance of ink from paper, or None where there is no ink."""
    faintest = max(FAINTEST_INK, SURE_ABOVE_NOISE * noise)
    candidates = distance[distance > faintest]
    if candidates.size < 4:
        return None
    return float(np.median(candidates[candidates >= otsu_threshold(candidates)]))


def otsu_threshold(values: Floats) -> float:
    """The level that parts ``values`` (any shape, at least one) into two groups of least variance (Otsu, 1979)."""
    counts, edges = np.histogram(values, bins=64)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    mass = np.cumsum(counts * centres)
    usable = (below > 0) & (above > 0)
    if not usable.any():
        return float(edges[0])
    low, high = below[usable], above[usable]
    between = low * high * (mass[usable] / low - (mass[-1] - mass[usable]) / high) ** 2
    return float(edges[1:][usable][int(np.argmax(between))])
