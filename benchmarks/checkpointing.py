"""What checkpoints cost a run at their default cadence."""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import dataclass, field

from benchmarks.report import Check, Section, spread

HOW = (
    "One run trains in turns of as many epochs each. At the beginning of every second turn a checkpoint is taken, "
    "best weights included, and what these turns take longer than those before and after them is what a checkpoint "
    "costs, with all its consequences for caches and disk. The share is that time over the 30 s between two "
    "checkpoints. In brackets: quartiles of the turns. No window is open."
)
HEADER = ("Run", "Parameters", "A checkpoint costs, ms", "Writing it, ms", "Share of the time, %", "n")
MOST = 2.0


@dataclass(frozen=True)
class Case:
    """One run; ``turn``: epochs a turn."""

    title: str
    network: str
    data: str
    turn: int
    turns: int = 41


CASES = (Case("LeNet on digits", "lenet", "digits", 10, 25), Case("LSTM on long-memory", "lstm", "long-memory", 1, 25))


@dataclass
class Turns:
    """Takes the events of a run: every second turn begins with a checkpoint."""

    case: Case
    seconds: list[float] = field(default_factory=list)
    writing: list[float] = field(default_factory=list)
    parameters: int = 0

    def ready(self, trainer: object) -> None:
        """The trainer is there; it takes no checkpoints by itself."""
        from core.trainer import Trainer

        assert isinstance(trainer, Trainer) and trainer.recorder
        self.recorder = trainer.recorder
        self.recorder.checkpoint_every = math.inf
        self._since = time.perf_counter()

    def __call__(self, event: object) -> None:
        """Follow the run."""
        from core.events import CheckpointTaken, EpochEnded, RunStarted

        if isinstance(event, RunStarted):
            self.parameters = event.parameters
            self._since = time.perf_counter()
        elif isinstance(event, CheckpointTaken):
            self.recorder.checkpoint_steps = 0
            self.writing.append(event.seconds)
        elif isinstance(event, EpochEnded) and event.epoch % self.case.turn == 0:
            now = time.perf_counter()
            self.seconds.append(now - self._since)
            self._since = now
            if len(self.seconds) % 2:
                self.recorder.checkpoint_steps = 1

    def costs(self) -> list[float]:
        """Seconds that each turn with a checkpoint took longer than its two neighbours; the first ones warm up."""
        found = self.seconds[2:]
        return [
            found[index] - (found[index - 1] + found[index + 1]) / 2
            for index in range(1, len(found) - 1)
            if index % 2 == 1
        ]


def measure() -> Section:
    """Run the cases."""
    from core.recorder import CHECKPOINT_EVERY_S

    rows, checks = [], []
    for case in CASES:
        turns = _run(case)
        costs = [1000 * seconds for seconds in turns.costs()]
        writing = [1000 * seconds for seconds in turns.writing]
        share = statistics.median(costs) / (1000 * CHECKPOINT_EVERY_S) * 100
        rows.append(
            (case.title, f"{turns.parameters:,}", spread(costs, 1), spread(writing, 1), f"{share:.3f}", str(len(costs)))
        )
        checks.append(Check(f"checkpoints of {case.title}, share of the time", share, MOST, at_least=False, unit="%"))
    return Section("checkpointing", "Checkpoints", HOW, HEADER, rows, checks)


def _run(case: Case) -> Turns:
    from benchmarks.quiet import no_progress
    from core.control import Control
    from core.discovery import discover
    from core.home import data_folders, runs_folder
    from core.launch import Launch
    from core.run_config import run_config
    from core.runs import RunStore

    registry = discover("plugins", installed=False)
    epochs = case.turn * case.turns
    network = registry.get("networks", case.network)
    config = run_config(network, case.data, epochs=epochs, device="cpu", schedule="constant")
    turns = Turns(case)
    store = RunStore(runs_folder())
    ended = Launch(*(registry, config, data_folders(), store, Control(), turns, no_progress), ready=turns.ready).run()
    if ended.state != "finished":
        raise RuntimeError(ended.error)
    return turns
