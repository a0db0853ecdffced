"""The page "Embedding": the map of the samples, what its colours mean, and what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.embedding.telling import told
from gui.embedding.card import Card
from gui.embedding.legend import Legend
from gui.embedding.method_row import MethodRow
from gui.embedding.scatter import NOBODY, Scatter
from gui.seen_page import SeenPage
from gui.try_it.elided_label import ElidedLabel
from gui.try_it.message_view import MessageView

if TYPE_CHECKING:
    from core.embedding.frame import Frame
    from core.embedding.samples import Samples

NO_MODEL = "Press Start first: here you see where the network puts each sample, and how the classes part as it learns."
LOOKING = "The samples are being shown to the network…"
_WIDE = 520
"""Px from which the groups stand beside the map instead of below it."""
_SIDE, _BELOW = 184, 160
_SMALLEST = (470, 320)


class EmbeddingPage(SeenPage):
    """All widgets of the page; :class:`~gui.embedding.embedding.Embedding` brings them what they show."""

    try_asked = Signal(int)
    """A sample is to be tried."""
    follow_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("embedding_page")
        self.row, self.scatter, self.legend = MethodRow(), Scatter(), Legend()
        self.card = Card(self.scatter)
        self.source, self.footer = ElidedLabel(), ElidedLabel()
        self.follow = _check("Follow the training", "Show the samples to the newest weights, again and again", True)
        self.colouring = QComboBox()
        self.colouring.setAccessibleName("Coloured by")
        self.colouring.setToolTip("What the colours stand for")
        self.colouring.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colouring.setMinimumContentsLength(8)
        self.wrong = _check("Mark wrong", "A ring around each sample that the network takes for another class", True)
        self.titles = _check("Names", "The groups' names in the map, where there are no more than 20", True)
        self.all = QPushButton("Show all")
        self.all.setToolTip("Hide no group")
        self.hint = MessageView()
        self._samples: Samples | None = None
        self._frame: Frame | None = None
        self._wide: bool | None = None
        self.tryable = False
        """Whether a sample that is clicked can be tried."""
        self._arrange()
        self._connect()
        # Of its own: that of the layout while the groups stand beside the map would keep the page from becoming narrow.
        self.setMinimumSize(*_SMALLEST)
        self.show_hint(NO_MODEL)

    def show_hint(self, words: str, *, problem: bool = False) -> None:
        """Show a sentence in place of the map."""
        self.hint.set_text(words, problem=problem)
        self._stack.setCurrentIndex(0)

    def clear(self, words: str) -> None:
        """Forget the samples: they are others now."""
        self._samples = self._frame = None
        self.scatter.forget()
        self.card.hide()
        self.show_hint(words)

    def show_frame(
        self, samples: Samples, frame: Frame, positions: NDArray[np.float32], footer: str, *, glide: bool
    ) -> None:
        """Show the samples at these positions; ``footer``: what the map is."""
        if samples is not self._samples:
            self._offer_colourings(samples)
        self._samples, self._frame = samples, frame
        self.scatter.show_points(positions, glide=glide)
        self._colour()
        self._point(self.scatter.point())
        some = f"{len(frame):,}" if len(frame) == len(samples) else f"{len(frame):,} of {len(samples):,}"
        self.source.set_text(f"{frame.model} · {some} samples of the validation part")
        self.footer.set_text(footer)
        self._stack.setCurrentIndex(1)

    def sizeHint(self) -> QSize:
        """Room for the map and the groups beside it."""
        return QSize(720, 560)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The groups beside the map, or below it."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        if wide != self._wide:
            self._wide = wide
            ways = QBoxLayout.Direction
            self._body.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
            self._tail.setDirection(ways.TopToBottom if wide else ways.LeftToRight)
            self._side.setMaximumSize(_SIDE if wide else 16_777_215, 16_777_215 if wide else _BELOW)
            self._side.setMinimumWidth(_SIDE if wide else 0)

    def _offer_colourings(self, samples: Samples) -> None:
        before = self.colouring.currentText()
        self.colouring.blockSignals(True)
        self.colouring.clear()
        self.colouring.addItems([colouring.title for colouring in samples.colourings])
        self.colouring.setCurrentIndex(max(0, self.colouring.findText(before)))
        self.colouring.blockSignals(False)
        if self._samples is None:  # of another run; in a text it is often wrong, and the marks would hide all else
            self.wrong.setChecked(samples.mask is None)

    def _colour(self) -> None:
        samples, frame, index = self._samples, self._frame, self.colouring.currentIndex()
        if samples is None or frame is None or not 0 <= index < len(samples.colourings):
            return
        colouring, count = samples.colourings[index], len(frame)
        targets = samples.targets[:count]
        classes = {"truth": targets, "guess": frame.guesses, "read": samples.read[:count]}[colouring.whose]
        groups = colouring.of(classes)
        wrong = (frame.guesses >= 0) & (targets >= 0) & (frame.guesses != targets)
        known = groups[groups >= 0]
        self.legend.show_groups(colouring.names, np.bincount(known, minlength=len(colouring.names)).tolist())
        self.scatter.show_groups(groups, colouring.names, wrong if self.wrong.isChecked() else None)
        guesses = bool((frame.guesses >= 0).any())
        self.wrong.setEnabled(guesses)
        share = f"{int(wrong.sum()):,} of {count:,} are wrong" if guesses else "This network's answers are no classes"
        self.wrong.setToolTip(f"A ring around each sample that the network takes for another class: {share}")

    def _point(self, sample: int) -> None:
        samples, frame = self._samples, self._frame
        if sample == NOBODY or samples is None or frame is None or sample >= len(frame):
            self.card.hide()
            return
        picture = None if samples.thumbnails is None else samples.thumbnails[sample]
        at = self.scatter.place_of(sample).toPoint()
        self.card.show_sample(told(samples, frame, sample), picture, at, tryable=self.tryable)

    def _move_card(self) -> None:
        if self.card.isVisible() and self._frame is not None and self.scatter.point() < len(self._frame):
            self.card.go(self.scatter.place_of(self.scatter.point()).toPoint())

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 0)
        head.addWidget(self.source, 1)
        head.addWidget(self.follow)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(0)
        self._body.addWidget(self.scatter, 1)
        self._body.addWidget(self._groups_side())
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.row)
        column.addLayout(self._body, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 2, 10, 0)
        foot.addWidget(self.footer)
        column.addLayout(foot)
        self._stack = QStackedWidget()
        for page in (self.hint, content):
            self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _groups_side(self) -> QWidget:
        """What the colours stand for, and what is marked."""
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(8, 0, 10, 4)
        side.setSpacing(5)
        side.addWidget(self.colouring)
        side.addWidget(self.legend, 1)
        checks = QHBoxLayout()
        checks.addWidget(self.wrong)
        checks.addWidget(self.titles)
        checks.addStretch(1)
        self._tail = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._tail.setSpacing(5)
        self._tail.addLayout(checks)
        self._tail.addWidget(self.all)
        side.addLayout(self._tail)
        return self._side

    def _connect(self) -> None:
        self.scatter.pointed.connect(self._point)
        self.scatter.shifted.connect(self._move_card)
        self.scatter.chosen.connect(self.try_asked)
        self.legend.hidden_changed.connect(self.scatter.hide_groups)
        self.legend.hidden_changed.connect(lambda hidden: self.all.setEnabled(bool(hidden)))
        self.legend.hovered.connect(self.scatter.emphasise)
        self.all.clicked.connect(self.legend.show_all)
        self.all.setEnabled(False)
        self.colouring.currentIndexChanged.connect(lambda _index: self._colour())
        self.wrong.toggled.connect(lambda _on: self._colour())
        self.titles.toggled.connect(self.scatter.set_titled)
        self.follow.toggled.connect(self.follow_changed)
        self.row.fit_asked.connect(self.scatter.fit)
        escape = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Esc"), self.row, self.row.cancel_asked.emit, context=escape)


def _check(text: str, tip: str, on: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    box.setChecked(on)
    return box
