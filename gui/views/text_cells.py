"""A text coloured by one cell of many, with a search for the cells and passages that go with a phrase."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from core.passages import Memory, remembering, similar_passages
from core.views import ColoredText, TextCells
from gui.keys import local_key
from gui.views.cell_ranking import PHRASE, orders, ranked
from gui.views.passage_text import PassageText
from gui.views.phrase_strip import PhraseStrip, small_button


class TextCellsWidget(QWidget):
    """Draws a :class:`~core.views.TextCells`.

    Above: by what the cells are ranked, and which one is shown. Below, while a phrase is selected: how many cells
    remember it, and the other passages in which they are active.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: TextCells | None = None
        self._memories: list[Memory] = []
        self._order = ""
        self._by_phrase = False
        self._cell = ""
        """The name of the cell that the person chose; empty: the best one is shown, whichever it is."""
        self.order = _combo("cell_order", "What the cells are ranked by")
        self.cells = _combo("cell", "Which cell colours the text: the best first")
        self.previous = small_button("◂", "The cell before ([)")
        self.next = small_button("▸", "The next cell (])")
        self.text = PassageText()
        self.phrase = PhraseStrip()
        self._arrange()
        self._connect()

    def show_view(self, view: TextCells) -> None:
        """Draw ``view``; the order, a cell that was chosen and the selected phrase stay where they can.

        Raises:
            ValueError: when the values are not numbers.
        """
        if view.values.dtype.kind not in "buif":
            raise ValueError(f"cells are made of {view.values.dtype}, not of numbers")
        same_text = self._view is not None and self._view.text == view.text
        self._view = view
        if not same_text:
            self.text.select(0, 0)
        self._show_all()

    def notice(self) -> str:
        """The sentence shown instead of a text, if there is none."""
        return self.text.notice()

    def choose_order(self, order: str) -> None:
        """Rank the cells by this; an order that is not on offer is ignored."""
        self.order.setCurrentIndex(max(self.order.findText(order), 0))

    def shown_cell(self) -> str:
        """The name of the cell that colours the text, or an empty text."""
        index = self.cells.currentData()
        return str(self._view.names[index]) if self._view is not None and index is not None else ""

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 6, 4)
        top.setSpacing(4)
        top.addWidget(self.order, 3)
        top.addWidget(self.cells, 4)
        top.addWidget(self.previous)
        top.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.text, 1)
        column.addWidget(self.phrase)

    def _connect(self) -> None:
        self.order.currentIndexChanged.connect(self._on_order)
        self.cells.currentIndexChanged.connect(self._on_cell)
        self.previous.clicked.connect(lambda: self._step(-1))
        self.next.clicked.connect(lambda: self._step(1))
        self.text.selected.connect(self._on_selected)
        self.phrase.moved.connect(self._go_to_passage)
        self.phrase.closed.connect(lambda: self.text.select(0, 0))
        for keys, button in (
            *(("[", self.previous), ("]", self.next)),
            *(("Shift+N", self.phrase.back), ("N", self.phrase.onward)),
        ):
            # For this widget alone: two of them may be shown, and elsewhere people type these letters.
            local_key(keys, self, button.click)

    def _show_all(self) -> None:
        """What the view, the order, the cell and the phrase come to now."""
        if self._view is None:
            return
        self._memories = remembering(self._view.values, *self.text.selection())
        self._offer_orders(self._view)
        self._offer_cells(self._view)
        self._draw()
        self._tell_phrase(self._view)

    def _effective_order(self) -> str:
        return PHRASE if self._by_phrase and self._memories else self._order

    def _offer_orders(self, view: TextCells) -> None:
        wanted = [*([PHRASE] if self._memories else []), *orders(view)]
        if self._order not in wanted:
            self._order = orders(view)[0]
        with QSignalBlocker(self.order):
            if wanted != [self.order.itemText(index) for index in range(self.order.count())]:
                self.order.clear()
                self.order.addItems(wanted)
            self.order.setCurrentIndex(wanted.index(self._effective_order()))

    def _offer_cells(self, view: TextCells) -> None:
        """The cells by the chosen order; while the list is open it stays as it is, or nobody could pick from it."""
        if self.cells.view().isVisible():
            return
        found = ranked(view, self._effective_order(), self.text.selection())
        known = {view.names[one.cell] for one in found}
        with QSignalBlocker(self.cells):
            self.cells.clear()
            for one in found:
                self.cells.addItem(f"{view.names[one.cell]}   {one.words}", one.cell)
            if self._cell in view.names and self._cell not in known:
                self.cells.addItem(self._cell, view.names.index(self._cell))
            place = self.cells.findData(view.names.index(self._cell)) if self._cell in view.names else 0
            self.cells.setCurrentIndex(place)
        self._enable_steps()

    def _on_order(self, index: int) -> None:
        chosen = self.order.itemText(index)
        self._by_phrase = chosen == PHRASE
        self._order = self._order if self._by_phrase else chosen
        self._cell = ""
        self._show_all()

    def _on_cell(self, index: int) -> None:
        self._cell = self.shown_cell()
        self._enable_steps()
        self._draw()

    def _step(self, by: int) -> None:
        self.cells.setCurrentIndex(min(max(self.cells.currentIndex() + by, 0), self.cells.count() - 1))

    def _enable_steps(self) -> None:
        place = self.cells.currentIndex()
        self.previous.setEnabled(place > 0)
        self.next.setEnabled(0 <= place < self.cells.count() - 1)

    def _draw(self) -> None:
        view, cell = self._view, self.cells.currentData()
        if view is None:
            return
        values = np.zeros(len(view.text)) if cell is None or not view.names else view.values[:, cell]
        self.text.show_view(ColoredText(text=view.text, values=values))

    def _on_selected(self, first: int, end: int) -> None:
        self._by_phrase = first != end
        self._cell = ""
        self._show_all()

    def _tell_phrase(self, view: TextCells) -> None:
        """Which cells remember the selected phrase, and where they are active, too."""
        first, end = self.text.selection()
        if first == end:
            self.phrase.hide()
            self.text.frame([])
            return
        passages = similar_passages(view.values, self._memories, first, end)
        self.phrase.tell(view.text[first:end], self._memories, passages)
        self._frame()

    def _go_to_passage(self) -> None:
        self._frame()
        self.text.reveal(self.phrase.passages[self.phrase.place].first)

    def _frame(self) -> None:
        spans = [(passage.first, passage.end) for passage in self.phrase.passages]
        self.text.frame(spans, self.phrase.place)


def _combo(name: str, tip: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setToolTip(tip)
    combo.setAccessibleName(tip)
    combo.setMaxVisibleItems(20)
    combo.setMinimumContentsLength(8)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo
