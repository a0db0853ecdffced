"""The map of the samples: thousands of points to hover, click, zoom and walk through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from gui.embedding.motion import Motion
from gui.embedding.raster import Raster
from gui.embedding.titles import Title, draw_titles, place_titles
from gui.embedding.viewport import CLOSEST, FARTHEST, Viewport

NOBODY = -1
REACH = 14
"""Px from the mouse within which a point is meant."""
_NOTCH = 1.2
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class Scatter(QWidget):
    """Draws what it is given. Its points are numbered 0 to n−1, as the samples are."""

    pointed = Signal(int)
    """The point that the mouse is at, or that was walked to; −1: none."""
    shifted = Signal()
    """The point that is pointed at is elsewhere now: it moves, or the map does."""
    chosen = Signal(int)
    """A point was clicked, or Enter was pressed on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("embedding_scatter")
        self.setAccessibleName("Map of the samples")
        self.setAccessibleDescription("Arrow keys go to the next point, Enter tries it, plus and minus zoom, Home fits")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 140)
        self._raster, self._image = Raster(), QImage()
        self._motion = Motion(self, self._refresh)
        self._groups = np.zeros(0, np.int64)
        self._names: tuple[str, ...] = ()
        self._wrong = np.zeros(0, np.bool_)
        self._hidden: frozenset[int] = frozenset()
        self._emphasis = NOBODY
        self._titled = self._fits = self._outdated = True
        self._titles: list[Title] = []
        self._view = Viewport(0.0, 0.0, 1.0, 1, 1)
        self._point = NOBODY
        self._pressed: QPoint | None = None
        self._dragging = False

    def show_points(self, positions: NDArray[np.float32], *, glide: bool = False) -> None:
        """n×2 positions; with ``glide`` the points move there. What the person zoomed to stays."""
        self._motion.go(positions, glide=glide and self.isVisible())
        if len(self._groups) != len(positions):
            self._groups, self._wrong = np.zeros(len(positions), np.int64), np.zeros(len(positions), np.bool_)
        if self._point >= len(positions):
            self._go(NOBODY)
        self._refresh()

    def show_groups(
        self, groups: NDArray[np.int64], names: Sequence[str], wrong: NDArray[np.bool_] | None = None
    ) -> None:
        """The group of each point (−1: none), what the groups are called, and which answers are wrong."""
        self._groups, self._names = groups, tuple(names)
        self._wrong = np.zeros(len(groups), np.bool_) if wrong is None else wrong
        self._refresh()

    def hide_groups(self, hidden: frozenset[int]) -> None:
        """Leave the points of these groups out."""
        self._hidden = hidden
        if self._point != NOBODY and not self._there()[self._point]:
            self._go(NOBODY)
        self._refresh()

    def emphasise(self, group: int) -> None:
        """Let the points of one group stand out; −1: all alike."""
        if group != self._emphasis:
            self._emphasis = group
            self._refresh()

    def set_titled(self, on: bool) -> None:
        """Whether the groups' names stand in the map."""
        self._titled = on
        self._refresh()

    def fit(self) -> None:
        """Everything in view, also of what comes."""
        self._fits = True
        self._refresh()

    def forget(self) -> None:
        """No points, and everything in view again once there are some."""
        self._fits, self._groups, self._wrong = True, np.zeros(0, np.int64), np.zeros(0, np.bool_)
        self._go(NOBODY)
        self.show_points(np.zeros((0, 2), np.float32))

    def point(self) -> int:
        """The point that is pointed at, or −1."""
        return self._point

    def place_of(self, point: int) -> QPointF:
        """Where a point is, px."""
        x, y = self._view.pixels(self._motion.now[point : point + 1])[0]
        return QPointF(x, y)

    def titles(self) -> list[Title]:
        """The names in the map."""
        if self._outdated:
            self._draw()
        return self._titles

    def sizeHint(self) -> QSize:
        """Room for a map."""
        return QSize(520, 440)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The points, which were drawn when they changed, and what moves with the mouse."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        if self._outdated or abs(self._image.devicePixelRatio() - self.devicePixelRatioF()) > 1e-6:
            self._draw()  # once, however much has changed; or on another screen
        painter.drawImage(0, 0, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_titles(painter, self._titles, self.palette(), self._title_font())
        if self._point != NOBODY and self._point < len(self._motion.now):
            self._draw_current(painter, self.place_of(self._point))
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew."""
        super().resizeEvent(event)
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Other colours or another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing moves for nobody."""
        super().hideEvent(event)
        self._motion.settle()

    def focusInEvent(self, event: object) -> None:
        """The frame shows that arrow keys walk here."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.update()

    def focusOutEvent(self, event: object) -> None:
        """The reverse."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses, a drag moves the map."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is near, or move the map."""
        here = event.position().toPoint()
        if self._pressed is None:
            self._go(self._nearest(here))
            return
        if not self._dragging and (here - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._dragging = True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        moved = here - self._pressed
        self._pressed = here
        self._look(self._view.moved(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose what was clicked, unless the map was moved."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        dragged, self._pressed, self._dragging = self._dragging, None, False
        self.unsetCursor()
        if dragged:
            return
        self._go(self._nearest(event.position().toPoint()))
        if self._point != NOBODY:
            self.chosen.emit(self._point)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self._go(NOBODY)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to where the mouse is."""
        turns = event.angleDelta().y() / 120
        if turns:
            at = event.position()
            self._zoom(_NOTCH**turns, at.x(), at.y())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Enter chooses, plus and minus zoom, Home fits, Esc lets go."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._walk(*_ARROWS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._point != NOBODY:
            self.chosen.emit(self._point)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            middle = self._zoom_middle()
            self._zoom(_NOTCH if key != Qt.Key.Key_Minus else 1 / _NOTCH, middle.x(), middle.y())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_0):
            self.fit()
        elif key == Qt.Key.Key_Escape and self._point != NOBODY:
            self._go(NOBODY)
        else:
            super().keyPressEvent(event)

    def _there(self) -> NDArray[np.bool_]:
        """Which points are shown."""
        return ~np.isin(self._groups, list(self._hidden))

    def _refresh(self) -> None:
        """Draw anew, with everything in view unless the person looks at a part."""
        if self._fits:
            target = self._motion.between(Viewport.around, self.width(), self.height())
            self._view = target
        else:
            self._view = self._view.resized(self.width(), self.height())
        self._change()

    def _look(self, view: Viewport) -> None:
        self._fits, self._view = False, view
        self._change()

    def _change(self) -> None:
        """What was drawn is outdated; it is drawn anew when it is painted, once for all that changes until then."""
        self._outdated = True
        self.update()
        if self._point != NOBODY:
            self.shifted.emit()

    def _draw(self) -> None:
        self._outdated = False
        there = self._there()
        places = self._view.pixels(self._motion.now)
        groups = self._groups
        dim = (groups != self._emphasis) & (self._emphasis != NOBODY)
        size = (self.width(), self.height(), self.devicePixelRatioF())
        self._image = self._raster.image(
            places[there], groups[there], self._wrong[there], dim[there], size, self.palette()
        )
        self._titles = []
        if self._titled:
            metrics = self.fontMetrics()
            self._titles = place_titles(places[there], groups[there], self._names, metrics, self.rect(), self._emphasis)

    def _draw_current(self, painter: QPainter, at: QPointF) -> None:
        ground: QColor = self.palette().color(QPalette.ColorRole.Base)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ground, 5.0))
        painter.drawEllipse(at, 9.0, 9.0)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2.5))
        painter.drawEllipse(at, 9.0, 9.0)

    def _title_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _nearest(self, at: QPoint) -> int:
        places, there = self._view.pixels(self._motion.now), self._there()
        if not there.any():
            return NOBODY
        far = np.hypot(places[:, 0] - at.x(), places[:, 1] - at.y())
        far[~there] = np.inf
        found = int(far.argmin())
        return found if far[found] <= REACH else NOBODY

    def _walk(self, right: float, down: float) -> None:
        """To the nearest point in that direction: what lies aside counts as twice as far."""
        places, there = self._view.pixels(self._motion.now), self._there()
        if not there.any():
            return
        if self._point == NOBODY:
            far = np.hypot(*(places - (self.width() / 2, self.height() / 2)).T)
            far[~there] = np.inf
            self._go(int(far.argmin()))
            return
        ways = places - places[self._point]
        ahead = ways @ (right, down)
        aside = np.abs(ways @ (down, right))
        far = np.where(there & (ahead > 0.5) & (aside <= 2 * ahead), ahead + 2 * aside, np.inf)
        if np.isfinite(far.min()):
            self._go(int(far.argmin()))
            self._bring_into_view()

    def _bring_into_view(self) -> None:
        at = self.place_of(self._point)
        right = min(0.0, self.width() - REACH - at.x()) + max(0.0, REACH - at.x())
        down = min(0.0, self.height() - REACH - at.y()) + max(0.0, REACH - at.y())
        if right or down:
            self._look(self._view.moved(right, down))

    def _zoom_middle(self) -> QPointF:
        return self.place_of(self._point) if self._point != NOBODY else QPointF(self.width() / 2, self.height() / 2)

    def _zoom(self, factor: float, x: float, y: float) -> None:
        whole = Viewport.around(self._motion.target, self.width(), self.height()).scale
        scale = min(max(self._view.scale * factor, FARTHEST * whole), CLOSEST * whole)
        self._look(self._view.zoomed(scale / self._view.scale, x, y))

    def _go(self, point: int) -> None:
        if point != self._point:
            self._point = point
            self.update()
            self.pointed.emit(point)
