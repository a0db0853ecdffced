"""Where the boxes of a layered graph go: side by side, or folded into bands like the lines of a text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gui.views.graph_layout import Layering

Size = tuple[float, float]

LAYER_GAP = 46.0
NODE_GAP = 18.0
BAND_GAP = 44.0
WAYPOINT_HEIGHT = 4.0
_BAND_COUNTS = (1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32)
_FOLD_PENALTY = 0.8


@dataclass(frozen=True)
class Place:
    """The rectangle of a box or a waypoint; ``band``: which row of layers it is in, and where that begins."""

    x: float
    y: float
    width: float
    height: float
    band: int
    band_top: float

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """The y half way down."""
        return self.y + self.height / 2


def placed(layering: Layering, sizes: Mapping[str, Size], aspect: float) -> dict[str, Place]:
    """A place for each box and waypoint; of all ways to fold the layers the one that shows largest.

    ``sizes``: width and height of each box; ``aspect``: width through height of the area.
    """
    layers = layering.layers
    if not layers:
        return {}
    every_size = {**dict.fromkeys(layering.waypoints, (0.0, WAYPOINT_HEIGHT)), **sizes}
    widths = [max(every_size[name][0] for name in layer) for layer in layers]
    heights = [sum(every_size[name][1] + NODE_GAP for name in layer) - NODE_GAP for layer in layers]
    passing = [sum(name in layering.waypoints for name in layer) for layer in layers]
    best = max(_foldings(widths), key=lambda bands: _merit(bands, widths, heights, passing, aspect))
    places: dict[str, Place] = {}
    top = 0.0
    for number, band in enumerate(best):
        tallest = max(heights[index] for index in band)
        left = 0.0
        for index in band:
            y = top + (tallest - heights[index]) / 2
            for name in layers[index]:
                height = every_size[name][1]
                # A waypoint is as wide as its layer, so that the edge passes the boxes beside it in a straight line.
                width = widths[index] if name in layering.waypoints else every_size[name][0]
                places[name] = Place(left + (widths[index] - width) / 2, y, width, height, number, top)
                y += height + NODE_GAP
            left += widths[index] + LAYER_GAP
        top += tallest + BAND_GAP
    return places


def _foldings(widths: Sequence[float]) -> list[list[range]]:
    """The layers in one band, two, three and so on, each at most an even share wide."""
    total = sum(widths) + LAYER_GAP * (len(widths) - 1)
    counts = [count for count in _BAND_COUNTS if count <= len(widths)]
    return [_folded(widths, max(total / count, *widths) if count > 1 else math.inf) for count in counts]


def _folded(widths: Sequence[float], limit: float) -> list[range]:
    bands, first, used = [], 0, 0.0
    for index, width in enumerate(widths):
        if index > first and used + width > limit:
            bands.append(range(first, index))
            first, used = index, 0.0
        used += width + LAYER_GAP
    bands.append(range(first, len(widths)))
    return bands


def _merit(
    bands: Sequence[range], widths: Sequence[float], heights: Sequence[float], passing: Sequence[int], aspect: float
) -> float:
    """The scale at which a folding fits, less something for each fold that more than one edge has to follow."""
    width = max(sum(widths[i] for i in band) + LAYER_GAP * (len(band) - 1) for band in bands)
    height = sum(max(heights[i] for i in band) for band in bands) + BAND_GAP * (len(bands) - 1)
    crossing = sum(passing[band.start] for band in bands[1:])
    # Unfolded reads best: folding must gain something.
    return min(aspect / width, 1.0 / height) * (1.25 if len(bands) == 1 else _FOLD_PENALTY**crossing)
