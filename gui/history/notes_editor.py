"""What a person writes about a run: name, tags, and a note in Markdown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from core.history import RunLine, RunNotes
from core.history.notes import LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS

SAVE_AFTER_MS = 800
HINT = "Select one run to write about it."


class NotesEditor(QWidget):
    """Saves by itself, a moment after the last key and whenever another run is selected."""

    written = Signal(str, object)
    """The run's id and its :class:`~core.history.RunNotes`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notes_editor")
        self._line: RunLine | None = None
        self.name = QLineEdit(maxLength=LONGEST_NAME, placeholderText="its id")
        self.name.setToolTip("A name to know the run by; empty: its id")
        self.tags = QLineEdit(placeholderText="words, separated by commas")
        self.tags.setToolTip("Words to find the run by, separated by commas")
        self.note = QPlainTextEdit(placeholderText="What did you try, and what came of it? Markdown works.")
        self.note.setTabChangesFocus(True)
        self.preview = QTextBrowser(openExternalLinks=False, openLinks=False)
        self.switch = QPushButton("Preview")
        self.switch.setCheckable(True)
        self.switch.setToolTip("See the note as it will be shown")
        self._soon = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._soon.timeout.connect(self.save)
        self._pages = QStackedWidget()
        self._lay_out()
        for field in (self.name, self.tags):
            field.textEdited.connect(lambda _text: self._soon.start())
            field.editingFinished.connect(self.save)
        self.note.textChanged.connect(self._soon.start)
        self.note.installEventFilter(self)
        self.switch.toggled.connect(self._show_preview)
        self.show_run(None)

    def show_run(self, line: RunLine | None) -> None:
        """Edit the notes of this run; None: there is nothing to write about."""
        if line is not None and self._line is not None and line.id == self._line.id and self._dirty():
            return  # news of the run one writes about must not take the words away
        self.save()
        self._line = line
        notes = line.notes if line else RunNotes()
        for widget, text in ((self.name, notes.name), (self.tags, ", ".join(notes.tags)), (self.note, notes.note)):
            blocked = widget.blockSignals(True)
            widget.setPlainText(text) if isinstance(widget, QPlainTextEdit) else widget.setText(text)
            widget.blockSignals(blocked)
        if line:
            self.name.setPlaceholderText(line.id)
        self.preview.setMarkdown(notes.note)
        self._pages.setCurrentIndex(1 if line else 0)

    def save(self) -> None:
        """Hand on what was written, if anything is new."""
        self._soon.stop()
        if self._line is None or not self._dirty():
            return
        notes, line = self._notes(), self._line
        self._line = RunLine(**{**vars(line), "notes": notes})
        self.written.emit(line.id, notes)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaving the note saves it."""
        if watched is self.note and event.type() == QEvent.Type.FocusOut:
            self.save()
        return super().eventFilter(watched, event)

    def _dirty(self) -> bool:
        return self._line is not None and self._notes() != self._line.notes

    def _notes(self) -> RunNotes:
        before = self._line.notes if self._line else RunNotes()
        tags = [tag.strip()[:LONGEST_TAG] for tag in self.tags.text().split(",") if tag.strip()]
        texts = {"name": self.name.text().strip(), "note": self.note.toPlainText()[:LONGEST_NOTE]}
        return before.model_copy(update={**texts, "tags": tuple(dict.fromkeys(tags))[:MOST_TAGS]})

    def _show_preview(self, on: bool) -> None:
        self.preview.setMarkdown(self.note.toPlainText())
        self._texts.setCurrentIndex(int(on))
        self.switch.setText("Edit" if on else "Preview")

    def _lay_out(self) -> None:
        self._texts = QStackedWidget()
        self._texts.addWidget(self.note)
        self._texts.addWidget(self.preview)
        form = QWidget()
        rows = QFormLayout(form)
        rows.addRow("&Name", self.name)
        rows.addRow("&Tags", self.tags)
        rows.addRow("N&ote", self._texts)
        rows.addRow("", self.switch)
        hint = QLabel(HINT, wordWrap=True, margin=16)
        self._pages.addWidget(hint)
        self._pages.addWidget(form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
