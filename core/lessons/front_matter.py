"""The lines at the top of a lesson that say what it is called and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.lessons.lesson import Fault

FENCE = "---"
KEYS = ("title", "summary", "minutes")
LONGEST_VALUE = 300


@dataclass
class FrontMatter:
    """What was found. ``lines``: how many lines of the file it takes, its two fences among them."""

    title: str = ""
    summary: str = ""
    minutes: int = 0
    lines: int = 0
    faults: list[Fault] = field(default_factory=list)


def read_front_matter(lines: list[str]) -> FrontMatter:
    """The ``key: value`` lines between two ``---`` at the top."""
    found = FrontMatter()
    if not lines or lines[0].rstrip() != FENCE:
        words = "A lesson begins with a line ---, then title: and what it is called, then --- again."
        found.faults.append(Fault(1, words))
        return found
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), 0)
    if not end:
        found.lines = 1
        found.faults.append(Fault(1, "The lines at the top, from --- on, are never closed by a second ---."))
        return found
    found.lines = end + 1
    seen: set[str] = set()
    for number, line in enumerate(lines[1:end], 2):
        if line.strip():
            _take(found, seen, number, line)
    if "title" not in seen:
        found.faults.append(Fault(1, "The lesson has no title: add a line title: between the two --- at the top."))
    return found


def _take(found: FrontMatter, seen: set[str], number: int, line: str) -> None:
    key, colon, value = (part.strip() for part in line.partition(":"))
    fault = ""
    if not colon:
        fault = f"This is no line of the form key: value: {_shortened(line)}"
    elif key not in KEYS:
        fault = f"Nothing at the top of a lesson is called {_shortened(key)!r}; there are: {', '.join(KEYS)}."
    elif key in seen:
        fault = f"{key} is there twice."
    elif not value or len(value) > LONGEST_VALUE:
        fault = f"{key} must have 1 to {LONGEST_VALUE} characters."
    elif key == "minutes" and not (value.isascii() and value.isdigit() and 0 < int(value[:6]) <= 600):
        fault = f"minutes must be a whole number from 1 to 600, not {_shortened(value)}."
    else:
        setattr(found, key, int(value) if key == "minutes" else value)
    if colon and key in KEYS:
        seen.add(key)
    if fault:
        found.faults.append(Fault(number, fault))


def _shortened(text: str, length: int = 60) -> str:
    text = text.strip()
    return text if len(text) <= length else text[: length - 1] + "…"
