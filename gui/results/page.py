"""The page of results: numbers and confusion matrix at one side, the pictures behind them at the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.judgement import Judgement
from gui.results.choice import Choice
from gui.results.class_model import TrendRows
from gui.results.class_table import ClassTable
from gui.results.confusions import Confusions
from gui.results.headline import Headline
from gui.results.matrix import NOWHERE, ConfusionMatrix, Mode
from gui.results.picture_side import PictureSide
from gui.seen_page import SeenPage
from gui.try_it.elided_label import ElidedLabel

BEFORE = (
    "Press Start: after every epoch this page shows how well each class is recognised, which classes are taken for "
    "which, and the pictures that the model gets wrong."
)
WIDE = 780
"""Px from which numbers and pictures stand side by side."""
SIDE_BY_SIDE, STACKED = [1000, 1000], [1000, 1300]
"""Shares of the numbers and the pictures."""
MODES: dict[Mode, tuple[str, str]] = {
    "mistakes": ("Only mistakes", "How many pictures of each class were taken for each other one"),
    "shares": ("Share of the class", "Each cell as a share of the pictures of its true class"),
    "counts": ("Counts", "How many pictures there are in each cell, those answered right, too"),
}
POINT = "Click a cell, or the name of a class, to see its pictures."


class ResultsPage(SeenPage):
    """Shows what it is given; what is asked for is told by signals."""

    part_chosen = Signal(str)
    """Results of another part are wanted: "val" or "test"."""
    picture_chosen = Signal(object, str)
    """A picture for "Try it": PNG bytes and what it is called."""
    explain_asked = Signal(object, str)
    """The same, to be explained."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("results_page")
        self.headline, self.matrix, self.table = Headline(), ConfusionMatrix(), ClassTable()
        self.confusions, self.pictures = Confusions(), PictureSide()
        self.gallery, self.detail = self.pictures.gallery, self.pictures.detail
        self.mode = self._mode_box()
        self.sentence = ElidedLabel()
        self.sentence.set_text(POINT)
        self.hint = QLabel(BEFORE, wordWrap=True, margin=32, alignment=Qt.AlignmentFlag.AlignCenter)
        self.hint.setProperty("hint", True)
        self._judgement: Judgement | None = None
        self._lay_out()
        self._connect()

    def show_judgement(self, judgement: Judgement, trend: TrendRows = ()) -> None:
        """Show these answers; selection, order and what is being looked at stay.

        ``trend``: for each epoch the accuracy of each class. Call with a judgement that is computed.
        """
        self._judgement = judgement
        self.headline.show_judgement(judgement)
        self.matrix.show_report(judgement.report)
        self.table.show_report(judgement.report, trend)
        self.confusions.show_report(judgement.report)
        self.pictures.show_judgement(judgement)
        self._mark(self.pictures.choice())
        self._stack.setCurrentIndex(1)

    def show_hint(self, sentence: str) -> None:
        """Say in place of results what there is to know."""
        self.hint.setText(sentence)
        self._stack.setCurrentIndex(0)

    def clear(self, sentence: str) -> None:
        """Forget the results: another run begins."""
        self._judgement = None
        self.pictures.clear()
        self.headline.offer_parts(set())
        self.show_hint(sentence)

    def take_pictures(self, rows: Sequence[int], pictures: NDArray[np.uint8]) -> None:
        """Pictures that the gallery wanted, uint8 N×C×H×W."""
        self.gallery.take(rows, pictures)
        self.detail.picture.update()

    def judgement(self) -> Judgement | None:
        """The newest answers that were given to the page."""
        return self._judgement

    def choose(self, choice: Choice) -> None:
        """Show these pictures, of the newest answers."""
        self.pictures.choose(choice)
        self._mark(choice)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room, else one above the other."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Horizontal if self.width() >= WIDE else Qt.Orientation.Vertical
        if wanted != self.splitter.orientation():
            self.splitter.setOrientation(wanted)
            self.splitter.setSizes(SIDE_BY_SIDE if wanted == Qt.Orientation.Horizontal else STACKED)

    def _mark(self, choice: Choice) -> None:
        cell = (choice.true, choice.predicted) if choice.kind in ("cell", "row", "column") else NOWHERE
        self.matrix.select(cell)

    def _on_cell(self, true: int, predicted: int) -> None:
        self.choose(Choice("column" if true < 0 else "row" if predicted < 0 else "cell", true, predicted))

    def _on_mode(self, index: int) -> None:
        self.matrix.set_mode(list(MODES)[index])

    def _mode_box(self) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName("What the cells show")
        for title, help in MODES.values():
            box.addItem(title)
            box.setItemData(box.count() - 1, help, Qt.ItemDataRole.ToolTipRole)
        box.setToolTip("What the cells of the matrix show")
        return box

    def _connect(self) -> None:
        self.mode.currentIndexChanged.connect(self._on_mode)
        self.matrix.chosen.connect(self._on_cell)
        self.matrix.pointed.connect(lambda words: self.sentence.set_text(words or POINT))
        self.table.chosen.connect(lambda index: self.choose(Choice("missed", true=index)))
        self.confusions.chosen.connect(self._on_cell)
        self.headline.part_chosen.connect(self.part_chosen)
        self.pictures.chosen.connect(self._mark)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 6)
        bar.setSpacing(10)
        bar.addWidget(self.mode)
        bar.addWidget(self.sentence, 1)
        confusion = QWidget()
        column = QVBoxLayout(confusion)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.matrix, 1)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.setObjectName("result_tabs")
        self.tabs.addTab(confusion, "Confusion matrix")
        self.tabs.addTab(self.table, "Classes")
        self.tabs.addTab(self.confusions, "Top confusions")
        self.splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.splitter.addWidget(self.tabs)
        self.splitter.addWidget(self.pictures)
        self.splitter.setSizes(SIDE_BY_SIDE)
        results = QWidget()
        page = QVBoxLayout(results)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.headline)
        page.addWidget(self.splitter, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.hint)
        self._stack.addWidget(results)
