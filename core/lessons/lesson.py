"""What a lesson is made of, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True)
class Prose:
    """Text to read. ``html``: safe to show, without scripts, styles or anything fetched from elsewhere.

    ``anchors``: the names of its headings, where links of the lesson may lead. ``pictures``: the files it shows.
    """

    html: str
    line: int
    anchors: tuple[str, ...] = ()
    pictures: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Cell:
    """Code that the learner may change and run. ``id`` stays the same while the code does."""

    id: str
    code: str
    line: int


@dataclass(frozen=True)
class Task(Cell):
    """A cell in which the learner writes: ``code`` is what it begins with, ``check`` looks at what was made."""

    check: str
    solution: str


@dataclass(frozen=True)
class SetUp:
    """A button that sets the workbench up. ``asked``: what it chooses, as pairs of a name and a value.

    ``page``: the page that is then opened, or nothing. ``then``: what is pressed afterwards, or nothing.
    """

    label: str
    asked: tuple[tuple[str, str], ...]
    page: str
    then: str
    line: int


@dataclass(frozen=True)
class Fault:
    """Something is wrong with the file at this line (the first is 1; 0: the file as a whole); ``words`` say what."""

    line: int
    words: str


Block: TypeAlias = Prose | Cell | SetUp | Fault


@dataclass(frozen=True)
class Lesson:
    """A lesson as it was read: its blocks from top to bottom, faults where they were found."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    summary: str = ""
    minutes: int = 0

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Everything that can be run, tasks too."""
        return tuple(block for block in self.blocks if isinstance(block, Cell))

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What is checked."""
        return tuple(block for block in self.blocks if isinstance(block, Task))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the file."""
        return tuple(block for block in self.blocks if isinstance(block, Fault))
