"""Takes a kept run elsewhere: a dialog with the formats, done off the GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any, TypeAlias

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.data import Cancelled
from core.errors import UserError
from core.export import FORMATS, Format, export_run, suggested_name
from core.home import data_folders
from core.outputs import OutputExists
from core.registry import Registry
from core.runs import Run
from core.worker import Background

AtRest: TypeAlias = Callable[[Callable[[], Any]], Any]
TELL_EVERY_S = 0.05
INDENT = 24
CANCELLING = "Cancelling…"


class ExportDialog(QDialog):
    """Export ``run``. ``at_rest(work)`` calls ``work`` at a safe point of the training that goes on, if there is one.

    ``folder``: where the file is put, unless the person chooses another place.
    """

    exported = Signal(object)
    """The path of what was written."""
    _told = Signal(int, int, str)

    def __init__(
        self,
        run: Run,
        registry: Registry,
        parent: QWidget | None = None,
        *,
        at_rest: AtRest = lambda work: work(),
        folder: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export a run")
        self.setObjectName("export_dialog")
        self.setMinimumWidth(560)
        self._run, self._registry, self._at_rest = run, registry, at_rest
        self._folder = folder or Path.home()
        self._cancelled = Event()
        self._busy = self._closing = False
        self._last_told = 0.0
        self._background = Background(self)
        self._formats = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        self.path = QLineEdit()
        self.words = QLabel(wordWrap=True)
        self.progress = QProgressBar(textVisible=False)
        self.start = QPushButton("Export", default=True)
        self.cancel = QPushButton("Close")
        self.show_folder = QPushButton("Open folder")
        self._written: Path | None = None
        self.path.setToolTip("Where it is written")
        self.show_folder.setToolTip("Show it in the file manager")
        self._lay_out()
        self._connect()
        self.choose(next(iter(FORMATS)))

    @property
    def format(self) -> Format:
        """The one that is picked."""
        return next(FORMATS[id] for id, button in self.buttons.items() if button.isChecked())

    def choose(self, id: str) -> None:
        """Pick a format, and propose a name for the file or folder."""
        self.buttons[id].setChecked(True)

    def export(self, *, force: bool = False) -> None:
        """Write it; where something is there already, ask first."""
        if self._busy:
            return
        text = self.path.text().strip()
        if not text:
            self._say("Choose where it is to be written.")
            return
        path, chosen = Path(text).expanduser().absolute(), self.format
        self._cancelled.clear()
        self._set_busy(True)
        self._say(f"Exporting: {chosen.title}…")
        self._background.submit(
            lambda: self._work(chosen.id, path, force), self._on_done, lambda error: self._on_failed(error, path)
        )

    def reject(self) -> None:
        """Cancel what goes on; else close."""
        if self._busy:
            self._cancelled.set()
            self._say(CANCELLING)
            self.cancel.setEnabled(False)
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Cancel first: the dialog goes when nothing is written any more."""
        if self._busy:
            self._closing = True
            self.reject()
            event.ignore()
            return
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Closed by a button, Escape or the window's frame."""
        self._background.close()
        super().done(result)

    def _work(self, format: str, path: Path, force: bool) -> Path:
        """On the background thread."""
        return export_run(
            *(self._run, self._registry, format, path),
            folders=data_folders(),
            progress=self._tell,
            force=force,
            at_rest=self._at_rest,
        )

    def _tell(self, done: int, total: int | None, text: str) -> None:
        """On the background thread, or on that of the training."""
        if self._cancelled.is_set():
            raise Cancelled
        now = time.perf_counter()
        if now - self._last_told > TELL_EVERY_S or done == 0:
            self._last_told = now
            share = 1000 * done // total if total else 0
            self._told.emit(share, 1000 if total else 0, text)

    def _show_progress(self, done: int, total: int, text: str) -> None:
        if self._busy and not self._cancelled.is_set():
            self.progress.setRange(0, total)
            self.progress.setValue(done)
            self._say(f"{text}…")

    def _on_done(self, path: Path) -> None:
        self._set_busy(False)
        self._written = path
        self.show_folder.show()
        self._say(f"Written: {path}")
        self.exported.emit(path)
        self._close_if_asked()

    def _on_failed(self, error: Exception, path: Path) -> None:
        self._set_busy(False)
        if isinstance(error, Cancelled):
            self._say("Cancelled: nothing was written.")
        elif isinstance(error, OutputExists):
            self._say(f"{path.name} exists already.")
            if not self._closing:
                self._ask_to_replace(path)
        elif isinstance(error, UserError):
            self._say(str(error))
        else:
            self._say(f"It could not be exported: {type(error).__name__}: {error}")
        self._close_if_asked()

    def _ask_to_replace(self, path: Path) -> None:
        words = f"{path.name} exists already. Replace it?"
        if self.format.folder:
            words = f"The folder {path.name} exists already. Replace the files in it that have the same names?"
        box = QMessageBox(QMessageBox.Icon.Question, "Export", words, parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        replace = box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        replace.clicked.connect(lambda: self.export(force=True))
        box.open()

    def _close_if_asked(self) -> None:
        if self._closing:
            self.close()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for widget in (*self.buttons.values(), self.path, self.browse, self.start):
            widget.setEnabled(not busy)
        self.cancel.setEnabled(True)
        self.cancel.setText("Cancel" if busy else "Close")
        self.progress.setRange(0, 0 if busy else 1)
        self.progress.setVisible(busy)
        if busy:
            self.show_folder.hide()

    def _say(self, words: str) -> None:
        self.words.setText(words)

    def _propose(self) -> None:
        """Keep the folder that was chosen, with the name that goes with the format."""
        text = self.path.text().strip()
        folder = Path(text).expanduser().parent if text else self._folder
        self.path.setText(str(folder / suggested_name(self._run, self.format.id)))
        self._say("")

    def _browse(self) -> None:
        if self.format.folder:
            parent = QFileDialog.getExistingDirectory(self, "Where to", str(Path(self.path.text()).parent))
            if parent:
                self.path.setText(str(Path(parent) / suggested_name(self._run, self.format.id)))
            return
        suffix = self.format.suffix
        text, _ = QFileDialog.getSaveFileName(
            *(self, "Where to", self.path.text(), f"{self.format.title} (*{suffix})"),
            options=QFileDialog.Option.DontConfirmOverwrite,  # asked when it is written, whoever typed the name
        )
        if text:
            self.path.setText(text if Path(text).suffix else text + suffix)

    def _open_folder(self) -> None:
        if self._written is not None:
            folder = self._written if self._written.is_dir() else self._written.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _connect(self) -> None:
        for button in self.buttons.values():
            button.toggled.connect(lambda on: self._propose() if on else None)
        self.start.clicked.connect(lambda: self.export())
        self.cancel.clicked.connect(self.reject)
        self.browse.clicked.connect(self._browse)
        self.show_folder.clicked.connect(self._open_folder)
        self._told.connect(self._show_progress)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(4)
        name = QLabel(self._run.id, textInteractionFlags=Qt.TextInteractionFlag.TextSelectableByMouse)
        name.setProperty("heading", True)
        column.addWidget(name)
        for found in FORMATS.values():
            self._add_format(column, found)
        place = QHBoxLayout()
        self.browse = QPushButton("Choose…", autoDefault=False)
        label = QLabel("&To:")
        label.setBuddy(self.path)
        for widget in (label, self.path, self.browse):
            place.addWidget(widget)
        column.addSpacing(8)
        column.addLayout(place)
        self._lay_out_bottom(column)

    def _add_format(self, column: QVBoxLayout, found: Format) -> None:
        button = QRadioButton(found.title)
        self.buttons[found.id] = button
        self._formats.addButton(button)
        summary = QLabel(found.summary, wordWrap=True)
        summary.setProperty("hint", True)
        summary.setContentsMargins(INDENT, 0, 0, 4)
        button.setAccessibleDescription(found.summary)
        column.addWidget(button)
        column.addWidget(summary)

    def _lay_out_bottom(self, column: QVBoxLayout) -> None:
        self.words.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # so that nothing moves when words come
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress.setFixedHeight(6)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.hide()
        self.start.setProperty("primary", True)
        self.cancel.setAutoDefault(False)
        self.show_folder.setAutoDefault(False)
        self.show_folder.hide()
        for widget in (self.progress, self.words):
            column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.show_folder)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.start)
        column.addLayout(buttons)
