"""A path: a line to type in and a button that opens the dialog."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from gui.forms.editor import Editor
from gui.forms.inputs import PathLine
from gui.forms.spec import FieldSpec

_FOLDER_WORDS = ("folder", "directory", "dir")


class PathEditor(Editor):
    """A file or a folder, as the name of the field says; where it says neither, the button asks."""

    def __init__(self, spec: FieldSpec) -> None:
        self.edit = PathLine()
        super().__init__(spec, self.edit)
        self.button = QPushButton("Choose…")
        self.button.setObjectName(f"setting_{spec.name}_choose")
        self.button.setAccessibleName(f"Choose {spec.title}")
        self.button.setAutoDefault(False)
        self.line.addWidget(self.button)
        self.edit.textChanged.connect(self.edited)
        self.edit.editingFinished.connect(self.committed)
        self.button.clicked.connect(self._choose)

    def raw(self) -> str:
        """The path as typed."""
        return self.edit.text()

    def show_value(self, value: Any) -> None:
        """Show ``value`` as text, ``None`` as an empty line."""
        self.edit.setText("" if value is None else str(value))

    def set_placeholder(self, text: str) -> None:
        """Show ``text`` while the line is empty."""
        self.edit.setPlaceholderText(text)

    def set_tooltip(self, text: str) -> None:
        """The tooltip of the line; the button says what it does."""
        super().set_tooltip(text)
        self.button.setToolTip("Choose it in a dialog. A file or folder can also be dropped on the line.")

    def tab_stops(self) -> list[QWidget]:
        """The line, then its button."""
        return [self.edit, self.button]

    def _choose(self) -> None:
        words = self.spec.name.split("_")
        if any(word in _FOLDER_WORDS for word in words):
            self._ask(QFileDialog.FileMode.Directory)
        elif "file" in words:
            self._ask(QFileDialog.FileMode.ExistingFile)
        else:
            self._ask_which()

    def _ask_which(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("A file…", lambda: self._ask(QFileDialog.FileMode.ExistingFile))
        menu.addAction("A folder…", lambda: self._ask(QFileDialog.FileMode.Directory))
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def _ask(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, self.spec.title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, mode == QFileDialog.FileMode.Directory)
        current = Path(self.raw()).expanduser()
        if self.raw():
            dialog.setDirectory(str(current if current.is_dir() else current.parent))
        dialog.fileSelected.connect(self._on_selected)
        dialog.open()

    def _on_selected(self, path: str) -> None:
        self.edit.setText(path)
        self.committed.emit()
