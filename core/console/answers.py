"""What the shell knows about code that is being written: what a word could become, what something is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.console.shell import Shell

MOST = 500
"""Of the words that one could become, so many are told."""


@dataclass(frozen=True)
class Completions:
    """What may stand between the characters ``start`` and ``end`` of the code."""

    matches: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


def completions(shell: Shell, code: str, cursor: int) -> Completions:
    """What the word before the ``cursor`` could become."""
    from IPython.core.completer import provisionalcompleter, rectify_completions

    with provisionalcompleter():
        found = shell.Completer.completions(code, cursor)
        best = list(islice(rectify_completions(code, found), MOST))
    if not best:
        return Completions((), cursor, cursor)
    return Completions(tuple(one.text for one in best), best[0].start, best[0].end)


def inspection(shell: Shell, code: str, cursor: int, detail: int = 0) -> str:
    """What the name at the ``cursor``, or the function whose brackets it is in, is; "" where nobody knows."""
    from IPython.utils.tokenutil import token_at_cursor

    try:
        name = token_at_cursor(code, cursor)
        bundle = shell.object_inspect_mime(name, detail_level=detail)  # type: ignore[no-untyped-call]
    except KeyError:
        return ""
    return str(bundle.get("text/plain", ""))
