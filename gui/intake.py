"""What people bring to learn from: texts, and folders of pictures; opened, pasted or dropped on the window."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from core.files import write_whole
from core.home import home
from core.picture_folders.found import ENDINGS, ending
from gui.try_it.offers import brings_pictures, shown_name

FILTER = "Texts (*.txt *.md *.py *.csv *.html *.json *.tex);;All files (*)"
ZIP_FILTER = "Archives of pictures (*.zip);;All files (*)"
SHORTEST = 2


class Intake(QObject):
    """Turns what was brought into a path; pasted text is kept as a file first, so that the run can be repeated."""

    brought = Signal(object)
    """The path of a text."""
    pictures_brought = Signal(object)
    """The path of a folder or a .zip of pictures."""
    picture_chosen = Signal(object, str)
    """A single picture, which is to be tried rather than learnt from: its path, and its name."""
    refused = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def open_dialog(self) -> None:
        """Let the person choose a file."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Learn from a text", "", FILTER)
        if path:
            self.brought.emit(Path(path))

    def open_folder_dialog(self) -> None:
        """Let the person choose a folder of pictures."""
        path = QFileDialog.getExistingDirectory(self._window, "Learn from a folder with a folder of pictures a class")
        if path:
            self.pictures_brought.emit(Path(path))

    def open_zip_dialog(self) -> None:
        """Let the person choose an archive of pictures."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Learn from a .zip of pictures", "", ZIP_FILTER)
        if path:
            self.pictures_brought.emit(Path(path))

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
        """Whether a drop of this may be learnt from: one local file or folder, or a text. It is looked into later."""
        urls = data.urls()
        return (len(urls) == 1 and urls[0].isLocalFile()) if urls else data.hasText()

    def take(self, data: QMimeData) -> None:
        """What was dropped: pictures to learn from, one to try, or a text."""
        urls = data.urls()
        if not urls:
            self.take_text(data.text())
            return
        path = Path(urls[0].toLocalFile())
        if brings_pictures(data):
            self.pictures_brought.emit(path)
        elif ending(path.name) in ENDINGS:
            self.picture_chosen.emit(path, shown_name(path.name))
        else:
            self.brought.emit(path)
