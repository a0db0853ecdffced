"""Sweeps: what is tried, in which order, and what becomes of trials that fail or are not worth going on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.config import ConfigError
from core.control import Control
from core.events import EpochEnded, RunEnded
from core.run_config import RunConfig
from core.sweep import Choices, Range, Sweep, SweepError, SweepSettings, Trial, parse_space
from tests.core.tiny import config, registry

REGISTRY = registry()


def learner(seen: list[RunConfig], loss: Any) -> Any:
    """Stands for a training of three epochs whose validation loss is ``loss(config, epoch)``."""

    def run_it(asked: RunConfig, control: Control, emit: Any) -> RunEnded:
        seen.append(asked)
        for epoch in (1, 2, 3):
            emit(EpochEnded(epoch, epoch, {}, {"loss": loss(asked, epoch), "accuracy": 1 / loss(asked, epoch)}))
            if control.stopping:
                return RunEnded(f"run-{len(seen)}", "stopped", epoch)
        return RunEnded(f"run-{len(seen)}", "finished", 3)

    return run_it


def distance(asked: RunConfig, epoch: int) -> float:
    return 1 + abs(asked.batch_size - 20) / epoch


def sweep_of(space: list[str], run_it: Any, **settings: Any) -> Sweep:
    return Sweep(REGISTRY, config(REGISTRY), parse_space(space), run_it, settings=SweepSettings(**settings))


def test_the_texts_of_a_sweep_are_ranges_and_lists() -> None:
    assert parse_space(["lr=1e-4..1e-1:log", "batch_size=16..128", "optimizer=sgd, adamw"]) == {
        "lr": Range(1e-4, 1e-1, log=True),
        "batch_size": Range(16, 128, whole=True),
        "optimizer": Choices(("sgd", "adamw")),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lr", "is no sweep"),
        ("lr=", "is no sweep"),
        ("lr=1..x", "no range of numbers"),
        ("lr=2..1", "from a smaller to a larger"),
        ("lr=1..inf", "from a smaller to a larger"),
        ("lr=0..1:log", "begins above 0"),
        ("lr=1..2:linear", "is no scale"),
        ("lr=,", "give 1 to"),
    ],
)
def test_a_text_that_is_no_sweep_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(SweepError, match=said):
        parse_space([text])


def test_a_setting_that_nothing_has_or_a_range_that_leaves_its_bounds_is_refused_before_the_first_trial() -> None:
    for space, said in ((["colour=1..2"], "a setting 'colour'"), (["batch_size=0..8"], "at least 1")):
        with pytest.raises(ConfigError, match=said):
            sweep_of(space, None)


def test_lists_are_tried_in_all_combinations_each_once() -> None:
    seen: list[RunConfig] = []
    sweep_of(["optimizer=sgd,adamw", "batch_size=4,8,16"], learner(seen, distance), prune=False, trials=100).run()
    tried = [(asked.optimizer, asked.batch_size) for asked in seen]
    assert sorted(tried) == sorted((name, size) for name in ("sgd", "adamw") for size in (4, 8, 16))
    assert {asked.optimizer_settings.get("lr") for asked in seen if asked.optimizer == "sgd"} == {0.01}


def test_optuna_comes_closer_to_the_best_than_its_first_trials() -> None:
    seen: list[RunConfig] = []
    trials = sweep_of(["batch_size=1..400"], learner(seen, distance), trials=25, prune=False).run()
    values = [trial.value or 99.0 for trial in trials]
    assert len(trials) == 25
    assert min(values[10:]) <= min(values[:10])
    assert all(1 <= asked.batch_size <= 400 for asked in seen)


def test_the_same_seed_tries_the_same_values() -> None:
    tried: list[list[int]] = []
    for _ in range(2):
        seen: list[RunConfig] = []
        sweep_of(["batch_size=1..400"], learner(seen, distance), trials=6, seed=3).run()
        tried.append([asked.batch_size for asked in seen])
    assert tried[0] == tried[1]


def test_a_hopeless_trial_is_stopped_early_and_the_others_go_on() -> None:
    seen: list[RunConfig] = []
    sizes = ",".join(map(str, (22, 23, 24, 25, 3000, 20)))
    trials = sweep_of([f"batch_size={sizes}"], learner(seen, distance)).run()
    assert [trial.state for trial in trials] == ["finished"] * 4 + ["pruned", "finished"]


def test_a_trial_that_fails_does_not_stop_the_rest() -> None:
    def run_it(asked: RunConfig, control: Control, emit: Any) -> RunEnded:
        if asked.batch_size == 8:
            return RunEnded("", "failed", 0, error="No memory.")
        return learner([], distance)(asked, control, emit)

    told: list[Trial] = []
    sweep_of(["batch_size=4,8,16"], run_it).run(told.append)
    assert [(trial.state, trial.error) for trial in told] == [
        ("finished", ""),
        ("failed", "No memory."),
        ("finished", ""),
    ]


def test_a_stopped_sweep_stops_the_trial_that_goes_on_and_begins_no_other() -> None:
    seen: list[RunConfig] = []

    def run_it(asked: RunConfig, control: Control, emit: Any) -> RunEnded:
        if len(seen) == 1:
            sweep.control.stop()
        return learner(seen, distance)(asked, control, emit)

    sweep = sweep_of(["batch_size=4,8,16"], run_it)
    assert [trial.state for trial in sweep.run()] == ["finished", "stopped"]


def test_a_sweep_goes_on_under_its_name_and_a_grid_is_not_tried_twice(tmp_path: Path) -> None:
    seen: list[RunConfig] = []

    def sweep(trials: int) -> Sweep:
        space, settings = parse_space(["batch_size=4,8,16"]), SweepSettings(trials=trials)
        return Sweep(
            *(REGISTRY, config(REGISTRY), space, learner(seen, distance)),
            settings=settings,
            storage=tmp_path / "new" / "sweeps.sqlite",
            study="mine",
        )

    assert len(sweep(2).run()) == 2
    assert len(sweep(100).run()) == 1
    assert sorted(asked.batch_size for asked in seen) == [4, 8, 16]


def test_a_storage_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sweeps.sqlite"
    path.write_bytes(b"no database" * 100)
    space = parse_space(["batch_size=4,8"])
    with pytest.raises(SweepError, match=r"cannot be kept in .*sweeps.sqlite"):
        Sweep(REGISTRY, config(REGISTRY), space, learner([], distance), storage=path).run()


def test_a_grid_needs_lists() -> None:
    with pytest.raises(SweepError, match="A grid needs a list"):
        sweep_of(["batch_size=4..8"], None, sampler="grid")
