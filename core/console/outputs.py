"""What running a cell brings: plain data, safe to hand to another thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

OutputKind: TypeAlias = Literal["stdout", "stderr", "result", "display", "error"]
OutcomeState: TypeAlias = Literal["done", "failed", "interrupted", "refused"]


@dataclass(frozen=True)
class Output:
    """A piece of what a cell shows, in the order in which it came.

    ``text``: plain text; of an error its traceback. ``png``: a picture, where there is one. ``summary``: of an error
    its last line, "NameError: name 'z' is not defined". ``count``: of a result, the number of its cell.
    """

    kind: OutputKind
    text: str
    png: bytes = b""
    summary: str = ""
    count: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a cell ended. ``summary``: why, in one sentence, unless "done"; ``count``: the number of the cell."""

    state: OutcomeState
    summary: str = ""
    error: BaseException | None = None
    count: int = 0
