"""The "Try it" panel for networks that write: a seed goes in, text comes out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QHBoxLayout,
    QLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.files import write_whole
from core.sampling import Sampling
from core.writing import Outlook, Page
from gui.keys import local_key
from gui.try_it.status_line import StatusLine
from gui.try_it.text_icons import copy_icon, save_icon
from gui.try_it.text_stage import TextStage
from gui.try_it.writing_controls import WritingControls

HINT = "Press Write (Ctrl+Enter): the text appears here."
WIDE_FROM = 1.4
"""Width through height from which the controls stand beside the text, not above it."""
CONTROLS_WIDTH = 372
MARGIN = 8


class TextPanel(QWidget):
    """Asks for texts and shows them. It knows no network: :class:`gui.writer.Writer` brings what it asks for."""

    seed_changed = Signal(str)
    write_asked = Signal(object)
    """A new text (:class:`~core.writing.Order`)."""
    step_asked = Signal(object, object)
    """One character more: the order, and the token that was picked, or None where chance shall draw it."""
    stop_asked = Signal()
    samplings_changed = Signal(object)
    """:data:`~core.writing.Samplings` for the next draws, also of a text that is being written."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("text_panel")
        self.controls = WritingControls()
        self.stage = TextStage()
        self.status = StatusLine()
        self.copy_button = _tool("Copy", "Copy the whole text, seed and all (Ctrl+Shift+C)")
        self.save_button = _tool("Save", "Save the whole text in a file (Ctrl+Shift+S)")
        self._writing = self._ready = False
        self._folder = ""
        self._lay_out()
        self._connect()
        self._paint_icons()
        self.set_ready(False, HINT)
        self._show_emptiness()

    def set_ready(self, ready: bool, hint: str) -> None:
        """Whether there is a network to ask; ``hint`` says what to do while nothing is written."""
        self._ready = ready
        self.stage.set_hint(hint or HINT)
        if not ready:
            self.stage.show_outlook(None)
        self._show_state()

    def set_writing(self, writing: bool) -> None:
        """Whether a text is being written."""
        self._writing = writing
        self._show_state()

    def show_pages(self, pages: Sequence[Page]) -> None:
        """What was written since the last time."""
        self.stage.show_pages(pages)
        if pages:
            self._take(pages[-1].outlook)
        self._show_emptiness()

    def show_outlook(self, outlook: Outlook) -> None:
        """What would come after the seed; the texts stay."""
        self.stage.show_outlook(outlook)
        self._take(outlook)

    def show_status(self, words: str) -> None:
        """Whose text it is, and how much there is of it."""
        self.status.set_text(words)

    def show_problem(self, sentence: str) -> None:
        """Say what went wrong; what was written stays."""
        self.controls.show_note(sentence, fault=True)

    def copy_text(self) -> None:
        """Put everything on the clipboard."""
        QGuiApplication.clipboard().setText(self.stage.text())

    def ask_and_save(self) -> None:
        """Ask where to, then save."""
        start = str(Path(self._folder) / "text.txt")
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the text", start, "Text (*.txt);;All files (*)")
        if chosen:
            self.save_text(Path(chosen))

    def save_text(self, path: Path) -> None:
        """Write everything into a file, as UTF-8; where that fails, say why."""
        self._folder = str(path.parent)
        try:
            write_whole(path, self.stage.text().encode("utf-8"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.show_problem(f"The text could not be saved as {path.name}: {reason}. Choose another place.")
        else:
            self.show_status(f"Saved as {path.name}")

    def sizeHint(self) -> QSize:
        """The size in a dock at the side of the window."""
        return QSize(400, 480)

    def minimumSizeHint(self) -> QSize:
        """Small, as long as the controls stand beside the text or above it."""
        return self.controls.minimumSizeHint() + QSize(2 * MARGIN, 2 * MARGIN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Controls beside the text where there is width, else above it."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE_FROM * self.height()
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._body.direction() != way:
            self._body.setDirection(way)
        self.controls.setMaximumWidth(CONTROLS_WIDTH if wide else 16_777_215)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the icons in another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "save_button"):
            self._paint_icons()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(2)
        for widget, stretch in ((self.status, 1), (self.copy_button, 0), (self.save_button, 0)):
            foot.addWidget(widget, stretch)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(self.stage, stretch=1)
        right.addLayout(foot)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._body.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # low enough to be wide
        self._body.setContentsMargins(MARGIN, MARGIN, MARGIN, 4)
        self._body.setSpacing(8)
        self._body.addWidget(self.controls)
        self._body.addLayout(right, stretch=1)

    def _connect(self) -> None:
        controls = self.controls
        controls.seed.seed_changed.connect(self.seed_changed)
        controls.seed.shortened.connect(self._on_shortened)
        controls.sliders.changed.connect(self._on_sampling)
        controls.compare.toggled.connect(self._on_compare)
        controls.write.clicked.connect(self._on_write_button)
        controls.step.clicked.connect(lambda: self._step(None))
        self.stage.bars.picked.connect(self._step)
        self.stage.samplings_changed.connect(lambda: self.samplings_changed.emit(self.stage.samplings()))
        self.copy_button.clicked.connect(self.copy_text)
        self.save_button.clicked.connect(self.ask_and_save)
        for keys, slot in {
            "Ctrl+Return": self._write,
            "Ctrl+Enter": self._write,
            "Shift+Return": lambda: self._step(None),
            "Esc": self._stop,
            "Ctrl+Shift+C": self.copy_text,
            "Ctrl+Shift+S": self.save_button.click,
        }.items():
            local_key(keys, self, slot)

    def _on_write_button(self) -> None:
        self._stop() if self._writing else self._write()

    def _write(self) -> None:
        if self._ready and not self._writing:
            self.write_asked.emit(self.controls.order(anew=True))

    def _step(self, picked: int | None) -> None:
        if self._ready and not self._writing:
            self.step_asked.emit(self.controls.order(anew=False), picked)

    def _stop(self) -> None:
        if self._writing:
            self.stop_asked.emit()

    def _on_sampling(self, sampling: Sampling) -> None:
        self.stage.set_sampling(sampling)

    def _on_compare(self, compared: bool) -> None:
        self.stage.compare(compared)
        self.controls.sliders.enable_temperature(not compared)

    def _on_shortened(self, length: int) -> None:
        self.controls.show_note(f"Only the end of the {length:,} characters was taken: no network remembers more.")

    def _take(self, outlook: Outlook) -> None:
        self.controls.sliders.set_vocabulary(len(outlook.vocabulary))
        self.controls.show_note(outlook.note)

    def _show_state(self) -> None:
        self.controls.show_state(ready=self._ready, writing=self._writing)
        self.stage.bars.set_pickable(self._ready and not self._writing)

    def _show_emptiness(self) -> None:
        for button in (self.copy_button, self.save_button):
            button.setEnabled(not self.stage.is_empty())

    def _paint_icons(self) -> None:
        self.copy_button.setIcon(copy_icon(self.palette()))
        self.save_button.setIcon(save_icon(self.palette()))


def _tool(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
