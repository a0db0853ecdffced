"""Where the cards of the gallery go."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QRectF

GAP = 8
MARGIN = 8
_NARROWEST = 118.0
_WIDEST_PICTURE = 112.0
_PAD = 7.0
_BAR_AIR = 3.0


@dataclass(frozen=True)
class GalleryLayout:
    """``count`` cards in rows of ``columns``; sizes in px. Every card: a picture, a caption, ``guesses`` bars."""

    count: int
    columns: int
    card_width: float
    side: float
    line: float
    guesses: int

    @property
    def card_height(self) -> float:
        """Px of a card."""
        return 3 * _PAD + self.side + self.line + self._bars_height

    @property
    def pitch(self) -> int:
        """Px from one row of cards to the next."""
        return math.ceil(self.card_height) + GAP

    @property
    def height(self) -> int:
        """Px of all rows with their margins."""
        return math.ceil(self.count / self.columns) * self.pitch - GAP + 2 * MARGIN if self.count else 0

    def card(self, place: int) -> QRectF:
        """The rectangle of a card."""
        row, column = divmod(place, self.columns)
        left = MARGIN + column * (self.card_width + GAP)
        return QRectF(left, MARGIN + row * self.pitch, self.card_width, self.card_height)

    def picture(self, place: int) -> QRectF:
        """The square for the picture."""
        card = self.card(place)
        return QRectF(card.center().x() - self.side / 2, card.top() + _PAD, self.side, self.side)

    def caption(self, place: int) -> QRectF:
        """The line below the picture."""
        card = self.card(place).adjusted(_PAD, 0, -_PAD, 0)
        return QRectF(card.left(), card.top() + _PAD + self.side + _PAD / 2, card.width(), self.line)

    def bars(self, place: int) -> QRectF:
        """The area for the guesses."""
        caption = self.caption(place)
        return QRectF(caption.left(), caption.bottom() + _PAD / 2, caption.width(), self._bars_height)

    def rows_between(self, top: float, bottom: float) -> tuple[int, int]:
        """First row and the row after the last that show between two heights of the content."""
        rows = math.ceil(self.count / self.columns)
        first = math.floor((top - MARGIN) / self.pitch)
        return min(max(first, 0), rows), min(max(math.ceil((bottom - MARGIN) / self.pitch), 0), rows)

    def place_at(self, x: float, y: float) -> int:
        """The card at a point; -1 where there is none."""
        column, row = math.floor((x - MARGIN) / (self.card_width + GAP)), math.floor((y - MARGIN) / self.pitch)
        if not (0 <= column < self.columns and row >= 0):
            return -1
        place = row * self.columns + column
        return place if place < self.count and self.card(place).contains(x, y) else -1

    @property
    def _bars_height(self) -> float:
        return self.guesses * (self.line + _BAR_AIR)


def lay_out_gallery(count: int, width: int, line: float, guesses: int) -> GalleryLayout:
    """As many cards side by side as are readable in ``width`` px; ``line``: px of a line of small print."""
    room = max(1.0, width - 2 * MARGIN)
    columns = max(1, int((room + GAP) / (_NARROWEST + GAP)))
    card_width = math.floor((room + GAP) / columns - GAP)
    side = max(16.0, min(card_width - 2 * _PAD, _WIDEST_PICTURE))
    return GalleryLayout(count, columns, float(card_width), side, line, guesses)
