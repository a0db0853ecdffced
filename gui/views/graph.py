"""Boxes and the curves between them, laid out from left to right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from core.views import Graph
from gui.views.graph_items import EdgeItem, NodeItem
from gui.views.graph_layout import layered
from gui.views.graph_paths import edge_path
from gui.views.graph_places import placed

MOST_BOXES = 1500
"""Boxes drawn; a graph of more says so. Nobody reads that many, and each is an item of the scene."""
_SMALLEST_SCALE = 0.05
_LARGEST_SCALE = 4.0
_LARGEST_FIT = 1.15
_STILL = 4
"""Pixels that the mouse may move between press and release of a click; further, it drags."""


class GraphWidget(QGraphicsView):
    """Draws a :class:`~core.views.Graph`; the wheel zooms, dragging moves, a double click fits the whole graph."""

    node_clicked = Signal(str)
    """The id of a box that was clicked. Nothing is marked by it: see :meth:`mark`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._view: Graph | None = None
        self._notice = ""
        self._fitted = True
        self._aspect = 0.0
        self._items: dict[str, NodeItem] = {}
        self._marked = ""
        self._pressed: QPoint | None = None

    def show_view(self, view: Graph) -> None:
        """Draw ``view``; while the same boxes are connected in the same way, place, zoom and scroll stay."""
        before, self._view = self._view, view
        self._notice = "" if view.nodes else "There are no boxes in this view."
        if len(view.nodes) > MOST_BOXES:
            self._notice = f"The first {MOST_BOXES:,} of {len(view.nodes):,} boxes are drawn."
        if before is not None and _lettering(before) == _lettering(view) and before.edges == view.edges:
            for node in view.nodes[:MOST_BOXES]:
                self._items[node.id].set_node(node)
            return
        if before is None or _structure(before) != _structure(view):
            self._fitted = True
        self._build()
        if self._fitted:
            self.fit()

    def notice(self) -> str:
        """A sentence shown over the graph, if any."""
        return self._notice

    def mark(self, node: str, *, show: bool = True) -> None:
        """Draw a frame around the box with that id ("" or an unknown one: around none), and ``show``: scroll to it."""
        self._marked = node
        for name, item in self._items.items():
            item.set_marked(name == node)
        if show and node in self._items and not self._fitted:
            self.ensureVisible(self._items[node], 24, 24)

    def look_at(self, node: str, zoom: float = 0.9) -> None:
        """Show the box with that id in the middle, large enough to read; a double click shows the whole graph again."""
        if node in self._items:
            self._fitted = False
            self.resetTransform()
            self.scale(zoom, zoom)
            self.centerOn(self._items[node])

    def zoom(self) -> float:
        """How many pixels a unit of the scene is."""
        return self.transform().m11()

    def fit(self) -> None:
        """Show the whole graph, again after each change of size until the user zooms."""
        self._fitted = True
        bounds = self.scene().sceneRect()
        if bounds.isEmpty():
            return
        area = self.viewport().rect()
        scale = min(area.width() / bounds.width(), area.height() / bounds.height(), _LARGEST_FIT)
        self.resetTransform()
        self.scale(max(scale, _SMALLEST_SCALE), max(scale, _SMALLEST_SCALE))
        self.centerOn(bounds.center())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole graph in view, folded anew where the shape of the area calls for it."""
        super().resizeEvent(event)
        if self._view is None or not self._fitted:
            return
        if not 0.8 < self._aspect / self._area_aspect() < 1.25:
            self._build()
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Measure the boxes anew in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and getattr(self, "_view", None) is not None:
            self._build()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the mouse."""
        factor = 1.0015 ** event.angleDelta().y()
        target = self.zoom() * factor
        if _SMALLEST_SCALE <= target <= _LARGEST_SCALE:
            self._fitted = False
            self.scale(factor, factor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Perhaps the beginning of a click on a box."""
        super().mousePressEvent(event)
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a box, where the mouse has not moved."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed, here = self._pressed, None, event.position().toPoint()
        if pressed is None or (here - pressed).manhattanLength() > _STILL:
            return
        item = self.itemAt(here)
        if isinstance(item, NodeItem):
            self.node_clicked.emit(next(name for name, known in self._items.items() if known is item))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the whole graph."""
        self.fit()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint the notice, in the widget's own coordinates."""
        if not self._notice:
            return
        painter.save()
        painter.resetTransform()
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.setFont(self.font())
        whole = self._view is None or not self._view.nodes
        where = Qt.AlignmentFlag.AlignCenter if whole else Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.drawText(self.viewport().rect().adjusted(8, 8, -8, -8), where, self._notice)
        painter.restore()

    def _area_aspect(self) -> float:
        area = self.viewport().rect()
        return max(area.width(), 1) / max(area.height(), 1)

    def _build(self) -> None:
        """Boxes and edges anew; nothing stays of the old ones."""
        assert self._view is not None
        scene = self.scene()
        self._items = {}
        scene.clear()
        nodes = list(self._view.nodes)[:MOST_BOXES]
        items = {node.id: NodeItem(node, self.font()) for node in nodes}
        edges = [edge for edge in dict.fromkeys(self._view.edges) if edge[0] in items and edge[1] in items]
        sizes = {name: (item.box.width(), item.box.height()) for name, item in items.items()}
        self._aspect = self._area_aspect()
        layering = layered(list(items), edges)
        places = placed(layering, sizes, self._aspect)
        for name, item in items.items():
            item.setPos(places[name].x, places[name].y)
            scene.addItem(item)
        self._items = items
        right = max((spot.right for spot in places.values()), default=0.0)
        for lane, edge in enumerate(edges):
            stops = [places[name] for name in (edge[0], *layering.routes[edge], edge[1])]
            scene.addItem(EdgeItem(edge_path(stops, lane, right), backward=edge in layering.backward))
        self.mark(self._marked, show=False)
        scene.setSceneRect(scene.itemsBoundingRect().adjusted(-16, -16, 16, 16))


def _structure(view: Graph) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    return tuple(node.id for node in view.nodes), tuple(view.edges)


def _lettering(view: Graph) -> list[tuple[str, str, str]]:
    return [(node.id, node.title, node.detail) for node in view.nodes]
