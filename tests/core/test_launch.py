"""From Start to the end: every failure comes back as a sentence, and the run store is left in order."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.api import Callback, DataBundle, DataError, RunConfig, RunEnded, Split, TaskSpec
from core.control import Control
from core.data import Cancelled
from core.events import Noted, Problem, RunStarted
from core.launch import Launch
from core.registry import Registry
from core.run_index import RunIndex
from core.runs import RunStore
from core.trainer import Trainer
from plugins.classification import accuracy, cross_entropy
from tests.core.tiny import NOWHERE, Events, bundle, config, dataset, network, no_progress, registry, view


class Asked:
    """One launch in a folder of its own."""

    def __init__(
        self, folder: Path, found: Registry | None = None, asked: RunConfig | None = None, **options: Any
    ) -> None:
        self.registry = found or registry()
        self.store, self.events, self.control = RunStore(folder / "runs"), Events(), Control()
        given = (self.registry, asked or config(self.registry), NOWHERE, self.store, self.control, self.events)
        self.launch = Launch(*given, options.pop("progress", no_progress), **options)

    def run(self) -> RunEnded:
        """What every launch keeps to, however it ends."""
        ended = self.launch.run()
        assert self.events[-1] is ended
        assert len(self.events.of(RunEnded)) == 1
        assert self.control.at_safe_point(lambda: "served").result(0) == "served"
        for summary in RunIndex(self.store).runs():
            assert summary.state == ended.state, "the run was not let go of"
        return ended

    @property
    def kept(self) -> int:
        return len(self.store.folders())


def with_task(loss: Any) -> Registry:
    found = registry((network(task="odd"),), (dataset(task="odd"),))
    found.tasks["odd"] = TaskSpec("odd", "Odd", loss, accuracy)
    return found


def raising(error: BaseException) -> Any:
    def fail(*_: Any) -> Any:
        raise error

    return fail


def test_a_run_is_trained_and_kept(tmp_path: Path) -> None:
    seen: list[Trainer] = []
    asked = Asked(tmp_path, ready=seen.append)
    ended = asked.run()
    assert (ended.state, ended.error) == ("finished", "")
    assert ended.run == asked.store.find("last").id
    assert isinstance(asked.events[0], RunStarted)
    assert seen[0].observer.specs.keys() == {"weights"}, "views for other networks are left out"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"network": "nothing"}, "There is no network 'nothing'; there are: "),
        ({"data": "nothing"}, "There is no data set 'nothing'; there are: "),
        ({"optimizer": "nothing"}, "There is no optimizer 'nothing'; there are: "),
        ({"schedule": "nothing"}, "There is no schedule 'nothing'; there are: "),
        ({"device": "abacus"}, "This machine has no device 'abacus'; it has: "),
        ({"optimizer_settings": {"lr": -1}}, "lr must be greater than 0"),
        ({"schedule_settings": {"colour": 1}}, "'colour' is not a setting here"),
    ],
)
def test_what_is_asked_for_wrongly_is_told_before_anything_is_prepared(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    found = registry(datasets=(dataset(prepare=raising(AssertionError("it was prepared"))),))
    asked = Asked(tmp_path, found, config(found).model_copy(update=change))
    ended = asked.run()
    assert (ended.state, ended.run, ended.step, ended.details) == ("failed", "", 0, "")
    assert ended.error.startswith(said)
    assert asked.kept == 0


def test_a_network_for_another_task_is_told_in_words(tmp_path: Path) -> None:
    found = registry((network(task="poetry"),))
    ended = Asked(tmp_path, found).run()
    assert ended.error == "Tiny is for poetry, but Dots is for image-classification: choose another."


def test_a_network_that_refuses_the_data_says_why(tmp_path: Path) -> None:
    found = registry((network(refuses=lambda config, info: "Too many dots."),))
    assert Asked(tmp_path, found).run().error == "Too many dots."


@pytest.mark.parametrize("error", [DataError("The disk is gone."), Cancelled()])
@pytest.mark.parametrize("where", ["prepare", "load"])
def test_data_that_cannot_be_had_and_a_cancelled_preparation_leave_no_run(
    tmp_path: Path, where: str, error: Exception
) -> None:
    asked = Asked(tmp_path, registry(datasets=(dataset(**{where: raising(error)}),)))
    ended = asked.run()
    expected = (
        ("stopped", "Cancelled before the first step.") if isinstance(error, Cancelled) else ("failed", str(error))
    )
    assert (ended.state, ended.error) == expected
    assert (ended.run, asked.kept) == ("", 0)


def test_a_stop_during_the_preparation_cancels_it(tmp_path: Path) -> None:
    def progress(done: int, total: int | None, text: str) -> None:
        if asked.control.stopping:
            raise Cancelled

    def prepare(settings: Any, folders: Any, progress: Any) -> None:
        progress(0, 10, "Downloading")
        asked.control.stop()
        progress(1, 10, "Downloading")
        pytest.fail("it went on")

    asked = Asked(tmp_path, registry(datasets=(dataset(prepare=prepare),)), progress=progress)
    assert asked.run().state == "stopped"


def emptied(part: str) -> DataBundle:
    whole = bundle()
    assert isinstance(whole.train, Split)
    return replace(whole, **{part: Split(whole.train.inputs[:0], whole.train.targets[:0])})


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_a_data_set_with_an_empty_part_is_told_in_words(tmp_path: Path, part: str) -> None:
    asked = Asked(tmp_path, registry(datasets=(dataset(load=lambda config, folders: emptied(part)),)))
    assert asked.run().error.startswith("Dots has no samples to ")


@pytest.mark.parametrize("samples", [1, 2, 9])
def test_a_data_set_of_very_few_samples_can_be_trained_on(tmp_path: Path, samples: int) -> None:
    asked = Asked(tmp_path, registry(datasets=(dataset(load=lambda config, folders: bundle(samples)),)))
    assert asked.run().state == "finished"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (lambda: registry((network(build=lambda config, info: None),)), "build of tiny must return an nn.Module"),
        (lambda: registry(datasets=(dataset(load=lambda *_: None),)), "load of dots must return a DataBundle"),
        (lambda: registry((network(build=raising(ValueError("a\nb"))),)), "Training failed: ValueError: a"),
        (lambda: registry((network(build=raising(SystemExit(1))),)), "Training failed: SystemExit: 1"),
        (lambda: registry((network(build=lambda *_: nn.Linear(3, 3)),)), "Training failed: RuntimeError: "),
        (lambda: with_task(raising(KeyError("logits"))), "Training failed: KeyError: 'logits'"),
    ],
)
def test_a_plugin_that_breaks_the_run_is_named_with_its_traceback(tmp_path: Path, found: Any, said: str) -> None:
    ended = Asked(tmp_path, found()).run()
    assert ended.state == "failed"
    assert said in ended.error
    assert "\n" not in ended.error
    assert "Traceback" in ended.details


def out_of_memory() -> BaseException:
    try:
        torch.empty(2**50)
    except RuntimeError as error:
        return error
    raise AssertionError("this machine has a petabyte")


@pytest.mark.parametrize(
    "error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory. Tried..."), out_of_memory()]
)
def test_too_little_memory_is_told_with_what_to_do(tmp_path: Path, error: BaseException) -> None:
    ended = Asked(tmp_path, registry((network(build=raising(error)),))).run()
    assert ended.error == "There is not enough memory for this: try a smaller batch size."


def test_an_exception_that_cannot_even_be_printed_is_told_by_its_kind(tmp_path: Path) -> None:
    ended = Asked(tmp_path, registry((network(build=raising(Unprintable())),))).run()
    assert ended.error == "Training failed: Unprintable: "


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this works")


class Watcher(Callback):
    def __init__(self, told: list[RunEnded]) -> None:
        self.told = told

    def on_end(self, event: RunEnded) -> None:
        self.told.append(event)


def test_a_run_that_fails_in_the_middle_is_kept_as_failed_and_its_callbacks_are_told(tmp_path: Path) -> None:
    taken = [0]

    def explode(model: nn.Module, batch: Any) -> tuple[Tensor, Tensor]:
        taken[0] += 1
        loss, outputs = cross_entropy(model, batch)
        return loss * (float("nan") if taken[0] == 4 else 1), outputs

    found, told = with_task(explode), []  # type: ignore[var-annotated]
    found.add("watcher", "test", lambda: _watching(told))
    asked = Asked(tmp_path, found)
    ended = asked.run()
    assert ended.state == "failed"
    assert ended.error.startswith("The loss stopped being a number at step 4")
    assert ended.step >= 4
    assert told == [ended]
    (summary,) = RunIndex(asked.store).runs()
    assert (summary.state, summary.summary["error"]) == ("failed", ended.error)


def _watching(told: list[RunEnded]) -> Any:
    from tests.core.tiny import plugin

    return plugin(make_callbacks=lambda run: [Watcher(told)])


def test_a_second_interrupt_goes_through_and_the_run_counts_as_interrupted(tmp_path: Path) -> None:
    asked = Asked(tmp_path, with_task(raising(KeyboardInterrupt())))
    with pytest.raises(KeyboardInterrupt):
        asked.launch.run()
    assert asked.store.find("last").state() == "interrupted"


def test_plugins_that_fail_around_a_run_are_problems_of_it_and_the_run_goes_on(tmp_path: Path) -> None:
    def exits(run: RunConfig) -> Any:
        sys.exit(1)

    found = registry(views=(view(compute=raising(ValueError("no picture"))),), make_callbacks=exits)
    asked = Asked(tmp_path, found, ready=lambda trainer: setattr(trainer.observer, "wanted", frozenset({"weights"})))
    assert asked.run().state == "finished"
    problems = asked.events.of(Problem)
    assert [problem.source for problem in problems] == ["tiny", "Weights"]
    assert problems == found.problems
    assert "no picture" in problems[1].details


def test_the_disk_may_fail_and_the_run_still_ends_well(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    asked = Asked(tmp_path)
    ended = asked.launch.run()
    assert ended.state == "finished"
    (problem,) = asked.events.of(Problem)
    assert "cannot be kept on disk" in problem.summary


def test_a_run_can_be_stopped_before_its_first_step(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    asked.control.stop()
    assert (asked.run().state, asked.kept) == ("stopped", 1)


def test_what_the_data_set_has_to_say_is_told_before_the_first_step(tmp_path: Path) -> None:
    noted = dataset(load=lambda config, folders: replace(bundle(), notes=("3 of 9 files could not be read.",)))
    found, events = registry(datasets=(noted,)), Events()
    Launch(found, config(found, epochs=1), NOWHERE, RunStore(tmp_path), Control(), events, no_progress).run()
    kinds = [type(event) for event in events]
    assert [event.text for event in events.of(Noted)] == ["3 of 9 files could not be read."]
    assert kinds.index(Noted) < kinds.index(RunStarted)
