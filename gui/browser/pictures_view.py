"""Everything about a data set of pictures: filter, grid, overview and the chosen sample."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.data import DataBundle
from core.survey import PARTS, Catalogue, ChannelStatistics, Sample
from gui.browser.filter_bar import FilterBar
from gui.browser.grid import LARGEST, SMALLEST, USUAL, SampleGrid
from gui.browser.inspector import VARIANTS, Inspector
from gui.browser.overview import Overview
from gui.browser.variation import Variation

_WIDE_FROM = 900
"""Px from which the overview has a column of its own, beside the grid, instead of a tab."""


class PicturesView(QWidget):
    """Shows a bundle; ``sample_chosen`` tells of a sample to be tried, with a variant of its picture or its own."""

    sample_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter, self.grid = FilterBar(), SampleGrid()
        self.overview, self.inspector = Overview(), Inspector()
        self.variation = Variation(self)
        self.count = QLabel()
        self.count.setProperty("caption", True)
        self.zoom = QSlider(Qt.Orientation.Horizontal)
        self.clear = QPushButton("Clear the filter")
        self._bundle: DataBundle | None = None
        self._catalogue: Catalogue | None = None
        self._sample: Sample | None = None
        self._augments, self._draw = True, 0
        self._lay_out()
        self._connect()

    def show_data(self, title: str, bundle: DataBundle, catalogue: Catalogue) -> None:
        """Show a data set; filter, place and chosen sample stay where the samples are the same."""
        before, self._bundle = self._catalogue, bundle
        same = before is not None and _alike(before, catalogue)
        self._catalogue = catalogue
        self.overview.show_data(title, catalogue, bundle.info)
        if same and before is not None:
            self._vary()
        else:
            self.filter.text.clear()
        self.filter.offer(catalogue)
        self._find()

    def show_channels(self, found: ChannelStatistics) -> None:
        """The brightness of the training pictures."""
        self.overview.show_channels(found)

    def set_augments(self, on: bool) -> None:
        """Whether training varies its pictures at all."""
        if on != self._augments:
            self._augments = on
            self._vary()

    def go_to(self, part: str, index: int) -> bool:
        """Show one sample, whatever the filter was; False where there is none."""
        if self._catalogue is None:
            return False
        try:
            row = self._catalogue.row(part, index)
        except IndexError:
            return False
        self.filter.clear()
        return self.grid.go_to(row)

    def sample(self) -> Sample | None:
        """The current one."""
        return self._sample

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns beside the grid where there is room, otherwise one with tabs."""
        super().resizeEvent(event)
        self._arrange(self.width() >= _WIDE_FROM)

    def _find(self) -> None:
        if self._catalogue is None:
            return
        part, label, text = self.filter.wanted_part(), self.filter.wanted_label(), self.filter.wanted_text()
        rows = self._catalogue.find(part, label, text)
        self.grid.show_samples(self._catalogue, rows)
        self.overview.show_balance(part, label)
        total = len(self._catalogue)
        self.count.setText(f"{len(rows):,} of {total:,} samples" if len(rows) < total else f"{total:,} samples")
        wanted = [f"“{text[:60]}”"] if text else []
        wanted += [f"in {self._catalogue.class_name(label)}"] if label is not None else []
        wanted += [f"in {PARTS[part]}"] if part else []
        self._nothing.setText(f"No sample matches {' '.join(wanted)}.")
        self._stack.setCurrentIndex(0 if len(rows) else 1)

    def _on_current(self, row: int) -> None:
        if self._catalogue is None:
            return
        sample = self._catalogue.sample(row) if row >= 0 else None
        self._sample = sample
        self.inspector.show_sample(sample)
        if sample is not None:
            self.grid.setAccessibleDescription(f"{sample.class_name}, {PARTS[sample.part]} sample {sample.index}")
        self._vary()

    def _again(self) -> None:
        self._draw += 1
        self._vary()

    def _vary(self) -> None:
        """The variants of the current sample, with the draw of before: a changed setting is seen to change them."""
        sample, bundle = self._sample, self._bundle
        if sample is None or bundle is None:
            self.variation.withdraw()
        elif not self._augments or not bundle.augmentations:
            self.variation.withdraw()
            self.inspector.show_unvaried(switched_off=bool(bundle.augmentations))
        else:
            self.variation.ask(bundle, sample.picture, VARIANTS, self._draw)

    def _choose(self) -> None:
        if self._sample is not None and self.inspector.try_it.isEnabled():
            self.sample_chosen.emit(self._sample)

    def _choose_variant(self, picture: NDArray[np.uint8]) -> None:
        if self._sample is not None and self.inspector.try_it.isEnabled():
            self.sample_chosen.emit(replace(self._sample, picture=picture))

    def _on_class(self, label: int) -> None:
        self.filter.choose_label(None if self.filter.wanted_label() == label else label)

    def _show_menu(self, row: int, where: QPoint) -> None:
        sample = self._sample
        if sample is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        tried = menu.addAction("&Try it", self._choose)
        tried.setEnabled(self.inspector.try_it.isEnabled())
        menu.addAction("&Copy picture", self._copy)
        menu.addSeparator()
        if self.filter.wanted_label() is None:
            name = sample.class_name[:40].replace("&", "&&")
            menu.addAction(f"Show &only “{name}”", lambda: self.filter.choose_label(sample.label))
        else:
            menu.addAction("Show all c&lasses", lambda: self.filter.choose_label(None))
        menu.popup(where)

    def _copy(self) -> None:
        image = self.inspector.picture.image()
        if image is not None:
            QGuiApplication.clipboard().setImage(image)

    def _connect(self) -> None:
        self.filter.changed.connect(self._find)
        self.filter.add_find_key(self)
        self.clear.clicked.connect(self.filter.clear)
        self.grid.current_changed.connect(self._on_current)
        self.grid.activated.connect(lambda _row: self._choose())
        self.grid.menu_asked.connect(self._show_menu)
        self.grid.side_changed.connect(self.zoom.setValue)
        self.zoom.valueChanged.connect(self.grid.set_side)
        self.overview.class_clicked.connect(self._on_class)
        self.inspector.try_asked.connect(self._choose)
        self.inspector.again_asked.connect(self._again)
        self.inspector.variant_asked.connect(self._choose_variant)
        self.variation.made.connect(self._on_varied)
        self.variation.failed.connect(self.inspector.show_fault)

    def _on_varied(self, varied: object) -> None:
        if self._sample is not None:
            self.inspector.show_variants(varied, self._sample.part)  # type: ignore[arg-type]

    def _arrange(self, wide: bool) -> None:
        if wide == (self.tabs.count() == 1):
            return
        if wide:
            self._splitter.insertWidget(0, self.overview)
            self.overview.show()
            self._splitter.setSizes([230, max(300, self.width() - 470), 240])
        else:
            self.tabs.addTab(self.overview, "Data set")
            self._splitter.setSizes([max(200, self.width() - 230), 230])
        self.tabs.tabBar().setVisible(not wide)
        self._splitter.setStretchFactor(self._splitter.indexOf(self._middle), 1)

    def _lay_out(self) -> None:
        _dress_zoom(self.zoom)
        self._nothing = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.addStretch(2)
        column.addWidget(self._nothing)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        cells = QWidget()
        self._stack = QStackedLayout(cells)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(nothing)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 4, 8, 4)
        foot.addWidget(self.count, 1)
        foot.addWidget(self.zoom)
        self._middle = QWidget()
        middle = QVBoxLayout(self._middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.filter)
        middle.addWidget(cells, 1)
        middle.addLayout(foot)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.inspector, "Sample")
        self.tabs.addTab(self.overview, "Data set")
        self._splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._splitter.addWidget(self._middle)
        self._splitter.addWidget(self.tabs)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([500, 230])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._splitter)


def _dress_zoom(zoom: QSlider) -> None:
    zoom.setRange(SMALLEST, LARGEST)
    zoom.setValue(USUAL)
    zoom.setPageStep(16)
    zoom.setFixedWidth(110)
    zoom.setAccessibleName("Size of the pictures")
    zoom.setToolTip("Size of the pictures (Ctrl and the mouse wheel, or Ctrl with + and −)")


def _alike(first: Catalogue, second: Catalogue) -> bool:
    """Whether the same samples are in the same places, as far as labels, sizes and names tell."""
    if (first.shape, first.classes, list(first.parts)) != (second.shape, second.classes, list(second.parts)):
        return False
    pairs = zip(first.parts.values(), second.parts.values(), strict=True)
    return all(
        len(one) == len(other)
        and (one.targets == other.targets).all()
        and list(itertools.islice(one.names, 100)) == list(itertools.islice(other.names, 100))
        for one, other in pairs
    )
