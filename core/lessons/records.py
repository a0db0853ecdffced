"""What a cell showed when it was last run, with limits: a loop that prints for ever must not fill the memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.lessons.checking import Verdict

if TYPE_CHECKING:
    from core.console.outputs import Outcome, Output

MOST_CHARACTERS = 12_000
MOST_LINES = 200
MOST_PIECES = 40
LARGEST_PICTURE = 16 * 2**20
STREAMS = ("stdout", "stderr")

CellState: TypeAlias = Literal["idle", "waiting", "running", "checking", "done", "failed", "interrupted", "refused"]


@dataclass(frozen=True)
class Shown:
    """A moment of a record. ``left_out``: what was printed, but is not kept. ``summary``: why it did not end well."""

    state: CellState = "idle"
    outputs: tuple[Output, ...] = ()
    left_out: str = ""
    summary: str = ""
    verdict: Verdict | None = None

    @property
    def busy(self) -> bool:
        """Whether it is still to come, or under way."""
        return self.state in ("waiting", "running", "checking")


class CellRecord:
    """One cell's record. Any thread may read ``shown``; the kernel's thread writes."""

    def __init__(self) -> None:
        self.shown = Shown()
        self._before = self.shown
        self._lock = threading.Lock()
        self._characters = self._lines = self._more = 0

    def wait(self) -> None:
        """It will be run; what it showed stays until then."""
        self._before = self.shown
        self.shown = replace(self.shown, state="waiting")

    def drop(self) -> None:
        """It will not be run after all."""
        self.shown = self._before

    def begin(self) -> None:
        """It is run now: what it showed is gone."""
        with self._lock:
            self._characters = self._lines = self._more = 0
            self.shown = Shown("running")

    def check(self) -> None:
        """It has run, and its check follows."""
        self.shown = replace(self.shown, state="checking")

    def end(self, outcome: Outcome, verdict: Verdict | None = None) -> None:
        """It has ended."""
        self.shown = replace(self.shown, state=outcome.state, summary=outcome.summary, verdict=verdict)

    def take(self, output: Output) -> None:
        """A further output; what is printed piece by piece becomes one."""
        with self._lock:
            outputs = self.shown.outputs
            if output.kind != "error":
                output = self._cut(output)
            last = outputs[-1] if outputs else None
            if last is not None and last.kind == output.kind and output.kind in STREAMS:
                outputs = (*outputs[:-1], replace(output, text=_overwritten(last.text + output.text)))
            elif len(outputs) < MOST_PIECES or output.kind == "error":
                outputs = (*outputs, replace(output, text=_overwritten(output.text)))
            else:
                self._more += len(output.text) or 1
            left_out = f"… {self._more:,} more characters were printed than are shown." if self._more else ""
            self.shown = replace(self.shown, outputs=outputs, left_out=left_out)

    def _cut(self, output: Output) -> Output:
        """Only as much of a text as is still to be shown of this cell."""
        room = MOST_CHARACTERS - self._characters
        lines = output.text[:room].split("\n")[: MOST_LINES - self._lines + 1]
        kept = "\n".join(lines)
        self._more += len(output.text) - len(kept)
        self._characters += 0 if "\r" in kept else len(kept)  # a bar that fills draws over itself
        self._lines += len(lines) - 1
        return replace(output, text=kept, png=output.png if len(output.png) <= LARGEST_PICTURE else b"")


def _overwritten(text: str) -> str:
    """As a terminal shows it: what follows a carriage return stands over what was there."""
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line[:-1].rpartition("\r")[2] + line[-1:] if "\r" in line else line for line in lines)
