"""``generate``: text written by a kept run."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.characters import harmless
from core.config import validated
from core.home import runs_folder
from core.registry import Registry
from core.runs import RunStore

if TYPE_CHECKING:
    from core.generation import Draft, Opening
    from core.sampling import Writing

AT_ONCE_S = 0.03


def add_commands(commands: Any) -> None:
    """``generate RUN``."""
    command = commands.add_parser("generate", help="write text")
    command.add_argument("name", metavar="RUN", help="a run's id, the beginning of one, or last")
    command.add_argument("--seed", default="", metavar="TEXT", help="how it begins (default: nothing, on a new line)")
    command.add_argument("--length", metavar="N", help="characters to write after it (default 1000)")
    command.add_argument("--temperature", metavar="T", help="0 takes the likeliest, 1 draws as learnt (default 0.8)")
    command.add_argument("--top-k", metavar="K", help="draw among so many of the likeliest; 0: among all (default)")
    command.add_argument(
        "--top-p", metavar="P", help="draw among the likeliest that together have this probability (default 1: all)"
    )
    command.add_argument("--random-seed", metavar="S", help="the same number gives the same text (default 0)")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=run)


def run(options: argparse.Namespace, registry: Registry) -> int:
    """Write; what the network does not know of the seed is one line on stderr."""
    from core.sampling import Writing

    names = {name: getattr(options, name) for name in Writing.model_fields}
    asked = validated(Writing, {name: value for name, value in names.items() if value is not None})
    kept = RunStore(runs_folder()).find(options.name)
    from core.generation import Draft, TextModel

    opening = TextModel.of_run(kept, registry).read(options.seed)
    if opening.note:
        print(harmless(opening.note), file=sys.stderr)
    draft = Draft(opening, asked.random_seed)
    if not options.json:
        _stream(opening, draft, asked)
        return 0
    text = "".join(_pieces(draft, asked, 1.0))
    about = {"run": kept.id, "model": opening.model, "seed": opening.seed, "text": text, "skipped": opening.skipped}
    print(json.dumps({**about, **asked.model_dump()}))
    return 0


def _stream(opening: Opening, draft: Draft, asked: Writing) -> None:
    """Print as it is written; on a terminal control characters are shown and not obeyed."""
    shown = harmless if sys.stdout.isatty() else str
    # What the terminal's encoding does not know becomes a question mark: nothing is lost that could be shown.
    encoding = sys.stdout.encoding or "utf-8"
    last = opening.seed
    _print(last, shown, encoding)
    for last in _pieces(draft, asked, AT_ONCE_S):
        _print(last, shown, encoding)
    if not last.endswith("\n"):
        print()


def _pieces(draft: Draft, asked: Writing, seconds: float) -> Iterator[str]:
    while draft.length < asked.length:
        yield draft.write(asked, asked.length - draft.length, seconds)


def _print(text: str, shown: Any, encoding: str) -> None:
    print(shown(text).encode(encoding, "replace").decode(encoding), end="", flush=True)
