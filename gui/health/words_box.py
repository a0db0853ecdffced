"""What is wrong, or that all is well, in sentences."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.health.words import Finding
from gui.forms.colours import fault_colour
from gui.results.colours import right_colour, wrong_colour

_WELL, _ILL = 2.2, 4.4
"""Lines of text that are seen at once; further ones are scrolled to."""


class WordsBox(QFrame):
    """A sentence for each finding, the serious ones first, each with what to do about it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("health_words")
        self.label = QLabel(wordWrap=True)
        self.label.setTextFormat(Qt.TextFormat.RichText)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.label.setContentsMargins(10, 2, 10, 2)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
        self._said: tuple[tuple[Finding, ...], str] = ((), "")
        self._fit()

    def say(self, findings: Sequence[Finding], summary: str) -> None:
        """Show the findings, or without any the ``summary``."""
        said = (tuple(findings), summary)
        if said != self._said:
            self._said = said
            self._write()

    def text(self) -> str:
        """What is shown, without its colours."""
        findings, summary = self._said
        return "\n".join(f"{finding.text} {finding.advice}" for finding in findings) or summary

    def changeEvent(self, event: QEvent) -> None:
        """The colours are those of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_said"):
            self._write()
        elif event.type() == QEvent.Type.FontChange and hasattr(self, "_scroll"):
            self._fit()

    def _fit(self) -> None:
        lines = _ILL if self._said[0] else _WELL
        self.setFixedHeight(round(lines * self.fontMetrics().lineSpacing()) + 6)

    def _write(self) -> None:
        findings, summary = self._said
        palette = self.palette()
        if findings:
            self.label.setText("".join(self._paragraph(finding) for finding in findings))
        else:
            self.label.setText(
                _marked("✓" if summary.startswith("All is well") else "…", right_colour(palette), summary)
            )
        self.label.setAccessibleName(self.text())
        self._fit()

    def _paragraph(self, finding: Finding) -> str:
        palette = self.palette()
        colour = fault_colour(palette) if finding.serious else wrong_colour(palette)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText).name()
        advice = f" <span style='color:{quiet}'>{html.escape(finding.advice)}</span>"
        return _marked("●", colour, finding.text, advice)


def _marked(mark: str, colour: QColor, text: str, more: str = "") -> str:
    """Names of layers are data, never markup."""
    return f"<p style='margin:0 0 3px 0'><b style='color:{colour.name()}'>{mark}</b> {html.escape(text)}{more}</p>"
