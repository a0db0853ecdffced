"""What watching a network's health costs its training, switched on at the default cadence and switched off."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from itertools import cycle

from benchmarks.report import Check, Section, spread

HOW = (
    "One run trains in turns of {turn:g} s of processor time, on one thread: every second one without anything that "
    "watches, and between those one with the health watched at its default cadence and one with it switched off, "
    "alternately. A turn's steps per second over the mean of the turns just before and just after it is its ratio, so "
    "that a machine that grows slower or faster meanwhile favours none. Steps are counted per second of the process's "
    "time, which leaves out what other programs take of the machine; beside it, in the last column but one, stands "
    "the same by the clock on the wall. All that the trainer does is in it: the log, the record, the checkpoints; "
    "only the validation is left out. In brackets: quartiles of the turns. No window is open."
)
HEADER = ("Run", "Watched, ratio", "Switched off, ratio", "Without, steps/s", "Looks/s", "Watched, by the wall", "n")
TURN_S = 1.0
LEAST = 0.97
SIDES = ("without", "on", "without", "off")


@dataclass(frozen=True)
class Case:
    """One run."""

    title: str
    network: str
    data: str
    turns: int = 81


CASES = (
    Case("LeNet on digits", "lenet", "digits"),
    Case("LSTM on long-memory", "lstm", "long-memory"),
    Case("tutorial's CNN on shapes", "cifar_cnn", "shapes"),
)


@dataclass
class Turns:
    """Takes the events of a run and changes sides between two steps; the first round warms up and is left out."""

    case: Case
    speeds: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    looks: int = 0
    watched_s: float = 0.0
    _since: tuple[float, float] = (0.0, 0.0)

    def ready(self, trainer: object) -> None:
        """The trainer is there."""
        from core.trainer import Trainer

        assert isinstance(trainer, Trainer)
        self.trainer, self._sources = trainer, list(trainer.step_watches)
        self._order = cycle(SIDES)
        self._change()

    def __call__(self, event: object) -> None:
        """Follow the run."""
        from core.events import EpochEnded, HealthMeasured, RunStarted, StepsLogged

        now = (time.process_time(), time.perf_counter())
        if isinstance(event, HealthMeasured) and len(self.speeds) > len(SIDES):
            self.looks += 1
        elif isinstance(event, StepsLogged):
            self._spent += now[0] - self._since[0]
            self._passed += now[1] - self._since[1]
            self._steps += len(event.lr)
            self._since = now
            if self._spent >= TURN_S:
                self._end_turn()
        elif isinstance(event, RunStarted | EpochEnded):
            self._since = now

    def ratios(self, side: str, *, wall: bool = False) -> list[float]:
        """Each turn of a side over the mean of its two neighbours, which are without."""
        first, speeds = len(SIDES), self.wall if wall else self.speeds
        return [
            2 * speeds[index] / (speeds[index - 1] + speeds[index + 1])
            for index in range(first + 1, len(speeds) - 1)
            if self.sides[index] == side
        ]

    def _end_turn(self) -> None:
        self.speeds.append(self._steps / self._spent)
        self.wall.append(self._steps / self._passed)
        self.sides.append(self._side)
        if self._side == "on" and len(self.speeds) > len(SIDES):
            self.watched_s += self._passed
        if len(self.speeds) >= self.case.turns:
            self.trainer.control.stop()
        self._change()

    def _change(self) -> None:
        self._side = next(self._order)
        self.trainer.step_watches[:] = [] if self._side == "without" else self._sources
        self.trainer.health.on = self._side == "on"
        self._spent, self._passed, self._steps = 0.0, 0.0, 0
        self._since = (time.process_time(), time.perf_counter())


def measure() -> Section:
    """Run the cases."""
    rows, checks = [], []
    for case in CASES:
        turns = _run(case)
        on, off = turns.ratios("on"), turns.ratios("off")
        without = statistics.median(turns.speeds[index] for index in range(4, len(turns.speeds), 2))
        looks = f"{turns.looks / turns.watched_s:.1f}"
        numbers = (f"{without:,.0f}", looks, spread(turns.ratios("on", wall=True), 3), f"{len(on)} + {len(off)}")
        rows.append((case.title, spread(on, 3), spread(off, 3), *numbers))
        checks.append(Check(f"health of {case.title}, steps/s", statistics.median(on), LEAST, at_least=True))
    return Section("health", "Health", HOW.format(turn=TURN_S), HEADER, rows, checks)


def _run(case: Case) -> Turns:
    from benchmarks.quiet import no_progress
    from core.control import Control
    from core.discovery import discover
    from core.home import data_folders, runs_folder
    from core.launch import Launch
    from core.run_config import run_config
    from core.runs import RunStore

    registry = discover("plugins", installed=False)
    network = registry.get("networks", case.network)
    config = run_config(network, case.data, epochs=10_000, device="cpu", threads=1, schedule="constant")
    turns = Turns(case)
    store = RunStore(runs_folder())
    ended = Launch(*(registry, config, data_folders(), store, Control(), turns, no_progress), ready=turns.ready).run()
    if ended.state == "failed":
        raise RuntimeError(ended.error)
    return turns
