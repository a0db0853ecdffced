"""A data set of tokens: how it begins, how long it is, and what occurs most in it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from core.survey import PARTS, TextSurvey
from core.views import BarChart
from gui.views.bar_chart import BarChartWidget

READING = "Reading the text…"


class TextView(QWidget):
    """Shows a :class:`~core.survey.TextSurvey`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = _label("")
        self.text = QPlainTextEdit(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("The beginning of the text")
        self.title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.title.setProperty("heading", True)
        self.facts = QLabel(READING, wordWrap=True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.frequent = _label("Most frequent")
        self.bars = BarChartWidget()
        self.bars.setAccessibleName("The most frequent tokens")
        left, right = QWidget(), QWidget()
        first, second = QVBoxLayout(left), QVBoxLayout(right)
        for column, widgets in ((first, (self.heading, self.text)), (second, (self.title, self.facts, self.frequent))):
            column.setContentsMargins(12, 10, 12, 10)
            for widget in widgets:
                column.addWidget(widget)
        second.addWidget(self.bars, 1)
        right.setMinimumWidth(190)
        splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([480, 260])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)

    def show_title(self, title: str) -> None:
        """A text that is being read."""
        self.title.setText(title)
        self.facts.setText(READING)

    def show_survey(self, found: TextSurvey) -> None:
        """What was found in it."""
        sequences = bool(found.sequences)
        self.heading.setText("The first sequences of training, each with its answer" if sequences else "How it begins")
        if self.text.toPlainText() != found.beginning:
            self.text.setPlainText(found.beginning)
        lines = [f"{sum(found.tokens.values()):,} tokens: {_listed(found.tokens)}"]
        if sequences:
            lines.insert(0, f"{sum(found.sequences.values()):,} sequences: {_listed(found.sequences)}")
        unused = f", {found.different:,} of them in training" if found.different < found.vocabulary else ""
        lines.append(f"Vocabulary: {found.vocabulary:,} different tokens{unused}")
        if found.counted < found.tokens["train"]:
            lines.append(f"Counted: the first {found.counted:,} tokens")
        self.facts.setText("\n".join(lines))
        total = max(1, found.counted)
        names = [name for name, _ in found.frequent]
        shares = np.array([100 * count / total for _, count in found.frequent])
        self.frequent.setText(f"The {len(names)} most frequent tokens" if len(names) < found.different else "Tokens")
        self.bars.show_view(BarChart(labels=names, values=shares, unit="%"))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {PARTS[part]}" for part, count in counts.items())


def _label(words: str) -> QLabel:
    made = QLabel(words, wordWrap=True)
    font = made.font()
    font.setBold(True)
    made.setFont(font)
    return made
