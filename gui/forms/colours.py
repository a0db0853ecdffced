"""The colour of a fault, readable on a light and on a dark window."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

_ON_LIGHT, _ON_DARK = "#b3261e", "#ff9a90"
_MIDDLE_LIGHTNESS = 128


def fault_colour(palette: QPalette) -> QColor:
    """A red with a contrast of at least 4.5 to the window's background."""
    is_dark = palette.color(QPalette.ColorRole.Window).lightness() < _MIDDLE_LIGHTNESS
    return QColor(_ON_DARK if is_dark else _ON_LIGHT)
