"""``compare``: what differs between runs, and what each reached."""

from __future__ import annotations

import argparse
import json
from typing import Any

from core.history import RunLine, differences, line_of
from core.home import runs_folder
from core.registry import Registry
from core.runs import RunStore, plain


def add_commands(commands: Any) -> None:
    """``compare RUN RUN...``."""
    command = commands.add_parser("compare", help="show in which settings runs differ, and what they reached")
    command.add_argument("names", metavar="RUN", nargs="+", help="a run's id, the beginning of one, or last")
    command.add_argument("--json", action="store_true", help="print one JSON list")
    command.set_defaults(run=run)


def run(options: argparse.Namespace, registry: Registry) -> int:
    """One column a run: the settings that are not the same in all of them, then the results."""
    store = RunStore(runs_folder())
    lines = [line_of(store.find(name)) for name in options.names]
    found = differences(lines)
    if options.json:
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        print(json.dumps([{"run": line.id, **plain(row)} for line, row in zip(lines, rows, strict=True)]))
    else:
        _print(lines, found.columns, found.rows)
    return 0


def _print(lines: list[RunLine], columns: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for title in ("", *(line.title for line in lines)):
        table.add_column(Text(title), overflow="fold")
    for index, name in enumerate(columns):
        table.add_row(Text(name), *(Text(_words(row[index])) for row in rows))
    Console().print(table, highlight=False)


def _words(cell: Any) -> str:
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
