"""Stand-ins for those who would watch a run."""

from __future__ import annotations


def no_progress(done: int, total: int | None, text: str) -> None:
    """Nobody waits for the data."""
