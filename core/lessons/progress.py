"""What the learner has done so far, kept in one file in the home folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.files import read_json, write_json
from core.home import home

VERSION = 1
LONGEST_ID = 200
LONGEST_TEXT = 50_000
MOST_IDS = 2_000


@dataclass
class Marks:
    """Of one lesson: the ids of cells that ran, of tasks that were right, texts that were changed, and the place.

    ``place``: the number of the block that was last looked at, from 0.
    """

    ran: set[str] = field(default_factory=set)
    right: set[str] = field(default_factory=set)
    edited: dict[str, str] = field(default_factory=dict)
    place: int = 0


class LessonProgress:
    """The marks of every lesson, and which was last open."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or home() / "lessons.json"
        self.last = ""
        self._lessons: dict[str, Marks] = {}
        self._touched: set[str] = set()

    def of(self, lesson: str) -> Marks:
        """What is known of a lesson; it may be read, not changed."""
        return self._lessons.get(lesson, Marks())

    def touch(self, lesson: str) -> Marks:
        """What is known of a lesson, to be changed."""
        self._touched.add(lesson)
        return self._lessons.setdefault(lesson, Marks())

    def read(self) -> str:
        """Take in what is kept; where the file is damaged it is set aside, and the sentence says so."""
        if not self.path.exists():
            return ""
        kept = read_json(self.path)
        if not isinstance(kept, dict) or not isinstance(kept.get("lessons"), dict):
            return self._set_aside()
        for id, marks in list(kept["lessons"].items())[:MOST_IDS]:
            if isinstance(marks, dict) and _is_id(id):
                self._lessons[id] = _marks(marks)
        self.last = kept["last"] if _is_id(kept.get("last")) else ""
        return ""

    def snapshot(self) -> dict[str, Any]:
        """What is to be written, as plain data that no later change reaches."""
        lessons = {id: _plain(self._lessons[id]) for id in sorted(self._touched)}
        return {"version": VERSION, "last": self.last, "lessons": lessons}

    def write(self, snapshot: dict[str, Any]) -> None:
        """Put a snapshot into the file (any thread); lessons that it does not name stay as another window left them.

        Raises:
            OSError: where the disk does not take it.
        """
        kept = read_json(self.path)
        others = kept["lessons"] if isinstance(kept, dict) and isinstance(kept.get("lessons"), dict) else {}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, {**snapshot, "lessons": {**others, **snapshot["lessons"]}})

    def _set_aside(self) -> str:
        aside = self.path.with_name("lessons.damaged.json")
        try:
            self.path.replace(aside)
        except OSError as error:
            return f"Your progress in the lessons cannot be read, nor be set aside ({error.strerror}): {self.path}."
        return f"Your progress in the lessons could not be read: its file is now {aside.name}, and a new one begins."


def _marks(kept: dict[str, Any]) -> Marks:
    edited, place = kept.get("edited"), kept.get("place")
    texts = edited.items() if isinstance(edited, dict) else ()
    return Marks(
        ran=_ids(kept.get("ran")),
        right=_ids(kept.get("right")),
        edited={id: text for id, text in texts if _is_id(id) and isinstance(text, str) and len(text) <= LONGEST_TEXT},
        place=place if isinstance(place, int) and 0 <= place < MOST_IDS else 0,
    )


def _plain(marks: Marks) -> dict[str, Any]:
    texts = {id: text for id, text in marks.edited.items() if len(text) <= LONGEST_TEXT}
    return {"ran": sorted(marks.ran), "right": sorted(marks.right), "edited": texts, "place": marks.place}


def _ids(kept: object) -> set[str]:
    return {id for id in _first(kept) if _is_id(id)}


def _first(kept: object) -> Iterable[str]:
    return kept[:MOST_IDS] if isinstance(kept, list) else ()


def _is_id(kept: object) -> bool:
    return isinstance(kept, str) and 0 < len(kept) <= LONGEST_ID
