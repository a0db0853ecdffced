"""Monospaced text in lines of a given width."""

from __future__ import annotations

from collections.abc import Iterator


def wrapped(text: str, columns: int) -> list[tuple[int, int]]:
    """The lines of ``text`` as (first, after last) positions, at most ``columns`` characters each.

    Lines end after a line break, else after the last space that fits, else where the width ends. Every character,
    the line breaks too, belongs to exactly one line.

    Raises:
        ValueError: for less than one column.
    """
    if columns < 1:
        raise ValueError(f"text cannot be wrapped to {columns} columns")
    lines = []
    for first, end in _paragraphs(text):
        while end - first > columns:
            space = text.rfind(" ", first, first + columns)
            cut = space + 1 if space > first else first + columns
            lines.append((first, cut))
            first = cut
        lines.append((first, end))
    return lines


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Pieces that end with a line break, or with the text."""
    first = 0
    while first < len(text):
        end = text.find("\n", first) + 1 or len(text)
        yield first, end
        first = end
