"""The fonts of a lesson, larger or smaller as the reader likes."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

SCALES = (0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
USUAL = SCALES.index(1.0)
_CODE = 0.95
"""Letters of one width look larger than others of the same size."""


def text_font(scale: float) -> QFont:
    """For what is read."""
    font = QApplication.font()
    font.setPointSizeF(max(6.0, font.pointSizeF()) * scale)
    return font


def code_font(scale: float) -> QFont:
    """For code and what it prints."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(text_font(scale).pointSizeF() * _CODE)
    return font
