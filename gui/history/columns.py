"""The columns of the table of runs: what each shows of a run, and what it is sorted by."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.history import RunLine
from gui.run_bar import clock

STATES = {"running": "training", "finished": "finished", "stopped": "stopped", "failed": "failed"}
UNINTERESTING = ("network", "data", "optimizer", "device", "threads", "preset")
MOST_SETTINGS = 4
LONGEST_NOTE = 80


@dataclass(frozen=True)
class Column:
    """``key(line)`` is what rows are sorted by, None last; ``text(line)`` what stands in the cell."""

    title: str
    help: str
    key: Callable[[RunLine], Any]
    text: Callable[[RunLine], str]
    number: bool = False
    width: int = 110


def _result(name: str, words: Callable[[float], str]) -> tuple[Callable[[RunLine], Any], Callable[[RunLine], str]]:
    def key(line: RunLine) -> float | None:
        value = line.summary.get(name)
        return float(value) if isinstance(value, int | float) and value == value else None

    def text(line: RunLine) -> str:
        value = key(line)
        return "" if value is None else words(value)

    return key, text


def _percent(value: float) -> str:
    return f"{value:.2%}"


def _four(value: float) -> str:
    return f"{value:.4f}"


def state_words(line: RunLine) -> str:
    """How a run stands, in a word."""
    return STATES.get(line.state, line.state)


def _name(line: RunLine) -> str:
    return f"★ {line.title}" if line.notes.pinned else line.title


def _note(line: RunLine) -> str:
    first = line.notes.note.strip().partition("\n")[0].lstrip("# ")
    return first if len(first) <= LONGEST_NOTE else f"{first[: LONGEST_NOTE - 1]}…"


def date_words(created: float) -> str:
    """Date and minute, as lists show it."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(created)) if created else ""


def _of(pick: Callable[[RunLine], str]) -> tuple[Callable[[RunLine], Any], Callable[[RunLine], str]]:
    return (lambda line: pick(line).casefold() or None), pick


COLUMNS = (
    Column("Run", "Its name, or its id: F2 gives it a name; ★: pinned", *_of(_name), width=250),
    Column("State", "How it stands", *_of(state_words), width=84),
    Column("Val. loss", "Last loss on the validation part", *_result("val_loss", _four), number=True, width=78),
    Column(
        *("Val. acc.", "Last share of right answers on the validation part"),
        *_result("val_accuracy", _percent),
        number=True,
        width=78,
    ),
    Column(
        *("Best acc.", "Best share of right answers on the validation part, at an epoch's end"),
        *_result("best_val_accuracy", _percent),
        number=True,
        width=78,
    ),
    Column(
        *("Test acc.", "Share of right answers on the test part"),
        *_result("test_accuracy", _percent),
        number=True,
        width=78,
    ),
    Column("Epochs", "How often it went through its data", *_result("epochs", "{:,.0f}".format), number=True, width=64),
    Column("Duration", "Time spent on training", *_result("seconds", clock), number=True, width=90),
    Column("Network", "The architecture", *_of(lambda line: line.network), width=96),
    Column("Data set", "What it learnt from", *_of(lambda line: line.data), width=104),
    Column("Optimizer", "How its weights were moved", *_of(lambda line: line.optimizer), width=82),
    Column("Settings", "Those that differ among the runs shown", *_of(lambda line: ""), width=210),
    Column("Begun", "When it was started", lambda line: line.created, lambda line: date_words(line.created), width=126),
    Column("Tags", "Words of yours to find it by", *_of(lambda line: ", ".join(line.notes.tags)), width=110),
    Column("Note", "The first line of what you wrote about it", *_of(_note), width=160),
)
SETTINGS = next(index for index, column in enumerate(COLUMNS) if column.title == "Settings")
BEGUN = next(index for index, column in enumerate(COLUMNS) if column.title == "Begun")


def settings_words(line: RunLine, differing: frozenset[str]) -> str:
    """The settings of a run that are not the same in all runs shown: "lr 0.01, batch_size 64"."""
    names = [name for name in line.settings if name in differing]
    shown = [f"{name.partition('.')[2] or name} {_short(line.settings[name])}" for name in names[:MOST_SETTINGS]]
    return ", ".join(shown) + (f" and {len(names) - MOST_SETTINGS} more" if len(names) > MOST_SETTINGS else "")


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    text = str(value)
    return text if len(text) <= 24 else f"…{text[-23:]}"


def differing_settings(lines: list[RunLine]) -> frozenset[str]:
    """The names of settings that runs of one network and data set do not share; quick for ten thousand runs."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    found: set[str] = set()
    for line in lines:
        first = seen.setdefault((line.network, line.data), dict(line.settings))
        if first != line.settings:
            found |= {name for name, value in line.settings.items() if first.get(name) != value}
    return frozenset(found - set(UNINTERESTING))


def haystack(line: RunLine) -> str:
    """All that typing finds a run by."""
    settings = (f"{name}={value}" for name, value in line.settings.items())
    parts = (line.id, line.title, state_words(line), date_words(line.created), *line.notes.tags, line.notes.note)
    return " ".join((*parts, *settings)).casefold()
