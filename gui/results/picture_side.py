"""The gallery with its heading, the choice of pictures, and the selected one in large."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.judgement import Judgement
from gui.results.choice import Choice
from gui.results.detail import Detail
from gui.results.gallery import Gallery
from gui.results.words import count
from gui.try_it.elided_label import ElidedLabel

KINDS = (
    (Choice("mistakes"), "Mistakes", "All wrong answers, those with the highest loss first"),
    (Choice("doubtful"), "Right, unsure", "Right answers, those with the highest loss first"),
    (Choice("surest"), "Right, sure", "Right answers, those with the lowest loss first"),
)
ONE_CELL = "Of a class"


class PictureSide(QWidget):
    """Pictures follow the training until somebody does something with them; then they stay until "Live" is ticked."""

    chosen = Signal(object)
    """Other pictures are shown (:class:`~gui.results.choice.Choice`)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gallery = Gallery()
        self.detail = Detail(self.gallery.pictures)
        self.title = ElidedLabel()
        self.kind = QComboBox()
        self.kind.setAccessibleName("Which pictures are shown")
        for _, title, help in KINDS:
            self.kind.addItem(title)
            self.kind.setItemData(self.kind.count() - 1, help, Qt.ItemDataRole.ToolTipRole)
        self.kind.setPlaceholderText(ONE_CELL)
        self.live = QCheckBox("Live")
        self.live.setChecked(True)
        self.live.setToolTip(
            "Ticked: the pictures are those of the newest epoch. As soon as you select one or scroll, they stay as "
            "they are; tick this to go on."
        )
        self._newest: Judgement | None = None
        self._shown: Judgement | None = None
        self._choice = Choice()
        self._failure = ""
        self._lay_out()
        self.kind.activated.connect(self._on_kind)
        self.live.toggled.connect(self._on_live)
        self.gallery.touched.connect(self._hold)
        self.gallery.left.connect(self._catch_up)
        self.gallery.selected.connect(self._on_selected)
        self.detail.try_asked.connect(lambda: self.gallery.try_asked.emit(self.gallery.selection()))
        self.detail.explain_asked.connect(lambda: self.gallery.explain_asked.emit(self.gallery.selection()))

    def show_judgement(self, judgement: Judgement) -> None:
        """There are newer answers: show them, unless somebody is looking at those that are there."""
        self._newest = judgement
        if self._shown is not None and self._shown.part != judgement.part:
            self.gallery.clear()
            self._fill()
        elif self._shown is None or (self.live.isChecked() and not self.gallery.looked_at()):
            self._fill()
        self._say()

    def choose(self, choice: Choice) -> None:
        """Show these pictures, of the newest answers; they stay."""
        self._choice = choice
        place = next((index for index, (known, _, _) in enumerate(KINDS) if known == choice), -1)
        self.kind.setCurrentIndex(place)
        if self._newest is None:
            return
        self._hold() if place < 0 else None
        self.gallery.let_go()
        self._fill()
        self.chosen.emit(choice)

    def choice(self) -> Choice:
        """Which pictures are shown."""
        return self._choice

    def judgement(self) -> Judgement | None:
        """The answers that the pictures are shown with: not the newest, where they are held."""
        return self._shown

    def clear(self) -> None:
        """Forget all: the samples are others now."""
        self._newest = self._shown = None
        self._failure = ""
        self._choice = Choice()
        self.kind.setCurrentIndex(0)
        self.live.setChecked(True)
        self.gallery.clear()

    def fail(self, sentence: str) -> None:
        """The pictures of this run cannot be had."""
        self._failure = sentence
        self.gallery.clear(sentence)

    def _fill(self) -> None:
        judgement = self._newest
        if judgement is None or self._failure:
            return
        if not self._choice.fits(len(judgement.classes)):
            self._choice = Choice()
        self._shown = judgement
        self.gallery.show_samples(judgement, self._choice.rows(judgement), self._choice.nothing())
        self._say()

    def _say(self) -> None:
        shown, newest = self._shown, self._newest
        if shown is None or newest is None:
            return
        number = count(len(self.gallery.samples()), "picture")
        behind = newest is not shown
        after = f" · epoch {shown.epoch:,}" if behind else ""
        self.title.set_text(f"{self._choice.title(shown.classes)} · {number}{after}")
        self.live.setText(f"Live (epoch {newest.epoch:,} is there)" if behind and not self.live.isChecked() else "Live")

    def _hold(self) -> None:
        if self.live.isChecked():
            self.live.setChecked(False)

    def _on_live(self, on: bool) -> None:
        if on:
            self.gallery.let_go()
            self._fill()
        self._say()

    def _catch_up(self) -> None:
        if self.live.isChecked() and self._newest is not self._shown:
            self._fill()

    def _on_kind(self, index: int) -> None:
        self.choose(KINDS[index][0])

    def _on_selected(self, row: int) -> None:
        self.detail.show_sample(self._shown, row)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 6)
        bar.setSpacing(8)
        bar.addWidget(self.kind)
        bar.addWidget(self.title, 1)
        bar.addWidget(self.live)
        line = QFrame(frameShape=QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        line.setForegroundRole(QPalette.ColorRole.Mid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.gallery, 1)
        column.addWidget(line)
        column.addWidget(self.detail)
