"""qtconsole's widget, in the window's colours and on our kernel. Imported when the console is first shown."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontDatabase, QKeySequence, QPalette, QTextCursor

from gui.console.client import Client
from gui.forms.colours import fault_colour
from gui.theme import is_dark

os.environ["QT_API"] = "pyside6"  # before qtpy is imported: it would take whichever binding it finds

from IPython.core.inputtransformer2 import TransformerManager
from qtconsole.rich_jupyter_widget import RichJupyterWidget

BANNER = """\
torch and np are imported; model, batch, run and app are those of this window (None: nothing was trained yet).
Try  app.open("lenet"), app.start(), then  model,  run.losses,  run.lr = 0.001,  or  load_data("digits").
Tab completes, ? after a name explains it, Ctrl+C interrupts. A run that goes on waits for each cell.
"""
STYLES = {False: "default", True: "github-dark"}
"""Pygments' styles for a light and a dark ground."""
KEPT_LINES = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_OWN_KEYS = ("Copy", "Select All", "Bigger Font", "Smaller Font", "Normal Font")


class Front(RichJupyterWidget):  # type: ignore[misc]  # qtconsole has no types
    """Prompt, output, completion. ``interrupt`` and ``restart``: what Ctrl+C and Ctrl+. do."""

    def __init__(self, client: Client, interrupt: Callable[[], None], restart: Callable[[], None]) -> None:
        self._transformer = TransformerManager()  # type: ignore[no-untyped-call]
        super().__init__()
        self.setObjectName("console_front")
        self.banner = BANNER
        self.buffer_size = KEPT_LINES
        self.custom_interrupt = self.custom_restart = True
        self.custom_interrupt_requested.connect(interrupt)
        self.custom_restart_requested.connect(restart)
        self._control.setAccessibleName("Python console")
        self._control.setFrameShape(self._control.Shape.NoFrame)
        self.font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._completion_widget.setParent(self)  # it would outlive us as a window of its own
        self._leave_the_windows_keys()
        self.setFocusProxy(self._control)
        self._dress()
        self.kernel_client = client
        client.start_channels()

    def begin_anew(self, words: str) -> None:
        """After a restart: what was told stays, and a first prompt comes below it."""
        self._append_plain_text(f"\n{words}\n")
        self.reset()

    def _handle_execute_reply(self, msg: dict[str, Any]) -> None:
        """A restart may come while the reply is still being shown; qtconsole then misses what it had noted of it."""
        try:
            super()._handle_execute_reply(msg)
        except KeyError:
            if msg["parent_header"].get("msg_id") in self._request_info["execute"]:
                raise

    def changeEvent(self, event: QEvent) -> None:
        """Another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_dressed", None) != self._look():
            self._dress()

    def _dress(self) -> None:
        """Colours of text, prompts and highlighting that fit the window's palette."""
        self._dressed = self._look()
        follow = self._viewport_at_end()
        palette, dark = self.palette(), is_dark(self.palette())
        colours = {
            "base": palette.color(QPalette.ColorRole.Base).name(),
            "text": palette.color(QPalette.ColorRole.Text).name(),
            "quiet": palette.color(QPalette.ColorRole.PlaceholderText).name(),
            "accent": palette.color(QPalette.ColorRole.Link).name(),
            "selected": palette.color(QPalette.ColorRole.Highlight).name(),
        }
        self.syntax_style = STYLES[dark]
        self.style_sheet = SHEET % colours
        fault = fault_colour(palette).name()
        for colours_of_text in (self._ansi_processor.color_map, self._ansi_processor.default_color_map):
            colours_of_text.update({1: fault, 9: fault})
        self._highlighter.rehighlight()
        if follow:
            self._scroll_to_end()

    def _look(self) -> tuple[str, str]:
        palette = self.palette()
        return palette.color(QPalette.ColorRole.Base).name(), palette.color(QPalette.ColorRole.Text).name()

    def _leave_the_windows_keys(self) -> None:
        """Ctrl+S saves the weights, here too: a key with two meanings would have none."""
        for action in self.actions():
            if not action.text().startswith(_OWN_KEYS):
                action.setShortcut(QKeySequence())

    def _register_is_complete_callback(self, source: str, callback: Callable[[bool, str], None]) -> None:
        """Whether Enter runs the cell or begins another line: read off its text, without the kernel."""
        state, indent = self._transformer.check_complete(source)
        callback(state != "incomplete", " " * (indent or 0))

    def _insert_plain_text(self, cursor: QTextCursor, text: str, flush: bool = False) -> None:
        """Text without control characters in one go: qtconsole takes it apart line by line, at dozens of calls each."""
        if self._pending_insert_text or not cursor.atEnd() or _CONTROL.search(text):
            super()._insert_plain_text(cursor, text, flush)
            return
        follow = self._viewport_at_end()
        cursor.insertText(text, self._ansi_processor.get_format())
        if follow:
            self._scroll_to_end()

    def _process_execute_error(self, msg: dict[str, Any]) -> None:
        self._append_plain_text(msg["content"]["traceback"][0].rstrip("\n") + "\n", before_prompt=True)


SHEET = """
QTextEdit, QPlainTextEdit {
    background-color: %(base)s; color: %(text)s; border: none; border-radius: 0;
    selection-background-color: %(selected)s; selection-color: #ffffff;
}
.in-prompt { color: %(accent)s; }
.in-prompt-number { color: %(accent)s; font-weight: bold; }
.out-prompt { color: %(quiet)s; }
.out-prompt-number { color: %(quiet)s; font-weight: bold; }
.inverted { background-color: %(text)s; color: %(base)s; }
"""
