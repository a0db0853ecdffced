"""Puts each task together with its check and its solution, wherever in the lesson they stand."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from core.lessons.lesson import Block, Fault, Task

KINDS = ("task", "check", "solution")


@dataclass(frozen=True)
class Piece:
    """A block ``python task zeros``: its kind, its name, its code, and the line of the file it begins at."""

    kind: str
    name: str
    code: str
    line: int


class Tasks:
    """Every task needs one check and one solution; what does not fit is named where it stands."""

    def __init__(self, pieces: Sequence[Block | Piece]) -> None:
        self._pieces = pieces
        self._first: dict[tuple[str, str], Piece] = {}
        for piece in pieces:
            if isinstance(piece, Piece):
                self._first.setdefault((piece.kind, piece.name), piece)

    def blocks(self) -> list[Block]:
        """The blocks, in which tasks are whole and nothing is left of checks and solutions but their faults."""
        found: list[Block] = []
        for piece in self._pieces:
            if not isinstance(piece, Piece):
                found.append(piece)
            elif fault := self._fault_of(piece):
                found.append(fault)
            elif piece.kind == "task":
                found.append(self._task(piece))
        return found

    def _fault_of(self, piece: Piece) -> Fault | None:
        if self._first[piece.kind, piece.name] is not piece:
            there = self._first[piece.kind, piece.name].line
            return Fault(piece.line, f"There is a {piece.kind} {piece.name[:40]!r} already, at line {there}.")
        if piece.kind != "task":
            if ("task", piece.name) not in self._first:
                return Fault(piece.line, f"This {piece.kind} is for no task: there is no task {piece.name[:40]!r}.")
            return _syntax(piece)
        missing = [kind for kind in KINDS[1:] if not self._has(kind, piece.name)]
        if missing:
            return Fault(piece.line, f"The task {piece.name[:40]!r} has no {' and no '.join(missing)}.")
        return None

    def _has(self, kind: str, name: str) -> bool:
        piece = self._first.get((kind, name))
        return piece is not None and bool(piece.code.strip())

    def _task(self, piece: Piece) -> Task:
        check, solution = (self._first[kind, piece.name].code for kind in KINDS[1:])
        return Task(piece.name, piece.code, piece.line, check, solution)


def _syntax(piece: Piece) -> Fault | None:
    """What the learner never sees must at least be Python; cells may be wrong, since that teaches, too."""
    try:
        ast.parse(piece.code)
    except SyntaxError as error:
        line = piece.line + (error.lineno or 0)
        return Fault(line, f"The {piece.kind} {piece.name[:40]!r} is no Python: {error.msg}.")
    except (ValueError, RecursionError, MemoryError) as error:
        return Fault(piece.line, f"The {piece.kind} {piece.name[:40]!r} cannot be read as Python: {error}.")
    return None
