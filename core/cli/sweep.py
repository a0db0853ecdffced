"""``train … --sweep``: many runs with some settings varied."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any, get_args

from core.config import validated
from core.control import Control
from core.events import Event, RunEnded
from core.history import RunNotes, write_notes
from core.home import data_folders, home, runs_folder
from core.registry import Registry
from core.run_config import RunConfig
from core.runs import Run, RunStore, plain
from core.sweep import Objective, Sweep, SweepSettings, Trial, parse_space
from core.sweep.sweep import Sampler


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of ``train`` that are about sweeps."""
    group = command.add_argument_group("sweeps: many runs with some settings varied")
    group.add_argument(
        "--sweep", action="append", default=[], metavar="NAME=VALUES", help="lr=1e-4..1e-1:log or batch_size=16,32,64"
    )
    group.add_argument("--trials", type=int, metavar="N", help="how many runs (default 20; a grid: all of it)")
    group.add_argument("--sampler", choices=get_args(Sampler), help="who chooses the values (default auto)")
    group.add_argument("--objective", choices=get_args(Objective), help="what is to become best (default val_loss)")
    group.add_argument("--no-prune", action="store_true", help="train every trial to its end")
    group.add_argument("--study", metavar="NAME", help="name of the sweep; a known one goes on")


def run_sweep(options: argparse.Namespace, registry: Registry, base: RunConfig) -> int:
    """Train trial after trial; status 0 where one of them finished."""
    from core.cli.train import stopped_by_interrupt

    space = parse_space(options.sweep)
    named = {name: getattr(options, name) for name in ("trials", "sampler", "objective")}
    chosen: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if "trials" not in chosen:
        chosen |= {"trials": SweepSettings().trials if any(".." in text for text in options.sweep) else 10_000}
    settings = validated(SweepSettings, {**chosen, "prune": not options.no_prune, "seed": base.seed})
    study = options.study or f"{base.network}-{time.strftime('%Y%m%d-%H%M%S')}"
    sweep = Sweep(registry, base, space, _launcher(registry, study), settings=settings, study=study, storage=storage())
    with stopped_by_interrupt(sweep.control):
        trials = sweep.run(lambda trial: _tell(trial, quiet=options.json))
    _report(trials, sweep, study, as_json=options.json)
    return 0 if any(trial.state == "finished" for trial in trials) else 1


def storage() -> Any:
    """Where Optuna remembers all sweeps: a SQLite file."""
    return home() / "sweeps.sqlite"


def _launcher(registry: Registry, study: str) -> Callable[[RunConfig, Control, Callable[[Event], None]], RunEnded]:
    store = RunStore(runs_folder())

    def run_it(config: RunConfig, control: Control, emit: Callable[[Event], None]) -> RunEnded:
        from core.launch import Launch

        ended = Launch(registry, config, data_folders(), store, control, emit, _no_progress).run()
        if ended.run:
            _tag(store.find(ended.run), study)
        return ended

    return run_it


def _tag(run: Run, study: str) -> None:
    try:
        write_notes(run, RunNotes(tags=(f"sweep {study}"[:60],)))
    except OSError:  # a disk that is full: the run was told of that already
        return


def _no_progress(done: int, total: int | None, text: str) -> None:
    """Trials are told of one by one; a bar for each would be noise."""


def _tell(trial: Trial, *, quiet: bool) -> None:
    if quiet:
        return
    values = ", ".join(
        f"{name}={value:.3g}" if isinstance(value, float) else f"{name}={value}" for name, value in trial.values.items()
    )
    found = "" if trial.value is None else f" {trial.value:.4f}"
    print(
        f"trial {trial.number + 1}: {values}: {trial.state}{found} {trial.error}".rstrip(), file=sys.stderr, flush=True
    )


def _report(trials: list[Trial], sweep: Sweep, study: str, *, as_json: bool) -> None:
    sign = 1 if sweep.best == "minimize" else -1
    finished = [trial for trial in trials if trial.state == "finished" and trial.value is not None]
    best = min(finished, key=lambda trial: sign * (trial.value or 0.0), default=None)
    if as_json:
        rows = [{**vars(trial), "values": dict(trial.values)} for trial in trials]
        answer = {"study": study, "objective": sweep.settings.objective, "best": best and best.run, "trials": rows}
        print(json.dumps(plain(answer)))
    elif best is None:
        print(f"Sweep {study}: no trial finished.")
    else:
        values = " ".join(f"--set {name}={value}" for name, value in best.values.items())
        reached = f"{sweep.settings.objective} {best.value:.4f}"
        print(f"Sweep {study}: best of {len(trials)} trials is {best.run} with {reached}: {values}")
