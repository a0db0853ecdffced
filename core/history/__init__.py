"""What is known of all runs: a line each, what people wrote beside them, their curves, and how they differ."""

from core.history.bin import RunBin
from core.history.curves import RunCurves, read_curves
from core.history.differences import Differences, differences
from core.history.lines import RunLine, line_of
from core.history.notes import RunNotes, read_notes, write_notes

__all__ = [
    "Differences",
    "RunBin",
    "RunCurves",
    "RunLine",
    "RunNotes",
    "differences",
    "line_of",
    "read_curves",
    "read_notes",
    "write_notes",
]
