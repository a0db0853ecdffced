"""What people write beside a run: a name, a note, tags, and whether it is pinned or hidden."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationError

from core.config import Config
from core.files import read_json, write_json
from core.runs import Run

NOTES = "notes.json"
LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 200, 100_000, 60, 50

Tag = Annotated[str, Field(min_length=1, max_length=LONGEST_TAG)]


class RunNotes(Config):
    """``name``: shown in place of the id, "" for none. ``note``: Markdown."""

    name: str = Field(default="", max_length=LONGEST_NAME)
    note: str = Field(default="", max_length=LONGEST_NOTE)
    tags: tuple[Tag, ...] = Field(default=(), max_length=MOST_TAGS)
    pinned: bool = False
    hidden: bool = False


def read_notes(run: Run) -> RunNotes:
    """The notes of a run; empty ones where there are none or they are damaged."""
    try:
        return RunNotes.model_validate(read_json(run.folder / NOTES) or {})
    except ValidationError:
        return RunNotes()


def write_notes(run: Run, notes: RunNotes) -> None:
    """Keep the notes of a run.

    Raises:
        OSError: where the folder is gone or cannot be written to.
    """
    write_json(run.folder / NOTES, notes.model_dump())
