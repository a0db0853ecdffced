"""How long the window makes an event wait while its console, its lessons and the step that is taken apart are used."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.report import Check, Section, spread

if TYPE_CHECKING:
    from benchmarks.delay_probe import DelayProbe
    from gui.workbench import Workbench

ROOT = Path(__file__).parent.parent
NETWORK = "resnet18"
ROUNDS, PRESSES = 6, 12
QUIET_S, PRESS_S, CELL_S = 0.5, 3.0, 2.5
NOTICED_MS = 100.0
"""What comes sooner is felt to come at once (Nielsen, Usability Engineering, 1993, chapter 5)."""
COMPUTES = "import time\nend = time.perf_counter() + 1\nwhile time.perf_counter() < end: pass"
PRINTS = "for i in range(5_000): print('x' * 60)"
ALONE, COMPUTING, PRINTING = "the window left alone", "a cell that computes for 1 s", "a cell that prints 5,000 lines"
CELLS = {COMPUTING: COMPUTES, PRINTING: PRINTS}
OPENING, LESSONS, STEP = "the console, first opening", "the lessons, first opening", "one step of ResNet-18, each press"
RIVAL = "rival: "
HOW = (
    "The real window, drawn offscreen, PyTorch loaded. Another process sends it a message every 5 ms; the table has "
    "the longest that one waited in each turn, as a click would. One step of ResNet-18: a run is begun step by step, "
    f"and Next phase pressed every {PRESS_S:g} s, with layers, numbers and graph drawn as they come. The rival is the "
    "way that qtconsole itself offers to give cells the objects of a window: its console with ipykernel's in-process "
    "kernel, alone in a window, in a process of its own, in turns with ours."
)
HEADER = ("What", "longest wait, median (quartiles), ms", "max, ms", "n")


def measure() -> Section:
    """The console in turns with its rival, then one step after the other."""
    from benchmarks.delay_probe import DelayProbe
    from benchmarks.window import open_window, spin

    with open_window() as workbench:
        spin(2.0)
        probe = DelayProbe()
        turns = _Turns(workbench, probe)
        try:
            turns.console()
            turns.lessons()
            turns.steps()
        finally:
            probe.close()
        return _section(turns.waits)


class _Turns:
    """The longest wait in each turn, in ms."""

    def __init__(self, workbench: Workbench, probe: DelayProbe) -> None:
        self.workbench, self.probe = workbench, probe
        self.waits: dict[str, list[float]] = {}

    def console(self) -> None:
        from benchmarks.window import spin, wait_for

        console = self.workbench.console

        def open_it() -> None:
            console.show()
            wait_for(console.ready)
            spin(1.0)

        def run(code: str) -> None:
            assert console.front is not None
            console.front.execute(code)
            spin(CELL_S)

        self.take(OPENING, open_it)
        for _ in range(ROUNDS):
            self.take(ALONE, lambda: spin(CELL_S))
            for name, code in CELLS.items():
                self.take(name, partial(run, code))
            for name, wait in rival().items():
                self.waits.setdefault(RIVAL + name, []).append(wait)
        self.workbench.window.docks["console"].hide()

    def lessons(self) -> None:
        from benchmarks.window import spin

        dock = self.workbench.window.docks["lessons"]

        def open_it() -> None:
            dock.show()
            dock.raise_()
            spin(1.5)

        self.take(LESSONS, open_it)
        dock.hide()

    def steps(self) -> None:
        from benchmarks.window import spin, wait_for

        workbench = self.workbench
        workbench.setup.network.pick(NETWORK)
        spin(PRESS_S)
        workbench.inside.stepper.press()
        wait_for(workbench.session.started)
        spin(PRESS_S)

        def press() -> None:
            workbench.inside.stepper.press()
            spin(PRESS_S)

        for _ in range(PRESSES):
            self.take(STEP, press)
        workbench.session.stop()
        wait_for(workbench.session.ended)

    def take(self, name: str, work: Callable[[], None]) -> None:
        """One turn."""
        self.waits.setdefault(name, []).append(self.probe.longest_during(work, QUIET_S))


def rival() -> dict[str, float]:
    """The longest waits of qtconsole with an in-process kernel, in ms, by what its cell does."""
    command = [sys.executable, "-m", "benchmarks.inside_rival"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _section(waits: dict[str, list[float]]) -> Section:
    order = (ALONE, OPENING, COMPUTING, RIVAL + COMPUTING, PRINTING, RIVAL + PRINTING, LESSONS, STEP)
    rows = [(name, _shown(waits[name]), f"{max(waits[name]):.1f}", str(len(waits[name]))) for name in order]
    ours = max(max(waits[name]) for name in order if not name.startswith(RIVAL))
    checks = [Check("the longest wait in Trainyard", ours, NOTICED_MS, at_least=False, unit="ms")]
    return Section("inside", "Console, lessons and one step", HOW, HEADER, rows, checks)


def _shown(waits: list[float]) -> str:
    return spread(waits, 1) if len(waits) > 1 else f"{waits[0]:.1f}"
