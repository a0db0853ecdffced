"""Which weights a run leaves: its last, its best, or none; and when it ends by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.batches import Batch
from core.checkpoints import best_checkpoint, checkpoints, kept_checkpoint, load_weights, step_of
from core.events import EpochEnded, SettingChanged
from core.history import RunBin
from core.inference import Classifier
from core.kept import kept_model
from plugins.classification import cross_entropy
from tests.core.outcomes import differences, lines, same
from tests.core.test_resume import STEPS_PER_EPOCH, Runs, tiny_task
from tests.core.tiny import same_weights


def validating(runs: Runs, losses: list[float]) -> Runs:
    """The validation loss of each epoch is the next of these, whatever the weights."""
    told = iter(losses)
    kept: dict[int, float] = {}

    def loss(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        found, outputs = cross_entropy(model, batch)
        if model.training:
            return found, outputs
        step = runs.trainers[-1].step
        if step not in kept:
            kept[step] = next(told)
        return torch.tensor(kept[step]), outputs

    runs.registry.tasks["image-classification"] = tiny_task(loss)
    return runs


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs")


UP_AND_DOWN = [0.9, 0.5, 0.7, 0.6, 0.8, 0.9, 0.4, 0.3, 0.2, 0.1]


def test_the_best_epoch_is_kept_beside_the_last_step(runs: Runs) -> None:
    run = validating(runs, UP_AND_DOWN).whole(epochs=4)
    best = best_checkpoint(run.checkpoints)
    assert best is not None
    assert (step_of(best), [step_of(path) for path in checkpoints(run.checkpoints)]) == (14, [28])
    model = runs.trainers[0].job.model
    assert same(load_weights(checkpoints(run.checkpoints)[0]), dict(model.state_dict()))
    at_best = validating(Runs(runs.store.folder / "other"), UP_AND_DOWN)
    at_best.launch(at_best.config(epochs=4), stop_at=14)
    assert same(load_weights(best), dict(at_best.trainers[0].job.model.state_dict()))


def test_each_epoch_tells_which_was_the_best_and_how_long_ago(runs: Runs) -> None:
    run = validating(runs, UP_AND_DOWN).whole(epochs=5, patience=10)
    told = [(event.best_epoch, event.waited, event.waiting) for event in runs.events.of(EpochEnded)]
    words = "{} of 10 epochs without a better one".format
    assert told == [(1, 0, ""), (2, 0, ""), (2, 1, words(1)), (2, 2, words(2)), (2, 3, words(3))]
    assert [line["waited"] for line in lines(run, "EpochEnded")] == [0, 0, 1, 2, 3]


@pytest.mark.parametrize("keep", ["last", "best"])
def test_a_stopped_run_keeps_what_was_asked_for_and_all_who_read_it_get_that(runs: Runs, keep: str) -> None:
    validating(runs, UP_AND_DOWN)
    ended = runs.launch(runs.config(epochs=9), stop_at=24, keep=keep)
    run = runs.run_of(ended)
    step = {"last": 24, "best": 14}[keep]
    assert (ended.kept, ended.summary["kept"]) == (keep, keep)
    kept = kept_checkpoint(run)
    assert kept is not None and step_of(kept) == step
    model = kept_model(run, runs.registry)
    assert (model.step, model.name) == (step, f"Tiny after {step} steps")
    assert same_weights(model.model, runs.trainers[0].job.model), "the window shows the same weights"
    assert Classifier.of_run(run, runs.registry).name == f"Tiny after {step} steps"
    assert ended.summary["val_loss"] == pytest.approx({"last": 0.7, "best": 0.5}[keep])


def test_a_run_whose_best_was_kept_goes_on_from_its_last_step(runs: Runs) -> None:
    validating(runs, UP_AND_DOWN)
    run = runs.run_of(runs.launch(runs.config(epochs=4), stop_at=24, keep="best"))
    assert runs.resume(run).state == "finished"
    whole = validating(Runs(runs.store.folder / "other"), UP_AND_DOWN)
    assert differences(run, whole.whole(epochs=4)) == []


def test_without_any_epoch_the_last_weights_are_the_best_there_are(runs: Runs) -> None:
    ended = runs.launch(stop_at=3, keep="best")
    assert ended.kept == "last"
    kept = kept_checkpoint(runs.run_of(ended))
    assert kept is not None and step_of(kept) == 3


def test_a_run_that_is_thrown_away_is_in_the_bin_and_nowhere_else(runs: Runs) -> None:
    ended = runs.launch(stop_at=10, keep="nothing")
    assert (ended.state, ended.kept) == ("stopped", "nothing")
    assert runs.store.folders() == []
    assert RunBin(runs.store).runs() == [ended.run]
    back = RunBin(runs.store).put_back(ended.run)
    assert back.state() == "interrupted", "it was let go of"
    assert runs.resume(back).state == "finished"


def test_what_happens_after_the_end_is_no_part_of_the_run(runs: Runs) -> None:
    run = runs.run_of(runs.launch(stop_at=10))
    before = (run.folder / "events.jsonl").read_bytes()
    runs.trainers[0].change("lr", 0.5)
    assert (run.folder / "events.jsonl").read_bytes() == before


def test_a_resumed_run_can_be_thrown_away_too(runs: Runs) -> None:
    run = runs.run_of(runs.launch(stop_at=4))
    assert runs.resume(run, stop_at=9, keep="nothing").kept == "nothing"
    assert runs.store.folders() == []


def test_a_run_ends_by_itself_when_it_gets_no_better_and_keeps_the_best(runs: Runs) -> None:
    ended = validating(runs, UP_AND_DOWN).launch(runs.config(epochs=10, patience=3))
    assert (ended.state, ended.step, ended.kept) == ("finished", 5 * STEPS_PER_EPOCH, "best")
    assert ended.reason == "There was no better validation loss for 3 epochs."
    assert (ended.summary["best_epoch"], ended.summary["epochs_without_better"]) == (2, 3)
    assert ended.summary["best_val_loss"] == ended.summary["val_loss"] == 0.5
    run = runs.run_of(ended)
    assert step_of(kept_checkpoint(run) or Path()) == 14
    assert run.summary().summary["reason"] == ended.reason


def test_a_run_that_ended_by_itself_can_go_on_and_waits_anew(runs: Runs) -> None:
    run = runs.run_of(validating(runs, UP_AND_DOWN).launch(runs.config(epochs=8, patience=3)))
    ended = runs.resume(run)
    assert (ended.state, ended.summary["epochs"], ended.reason) == ("finished", 8, "")
    assert ended.summary["best_epoch"] == 8


def test_patience_goes_on_counting_after_a_crash(runs: Runs) -> None:
    validating(runs, UP_AND_DOWN)
    run = runs.run_of(runs.launch(runs.config(epochs=9, patience=3), stop_at=30))
    assert runs.resume(run).step == 5 * STEPS_PER_EPOCH


def test_without_patience_a_run_goes_on_to_its_last_epoch(runs: Runs) -> None:
    ended = validating(runs, [0.1, *(9.0 for _ in range(9))]).launch(runs.config(epochs=6))
    assert (ended.summary["epochs"], ended.kept, ended.reason) == (6, "last", "")


def test_patience_can_be_changed_while_the_run_goes_on(runs: Runs) -> None:
    def impatient(trainer: Any) -> None:
        trainer.change("patience", 1)

    ended = validating(runs, UP_AND_DOWN).launch(runs.config(epochs=9), after={10: [impatient]})
    assert ended.step == 3 * STEPS_PER_EPOCH


def test_a_rate_that_the_schedule_lowers_is_told_with_who_did_it(runs: Runs) -> None:
    validating(runs, UP_AND_DOWN)
    settings = {"schedule": "plateau", "schedule_settings": {"patience": 0, "factor": 0.5}}
    runs.whole(epochs=3, **settings)
    (change,) = runs.events.of(SettingChanged)
    assert change == SettingChanged(3 * STEPS_PER_EPOCH, "lr", 0.01, 0.005, "schedule")
