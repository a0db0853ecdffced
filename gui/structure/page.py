"""The page "Structure": the drawn graph, one layer from close by, and the table of all."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.structure import LayerLook, Structure, shapes_text
from gui.seen_page import SeenPage
from gui.structure.layer_panel import LayerPanel
from gui.structure.row_table import RowTable
from gui.try_it.message_view import MessageView
from gui.views.graph import GraphWidget

NOTHING = "Pick a network and a data set in the set-up: what the network is made of is shown here."
MOST_OPEN = 90
"""Boxes of the drawing: beyond, it keeps blocks closed that the table shows open."""
_WIDE = 560
"""Px from which the layer stands beside the drawing instead of below it."""


class StructurePage(SeenPage):
    """All widgets of the page; :class:`~gui.structure.finder.StructureFinder` brings them what they show."""

    row_chosen = Signal(str)
    """The id of the layer or block that the person chose."""
    drawn = Signal()
    """The drawing is that of the table now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("structure_page")
        self.hint = MessageView()
        self.totals = QLabel(wordWrap=True)
        self.totals.setObjectName("structure_totals")
        self.totals.setTextFormat(Qt.TextFormat.PlainText)
        self.totals.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.open_all = _button("⊞", "Open all blocks, in the table and in the drawing", "open_all_blocks")
        self.close_all = _button("⊟", "Close all blocks", "close_all_blocks")
        self.graph = GraphWidget()
        self.graph.setAccessibleName("The network as a drawing")
        self.layer = LayerPanel()
        self.table = RowTable()
        self._structure: Structure | None = None
        self._drawn: frozenset[str] = frozenset()
        # In a turn of the event loop of its own: a click that comes meanwhile need not wait for both halves.
        self._drawing = QTimer(self, singleShot=True, interval=0)
        self._arrange()
        self._connect()
        self.show_hint(NOTHING)

    def structure(self) -> Structure | None:
        """What is shown, None while there is a sentence instead."""
        return self._structure

    def is_drawn(self) -> bool:
        """Whether the drawing is that of the table."""
        return self._structure is not None and not self._drawing.isActive()

    def show_structure(self, structure: Structure) -> None:
        """Show a network; where it has the same blocks and layers as the one before, they stay open and chosen."""
        before = self._structure
        kept = self.table.opened() if before and before.title == structure.title else structure.open_at_first()
        self._structure = structure
        self.table.show_structure(structure, kept & structure.by_id.keys())
        chosen = self.table.current()
        self.totals.setText(totals_text(structure))
        self.totals.setToolTip(totals_tip(structure))
        has_blocks = any(row.is_block for row in structure.rows)
        self.open_all.setVisible(has_blocks)
        self.close_all.setVisible(has_blocks)
        self._drawing.start()
        self.layer.show_row(structure.by_id.get(chosen))
        self._stack.setCurrentIndex(1)

    def show_hint(self, words: str, *, problem: bool = False, details: str = "") -> None:
        """A sentence in place of everything: nothing of another network stays. ``details`` are in its tooltip."""
        self._structure = None
        self._drawing.stop()
        self.hint.set_text(words, problem=problem)
        if details:
            self.hint.setToolTip(details[-4000:])
        self._stack.setCurrentIndex(0)

    def show_look(self, look: LayerLook) -> None:
        """The pictures of the chosen layer."""
        self.layer.show_look(look)

    def chosen(self) -> str:
        """The id of the chosen layer or block, "" where there is none."""
        return self.layer.row() if self._structure else ""

    def choose(self, id: str) -> None:
        """Choose a layer as a click would."""
        self.table.choose(id)

    def sizeHint(self) -> QSize:
        """Room for both the drawing and the table."""
        return QSize(900, 640)

    def minimumSizeHint(self) -> QSize:
        """Small: what does not fit is scrolled."""
        return QSize(260, 240)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The layer beside the drawing, or below it."""
        super().resizeEvent(event)
        turn = Qt.Orientation.Horizontal if self.width() >= _WIDE else Qt.Orientation.Vertical
        if self.upper.orientation() != turn:
            self.upper.setOrientation(turn)

    def _draw(self) -> None:
        """The graph as the table has it open, as far as it stays readable."""
        structure = self._structure
        if structure is None:
            return
        drawn: set[str] = set()
        boxes = len(structure.children[""])
        for block in sorted(self.table.opened(), key=lambda block: (block.count("."), self._order(block))):
            inside = len(structure.children.get(block, ()))
            above = structure.by_id[block].block
            if (not above or above in drawn) and boxes + inside <= MOST_OPEN:
                drawn.add(block)
                boxes += inside
        self._drawn = frozenset(drawn)
        self.graph.show_view(structure.graph(self._drawn))
        self._mark()
        if self._drawing.isActive():  # a block was opened before it came to that
            self._drawing.stop()
            self.drawn.emit()

    def _draw_first(self) -> None:
        self._draw()
        self.drawn.emit()

    def _order(self, block: str) -> int:
        assert self._structure is not None
        return next(place for place, row in enumerate(self._structure.rows) if row.id == block)

    def _mark(self) -> None:
        current = self.table.current()
        if self._structure is not None and current:
            self.graph.mark(self._structure.shown_at(current, self._drawn))

    def _on_row(self, id: str) -> None:
        if self._structure is None:
            return
        self.layer.show_row(self._structure.by_id.get(id))
        self._mark()
        self.row_chosen.emit(id)

    def _on_box(self, id: str) -> None:
        """A click chooses; on a block that is chosen already, it opens it."""
        row = self._structure.by_id.get(id) if self._structure else None
        if row is None:
            return
        if row.is_block and self.table.current() == id:
            self.table.set_opened(id, True)
        else:
            self.table.choose(id)

    def _connect(self) -> None:
        self._drawing.timeout.connect(self._draw_first)
        self.table.row_chosen.connect(self._on_row)
        self.table.opened_changed.connect(self._draw)
        self.graph.node_clicked.connect(self._on_box)
        self.open_all.clicked.connect(lambda: self.table.set_all_opened(True))
        self.close_all.clicked.connect(lambda: self.table.set_all_opened(False))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 4)
        head.setSpacing(4)
        head.addWidget(self.totals, 1)
        head.addWidget(self.open_all)
        head.addWidget(self.close_all)
        self.upper = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.upper.addWidget(self.graph)
        self.upper.addWidget(self.layer)
        self.upper.setStretchFactor(0, 3)
        self.upper.setStretchFactor(1, 2)
        self.upper.setSizes([430, 290])
        self.graph.setMinimumSize(120, 80)
        self.layer.setMinimumSize(120, 80)
        self.halves = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.halves.addWidget(self.upper)
        self.halves.addWidget(self.table)
        self.halves.setSizes([360, 240])
        self.table.setMinimumHeight(70)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.halves, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.hint)
        self._stack.addWidget(content)


def totals_text(structure: Structure) -> str:
    """The whole network in a line."""
    frozen = f" ({structure.trainable:,} trained)" if structure.trainable != structure.parameters else ""
    return (
        f"{structure.parameters:,} parameters{frozen} · {structure.multiply_adds:,} multiply-adds · "
        f"{structure.size / 1e6:,.2f} MB · {structure.activations:,} activations"
    )


def totals_tip(structure: Structure) -> str:
    """The same in whole sentences."""
    return "\n".join(
        (
            f"{structure.title} for one sample of {shapes_text(structure.inputs) or 'nothing'}:",
            f"{structure.parameters:,} parameters in {structure.tensors} tensors",
            f"{structure.trainable:,} of them are trained",
            f"{structure.size:,} bytes of weights ({structure.size / 1e6:,.2f} MB)",
            f"{structure.multiply_adds:,} multiply-adds, counted by torch's formulas",
            f"{structure.activations:,} numbers that all layers give out",
        )
    )


def _button(text: str, tip: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setObjectName(name)
    return button
