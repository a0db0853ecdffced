"""Where the pictures of a grid go: as large as fits, in whole multiples of their pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

GAP = 6
MARGIN = 8
SMALLEST = 24
"""Pixels of the longer side below which the grid scrolls instead of shrinking further."""
COMFORTABLE = 40
"""Pixels of the longer side once it scrolls anyway."""


@dataclass(frozen=True)
class GridLayout:
    """``columns`` and ``rows`` of cells; sizes in logical pixels, ``scale`` in logical pixels a picture pixel."""

    columns: int
    rows: int
    scale: float
    picture_width: float
    picture_height: float
    cell_width: float
    cell_height: float
    left: float
    top: float

    @property
    def height(self) -> int:
        """The height of the whole grid with its margins."""
        return math.ceil(self.rows * (self.cell_height + GAP) - GAP + 2 * MARGIN)

    def rows_between(self, top: float, bottom: float) -> tuple[int, int]:
        """First row and the row after the last one that show between two heights of the content."""
        pitch = self.cell_height + GAP
        first = math.floor((top - self.top) / pitch)
        last = math.ceil((bottom - self.top) / pitch)
        return min(max(first, 0), self.rows), min(max(last, 0), self.rows)

    def picture_corner(self, row: int, column: int) -> tuple[float, float]:
        """The top left corner of a cell's picture."""
        x = self.left + column * (self.cell_width + GAP) + (self.cell_width - self.picture_width) / 2
        return x, self.top + row * (self.cell_height + GAP)

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the cell whose picture is at this place, if any."""
        column = math.floor((x - self.left) / (self.cell_width + GAP))
        row = math.floor((y - self.top) / (self.cell_height + GAP))
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return None
        corner_x, corner_y = self.picture_corner(row, column)
        inside = 0 <= x - corner_x < self.picture_width and 0 <= y - corner_y < self.picture_height
        return (row, column) if inside else None


@dataclass(frozen=True)
class GridRequest:
    """What is to be arranged: ``count`` pictures of ``width``×``height`` pixels in an area of logical pixels.

    ``label_width`` is the room that labels want, ``label_height`` that of their line (0: no labels); ``columns`` is
    a wish; ``ratio`` is how many device pixels make a logical one.
    """

    count: int
    width: int
    height: int
    area_width: int
    area_height: int
    columns: int | None = None
    label_width: float = 0.0
    label_height: float = 0.0
    ratio: float = 1.0

    @property
    def room(self) -> tuple[float, float]:
        """The area without its margins."""
        return max(1.0, self.area_width - 2 * MARGIN), max(1.0, self.area_height - 2 * MARGIN)

    def whole(self, scale: float) -> float:
        """``scale`` rounded down to a whole number of device pixels a picture pixel, if it is at least one."""
        return math.floor(scale * self.ratio) / self.ratio if scale * self.ratio >= 1 else scale

    def scale_in_width(self, columns: int) -> float:
        """The largest scale at which ``columns`` pictures stand side by side."""
        return ((self.room[0] + GAP) / columns - GAP) / self.width

    def scale_in_area(self, columns: int) -> float:
        """The largest scale at which all pictures show at once in so many columns."""
        rows = math.ceil(self.count / columns)
        in_height = ((self.room[1] + GAP) / rows - GAP - self.label_height) / self.height
        return min(self.scale_in_width(columns), in_height)


def arrange(request: GridRequest) -> GridLayout:
    """Lay the grid out: everything in view if the pictures stay large enough, else full rows that scroll.

    Raises:
        ValueError: for a grid without a pixel.
    """
    if min(request.count, request.width, request.height) < 1:
        raise ValueError("there is no picture to arrange")
    columns = max(_possible_columns(request), key=lambda n: _merit(request, n))
    scale = request.whole(request.scale_in_area(columns))
    longer = max(request.width, request.height)
    if scale * longer < min(SMALLEST, longer):
        columns, scale = _scrolling(request, columns, longer)
    return _placed(request, columns, scale)


def _merit(request: GridRequest, columns: int) -> tuple[float, float]:
    """Larger pictures are better; among equals, the grid that fills the area most evenly."""
    scale = request.scale_in_area(columns)
    return request.whole(scale), scale


def _possible_columns(request: GridRequest) -> Iterable[int]:
    """Column counts that leave a few pixels, and the labels their room."""
    narrowest = min(max(4.0, request.label_width), request.room[0])
    most = max(1, int((request.room[0] + GAP) / (narrowest + GAP)))
    if request.columns is not None:
        without_labels = max(1, int((request.room[0] + GAP) / (4.0 + GAP)))
        return (min(max(1, request.columns), request.count, without_labels),)
    return range(1, min(most, request.count) + 1)


def _scrolling(request: GridRequest, columns: int, longer: int) -> tuple[int, float]:
    scale = COMFORTABLE / longer
    if scale * request.ratio > 1:
        scale = math.ceil(scale * request.ratio) / request.ratio
    if request.columns is None:
        cell = max(request.width * scale, min(request.label_width, request.room[0]))
        columns = min(max(1, int((request.room[0] + GAP) / (cell + GAP))), request.count)
    return columns, min(scale, request.whole(request.scale_in_width(columns)))


def _placed(request: GridRequest, columns: int, scale: float) -> GridLayout:
    width, height = request.width * scale, request.height * scale
    share = (request.room[0] + GAP) / columns - GAP
    cell_width = max(width, min(request.label_width, share))
    cell_height = height + request.label_height
    rows = math.ceil(request.count / columns)
    grid_width = columns * (cell_width + GAP) - GAP
    grid_height = rows * (cell_height + GAP) - GAP
    # On whole device pixels, or nearest-neighbour scaling would make some picture pixels wider than others.
    left = MARGIN + round(max(0.0, request.room[0] - grid_width) / 2)
    top = MARGIN + round(max(0.0, request.room[1] - grid_height) / 2)
    return GridLayout(columns, rows, scale, width, height, cell_width, cell_height, left, top)
