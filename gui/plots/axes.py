"""The two axes of a curve plot: steps below, values on the left."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from gui.plots.ticks import Tick, log_ticks, step_ticks, value_ticks

_PIXELS_PER_STEP_LABEL = 80.0
_PIXELS_PER_VALUE_LABEL = 26.0
_TEXT_OFFSET = 5
_OVERHANG = 8
_NUDGE = 5  # pyqtgraph shifts an axis label outwards by this much


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose ticks are computed by `gui.plots.ticks`."""

    def __init__(self, orientation: str, label: str) -> None:
        super().__init__(orientation, maxTickLength=-3)
        self.enableAutoSIPrefix(False)
        # Grid lines are opaque and faint: translucent ones take a millisecond to paint.
        self.setStyle(maxTextLevel=0, tickTextOffset=_TEXT_OFFSET, tickAlpha=255)
        self.setGrid(255)
        self.setLabel(label)
        self._labels: dict[float, str] = {}
        self._blank = False

    def ticks(self, low: float, high: float, size: float) -> tuple[list[Tick], list[float]]:
        """Labelled ticks and the positions of unlabelled ones, for `size` pixels from `low` to `high`."""
        raise NotImplementedError

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float | None, list[float]]]:
        """Positions of labelled and of unlabelled ticks, as pyqtgraph asks for them."""
        labelled, minor = ([], []) if self._blank else self.ticks(minVal, maxVal, size)
        self._labels = {tick.position: tick.label for tick in labelled}
        return [(None, list(self._labels)), (None, minor)]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[Any]:
        """The labels of the positions that `tickValues` gave last."""
        return [self._labels.get(value, "") for value in values]

    def set_blank(self, blank: bool) -> None:
        """Leave out all ticks while there is nothing to measure."""
        if blank != self._blank:
            self._blank = blank
            self.picture = None
            self.update()

    def recolour(self, text: QColor, line: QColor, grid: QColor, font: QFont) -> None:
        """Take on the colours of a palette: `text` for labels, `line` for the axis, `grid` for the grid lines."""
        self.setPen(line)
        self.setTickPen(grid)
        self.setTextPen(text)
        self.setTickFont(font)
        self.label.setFont(font)
        self.label.setDefaultTextColor(text)
        self.reserve_space()

    def reserve_space(self) -> None:
        """Fix the room that the axis takes beside the plot."""
        raise NotImplementedError

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.style["tickFont"] or self.label.font())

    def _label_height(self) -> float:
        return self.label.boundingRect().height() - 2 * _NUDGE + 4 if self.label.isVisible() else 0.0


class StepAxis(_Axis):
    """The x axis: whole steps with thousands separators."""

    def __init__(self, label: str) -> None:
        super().__init__("bottom", label)

    def ticks(self, low: float, high: float, size: float) -> tuple[list[Tick], list[float]]:
        """Ticks on whole steps, none unlabelled."""
        return step_ticks(low, high, max(2, int(size / _PIXELS_PER_STEP_LABEL))), []

    def reserve_space(self) -> None:
        """One line of tick labels and the axis label below it."""
        self.setHeight(round(self._metrics().height() + _TEXT_OFFSET + self._label_height()))


class ValueAxis(_Axis):
    """The y axis: plain or percent, linear or logarithmic, of a width that only ever grows."""

    def __init__(self, label: str, *, percent: bool) -> None:
        super().__init__("left", label)
        self._percent = percent
        self._widest = 0.0

    def ticks(self, low: float, high: float, size: float) -> tuple[list[Tick], list[float]]:
        """Ticks on round values, or on decades."""
        most = max(2, int(size / _PIXELS_PER_VALUE_LABEL))
        if self.logMode:
            return log_ticks(low, high, most, percent=self._percent)
        return value_ticks(low, high, most, percent=self._percent), []

    def boundingRect(self) -> QRectF:
        """A little higher than the axis, so that the labels at its very ends are drawn too."""
        return QRectF(super().boundingRect()).adjusted(0, -_OVERHANG, 0, _OVERHANG)

    def reserve_space(self) -> None:
        """Room for labels such as 0.001, and for wider ones once they were needed, so that the plot does not jump."""
        self._widest = self._metrics().horizontalAdvance("0.000")
        self._apply_width()

    def make_room(self) -> None:
        """Grow if a label of the present range is wider than the room reserved."""
        low, high = self.range
        labelled, _ = self.ticks(low, high, self.size().height())
        widest = max((self._metrics().horizontalAdvance(tick.label) for tick in labelled), default=0.0)
        if widest > self._widest:
            self._widest = widest
            self._apply_width()

    def _apply_width(self) -> None:
        self.setWidth(round(self._widest + _TEXT_OFFSET + 3 + self._label_height()))
