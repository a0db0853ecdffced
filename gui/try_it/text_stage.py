"""Where the texts stand: one beside the bars of its next character, or three side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.sampling import Sampling
from core.writing import Outlook, Page, Samplings
from gui.try_it.distribution_bars import DistributionBars
from gui.try_it.text_column import TextColumn

TEMPERATURES = (0.5, 0.8, 1.1)


class TextStage(QWidget):
    """Takes pages and outlooks. Of a comparison the columns' own temperatures count."""

    samplings_changed = Signal()
    """What the next draws shall be made with is different."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = [TextColumn(temperature) for temperature in TEMPERATURES]
        self.bars = DistributionBars()
        self._sampling = Sampling()
        self._compared = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for column in self.columns:
            row.addWidget(column, stretch=4)
            column.changed.connect(self.samplings_changed)
        row.addWidget(self.bars, stretch=3)
        self.compare(False)

    def set_sampling(self, sampling: Sampling) -> None:
        """What the sliders say."""
        self._sampling = sampling
        self.bars.set_sampling(sampling)
        self.samplings_changed.emit()

    def samplings(self) -> Samplings:
        """One a column."""
        if not self._compared:
            return (self._sampling,)
        temperatures = [column.temperature.value() for column in self.columns]
        return tuple(self._sampling.model_copy(update={"temperature": t}) for t in temperatures)

    def compare(self, compared: bool) -> None:
        """Three columns, or one with the bars."""
        self._compared = compared
        for index, column in enumerate(self.columns):
            column.setVisible(compared or index == 0)
            column.show_head(compared)
        self.bars.setVisible(not compared)
        self.samplings_changed.emit()

    def show_pages(self, pages: Sequence[Page]) -> None:
        """What was written since the last time, all at once: a redraw for each would be too many."""
        begins = [index for index, page in enumerate(pages) if page.seed is not None]
        if begins:
            pages = pages[begins[-1] :]
            for column in self.columns:
                column.view.begin(pages[0].seed or "")
        for index, column in enumerate(self.columns):
            column.view.append_text("".join(page.texts[index] for page in pages if index < len(page.texts)))
        if pages:
            self.bars.show_outlook(pages[-1].outlook)

    def show_outlook(self, outlook: Outlook | None) -> None:
        """What would come next; the texts stay."""
        self.bars.show_outlook(outlook)

    def set_hint(self, hint: str) -> None:
        """What stands where nothing is written yet."""
        for column in self.columns:
            column.view.setPlaceholderText(hint)

    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not any(column.view.length() for column in self.columns)

    def text(self) -> str:
        """Everything with its seed, of several columns each below its temperature; all of it can be encoded."""
        shown = [column for column in self.columns if not column.isHidden()]
        texts = [column.view.seed() + column.view.written() for column in shown]
        texts = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        if len(shown) == 1:
            return texts[0]
        heads = [f"Temperature {column.temperature.value():g}\n\n" for column in shown]
        return "\n\n\n".join(head + text for head, text in zip(heads, texts, strict=True))
