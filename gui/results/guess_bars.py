"""What the model takes a picture for, as small bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPalette

from core.judgement import Guess
from gui.results.colours import right_colour, tint, wrong_colour
from gui.results.words import percent

_STRENGTH = 0.42
_TRACK = 0.09


def draw_guesses(
    painter: QPainter,
    area: QRectF,
    palette: QPalette,
    guesses: tuple[Guess, ...],
    classes: tuple[str, ...],
    true: int,
) -> None:
    """One bar a guess, filling ``area`` from top to bottom; the true class in the colour of what is right."""
    if not guesses:
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, "no answer (NaN)")
        return
    height = area.height() / len(guesses)
    for place, guess in enumerate(guesses):
        row = QRectF(area.left(), area.top() + place * height, area.width(), height - 2)
        colour = right_colour(palette) if guess.label == true else wrong_colour(palette)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(palette, palette.color(QPalette.ColorRole.Text), _TRACK))
        painter.drawRoundedRect(row, 3, 3)
        painter.setBrush(tint(palette, colour, _STRENGTH))
        filled = QRectF(row)
        filled.setWidth(row.width() * min(max(guess.probability, 0.0), 1.0))
        painter.drawRoundedRect(filled, min(3.0, filled.width() / 2), 3)
        _write(painter, row.adjusted(4, 0, -4, 0), palette, classes[guess.label], percent(guess.probability))


def _write(painter: QPainter, area: QRectF, palette: QPalette, name: str, share: str) -> None:
    metrics = painter.fontMetrics()
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(area, flags | Qt.AlignmentFlag.AlignRight, share)
    room = int(area.width()) - metrics.horizontalAdvance(share) - 6
    name = metrics.elidedText(" ".join(name[:80].split()), Qt.TextElideMode.ElideRight, room)
    painter.drawText(area, flags | Qt.AlignmentFlag.AlignLeft, name)
