"""How far something long is, on a terminal; Ctrl+C gives it up."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from core.data import Progress


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A bar while the block runs; nothing where stderr goes to a file."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    # No markup: a title or a path may hold square brackets.
    columns = (TextColumn("{task.description}", markup=False), BarColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Preparing", total=None)

        def progress(done: int, total: int | None, text: str) -> None:
            bar.update(task, completed=done, total=total, description=text)

        yield progress
