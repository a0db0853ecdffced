"""The two colours of results: what is right, and what is wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPalette

from gui.theme import is_dark, luminance, mix

_WRONG_LIGHT, _WRONG_DARK = "#c2500a", "#f08a45"
_LEAST = 0.1
"""How strongly the smallest number above zero is coloured, so that one mistake in a thousand can be seen."""
_GAMMA = 0.6


def right_colour(palette: QPalette) -> QColor:
    """The accent: answered right."""
    return palette.color(QPalette.ColorRole.Accent)


def wrong_colour(palette: QPalette) -> QColor:
    """An orange that people who confuse red with green tell from the accent, too."""
    return QColor(_WRONG_DARK if is_dark(palette) else _WRONG_LIGHT)


def matrix_colours(values: NDArray[np.float64], palette: QPalette, *, diagonal: bool) -> NDArray[np.uint8]:
    """RGB, K×K×3, of a confusion matrix: right answers in one colour, mistakes in another, each on a scale of its own.

    So the diagonal, which a trained model makes a hundred times larger than all else, drowns nothing. NaN and zero
    have the colour of the ground; with ``diagonal`` off, the diagonal has, too.
    """
    base = palette.color(QPalette.ColorRole.Base)
    known = np.nan_to_num(values)
    on = np.eye(len(known), dtype=np.bool_)
    rgb = np.empty((*known.shape, 3), np.float64)
    rgb[:] = _channels(base)
    for where, colour in ((~on, wrong_colour(palette)), (on, right_colour(palette))):
        largest = float(known[where].max(initial=0.0))
        if largest <= 0 or (colour == right_colour(palette) and not diagonal):
            continue
        chosen = where & (known > 0)
        strength = _LEAST + (1 - _LEAST) * (known[chosen] / largest) ** _GAMMA
        rgb[chosen] += strength[:, None] * (_channels(colour) - _channels(base))
    return rgb.round().astype(np.uint8)


def text_on(ground: QColor) -> QColor:
    """Dark on light colours and light on dark ones."""
    return QColor("#101010") if luminance(ground) > 0.18 else QColor("#ffffff")


def tint(palette: QPalette, colour: QColor, strength: float) -> QColor:
    """The ground with a little of ``colour`` in it."""
    return mix(palette.color(QPalette.ColorRole.Base), colour, strength)


def _channels(colour: QColor) -> NDArray[np.float64]:
    return np.array([colour.red(), colour.green(), colour.blue()], np.float64)
