"""The data set as a whole: its size, the balance of its classes, the brightness of its pictures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from core.data import DataInfo
from core.survey import PARTS, Catalogue, ChannelStatistics
from core.views import BarChart
from gui.browser.class_bars import ClassBars
from gui.browser.histogram import Histogram, channel_colours

_ALIKE = 0.003
"""Mean and deviation of all pictures and of some of them differ by less."""
_MOST_CHANNELS = 4


class Overview(QWidget):
    """Shows a catalogue; a click on a class is told by ``class_clicked``."""

    class_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.title.setProperty("heading", True)
        self.facts = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.balance = _section("Classes")
        self.bars = ClassBars()
        self.bars.clicked.connect(self.class_clicked)
        self.histogram = Histogram()
        self.channels = QGridLayout()
        self.normalised = QLabel(wordWrap=True)
        self.normalised.setProperty("caption", True)
        self._catalogue: Catalogue | None = None
        self._info: DataInfo | None = None
        self._found: ChannelStatistics | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.facts)
        column.addWidget(self.balance)
        column.addWidget(self.bars, 1)
        column.addWidget(_section("Brightness"))
        column.addWidget(self.histogram)
        column.addLayout(self.channels)
        column.addWidget(self.normalised)
        self.setMinimumWidth(190)

    def show_data(self, title: str, catalogue: Catalogue, info: DataInfo) -> None:
        """A data set; its brightness is not known yet."""
        self._catalogue, self._info, self._found = catalogue, info, None
        self.title.setText(title)
        parts = ", ".join(f"{len(split):,} {PARTS[key]}" for key, split in catalogue.parts.items())
        channels, height, width = catalogue.shape
        colour = {1: "grey", 3: "RGB"}.get(channels, f"{channels} channels")
        classes = f"{len(catalogue.classes):,} {'class' if len(catalogue.classes) == 1 else 'classes'}"
        self.facts.setText(f"{len(catalogue):,} samples: {parts}\n{width} × {height} px, {colour}; {classes}")
        self.histogram.clear()
        self._clear_channels()
        self.normalised.setText("Measuring the training pictures…")

    def show_balance(self, part: str, label: int | None) -> None:
        """How many samples of ``part`` ("": of all) each class has; ``label`` is the one that is looked at."""
        if self._catalogue is None:
            return
        counts = self._catalogue.counts(part)
        seen = counts[counts > 0]
        words = f"Classes, {PARTS[part]}" if part else "Classes"
        if len(seen) and seen.max() >= 2 * seen.min():
            words += f": the largest is {seen.max() / seen.min():.1f} × the smallest"
        self.balance.setText(words)
        self.bars.show_view(BarChart(labels=self._catalogue.classes, values=counts.astype(float), highlight=label))

    def show_channels(self, found: ChannelStatistics) -> None:
        """The brightness of the training pictures, and what they are normalised with."""
        if self._info is None:
            return
        self._found = found
        self.histogram.show_shares(found.shares)
        self._clear_channels()
        channels = min(len(found.mean), _MOST_CHANNELS)
        names = ("Red", "Green", "Blue") if channels == 3 else ("Grey",) if len(found.mean) == 1 else ()
        self._put(0, ("", "mean", "std"))
        for channel in range(channels):
            name = names[channel] if names else f"Channel {channel + 1}"
            colour = channel_colours(channels, self.palette())[channel].name() if channels == 3 else ""
            self._put(channel + 1, (name, f"{found.mean[channel]:.4f}", f"{found.std[channel]:.4f}"), colour)
        self.normalised.setText(_normalised(found, self._info))

    def changeEvent(self, event: QEvent) -> None:
        """The colours of the channels for a light or a dark ground."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._found is not None:
            self.show_channels(self._found)

    def _put(self, row: int, cells: tuple[str, str, str], colour: str = "") -> None:
        for column, words in enumerate(cells):
            cell = QLabel(words)
            cell.setProperty("caption", not row)
            if colour and not column:
                cell.setStyleSheet(f"color: {colour}")
            cell.setAlignment(Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft)
            self.channels.addWidget(cell, row, column)

    def _clear_channels(self) -> None:
        while (item := self.channels.takeAt(0)) is not None:
            cell = item.widget()
            if cell is not None:
                cell.deleteLater()


def _normalised(found: ChannelStatistics, info: DataInfo) -> str:
    """What training does about it, and what was measured where that is not all."""
    count = f"{found.total:,}" if found.pictures == found.total else f"{found.pictures:,} of {found.total:,}"
    measured = f"Of {count} training pictures, scaled to 0…1. "
    pairs = [*zip(found.mean, info.mean, strict=False), *zip(found.std, info.std, strict=False)]
    if all(abs(measured - used) < _ALIKE for measured, used in pairs):
        return measured + "Training normalises with these."
    mean, std = (_listed(values) for values in (info.mean, info.std))
    return measured + f"Training normalises with mean {mean} and std {std}."


def _listed(values: tuple[float, ...]) -> str:
    different = dict.fromkeys(f"{value:.4g}" for value in values)
    return " / ".join(different if len(different) == 1 else [f"{value:.4g}" for value in values])


def _section(words: str) -> QLabel:
    made = QLabel(words, wordWrap=True)
    made.setProperty("section", True)
    font = made.font()
    font.setBold(True)
    made.setFont(font)
    made.setContentsMargins(0, 8, 0, 0)
    return made
