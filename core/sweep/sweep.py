"""One sweep: trials that are runs like any other, remembered by Optuna in a SQLite file."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from core.config import Config, ConfigError, setting
from core.control import Control
from core.events import EpochEnded, Event, RunEnded
from core.registry import Registry
from core.run_config import RunConfig, changed
from core.sweep.space import Choices, Space, SweepError

if TYPE_CHECKING:
    from optuna import Study

Sampler: TypeAlias = Literal["auto", "grid", "random", "tpe"]
Objective: TypeAlias = Literal["val_loss", "val_accuracy"]
MOST_COMBINATIONS = 10_000
FIRST_UNPRUNED = 4
"""Trials that are always trained to their end: there must be something to compare with."""


class SweepSettings(Config):
    """How a sweep goes about it."""

    trials: int = setting(
        20, "Trials", "How many runs; a grid ends when all of it is tried.", minimum=1, maximum=10_000
    )
    sampler: Sampler = setting(
        "auto", "Sampler", "Grid where all settings are lists, else tpe: Optuna learns from the trials before."
    )
    objective: Objective = setting(
        "val_loss", "Objective", "What is to become best: the loss least, the accuracy most."
    )
    prune: bool = setting(True, "Prune", "Stop a trial that is worse than half of the others were at that epoch.")
    seed: int = setting(0, "Sweep seed", "Start of the sampler's randomness.", minimum=0, maximum=2**31 - 1)


@dataclass(frozen=True)
class Trial:
    """A trial that is over. ``value``: the objective, None where there is none. ``state``: how the run ended, or
    "pruned". ``run``: its id, "" where it did not begin. ``error``: one sentence where it failed."""

    number: int
    values: Mapping[str, Any]
    state: str
    run: str = ""
    value: float | None = None
    error: str = ""


RunIt: TypeAlias = "Callable[[RunConfig, Control, Callable[[Event], None]], RunEnded]"
"""Trains a configuration and returns how it ended: :class:`core.launch.Launch` behind a function."""


class Sweep:
    """Trials of one configuration with some settings varied. One that fails does not stop the rest.

    ``study``: its name; the same name in the same ``storage`` goes on where an earlier sweep stopped.
    """

    def __init__(
        self,
        registry: Registry,
        base: RunConfig,
        space: Space,
        run_it: RunIt,
        *,
        settings: SweepSettings | None = None,
        storage: Path | None = None,
        study: str = "sweep",
        control: Control | None = None,
    ) -> None:
        self.registry, self.base, self.space = registry, base, space
        self.settings = settings or SweepSettings()
        self.study_name = study
        self.control = control or Control()
        """Stop it to end the sweep; the trial that goes on is then stopped and kept."""
        self._run_it = run_it
        self._storage = storage
        self._grid()
        self._check()

    def run(self, told: Callable[[Trial], None] = lambda trial: None) -> list[Trial]:
        """Train trial after trial; ``told`` hears of each that is over.

        Raises:
            SweepError: where the storage cannot be used.
        """
        study, grid = self._study(), self._grid()
        for values in grid or ():
            study.enqueue_trial(values, skip_if_exists=True)
        wanted = self.settings.trials if grid is None else min(self.settings.trials, _waiting(study))
        done: list[Trial] = []
        while len(done) < wanted and not self.control.stopping:
            done.append(self._trial(study))
            told(done[-1])
        return done

    @property
    def best(self) -> Literal["minimize", "maximize"]:
        """Which way the objective gets better."""
        return "minimize" if self.settings.objective == "val_loss" else "maximize"

    def _check(self) -> None:
        """Every end of every range must be allowed: better said now than at the ninth trial."""
        for name, kind in self.space.items():
            for value in kind.values if isinstance(kind, Choices) else (kind.low, kind.high):
                whole = isinstance(value, float) and value.is_integer()
                changed(self.registry, self.base, {name: int(value) if whole else value})

    def _study(self) -> Study:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        storage = None
        if self._storage:
            self._storage.parent.mkdir(parents=True, exist_ok=True)
            storage = f"sqlite:///{self._storage}"
        try:
            return optuna.create_study(
                storage=storage,
                study_name=self.study_name,
                sampler=self._sampler(),
                pruner=optuna.pruners.MedianPruner(n_startup_trials=FIRST_UNPRUNED, n_warmup_steps=1),
                direction=self.best,
                load_if_exists=True,
            )
        except Exception as error:  # border: Optuna and SQLAlchemy have many ways to say that a file is no database
            raise SweepError(
                f"The sweep cannot be kept in {self._storage} ({type(error).__name__}): delete that file or make room."
            ) from error

    def _sampler(self) -> Any:
        from optuna import samplers

        seed = self.settings.seed
        return (
            samplers.RandomSampler(seed=seed) if self.settings.sampler == "random" else samplers.TPESampler(seed=seed)
        )

    def _grid(self) -> list[dict[str, Any]] | None:
        """Every combination, in order; None where trials are not chosen by a grid."""
        listed = {name: kind.values for name, kind in self.space.items() if isinstance(kind, Choices)}
        if self.settings.sampler == "grid" and len(listed) < len(self.space):
            raise SweepError("A grid needs a list of values for each setting, for example batch_size=16,32,64.")
        if self.settings.sampler not in ("auto", "grid") or len(listed) < len(self.space):
            return None
        if math.prod(map(len, listed.values())) > MOST_COMBINATIONS:
            raise SweepError(
                f"This grid has more than {MOST_COMBINATIONS:,} combinations: give fewer values, or use tpe."
            )
        return [dict(zip(listed, values, strict=True)) for values in itertools.product(*listed.values())]

    def _trial(self, study: Study) -> Trial:
        from optuna.trial import TrialState

        asked = study.ask()
        values = {name: kind.suggest(asked, name) for name, kind in self.space.items()}
        watch = _Watch(self, asked)
        try:
            ended = self._run_it(changed(self.registry, self.base, values), watch.control, watch.take)
        except ConfigError as error:  # two settings, each allowed, that do not go together
            ended = RunEnded("", "failed", 0, error=str(error))
        state = "pruned" if watch.pruned and ended.state == "stopped" else ended.state
        asked.set_user_attr("run", ended.run)
        if state == "finished" and watch.value is not None:
            study.tell(asked, watch.value)
        else:
            study.tell(asked, state=TrialState.PRUNED if state == "pruned" else TrialState.FAIL)
        return Trial(asked.number, values, state, ended.run, watch.value, ended.error)


class _Watch:
    """Hears of a trial's epochs, and stops it when it is not worth going on."""

    def __init__(self, sweep: Sweep, asked: Any) -> None:
        self.control = Control()
        self.value: float | None = None
        self.pruned = False
        self._sweep, self._asked = sweep, asked

    def take(self, event: Event) -> None:
        """On the training thread."""
        if self._sweep.control.stopping:
            self.control.stop()
        if not isinstance(event, EpochEnded):
            return
        objective = self._sweep.settings.objective.removeprefix("val_")
        value = event.validation.get(objective)
        if value is None or value != value:
            return
        self.value = float(value)
        self._asked.report(self.value, event.epoch)
        if self._sweep.settings.prune and self._asked.should_prune():
            self.pruned = True
            self.control.stop()


def _waiting(study: Study) -> int:
    from optuna.trial import TrialState

    return len(study.get_trials(deepcopy=False, states=(TrialState.WAITING,)))
