"""Puts thousands of points into a picture at once: NumPy does in a millisecond or two what a painter does in forty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPalette

from gui.embedding.marks import Sprite, reach_of, sprite


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
        reach = reach_of(ratio)
        edge = 2 * reach  # around the picture, so that no sprite need be cut
        pitch = columns + 2 * edge
        buffer = np.full((rows + 2 * edge) * pitch, palette.color(QPalette.ColorRole.Base).rgb(), np.uint32)
        across, down = np.floor(places.T * ratio)
        seen = (across >= -reach) & (across < columns + reach) & (down >= -reach) & (down < rows + reach)
        middles = ((down[seen] + edge) * pitch + across[seen] + edge).astype(np.int64)
        codes = (groups[seen] + 1) * 4 + wrong[seen] * 2 + ~dim[seen]
        for layer in range(4):  # those that stand back, the others; the wrong ones, likewise
            here = codes & 3 == layer
            if here.any():
                self._put(buffer, pitch, middles[here], codes[here], palette, ratio)
        whole = QImage(buffer.data, pitch, rows + 2 * edge, 4 * pitch, QImage.Format.Format_RGB32)
        image = whole.copy(edge, edge, columns, rows)
        image.setDevicePixelRatio(ratio)
        return image

    def _put(
        self,
        buffer: NDArray[np.uint32],
        pitch: int,
        middles: NDArray[np.int64],
        codes: NDArray[np.int64],
        palette: QPalette,
        ratio: float,
    ) -> None:
        """All points whose sprites have the same outline go in at once, each in its turn."""
        kinds = np.flatnonzero(np.bincount(codes))
        kind = np.searchsorted(kinds, codes)
        sprites = [self._sprite(int(code), palette, ratio) for code in kinds]
        outlines: dict[bytes, list[int]] = {}
        for index, found in enumerate(sprites):
            outlines.setdefault(found.down.tobytes() + found.across.tobytes(), []).append(index)
        for members in outlines.values():
            first = sprites[members[0]]
            table = np.zeros((len(sprites), len(first.pixels)), np.uint32)
            table[members] = np.stack([sprites[index].pixels for index in members])
            here = slice(None) if len(members) == len(sprites) else np.isin(kind, members)
            # Row by row: of pixels that two points share, those of the later one stay.
            buffer[middles[here, None] + (first.down * pitch + first.across)] = table[kind[here]]

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
