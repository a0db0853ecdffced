"""Texts that people bring: opened, pasted or dropped on the window, to be learnt from."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from core.files import write_whole
from core.home import home

FILTER = "Texts (*.txt *.md *.py *.csv *.html *.json *.tex);;All files (*)"
SHORTEST = 2


class TextIntake(QObject):
    """Turns what was brought into a path; pasted text is kept as a file first, so that the run can be repeated."""

    brought = Signal(object)
    """The path of a text."""
    refused = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def open_dialog(self) -> None:
        """Let the person choose a file."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Learn from a text", "", FILTER)
        if path:
            self.brought.emit(Path(path))

    def paste(self) -> None:
        """Take the text on the clipboard."""
        self.take_text(QApplication.clipboard().text())

    def take_text(self, text: str) -> None:
        """Keep ``text`` in a file of its own and bring that."""
        if len(text) < SHORTEST:
            self.refused.emit("There is no text to learn from: copy some first.")
            return
        path = home() / "texts" / f"pasted-{time.strftime('%Y%m%d-%H%M%S')}.txt"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text.encode("utf-8", "replace"))
        except OSError as error:
            self.refused.emit(f"The text cannot be kept in {path.parent} ({error.strerror or error}).")
            return
        self.brought.emit(path)

    def takes(self, data: QMimeData) -> bool:
        """Whether a drop of this may be a text: one local file, or text itself. A look at what is in it comes later."""
        urls = data.urls()
        return (len(urls) == 1 and urls[0].isLocalFile()) if urls else data.hasText()

    def take(self, data: QMimeData) -> None:
        """What was dropped."""
        urls = data.urls()
        if urls:
            self.brought.emit(Path(urls[0].toLocalFile()))
        else:
            self.take_text(data.text())
