"""How a layer's values were distributed, from the first step to the newest: steps to the right, sizes upwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette
from PySide6.QtWidgets import QWidget

from core.health.bins import BINS, MIDDLE, Bins
from core.health.numbers import share
from gui.theme import mix
from gui.views.canvas import Canvas, small
from gui.views.image_grid import rgb_image
from gui.views.numbers import MINUS

_LEAST_SHARE = 5e-4
_LEAST_REACH = 6
_PAD, _TICK = 6, 4
_MOST_COLUMNS = 400
_GAMMA = 0.6
_HIGH = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

Shares = NDArray[np.float32]
Steps = NDArray[np.int64]


class ThroughTime(Canvas):
    """The more values there are of a size at a time, the stronger its colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("health_through_time")
        self.setAccessibleName("Histograms of the chosen layer through time")
        self.setMinimumSize(160, 110)
        self._bins: Bins | None = None
        self._steps: Steps = np.empty(0, np.int64)
        self._shares: Shares = np.empty((0, BINS), np.float32)
        self._reach = _LEAST_REACH
        self._largest = 1.0
        self._area = QRectF()

    def show_histograms(self, steps: Steps, shares: Shares, bins: Bins, *, hint: str = "") -> None:
        """``shares``: columns×bins, NaN where nothing is known. ``hint``: said where nothing is."""
        known = ~np.isnan(shares).any(axis=1) if len(shares) else np.zeros(0, np.bool_)
        self._bins, self._steps, self._shares = bins, steps[known], shares[known]
        self.set_notice("" if known.any() else hint)
        if known.any():
            used = np.flatnonzero((self._shares > _LEAST_SHARE).any(axis=0))
            self._reach = max(_LEAST_REACH, int(np.abs(used - MIDDLE).max(initial=0)))
            beside = np.delete(self._shares, MIDDLE, axis=1)
            self._largest = float(beside.max()) or float(self._shares.max()) or 1.0
        self.refresh()

    def lay_out(self, width: int, height: int) -> int:
        """Everything always fits."""
        metrics = QFontMetricsF(small(self.font()))
        left = metrics.horizontalAdvance(f"{MINUS}0.001") + 2 * _PAD
        below = metrics.height() + _TICK + _PAD
        self._area = QRectF(left, _PAD, max(1.0, width - left - 2 * _PAD), max(1.0, height - below - 2 * _PAD))
        return height

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """The picture, and what its sides mean."""
        if self._bins is None or not len(self._steps):
            return
        painter.setFont(small(self.font()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self._area, rgb_image(self._picture()))
        painter.setPen(mix(self._ground(), self.palette().color(QPalette.ColorRole.Text), 0.25))
        painter.drawRect(self._area)
        metrics = QFontMetricsF(painter.font(), painter.device())
        self._draw_sizes(painter, metrics, self._bins)
        self._draw_steps(painter, metrics)

    def tip_at(self, point: QPoint) -> str:
        """Which share of the values had this size at that step."""
        if self._bins is None or not len(self._steps) or not self._area.contains(QPointF(point)):
            return ""
        column = int(self._columns(np.array([(point.x() - self._area.left()) / self._area.width()]))[0])
        down = (point.y() - self._area.top()) / self._area.height()
        bin = MIDDLE + self._reach - min(2 * self._reach, int(down * (2 * self._reach + 1)))
        return (
            f"{self._bins.words(bin)}\n{share(float(self._shares[column, bin]))} of the values\n"
            f"step {int(self._steps[column]):,}"
        )

    def _columns(self, places: NDArray[np.float64]) -> NDArray[np.intp]:
        """The columns nearest to places from 0 (the first step) to 1 (the newest)."""
        steps = self._steps[0] + places * (self._steps[-1] - self._steps[0])
        found: NDArray[np.intp] = np.searchsorted((self._steps[1:] + self._steps[:-1]) / 2, steps)
        return found

    def _picture(self) -> NDArray[np.uint8]:
        """RGB, sizes×columns, the largest positive ones at the top."""
        count = max(1, min(_MOST_COLUMNS, int(self._area.width())))
        columns = self._columns((np.arange(count) + 0.5) / count)
        shown = self._shares[columns, MIDDLE - self._reach : MIDDLE + self._reach + 1].T[::-1]
        strength = np.clip(shown / self._largest, 0.0, 1.0) ** _GAMMA
        ramp = self._ramp()
        picture: NDArray[np.uint8] = ramp[(strength * (len(ramp) - 1)).round().astype(np.intp)]
        return picture

    def _ramp(self) -> NDArray[np.uint8]:
        """From the ground over the accent to the text: the same in both themes."""
        palette = self.palette()
        accent, text = (palette.color(role) for role in (QPalette.ColorRole.Accent, QPalette.ColorRole.Text))
        dark = mix(accent, text, 0.75)
        colours = [mix(self._ground(), accent, place) for place in np.linspace(0, 1, 24)]
        colours += [mix(accent, dark, place) for place in np.linspace(0, 1, 10)[1:]]
        return np.array([(colour.red(), colour.green(), colour.blue()) for colour in colours], np.uint8)

    def _ground(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.Base)

    def _draw_sizes(self, painter: QPainter, metrics: QFontMetricsF, bins: Bins) -> None:
        cell = self._area.height() / (2 * self._reach + 1)
        middle = self._area.center().y()
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        self._label(painter, metrics, middle, "0")
        last = middle
        for decade in range(self._reach // bins.per_decade, -1, -1):  # the largest first: small ones give way
            away = (0.5 + decade * bins.per_decade) * cell
            if away < metrics.height() or (last != middle and last - middle - away < metrics.height()):
                continue
            last = middle + away
            for side, sign in ((-1, ""), (1, MINUS)):
                self._label(painter, metrics, middle + side * away, sign + _written(bins.lowest + decade))

    def _label(self, painter: QPainter, metrics: QFontMetricsF, y: float, text: str) -> None:
        area = QRectF(0, y - metrics.height() / 2, self._area.left() - _TICK - 2, metrics.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.drawLine(QPointF(self._area.left() - _TICK, y), QPointF(self._area.left(), y))

    def _draw_steps(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        flags, top = Qt.AlignmentFlag, self._area.bottom() + _TICK
        room = QRectF(self._area.left(), top, self._area.width(), metrics.height())
        first, last = (f"{int(self._steps[place]):,}" for place in (0, -1))
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(room, flags.AlignLeft, first)
        painter.drawText(room, flags.AlignRight, last)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        if metrics.horizontalAdvance(f"{first} step {last}") < 0.8 * room.width():
            painter.drawText(room, flags.AlignHCenter, "step")


def _written(decade: int) -> str:
    return f"{10.0**decade:g}" if -4 < decade < 5 else f"10{str(decade).translate(_HIGH)}"
