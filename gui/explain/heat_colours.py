"""From a heat map to the transparent picture that is laid over what the network saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from gui.views.colormaps import Table, diverging, grey, sequential

Side: TypeAlias = Literal["both", "for", "against"]
TOP_SHARE = 99.5
"""Percentile that gets the last colour: a single bright pixel must not darken all others."""
_FIRE = ((20, 8, 8), (120, 12, 20), (214, 58, 22), (250, 160, 40), (255, 244, 190))
_GREEN_TO_MAGENTA = ((20, 96, 62), (104, 178, 120), (246, 246, 243), (206, 120, 190), (122, 18, 104))


@dataclass(frozen=True)
class Look:
    """How the map is laid over the picture. ``transparency``: 0 (the map alone) to 100 (the picture alone)."""

    transparency: int = 40
    plain: str = "Fire"
    signed: str = "Blue to red"
    smooth: bool = True
    side: Side = "both"


def _between(anchors: tuple[tuple[int, int, int], ...]) -> Table:
    colours = np.array(anchors, dtype=float)
    places = np.linspace(0.0, 1.0, len(colours))
    t = np.linspace(0.0, 1.0, 256)
    channels = [np.interp(t, places, colours[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


@cache
def fire() -> Table:
    """Near-black over red and orange to light yellow, 256×3."""
    return _between(_FIRE)


@cache
def green_to_magenta() -> Table:
    """Green for the lowest value over near-white to magenta for the highest, 256×3."""
    return _between(_GREEN_TO_MAGENTA)


PLAIN: Mapping[str, Table] = {"Fire": fire(), "Violet to yellow": sequential(), "Grey": grey()}
SIGNED: Mapping[str, Table] = {"Blue to red": diverging(), "Green to magenta": green_to_magenta()}


def reach(heat: NDArray[np.float32]) -> float:
    """The size of the values that get the strongest colour; 0 where all of them are 0."""
    sizes = np.abs(heat)
    return float(np.percentile(sizes, TOP_SHARE)) or float(sizes.max(initial=0.0))


def colour_table(look: Look, *, signed: bool) -> Table:
    """The colours from the lowest value to the highest, 256×3."""
    return SIGNED[look.signed] if signed else PLAIN[look.plain]


def overlay(heat: NDArray[np.float32], look: Look, *, signed: bool) -> QImage:
    """``heat`` (H×W) as a picture with transparency: weak values let more of the picture through than strong ones.

    At transparency 0 every place is covered, at 100 none.
    """
    end = reach(heat) or 1.0
    share = np.clip(heat / end, -1.0, 1.0)
    if look.side == "for":
        share = np.maximum(share, 0.0)
    elif look.side == "against" and signed:
        share = np.minimum(share, 0.0)
    index = ((share + 1.0) * 127.5 if signed else np.abs(share) * 255.0).round().astype(np.uint8)
    opacity = 1.0 - look.transparency / 100.0
    alpha = opacity * np.abs(share) ** (1.0 - opacity)
    pixels = np.empty((*heat.shape, 4), dtype=np.uint8)
    pixels[..., :3] = colour_table(look, signed=signed)[index]
    pixels[..., 3] = (alpha * 255.0).round().astype(np.uint8)
    height, width = heat.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
