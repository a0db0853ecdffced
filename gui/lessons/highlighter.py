"""Colours Python code as it is written."""

from __future__ import annotations

from pygments.lexers.python import PythonLexer
from pygments.token import Token
from PySide6.QtGui import QColor, QPalette, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gui.theme import is_dark

LIGHT = {
    Token.Keyword: "#7a3e9d",
    Token.Operator.Word: "#7a3e9d",
    Token.Name.Builtin: "#1c5a9e",
    Token.Name.Function: "#1c5a9e",
    Token.Name.Class: "#1c5a9e",
    Token.Name.Decorator: "#1c5a9e",
    Token.Literal.String: "#0b6b58",
    Token.Literal.Number: "#9a4a06",
    Token.Comment: "#616c66",
}
DARK = {
    Token.Keyword: "#c9a2ee",
    Token.Operator.Word: "#c9a2ee",
    Token.Name.Builtin: "#86b8f2",
    Token.Name.Function: "#86b8f2",
    Token.Name.Class: "#86b8f2",
    Token.Name.Decorator: "#86b8f2",
    Token.Literal.String: "#7fd1b4",
    Token.Literal.Number: "#f0a868",
    Token.Comment: "#94a19b",
}


def warm_up() -> None:
    """Have the reader's patterns made now, on any thread, and not when the first cell is shown."""
    list(PythonLexer().get_tokens("x = f'{1}'"))


class PythonHighlighter(QSyntaxHighlighter):
    """Reads the whole text anew when it changes, since a triple quote changes what all lines below it are."""

    def __init__(self, document: QTextDocument, palette: QPalette) -> None:
        super().__init__(document)
        self._lexer = PythonLexer(stripnl=False, ensurenl=False)
        self._read = ""
        self._spans: list[list[tuple[int, int, object]]] = []
        self._inside: list[bool] = []
        self._formats = _formats(palette)

    def set_palette(self, palette: QPalette) -> None:
        """The colours for a light or a dark ground."""
        self._formats = _formats(palette)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        document = self.document()
        assert document is not None
        whole = document.toPlainText()
        if whole != self._read:
            self._lex(whole)
        number = self.currentBlock().blockNumber()
        if number < len(self._spans):
            for start, length, kind in self._spans[number]:
                self.setFormat(start, length, self._formats[kind])
            # A line whose state changes has the next one coloured anew.
            self.setCurrentBlockState(int(self._inside[number]))

    def _lex(self, whole: str) -> None:
        self._read = whole
        self._spans, self._inside = [[]], []
        column = 0
        for token, value in self._lexer.get_tokens(whole):
            kind = _kind(token)
            for index, part in enumerate(value.split("\n")):
                if index:
                    self._inside.append(kind is Token.Literal.String)
                    self._spans.append([])
                    column = 0
                if part and kind is not None:
                    self._spans[-1].append((column, _units(part), kind))
                column += _units(part)
        self._inside.append(False)


def _units(text: str) -> int:
    """Qt counts UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _kind(token: object) -> object | None:
    return next((kind for kind in LIGHT if token in kind), None)


def _formats(palette: QPalette) -> dict[object, QTextCharFormat]:
    found = {}
    for kind, colour in (DARK if is_dark(palette) else LIGHT).items():
        found[kind] = QTextCharFormat()
        found[kind].setForeground(QColor(colour))
    return found
