"""The autograd graph of the loss, drawn, and a way through it: grad_fn, next_functions, down to the leaves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.slow_step.drawn_graph import drawn
from core.slow_step.records import AutogradGraph
from core.views import Graph
from gui.try_it.message_view import MessageView
from gui.views.graph import GraphWidget

NOTHING_YET = "The graph is there as soon as the loss is: it says how the loss came about, and where backward will go."
NO_GRAPH = "No parameter had a part in this loss, so it has no grad_fn."
_LONGEST_PATH = 14
_READABLE = 0.5
_TALL = 280


class GraphPanel(QWidget):
    """The function that the walk has come to is marked in the drawing; a click on another one goes there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.graph = GraphWidget()
        self.graph.setObjectName("autograd_graph")
        self.graph.setAccessibleName("Autograd graph of the loss")
        self.caption, self.path, self.here, self.saved = (_label(name) for name in ("caption", "path", "here", "saved"))
        self.back = _button("‹ Back", "To the function before (Backspace)", "graph_back")
        self.to_loss = _button("To the loss", "To loss.grad_fn, where backward begins (Home)", "graph_to_loss")
        self.whole = _button("Whole graph", "Show the whole drawing; the wheel zooms, dragging moves", "graph_whole")
        self.following: list[QPushButton] = []
        self.message = MessageView()
        self._graph = AutogradGraph()
        self._view: Graph | None = None
        self._steps: list[tuple[int, int]] = []
        """How the walk came here: (function, which of its next functions), from the loss on."""
        self._history: list[list[tuple[int, int]]] = []
        self._arrange()
        self.graph.node_clicked.connect(lambda node: self.go_to(int(node)))
        self.whole.clicked.connect(self.graph.fit)
        self.back.clicked.connect(self.go_back)
        self.to_loss.clicked.connect(lambda: self.go_to(0))
        for key, slot in (("Backspace", self.go_back), ("Home", lambda: self.go_to(0))):
            QShortcut(QKeySequence(key), self, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.show_graph(None)

    def show_graph(self, graph: AutogradGraph | None) -> None:
        """Show a graph from the loss on; None: there is none yet."""
        if graph is not None and graph is self._graph:
            return
        self._graph = graph or AutogradGraph()
        self._steps, self._history, self._view = [], [], None
        known = bool(self._graph.nodes)
        self._content.setVisible(known)
        self.message.setVisible(not known)
        self.message.set_text("" if known else NOTHING_YET if graph is None else NO_GRAPH)
        if known and self.isVisible():
            self._show()

    def place(self) -> int:
        """The function that the walk has come to."""
        if not self._steps:
            return 0
        function, which = self._steps[-1]
        return self._graph.nodes[function].inputs[which] or 0

    def go_on(self, which: int) -> None:
        """To one of the next functions."""
        if self._graph.nodes and self._graph.nodes[self.place()].inputs[which] is not None:
            self._go([*self._steps, (self.place(), which)])

    def go_to(self, place: int) -> None:
        """To any function, by the shortest way from the loss."""
        if place != self.place():
            self._go(self._way_to(place))

    def go_back(self) -> None:
        """To where the walk was before."""
        if self._history:
            self._steps = self._history.pop()
            self._show()

    def _go(self, steps: list[tuple[int, int]]) -> None:
        self._history.append(self._steps)
        self._steps = steps
        self._show()

    def _way_to(self, place: int) -> list[tuple[int, int]]:
        came: dict[int, tuple[int, int]] = {}
        for function, node in enumerate(self._graph.nodes):  # nearest first, so the first way found is the shortest
            for which, following in enumerate(node.inputs):
                if following is not None and following != 0:
                    came.setdefault(following, (function, which))
        steps: list[tuple[int, int]] = []
        while place in came:
            steps.insert(0, came[place])
            place = came[place][0]
        return steps

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What can best be done without goes first, where there is little room."""
        super().resizeEvent(event)
        self.saved.setVisible(self.height() >= _TALL)
        self.path.setVisible(self.height() >= _TALL)

    def showEvent(self, event: QShowEvent) -> None:
        """A graph is laid out only when it is looked at."""
        super().showEvent(event)
        if self._graph.nodes:
            self._show()

    def _show(self) -> None:
        place = self.place()
        node = self._graph.nodes[place]
        if self._view is None or str(place) not in {box.id for box in self._view.nodes}:
            self._view = drawn(self._graph, place)
            self.graph.show_view(self._view)
            self.caption.setText(self._view.caption)
            self.caption.setVisible(bool(self._view.caption))
        self.graph.mark(str(place))
        if self.graph.zoom() < _READABLE:
            self.graph.look_at(str(place))
        self.path.setText(_way(self._steps))
        self.path.setToolTip("loss.grad_fn" + "".join(f".next_functions[{which}][0]" for _, which in self._steps))
        name = node.name.rsplit("::", 1)[-1]
        leaf = f"A leaf: backward ends in {node.variable}.grad"
        self.here.setText(leaf if node.variable else name)
        self.here.setToolTip(name)
        self.saved.setText(f"Keeps for the way back: {', '.join(node.saved)}" if node.saved else "")
        self.saved.setToolTip("\n".join(node.saved))
        self.back.setEnabled(bool(self._history))
        self.to_loss.setEnabled(place != 0)
        self._show_following(place)

    def _show_following(self, place: int) -> None:
        had_focus = any(button.hasFocus() for button in self.following)
        for button in self.following:
            self._row.removeWidget(button)
            button.deleteLater()
        self.following = []
        for which, following in enumerate(self._graph.nodes[place].inputs):
            node = self._graph.nodes[following] if following is not None else None
            name = (node.variable or node.name) if node else "None"
            button = QPushButton(f"[{which}] {name}")
            button.setObjectName(f"next_function_{which}")
            button.setEnabled(node is not None)
            button.setToolTip(
                f"next_functions[{which}][0]" if node else "This input needs no gradient, or is not listed"
            )
            button.clicked.connect(lambda _checked=False, which=which: self.go_on(which))
            self._row.insertWidget(self._row.count() - 1, button)
            self.following.append(button)
        self.none.setVisible(not self.following)
        if had_focus:
            next((button for button in self.following if button.isEnabled()), self.back).setFocus()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.to_loss)
        head.addStretch(1)
        head.addWidget(self.whole)
        functions = QWidget()
        self._row = QHBoxLayout(functions)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.none = QLabel("It has no next functions.")
        self._row.addWidget(self.none)
        self._row.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(functions)
        area.setFixedHeight(48)
        walker = QWidget()
        column = QVBoxLayout(walker)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        for widget in (self.path, self.here, self.saved, area):
            column.addWidget(widget)
        self._content = QSplitter(Qt.Orientation.Vertical)
        self._content.setChildrenCollapsible(False)
        above = QWidget()
        upper = QVBoxLayout(above)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.addWidget(self.graph, 1)
        upper.addWidget(self.caption)
        self._content.addWidget(above)
        self._content.addWidget(walker)
        self._content.setStretchFactor(0, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(6, 4, 6, 4)
        outer.addWidget(self._content, 1)
        outer.addWidget(self.message, 1)


def _way(steps: list[tuple[int, int]]) -> str:
    """Which of the next functions was taken each time; the tooltip has it as one would type it."""
    taken = " · ".join(str(which) for _, which in steps[-_LONGEST_PATH:])
    return (
        f"loss.grad_fn → next_functions {'… ' if len(steps) > _LONGEST_PATH else ''}{taken}"
        if steps
        else "loss.grad_fn"
    )


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(f"graph_{name}")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(name == "saved")
    label.setMaximumHeight(label.fontMetrics().lineSpacing() * (2 if name == "saved" else 1) + 2)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _button(text: str, tip: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
