"""How long the page "Structure" takes to open on ResNet-18, and how long the window makes an event wait meanwhile."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.report import Check, Section, spread

if TYPE_CHECKING:
    from benchmarks.delay_probe import DelayProbe
    from core.data import DataInfo
    from gui.workbench import Workbench

NETWORK = "resnet18"
ROUNDS = 12
QUIET_S = 0.4
PICKED_S = 4.0
"""How long after ResNet-18 is picked the page is opened: nobody is quicker than a second or two."""
OPEN_MS, BLOCKED_MS = 1000.0, 50.0
HOW = (
    "The real window, drawn offscreen, PyTorch loaded, ResNet-18 picked in the set-up. Opening, first: the page is "
    f"shown {PICKED_S:g} s after ResNet-18 was picked, until the drawing is painted; what was found ahead is used, as "
    "it would be. Opening, nothing known: the page is shown when nothing is remembered, so that the network is built "
    "and followed. A setting changed: from the change of the stem until the other structure is painted. "
    "Another process sends the window a message every 5 ms; blocked is the longest that one waited, as a click would; "
    "what a window waits that is left alone is there to compare with. "
    "The rival is what a notebook does: build the network, torch.fx.symbolic_trace, and ShapeProp with one picture, "
    "called in the same process in turns with ours; it neither counts multiply-adds nor draws."
)
ALONE = "the window left alone"
HEADER = ("What", "median (quartiles), ms", "max, ms", "window blocked at most, ms", "n")


def measure() -> Section:
    """Open it once as a person does, then again and again, in turns with the rival."""
    from benchmarks.delay_probe import DelayProbe
    from benchmarks.window import open_window, spin

    with open_window() as workbench:
        workbench.setup.network.pick(NETWORK)
        spin(PICKED_S)
        probe = DelayProbe()
        try:
            turns = _Turns(workbench, probe)
            turns.take("opening, first", turns.open)
            for _ in range(ROUNDS):
                turns.round()
        finally:
            spin(QUIET_S)
            probe.close()
        return _section(turns)


class _Turns:
    """Each kind of turn with its milliseconds, and when it was."""

    def __init__(self, workbench: Workbench, probe: DelayProbe) -> None:
        self.workbench, self.probe = workbench, probe
        self.finder = workbench.inside.structure
        self.times: dict[str, list[float]] = {}
        self.spans: dict[str, list[tuple[float, float]]] = {}

    def round(self) -> None:
        """Each of ours once, then nothing for as long, then the rival."""
        from benchmarks.window import spin

        self._hide()
        self.finder.forget()
        self.take("opening, nothing known", self.open)
        stem = "small" if self._stem() != "small" else "original"
        self.take("a setting changed", lambda: self._change(stem))
        self._change("auto")
        info = self.workbench.preflight.info(_config(self.workbench))
        self.take(ALONE, lambda: spin(QUIET_S))
        self.take("rival: torch.fx and ShapeProp", lambda: _rival(self.workbench, info))

    def take(self, name: str, work: Callable[[], None]) -> None:
        """Measure one turn; the window is left alone before and after."""
        from benchmarks.window import spin

        spin(QUIET_S)
        began, clock = time.monotonic(), time.perf_counter()
        work()
        self.times.setdefault(name, []).append(1000 * (time.perf_counter() - clock))
        self.spans.setdefault(name, []).append((began, time.monotonic()))

    def blocked(self, name: str) -> float:
        """The longest wait of a message that was sent in any such turn, in ms."""
        return max(max(self.probe.milliseconds(*span), default=0.0) for span in self.spans[name])

    def open(self) -> None:
        """Show the page, until its drawing is painted."""
        from benchmarks.window import wait_for

        page = self.workbench.inside.page
        came: list[object] = []
        self.finder.found.connect(came.append)
        self.workbench.pages.show_page(page)
        page.setCurrentWidget(self.finder.page)
        if not came:
            wait_for(self.finder.found)
        self.finder.found.disconnect(came.append)
        self._paint()

    def _change(self, stem: str) -> None:
        from benchmarks.window import wait_for

        form = self.workbench.setup.forms["network"]
        if form.values()["stem"] != stem:
            form.set_values({"stem": stem})
            wait_for(self.finder.found)
            self._paint()

    def _stem(self) -> str:
        return str(self.workbench.setup.forms["network"].values()["stem"])

    def _paint(self) -> None:
        """What is to be painted is painted before the clock stops."""
        from PySide6.QtWidgets import QApplication

        QApplication.processEvents()

    def _hide(self) -> None:
        self.workbench.pages.show_page(self.workbench.curves)


def _config(workbench: Workbench) -> Any:
    config = workbench.setup.config()
    assert config is not None
    return config


def _rival(workbench: Workbench, info: DataInfo | Exception | None) -> None:
    import torch
    from torch import fx
    from torch.fx.passes.shape_prop import ShapeProp

    from core.data import DataInfo
    from core.job import build_model

    assert isinstance(info, DataInfo)
    config = _config(workbench)
    model = build_model(workbench.registry.networks[NETWORK], config.network_settings, info).eval()
    with torch.no_grad():
        ShapeProp(fx.symbolic_trace(model)).propagate(torch.zeros(1, *info.input_shape))


def _section(turns: _Turns) -> Section:
    rows = []
    for name, times in turns.times.items():
        rival = name.startswith("rival")  # it runs on the GUI thread, so that all of it blocks
        blocked = "–" if rival else f"{turns.blocked(name):.1f}"
        shown = spread(times, 0) if len(times) > 1 else f"{times[0]:.0f}"
        rows.append((name, shown, f"{max(times):.0f}", blocked, str(len(times))))
    ours, theirs = turns.times["opening, nothing known"], turns.times["rival: torch.fx and ShapeProp"]
    worst = max(turns.blocked(name) for name in turns.times if name != ALONE and not name.startswith("rival"))
    checks = [
        Check("opening for the first time", turns.times["opening, first"][0], OPEN_MS, at_least=False, unit="ms"),
        Check("opening with nothing known, the longest", max(ours), OPEN_MS, at_least=False, unit="ms"),
        Check("the longest that the window was blocked", worst, BLOCKED_MS, at_least=False, unit="ms"),
    ]
    ratio = statistics.median(ours) / statistics.median(theirs)
    notes = [f"Opening with nothing known takes {ratio:.2f} times as long as the rival, drawing included."]
    return Section("structure", "Opening the structure of ResNet-18", HOW, HEADER, rows, checks, notes)
