"""Turn a picture of a digit into what MNIST made of its digits: light strokes on black, 20 px high, centred.

Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits": size-normalised to fit a
20×20 box with the aspect ratio kept, grey from anti-aliasing, placed in 28×28 by the centre of mass.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.pictures.ink import ink_strength
from core.pictures.modes import PictureError
from core.pictures.regions import Mask, bounds, drawn_part, widened
from core.pictures.sheet import sheet_surface
from core.pictures.transparency import opaque

Floats = NDArray[np.float32]
Box = tuple[float, float, float, float]

FIELD = 28
BOX_SHARE = 20 / 28
"""The larger side of the strokes over the side of the field, as in MNIST."""

CENTRE_SHARE = 14.5 / 28
"""Where MNIST puts the centre of mass: in the middle of pixel 14 of 0…27 (measured: 14.00 ± 0.29)."""

THINNEST, BOLDEST = 2.0 / 20, 4.0 / 20
"""Stroke width over the strokes' larger side; in MNIST 90% lie between 2.0 and 3.9 px of 20, the median at 2.6."""

NARROWEST, WIDENED = 0.38, 0.45
"""Width over height: of MNIST's digits other than 1, fewer than 1% are narrower than the first."""

ONE_UPRIGHT, BAR = 0.76, 0.25
"""Strokes with more than the first part of their ink in one upright stroke are a 1, drawn in MNIST as a bar."""

_COARSE_SIDE = 256
_FINE_SIDE = 160
_MARGIN = 0.2
_NEAR_FINE = 0.1
_INK = 0.4


def strokes(picture: Image.Image, height: int, width: int) -> NDArray[np.uint8]:
    """What a network trained on MNIST would have been given for ``picture``: uint8, 1×``height``×``width``.

    Works for dark strokes on light paper and the reverse, for strokes on transparency, in any mode, size and place.
    The field is a square in the middle: 28 px for pictures of 28 to 32 px (LeNet pads MNIST's 28 to 32), otherwise
    the whole of the smaller side; the strokes' larger side is 20/28 of it. What no digit of MNIST looks like is
    mended: hair-thin strokes are thickened, very bold ones thinned a little, condensed digits widened, and a 1
    with a flag is made a bar.

    Raises `PictureError` where nothing is drawn, and ValueError for sides below 4 px.
    """
    if min(height, width) < 4:
        raise ValueError(f"strokes need at least 4×4 px, not {height}×{width}")
    field = FIELD if FIELD <= min(height, width) <= FIELD + 4 else min(height, width)
    glyph = _even_width(_usual_shape(_find_glyph(opaque(picture))))
    return _placed(glyph, field, height, width)[None]


@dataclass(frozen=True)
class _Scene:
    """An opaque picture, and what is known of it as masks of the whole picture (mode L, any size).

    ``sheet``: the surface of the sheet that lies in it, if one does. ``blank``: what is paper.
    """

    picture: Image.Image
    sheet: Image.Image | None = None
    blank: Image.Image | None = None

    def whole(self) -> Box:
        return (0.0, 0.0, float(self.picture.width), float(self.picture.height))

    def ink(self, box: Box, width: int, height: int) -> Floats:
        """The ink in the part ``box``, scaled to ``height``×``width``."""
        larger = width > box[2] - box[0]
        filter_ = Image.Resampling.BICUBIC if larger else Image.Resampling.BOX
        part = self.picture.resize((width, height), filter_, box=box, reducing_gap=2.0)
        inside, blank = (self._part_of(mask, box, part.size) for mask in (self.sheet, self.blank))
        return ink_strength(part, inside, blank)

    def _part_of(self, mask: Image.Image | None, box: Box, size: tuple[int, int]) -> Mask | None:
        if mask is None:
            return None
        across, down = mask.width / self.picture.width, mask.height / self.picture.height
        part = (box[0] * across, box[1] * down, box[2] * across, box[3] * down)
        return np.asarray(mask.resize(size, Image.Resampling.BILINEAR, box=part)) > 127


@dataclass(frozen=True)
class _Found:
    """Strokes found in a part of a picture: the part's ink, the drawn part of it and where that lies in the picture."""

    strength: Floats
    drawn: Mask
    box: Box

    @property
    def side(self) -> float:
        """The larger side of ``box``."""
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])

    def glyph(self) -> Floats:
        """The strokes, 0…1, cut to their bounds."""
        return np.where(widened(self.drawn), self.strength, 0)[bounds(self.drawn)]

    def blank(self) -> Image.Image:
        """What is well away from all ink, mode L."""
        return Image.fromarray(~widened(self.strength > 0)).convert("L")


def _find_glyph(picture: Image.Image) -> Floats:
    """The strokes of an opaque picture, 0…1, cut to their bounds, the larger side about `_FINE_SIDE` px."""
    scene, found = _found_coarsely(_Scene(picture))
    for _ in range(2):
        found = _found_in(scene, _around(found.box, _MARGIN * found.side, picture), _FINE_SIDE / found.side)
        rows, columns = bounds(found.drawn)
        if abs(max(rows.stop - rows.start, columns.stop - columns.start) / _FINE_SIDE - 1) < _NEAR_FINE:
            break
    return found.glyph()


def _found_coarsely(scene: _Scene) -> tuple[_Scene, _Found]:
    """The strokes of the whole picture; where a sheet of paper lies on something else, those on the sheet."""
    scale = _COARSE_SIDE / max(scene.picture.size)
    found = _found_in(scene, scene.whole(), scale)
    surface = sheet_surface(found.drawn)
    if surface is not None:
        on_sheet = replace(scene, sheet=Image.fromarray(surface).convert("L"))
        with suppress(PictureError):  # a plain bar, and no sheet
            scene, found = on_sheet, _found_in(on_sheet, scene.whole(), scale)
    return replace(scene, blank=found.blank()), found


def _around(box: Box, margin: float, picture: Image.Image) -> Box:
    """``box`` with ``margin`` px more on each side, as far as the picture reaches."""
    left, top, right, bottom = box
    return (
        max(0.0, left - margin),
        max(0.0, top - margin),
        min(float(picture.width), right + margin),
        min(float(picture.height), bottom + margin),
    )


def _found_in(scene: _Scene, box: Box, scale: float) -> _Found:
    """The strokes in the part ``box``, looked at ``scale`` times as large."""
    width, height = max(1, round((box[2] - box[0]) * scale)), max(1, round((box[3] - box[1]) * scale))
    strength = scene.ink(box, width, height)
    drawn = drawn_part(strength > _INK)
    if not drawn.any():
        raise PictureError("Nothing is drawn in this picture; give one with clear strokes on plain paper.")
    rows, columns = bounds(drawn)
    across, down = (box[2] - box[0]) / width, (box[3] - box[1]) / height
    left, top = box[0] + columns.start * across, box[1] + rows.start * down
    right, bottom = box[0] + columns.stop * across, box[1] + rows.stop * down
    return _Found(strength, drawn, (left, top, right, bottom))


def _usual_shape(glyph: Floats) -> Floats:
    """``glyph`` as wide as MNIST's: condensed digits widened, a 1 whose flag would make a 7 of it made a bar."""
    height, width = glyph.shape
    if _share_of_upright(glyph) > ONE_UPRIGHT:
        wanted = min(width, max(1, round(BAR * height)))
    else:
        wanted = width if width >= NARROWEST * height else round(WIDENED * height)
    if wanted == width:
        return glyph
    levels = Image.fromarray((glyph * 255).astype(np.uint8))
    return np.asarray(levels.resize((wanted, height), Image.Resampling.BICUBIC), dtype=np.float32) / np.float32(255)


def _share_of_upright(glyph: Floats) -> float:
    """The largest part of the ink that lies in an upright band one and a half strokes wide."""
    band = min(glyph.shape[1], max(1, round(1.5 * _stroke_width(glyph))))
    so_far = np.pad(glyph.sum(axis=0, dtype=np.float64).cumsum(), (1, 0))
    return float((so_far[band:] - so_far[:-band]).max() / max(so_far[-1], 1e-9))


def _even_width(glyph: Floats) -> Floats:
    """``glyph`` with strokes at least as wide as MNIST's thinnest and hardly wider than its boldest."""
    side = max(glyph.shape)
    stroke_width = _stroke_width(glyph)
    if stroke_width < THINNEST * side:
        radius = (THINNEST * side - stroke_width) / (2 * (1 - THINNEST))
        solid = (2 * glyph).clip(max=1)  # a hair-thin line is here and there only half as dark
        return _dilated(np.pad(solid, math.ceil(radius)), radius)
    if stroke_width > BOLDEST * side:
        radius = min((stroke_width - BOLDEST * side) / (2 * (1 - BOLDEST)), 0.2 * stroke_width)
        return _cut_to_strokes(1 - _dilated(np.pad(1 - glyph, 1, constant_values=1), radius))
    return glyph


def _stroke_width(glyph: Floats) -> float:
    """Mean width in px: twice the area over the length of the outline."""
    down, across = np.gradient(np.pad(glyph, 1))
    outline = float(np.hypot(down, across).sum())
    return 2 * float(glyph.sum()) / max(outline, 1e-6)


def _dilated(glyph: Floats, radius: float) -> Floats:
    """``glyph`` grown by a disc of ``radius`` px; nothing beyond its array."""
    reach = int(radius + 0.5)
    result = glyph.copy()
    for down in range(reach + 1):
        half = int(math.sqrt(max(0.0, (radius + 0.25) ** 2 - down**2)))
        wide = _widest(glyph, half)
        np.maximum(result[down:], wide[: len(wide) - down], out=result[down:])
        np.maximum(result[: len(wide) - down], wide[down:], out=result[: len(wide) - down])
    return result


def _widest(glyph: Floats, half: int) -> Floats:
    """The maximum over ``half`` px to the left and to the right, in about log₂(``half``) passes."""
    width, reached = glyph.shape[1], 1
    window = np.pad(glyph, ((0, 0), (half, half)))
    while reached < 2 * half + 1:
        step = min(reached, 2 * half + 1 - reached)
        window = np.maximum(window[:, :-step], window[:, step:])
        reached += step
    return window[:, :width]


def _cut_to_strokes(glyph: Floats) -> Floats:
    mask = glyph > _INK
    return glyph[bounds(mask)] if mask.any() else glyph


def _placed(glyph: Floats, field: int, height: int, width: int) -> NDArray[np.uint8]:
    """``glyph`` scaled to the box and put with its centre of mass at the centre of the field: height×width."""
    box = max(2, round(field * BOX_SHARE))
    finer = max(1, round(_FINE_SIDE / box))
    scale = box * finer / max(glyph.shape)
    rows, columns = (max(1, round(side * scale)) for side in glyph.shape)
    levels = Image.fromarray((glyph * 255).astype(np.uint8))
    sized = np.asarray(levels.resize((columns, rows), Image.Resampling.BICUBIC, reducing_gap=2.0))
    canvas = np.zeros((height * finer, width * finer), dtype=np.uint8)
    top = _offset(sized.sum(axis=1, dtype=np.float64), field * finer) + (height - field) * finer // 2
    left = _offset(sized.sum(axis=0, dtype=np.float64), field * finer) + (width - field) * finer // 2
    canvas[top : top + rows, left : left + columns] = sized
    small = canvas.reshape(height, finer, width, finer).mean(axis=(1, 3))
    return np.asarray((small * (255 / max(float(small.max()), 1.0))).round(), dtype=np.uint8)


def _offset(mass: NDArray[np.float64], field: int) -> int:
    """Where a glyph with this ``mass`` per row must begin, so that its centre of mass is the field's centre."""
    centre = float((mass * (np.arange(len(mass)) + 0.5)).sum() / max(float(mass.sum()), 1e-9))
    return int(min(max(0, round(field * CENTRE_SHARE - centre)), field - len(mass)))
