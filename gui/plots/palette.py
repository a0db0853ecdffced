"""The colours of curves: the same index is the same colour in every plot."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

# Every colour has a contrast of at least 3:1 both on white and on #1e1e1e, and the first four stay apart for people
# who confuse red with green (simulated with the matrices of Machado, Oliveira and Fernandes, 2009).
CURVE_COLORS = ("#0a7cc4", "#d95f02", "#8b4df5", "#00a07a", "#e0218a", "#8f6b6b")

_PEN_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


def curve_color(index: int) -> QColor:
    """The colour of the curve with this index; the colours come round again after the last."""
    return QColor(CURVE_COLORS[index % len(CURVE_COLORS)])


def curve_pen_style(index: int) -> Qt.PenStyle:
    """Solid for the first round of colours, then dashed, then dotted, so that a repeated colour is not ambiguous."""
    return _PEN_STYLES[index // len(CURVE_COLORS) % len(_PEN_STYLES)]
