"""How long the window's event loop makes an event wait while the default network trains."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.report import Check, Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.run_config import RunConfig
    from gui.workbench import Workbench

HOW = (
    "The real window, drawn offscreen, trains LeNet on digits with its curves and views shown. Another process sends "
    "it a message every 5 ms; the delay is from sending to when the event loop gets to it, as a click would wait. "
    "Training and the rival, the same window with the run paused, take turns of a few seconds; the first moments of "
    "each turn are left out. The last row is one start: from the press of the button until the first step."
)
HEADER = ("Window", "p50, ms", "p95, ms", "p99, ms", "max, ms", "p99 over paused", "n")
ROUNDS = 5
TURN_S = 3.0
LEFT_OUT_S = 0.3
LIMIT_MS = 25.0


def measure() -> Section:
    """Open the window, start, then pause and resume in turns."""
    from benchmarks.training_runs import asked
    from benchmarks.window import open_window

    with open_window() as workbench:
        config = asked(workbench.registry, "digits", epochs=10_000)
        training, paused, starting = _watch(workbench, config)
    p99 = _percentile(training, 99)
    rows = [
        _row(words, delays, paused)
        for words, delays in (("training", training), ("paused", paused), ("starting", starting))
    ]
    checks = [Check("p99 of the delay while training", p99, LIMIT_MS, at_least=False, unit="ms")]
    return Section("event_loop", "Event loop", HOW, HEADER, rows, checks)


def _watch(workbench: Workbench, config: RunConfig) -> tuple[list[float], list[float], list[float]]:
    from benchmarks.delay_probe import DelayProbe
    from benchmarks.window import spin, start, wait_for

    session = workbench.session
    probe = DelayProbe()
    spin(1.0)
    times: dict[str, list[tuple[float, float]]] = {"training": [], "paused": [], "starting": []}

    def turn(name: str, work: Callable[[], None]) -> None:
        began = time.monotonic()
        work()
        times[name].append((began, time.monotonic()))

    def begin() -> None:
        start(workbench, config)
        wait_for(session.started)

    turn("starting", begin)
    for _ in range(ROUNDS):
        spin(LEFT_OUT_S)
        turn("training", lambda: spin(TURN_S))
        session.pause()
        wait_for(session.state_changed)
        spin(LEFT_OUT_S)
        turn("paused", lambda: spin(TURN_S))
        session.resume()
        wait_for(session.state_changed)
    session.stop()
    wait_for(session.ended)
    spin(LEFT_OUT_S)
    probe.close()
    found = {name: [ms for span in spans for ms in probe.milliseconds(*span)] for name, spans in times.items()}
    return found["training"], found["paused"], found["starting"]


def _row(words: str, delays: list[float], rival: list[float]) -> tuple[str, ...]:
    figures = [_percentile(delays, share) for share in (50, 95, 99)]
    ratio = figures[-1] / _percentile(rival, 99)
    return (words, *(f"{figure:.2f}" for figure in (*figures, max(delays))), f"{ratio:.1f}", f"{len(delays):,}")


def _percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]
