"""``networks``, ``datasets``, ``optimizers``, ``runs``, ``plugins``: what there is."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from functools import partial
from typing import Any

from core.home import runs_folder
from core.registry import Registry
from core.run_index import RunIndex
from core.runs import RunStore

Row = dict[str, Any]


def add_commands(commands: Any) -> None:
    """One command a list."""
    for name, rows in LISTS.items():
        command = commands.add_parser(name, help=f"list the {name}")
        command.add_argument("--json", action="store_true", help="print one JSON list")
        command.set_defaults(run=partial(run, rows))


def run(rows: Any, options: argparse.Namespace, registry: Registry) -> int:
    """Print a list as a table or as JSON."""
    found: list[Row] = rows(registry)
    if options.json:
        print(json.dumps(found))
    elif not found:
        print("There are none yet.")
    else:
        _print_table([{name: row[name] for name in row if name not in TOO_WIDE.get(rows, ())} for row in found])
    return 0


def networks(registry: Registry) -> list[Row]:
    """Every network with its defaults."""
    return [
        {"id": n.id, "title": n.title, "task": n.task, "data": n.recipe.data, "summary": n.summary}
        for n in registry.networks.values()
    ]


def datasets(registry: Registry) -> list[Row]:
    """Every data set with what its first use downloads."""
    return [
        {"id": d.id, "title": d.title, "task": d.task, "licence": d.licence, "download_bytes": d.download_bytes}
        for d in registry.datasets.values()
    ]


def optimizers(registry: Registry) -> list[Row]:
    """Every optimizer with its settings' defaults."""
    return [
        {"id": o.id, "title": o.title, "settings": o.config().model_dump(), "summary": o.summary}
        for o in registry.optimizers.values()
    ]


def runs(registry: Registry) -> list[Row]:
    """Every kept run, newest first."""
    found = RunIndex(RunStore(runs_folder())).runs()
    return [{**asdict(line), "notes": line.notes.model_dump(mode="json")} for line in found]


def plugins(registry: Registry) -> list[Row]:
    """Every plugin that was found, and what is wrong with those that are switched off."""
    reasons = {problem.source: problem.summary for problem in registry.problems}
    return [
        {**asdict(plugin), "problem": "" if plugin.enabled else reasons.get(plugin.name, "")}
        for plugin in registry.plugins
    ]


LISTS = {"networks": networks, "datasets": datasets, "optimizers": optimizers, "runs": runs, "plugins": plugins}
TOO_WIDE = {runs: ("settings", "notes")}
"""What JSON holds and no table has room for."""


def _print_table(rows: list[Row]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*rows[0], box=box.SIMPLE_HEAD)
    for row in rows:
        # As Text: in a str rich would read square brackets as markup.
        table.add_row(*(Text(_words(name, value)) for name, value in row.items()))
    # Into a pipe or a file every row is one line, however long.
    Console(width=None if sys.stdout.isatty() else 10_000).print(table, highlight=False)


def _words(name: str, value: Any) -> str:
    if name == "created":
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(value))
    if name == "summary" and isinstance(value, dict):
        shown = ("epochs", "test_accuracy", "test_loss", "seconds")
        return ", ".join(f"{key} {value[key]:.4g}" for key in shown if key in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
