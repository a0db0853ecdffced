"""Taking a run elsewhere: its weights, its numbers, a report, or a script that repeats it."""

from __future__ import annotations

from core.export.formats import FORMATS, Format, export_run, suggested_name

__all__ = ["FORMATS", "Format", "export_run", "suggested_name"]
