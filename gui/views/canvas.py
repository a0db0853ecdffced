"""The ground that painted views share: scrolling, the hover text, the hint, and the border that keeps faults in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from gui.views.tips import plain_tip

SMALL_PRINT = 0.88


def cannot_draw(error: Exception) -> str:
    """The sentence that stands where a view could not be drawn."""
    reason = str(error).strip().splitlines()
    return f"This view cannot be drawn: {reason[0] if reason else type(error).__name__}"


def small(font: QFont) -> QFont:
    """``font`` a little smaller, for labels and numbers beside a picture."""
    smaller = QFont(font)
    if font.pointSizeF() > 0:
        smaller.setPointSizeF(font.pointSizeF() * SMALL_PRINT)
    else:
        smaller.setPixelSize(max(1, round(font.pixelSize() * SMALL_PRINT)))
    return smaller


class Canvas(QAbstractScrollArea):
    """A painted view that scrolls up and down when its content is taller than the widget.

    Subclasses say how tall the content is (:meth:`lay_out`), paint the visible part of it (:meth:`draw`), and name
    what is under the mouse (:meth:`tip_at`); they call :meth:`refresh` when the data has changed. An exception in
    any of these becomes a sentence in place of the picture.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.viewport().setMouseTracking(True)
        self._failure = ""
        self._notice = ""

    def lay_out(self, width: int, height: int) -> int:
        """Arrange the content for an area of ``width``×``height`` pixels; return the height it needs."""
        return height

    def draw(self, painter: QPainter, visible: QRect) -> None:
        """Paint what lies in ``visible``, in content coordinates: y counts from the top of the content."""

    def tip_at(self, point: QPoint) -> str:
        """What is at ``point`` (content coordinates), or an empty text."""
        return ""

    def set_notice(self, text: str) -> None:
        """Show ``text`` instead of content, for instance that there is nothing to draw; empty: show the content."""
        self._notice = text

    def notice(self) -> str:
        """The sentence shown instead of content, if any: a failure or the notice that was set."""
        return self._failure or self._notice

    def refresh(self) -> None:
        """Arrange and paint anew; the scroll position stays where the new content allows."""
        self._failure = ""
        area = self.contentsRect().size()  # the same whether or not the bar is there already
        bar = self.verticalScrollBar()
        try:
            needed = self.lay_out(area.width(), area.height())
            overflows = needed > area.height()
            if overflows:
                needed = self.lay_out(area.width() - bar.sizeHint().width(), area.height())
        except Exception as error:  # border: Qt calls this, with data from plugins
            self._failure, overflows, needed = cannot_draw(error), False, area.height()
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOn if overflows else policy.ScrollBarAlwaysOff)
        bar.setRange(0, max(0, needed - area.height()))
        bar.setPageStep(max(1, area.height()))
        bar.setSingleStep(24)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange for the new size."""
        super().resizeEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Arrange anew when the font changes: labels take another width."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible part, or a sentence where that fails."""
        painter = QPainter(self.viewport())
        try:
            if not self.notice():
                self._draw_visible(painter)
        except Exception as error:  # border: the same, painting is called by Qt
            self._failure = cannot_draw(error)
        if self.notice():
            self._draw_notice(painter)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name what is under the mouse at once, without the delay of a tooltip."""
        point = event.position().toPoint() + QPoint(0, self.verticalScrollBar().value())
        try:
            tip = "" if self.notice() else self.tip_at(point)
        except Exception as error:  # border: the same
            tip = cannot_draw(error)
        QToolTip.showText(event.globalPosition().toPoint(), plain_tip(tip), self.viewport())

    def _draw_visible(self, painter: QPainter) -> None:
        offset = self.verticalScrollBar().value()
        painter.save()
        painter.translate(0, -offset)
        self.draw(painter, self.viewport().rect().translated(0, offset))
        painter.restore()

    def _draw_notice(self, painter: QPainter) -> None:
        painter.resetTransform()
        painter.setClipping(False)
        painter.fillRect(self.viewport().rect(), self.palette().color(QPalette.ColorRole.Base))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.setFont(self.font())
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.viewport().rect().adjusted(16, 16, -16, -16), flags, self.notice())
