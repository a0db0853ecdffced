"""How good the model is, in one large number and three lines."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.judgement import Judgement, Report
from gui.results.words import part_word, percent
from gui.try_it.elided_label import ElidedLabel

PARTS = ("val", "test")
_LARGE = 2.3


class Headline(QWidget):
    """Overall accuracy with its 95% interval, the means of precision, recall and F1, and which part was judged."""

    part_chosen = Signal(str)
    """A person wants to see another part: "val" or "test"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("headline")
        self.accuracy = QLabel()
        self.accuracy.setToolTip("Accuracy: the share of all pictures of this part that are answered right")
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF(), 9.0) * _LARGE)
        font.setBold(True)
        self.accuracy.setFont(font)
        self.accuracy.setMinimumWidth(self.accuracy.fontMetrics().horizontalAdvance("99.9%") + 4)
        self.right = ElidedLabel(role=QPalette.ColorRole.WindowText)
        self.when, self.means = ElidedLabel(), ElidedLabel()
        self.fault = QLabel(wordWrap=True)
        self.fault.setObjectName("fault")
        self.fault.hide()
        self.buttons = {part: self._button(part) for part in PARTS}
        self._group = QButtonGroup(self)
        for button in self.buttons.values():
            self._group.addButton(button)
        self._lay_out()

    def show_judgement(self, judgement: Judgement) -> None:
        """Show the numbers of these answers."""
        report = judgement.report
        low, high = report.interval
        self.accuracy.setText(percent(report.accuracy))
        part = part_word(judgement.part)
        self.right.set_text(f"{report.right:,} of {report.total:,} {part} pictures right")
        self.when.set_text(f"epoch {judgement.epoch:,}, step {judgement.step:,} · 95% interval {low:.1%} to {high:.1%}")
        self.when.setToolTip(
            f"On endless pictures of this kind between {percent(low)} and {percent(high)} would be right, with 95% "
            "confidence (Wilson interval)"
        )
        self.means.set_text(means_words(report))
        self.means.setToolTip("Each is the mean of the classes, so that small classes count as much as large ones")
        self.fault.setText(report.fault)
        self.fault.setVisible(bool(report.fault))
        self.buttons[judgement.part].setChecked(True)

    def offer_parts(self, parts: set[str]) -> None:
        """Which parts there are results of; with one alone there is nothing to choose."""
        for part, button in self.buttons.items():
            button.setVisible(len(parts) > 1)
            button.setEnabled(part in parts)

    def _button(self, part: str) -> QPushButton:
        button = QPushButton(part_word(part).capitalize())
        button.setCheckable(True)
        button.setToolTip(
            "The pictures that are looked at after each epoch"
            if part == "val"
            else "The pictures that were held back to the end: the honest number"
        )
        button.clicked.connect(lambda: self.part_chosen.emit(part))
        button.hide()
        return button

    def _lay_out(self) -> None:
        bold = QFont(self.font())
        bold.setBold(True)
        self.right.setFont(bold)
        lines = QVBoxLayout()
        lines.setSpacing(1)
        for label in (self.right, self.when, self.means):
            lines.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.accuracy, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(lines, 1)
        parts = QVBoxLayout()
        parts.setSpacing(4)
        for button in self.buttons.values():
            parts.addWidget(button)
        row.addLayout(parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addLayout(row)
        column.addWidget(self.fault)


def means_words(report: Report) -> str:
    """Precision, recall and F1, each the mean of the classes."""
    named = (("precision", report.mean_precision), ("recall", report.mean_recall), ("F1", report.mean_f1))
    return " · ".join(f"{name} {percent(value)}" for name, value in named if not math.isnan(value))
