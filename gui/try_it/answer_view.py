"""The likeliest class in large type, and the likeliest five with bars."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.prediction import Prediction
from gui.theme import mix
from gui.views.numbers import with_unit
from gui.views.tips import plain_tip

SHOWN = 5
_LARGEST, _SMALLEST = 2.6, 1.3
"""Of the best class, times the size of ordinary type."""
_ROW = (16, 28)
_WIDEST_LABEL = 0.45
_GAP = 8
_FADED = 0.35


class AnswerView(QWidget):
    """Paints the answer in a fixed arrangement, so that nothing moves but the bars when the next one comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        self._labels: tuple[str, ...] = ()
        self._shares: tuple[float, ...] = ()
        self._faded = False

    def show_prediction(self, prediction: Prediction) -> None:
        """Draw the best classes of ``prediction``."""
        self._labels = tuple(" ".join(str(label)[:300].split()) for label in prediction.labels[:SHOWN])
        self._shares = tuple(float(share) for share in prediction.probabilities[:SHOWN])
        self._faded = False
        self.update()

    def set_faded(self, faded: bool) -> None:
        """Show that this is an earlier answer."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def is_faded(self) -> bool:
        """Whether this is shown as an earlier answer."""
        return self._faded

    def row_height(self) -> int:
        """Px of one class with its bar; grows with the widget within limits."""
        room = (self.height() - self._head_height() - 4) // SHOWN
        return max(min(room, _ROW[1]), self._least_row())

    def least_height(self) -> int:
        """Px that the answer needs."""
        return self._head_height() + 4 + SHOWN * self._least_row()

    def sizeHint(self) -> QSize:
        """As high as is comfortable."""
        return QSize(240, self._head_height() + 4 + SHOWN * _ROW[1])

    def event(self, event: QEvent) -> bool:
        """The full name of a class that may be cut off, as a tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain_tip(self.tip_at(event.pos().y())), self)
            return True
        return super().event(event)

    def tip_at(self, y: int) -> str:
        """Class and share of the row at ``y`` px from the top."""
        below = y - self._head_height() - 4
        row = 0 if below < 0 else below // self.row_height()
        return f"{self._labels[row]}: {_percent(self._shares[row])}" if row < len(self._labels) else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The head line and the rows."""
        if not self._labels:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_FADED if self._faded else 1.0)
        self._paint_head(painter)
        painter.setFont(self.font())
        width = self._label_width()
        for row in range(len(self._labels)):
            top = self._head_height() + 4 + row * self.row_height()
            self._paint_row(painter, row, QRect(0, top, self.width(), self.row_height()), width)

    def _paint_head(self, painter: QPainter) -> None:
        percent = _percent(self._shares[0])
        share_font = _scaled(self.font(), 1.3)
        share_width = QFontMetrics(share_font).horizontalAdvance("100.0%") + 2
        room = max(20, self.width() - share_width - _GAP)
        font = self._best_font(room)
        metrics = QFontMetrics(font)
        baseline = self._head_height() - 8
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(0, baseline, metrics.elidedText(self._labels[0], Qt.TextElideMode.ElideRight, room))
        painter.setFont(share_font)
        painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
        painter.drawText(self.width() - QFontMetrics(share_font).horizontalAdvance(percent), baseline, percent)

    def _paint_row(self, painter: QPainter, row: int, area: QRect, label_width: int) -> None:
        palette, metrics = self.palette(), self.fontMetrics()
        best = row == 0
        label = metrics.elidedText(self._labels[row], Qt.TextElideMode.ElideRight, label_width)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText if best else QPalette.ColorRole.PlaceholderText))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, area.top(), label_width, area.height()), middle | Qt.AlignmentFlag.AlignLeft, label)
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, _percent(self._shares[row]))
        left, right = label_width + _GAP, self.width() - metrics.horizontalAdvance("100.0%") - _GAP
        thick = min(12, area.height() - 8)
        track = QRectF(left, area.center().y() + 1 - thick / 2, max(0, right - left), thick)
        painter.setPen(Qt.PenStyle.NoPen)
        window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        painter.setBrush(mix(window, text, 0.1))
        painter.drawRoundedRect(track, 3, 3)
        filled = QRectF(track)
        filled.setWidth(track.width() * min(max(self._shares[row], 0.0), 1.0))
        painter.setBrush(palette.color(QPalette.ColorRole.Accent) if best else mix(window, text, 0.45))
        painter.drawRoundedRect(filled, min(3.0, filled.width() / 2), 3)

    def _label_width(self) -> int:
        """Depends on all names alike, since they change places while the network learns."""
        widest = max(self.fontMetrics().horizontalAdvance(label) for label in self._labels)
        return min(max(widest + 2, 24), int(self.width() * _WIDEST_LABEL))

    def _best_font(self, room: int) -> QFont:
        scale = _LARGEST
        while scale > _SMALLEST:
            font = _scaled(self.font(), scale)
            if QFontMetrics(font).horizontalAdvance(self._labels[0]) <= room:
                return font
            scale -= 0.2
        return _scaled(self.font(), _SMALLEST)

    def _head_height(self) -> int:
        return QFontMetrics(_scaled(self.font(), _LARGEST)).ascent() + 10

    def _least_row(self) -> int:
        return max(_ROW[0], self.fontMetrics().height())


def _scaled(font: QFont, times: float) -> QFont:
    scaled = QFont(font)
    if font.pointSizeF() > 0:
        scaled.setPointSizeF(font.pointSizeF() * times)
    else:
        scaled.setPixelSize(max(1, round(font.pixelSize() * times)))
    scaled.setBold(True)
    return scaled


def _percent(share: float) -> str:
    return with_unit(100.0 * share, "%")
