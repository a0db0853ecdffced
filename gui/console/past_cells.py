"""The cells that were typed, kept from one session to the next."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from core.files import write_whole
from core.home import home

MOST = 1_000
"""Cells; older ones are dropped when the file is next read."""
LARGEST_CELL = 20_000
LARGEST_FILE = 4 * 2**20
"""Bytes; a larger file is not ours."""


def past_cells_file() -> Path:
    """One line of JSON a cell."""
    return home() / "console_history.jsonl"


class PastCells:
    """Read when the console is first shown; each cell is added as it is typed, so that a crash loses none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[str]:
        """The newest, oldest first. Damaged lines are passed over, and a file that cannot be read is an empty one."""
        cells: list[str] = []
        try:
            if self._path.stat().st_size > LARGEST_FILE:
                return []
            lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        for line in lines:
            with suppress(ValueError, RecursionError):
                cell = json.loads(line)
                if isinstance(cell, str):
                    cells.append(cell)
        if len(lines) > MOST:
            with suppress(OSError):
                write_whole(self._path, "".join(f"{json.dumps(cell)}\n" for cell in cells[-MOST:]).encode())
        return cells[-MOST:]

    def add(self, cell: str) -> None:
        """Keep it; where the disk takes nothing any more, it is kept in the window alone."""
        if not cell.strip() or len(cell) > LARGEST_CELL:
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(cell)}\n")
