"""Puts thousands of points into a picture at once: NumPy does in a millisecond or two what a painter does in forty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPalette

from gui.embedding.marks import Sprite, sprite


class Raster:
    """Draws points on the base of a palette; sprites are made once for a palette and a ratio of pixels."""

    def __init__(self) -> None:
        self._sprites: dict[tuple[int, bool, bool], Sprite] = {}
        self._look: tuple[object, ...] = ()

    def image(
        self,
        places: NDArray[np.float64],
        groups: NDArray[np.int64],
        wrong: NDArray[np.bool_],
        dim: NDArray[np.bool_],
        size: tuple[int, int, float],
        palette: QPalette,
    ) -> QImage:
        """Points at ``places``, n×2 px, of these groups, in their order; those that are wrong above the others.

        ``size``: width and height in px, and device pixels a px.
        """
        width, height, ratio = size
        self._dress(palette, ratio)
        columns, rows = max(1, round(width * ratio)), max(1, round(height * ratio))
        ground = palette.color(QPalette.ColorRole.Base).rgb()
        buffer = np.full(rows * columns, ground, np.uint32)
        across = np.floor(places[:, 0] * ratio).astype(np.int64)
        down = np.floor(places[:, 1] * ratio).astype(np.int64)
        reach = round(12 * ratio)
        seen = (across > -reach) & (across < columns + reach) & (down > -reach) & (down < rows + reach)
        codes = (groups + 1) * 4 + wrong * 2 + ~dim
        for layer in (seen & ~wrong & dim, seen & ~wrong & ~dim, seen & wrong & dim, seen & wrong & ~dim):
            self._put(buffer, columns, rows, across[layer], down[layer], codes[layer], palette, ratio)
        image = QImage(buffer.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
        image.setDevicePixelRatio(ratio)
        return image

    def _put(
        self,
        buffer: NDArray[np.uint32],
        columns: int,
        rows: int,
        across: NDArray[np.int64],
        down: NDArray[np.int64],
        codes: NDArray[np.int64],
        palette: QPalette,
        ratio: float,
    ) -> None:
        """All points whose sprites have the same outline go in at once, each in its turn."""
        kinds, kind = np.unique(codes, return_inverse=True)
        sprites = [self._sprite(int(code), palette, ratio) for code in kinds]
        outlines: dict[bytes, list[int]] = {}
        for index, found in enumerate(sprites):
            outlines.setdefault(found.down.tobytes() + found.across.tobytes(), []).append(index)
        for members in outlines.values():
            here = np.isin(kind, members)
            table = np.zeros((len(sprites), len(sprites[members[0]].pixels)), np.uint32)
            table[members] = np.stack([sprites[index].pixels for index in members])
            x = across[here][:, None] + sprites[members[0]].across
            y = down[here][:, None] + sprites[members[0]].down
            values = table[kind[here]]
            if x.size and (x.min() < 0 or y.min() < 0 or x.max() >= columns or y.max() >= rows):
                inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
                x, y, values = x[inside], y[inside], values[inside]
            buffer[y * columns + x] = values

    def _sprite(self, code: int, palette: QPalette, ratio: float) -> Sprite:
        key = code // 4 - 1, bool(code & 2), not code & 1
        if key not in self._sprites:
            self._sprites[key] = sprite(key[0], palette, ratio, wrong=key[1], dim=key[2])
        return self._sprites[key]

    def _dress(self, palette: QPalette, ratio: float) -> None:
        roles = QPalette.ColorRole
        look = (ratio, *(palette.color(role).rgb() for role in (roles.Base, roles.Text, roles.PlaceholderText)))
        if look != self._look:
            self._look = look
            self._sprites.clear()
