"""Reads a lesson file. Whatever is wrong with it becomes a :class:`Fault` at its place, never an exception."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from markdown_it.token import Token

from core.lessons.front_matter import read_front_matter
from core.lessons.lesson import Block, Cell, Fault, Lesson
from core.lessons.prose import markdown, prose
from core.lessons.set_up import read_set_up
from core.lessons.tasks import KINDS, Piece, Tasks

LARGEST_FILE = 128 * 2**10
"""Bytes: the longest lesson of our own is a sixth of it."""
MOST_BLOCKS = 400


def read_lesson_file(path: Path, id: str, title: str = "") -> Lesson:
    """The lesson in a file; ``title`` is what it is called until the file says so."""
    title = title or id
    try:
        if not path.is_file():
            what = "it is a folder" if path.is_dir() else "there is no such file"
            return _unreadable(id, title, f"{path.name} cannot be read: {what}.")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            limit = LARGEST_FILE // 2**10
            return _unreadable(id, title, f"{path.name} is larger than {limit} KiB: split it into several lessons.")
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _unreadable(id, title, f"{path.name} is not written in UTF-8: save it anew in that encoding.", line)
    except OSError as error:
        return _unreadable(id, title, f"{path.name} cannot be read: {error.strerror or error}.")
    return read_lesson(text, id, title=title, folder=path.parent)


def read_lesson(text: str, id: str, *, title: str = "", folder: Path | None = None) -> Lesson:
    """The lesson in ``text``. ``folder``: where its pictures are; without one it can show none."""
    if len(text) > LARGEST_FILE:
        return _unreadable(id, title or id, f"The lesson is longer than {LARGEST_FILE:,} characters: split it.")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    top = read_front_matter(lines)
    body = "\n".join([""] * top.lines + lines[top.lines :])  # so that every line keeps its number
    blocks: list[Block] = [*top.faults, *_Reader(body, folder).blocks()]
    if not any(not isinstance(block, Fault) for block in blocks):
        blocks.append(Fault(top.lines + 1, "The lesson is empty: nothing follows the lines at its top."))
    return Lesson(id, top.title or title or id, tuple(blocks), top.summary, top.minutes)


def _unreadable(id: str, title: str, words: str, line: int = 0) -> Lesson:
    return Lesson(id, title, (Fault(line, words),))


class _Reader:
    """Cuts the body of a lesson into blocks, from top to bottom."""

    def __init__(self, body: str, folder: Path | None) -> None:
        self._lines = body.split("\n")
        self._folder = folder
        self._markdown = markdown()
        self._tokens = self._markdown.parse(body)
        self._pieces: list[Block | Piece] = []
        self._text: list[Token] = []
        self._seen: Counter[str] = Counter()

    def blocks(self) -> list[Block]:
        """Everything, with each check and solution at its task."""
        for token in self._tokens:
            words = token.info.split() if token.type == "fence" else []
            if words[:1] == ["setup"] or (words[:1] == ["python"] and len(words) > 1):
                self._end_text()
                self._fence(token, words)
            elif token.type == "fence" and not self._closed(token):
                self._text.append(token)
                self._end_text()
                self._pieces.append(_never_closed(token))
            else:
                self._text.append(token)
        self._end_text()
        blocks = Tasks(self._pieces).blocks()
        if len(blocks) > MOST_BLOCKS:
            words_ = f"The lesson has more than {MOST_BLOCKS} blocks: what follows is left out."
            blocks = [*blocks[:MOST_BLOCKS], Fault(_line(blocks[MOST_BLOCKS]), words_)]
        return blocks

    def _fence(self, token: Token, words: list[str]) -> None:
        line = _line_of(token)
        if not self._closed(token):
            self._pieces.append(_never_closed(token))
        elif token.level:
            self._pieces.append(
                Fault(line, "A block to run or to set up stands at the margin, in no list or quotation.")
            )
        elif words[0] == "setup":
            fault = Fault(line, f"Nothing follows the word setup, not {words[1][:40]!r}.") if words[1:] else None
            self._pieces.append(fault or read_set_up(token.content, line))
        elif words[1] == "cell":
            self._pieces.append(self._cell(token, words, line))
        elif words[1] in KINDS and len(words) == 3:
            self._pieces.append(Piece(words[1], words[2], token.content.rstrip("\n"), line))
        elif words[1] in KINDS:
            self._pieces.append(Fault(line, f"A {words[1]} has one name: ```python {words[1]} zeros."))
        else:
            known = ", ".join(("cell", *KINDS))
            self._pieces.append(Fault(line, f"There is no block python {words[1][:40]}; there are: {known}."))

    def _cell(self, token: Token, words: list[str], line: int) -> Cell | Fault:
        code = token.content.rstrip("\n")
        if words[2:]:
            return Fault(line, f"A cell has no name: leave {words[2][:40]!r} out.")
        if not code.strip():
            return Fault(line, "The cell is empty.")
        digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()[:10]
        self._seen[digest] += 1
        again = self._seen[digest]
        return Cell(f"cell-{digest}" + (f"-{again}" if again > 1 else ""), code, line)

    def _end_text(self) -> None:
        """What was read since the last block is one piece of prose; an open list is closed by its own tokens."""
        depth = 0
        for token in self._text:
            depth += token.nesting
        if self._text and depth == 0:
            self._pieces += prose(self._markdown, self._text, self._first_line(), self._folder)
            self._text = []

    def _first_line(self) -> int:
        return next((_line_of(token) for token in self._text if token.map), 1)

    def _closed(self, token: Token) -> bool:
        """Markdown lets a fence that is never closed go on to the end; whoever wrote it did not mean that."""
        assert token.map is not None
        last = self._lines[token.map[1] - 1].strip().lstrip("> ")
        return token.map[1] - token.map[0] > 1 and len(last) >= len(token.markup) and not last.strip(token.markup[0])


def _line_of(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _never_closed(token: Token) -> Fault:
    shown = f"{token.markup}{token.info}"[:60]
    return Fault(_line_of(token), f"The block that begins here, {shown}, is never closed: add {token.markup} below it.")


def _line(block: Block) -> int:
    return block.line
