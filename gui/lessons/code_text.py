"""Text in letters of one width that is as high as it has lines: it is the lesson that scrolls, not each piece."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent, QTextCursor, QTextOption, QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from gui.lessons.fonts import code_font
from gui.lessons.highlighter import PythonHighlighter

INDENT = "    "


class PlainText(QPlainTextEdit):
    """What a cell printed: to be read and copied."""

    def __init__(self, text: str, scale: float, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabChangesFocus(True)
        self.set_scale(scale)
        self.setPlainText(text)
        self._fit_soon = QTimer(self, singleShot=True, interval=0)
        self._fit_soon.timeout.connect(self._fit)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit_soon.start())
        self._fit()

    def show_text(self, text: str) -> None:
        """Another text; where it only went on, what is selected stays so."""
        before = self.toPlainText()
        if text.startswith(before):
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text[len(before) :])
        else:
            self.setPlainText(text)

    def set_scale(self, scale: float) -> None:
        """Larger or smaller letters."""
        self.setFont(code_font(scale))
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines are broken anew; the height follows a moment later, since Qt ignores a size that is set meanwhile."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_soon.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """It is the lesson that scrolls."""
        event.ignore()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the dock is made."""
        return QSize(60, super().minimumSizeHint().height())

    def _fit(self) -> None:
        """Each line is asked, which breaks it where it has to be: until it is painted, Qt does not.

        A margin more than there is, or Qt would scroll the last line.
        """
        layout, block, height = self.document().documentLayout(), self.document().firstBlock(), 0.0
        while block.isValid():
            height += layout.blockBoundingRect(block).height()
            block = block.next()
        frame = self.contentsMargins()
        whole = math.ceil(height + 2 * self.document().documentMargin()) + frame.top() + frame.bottom()
        if whole != self.height() or self.minimumHeight() != whole:
            self.setFixedHeight(whole)


class CodeText(PlainText):
    """Code in colours; where it may be edited, with keys for running it and for going to the next cell."""

    run_asked = Signal()
    move_asked = Signal(int)
    """To the cell so many further on; below 0: back."""
    leave_asked = Signal()

    def __init__(self, code: str, scale: float, name: str, *, editable: bool, parent: QWidget | None = None) -> None:
        super().__init__(code, scale, name, parent)
        self._highlighter = PythonHighlighter(self.document(), self.palette())
        if editable:
            self.setReadOnly(False)
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
            self.setTabChangesFocus(False)
            self.setToolTip(
                "Shift+Enter runs it; Ctrl+Down and Ctrl+Up go to the next and the previous cell; Esc leaves"
            )

    def changeEvent(self, event: QEvent) -> None:
        """The theme may have changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_highlighter"):
            self._highlighter.set_palette(self.palette())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of a cell; everything else writes."""
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self.isReadOnly():
            super().keyPressEvent(event)
        elif enter and modifiers in (shift, control):
            self.run_asked.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and modifiers == control:
            self.move_asked.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Escape:
            self.leave_asked.emit()
        elif enter:
            self._break_line()
        elif key == Qt.Key.Key_Tab and not modifiers:
            self._indent()
        elif key == Qt.Key.Key_Backtab:
            self._change_lines(_outdented)
        else:
            super().keyPressEvent(event)

    def _break_line(self) -> None:
        """The next line begins where this one does, or further in behind a colon."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        lead = before[: len(before) - len(before.lstrip())]
        cursor.insertText("\n" + lead + (INDENT if before.rstrip().endswith(":") else ""))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _indent(self) -> None:
        cursor = self.textCursor()
        if cursor.hasSelection():
            self._change_lines(lambda line: INDENT + line if line else line)
        else:
            cursor.insertText(" " * (len(INDENT) - cursor.positionInBlock() % len(INDENT)))

    def _change_lines(self, change: object) -> None:
        """Every line that the selection touches."""
        assert callable(change)
        cursor = self.textCursor()
        first, last = sorted((cursor.anchor(), cursor.position()))
        cursor.beginEditBlock()
        block = self.document().findBlock(first)
        end = self.document().findBlock(last).blockNumber()
        while block.isValid() and block.blockNumber() <= end:
            line, changed = block.text(), change(block.text())
            if changed != line:
                own = QTextCursor(block)
                own.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                own.insertText(changed)
            block = block.next()
        cursor.endEditBlock()


def _outdented(line: str) -> str:
    lead = len(line) - len(line.lstrip(" "))
    return line[min(lead, len(INDENT)) :]


def read_only_ground(palette: QPalette) -> str:
    """A style sheet for what is shown and not edited."""
    return f"QPlainTextEdit {{ background: {palette.color(QPalette.ColorRole.AlternateBase).name()}; }}"
