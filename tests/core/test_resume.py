"""A run goes on in its own folder: as if it had not stopped, or with what was asked to be another."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.batches import Batch
from core.checkpoints import checkpoints, load_state, save_checkpoint
from core.control import Control
from core.events import EpochEnded, Paused, RunEnded, RunStarted, SettingChanged, StepsLogged, TextSampled
from core.launch import Launch
from core.registry import Registry
from core.resume import Resume
from core.run_config import RunConfig
from core.runs import Run, RunStore
from core.trainer import Trainer
from plugins.classification import cross_entropy
from tests.core import tiny, tiny_text
from tests.core.outcomes import column, differences, lines
from tests.core.tiny import NOWHERE, Events, dataset, network, no_progress

STEPS_PER_EPOCH = 7
"""Of the tiny pictures, in batches of 8; the last batch has 2 samples."""


class Runs:
    """Runs in a folder of their own, one after the other."""

    def __init__(self, folder: Path, found: Registry | None = None, kind: Any = tiny) -> None:
        self.registry = found or kind.registry()
        self.kind, self.store = kind, RunStore(folder)
        self.trainers: list[Trainer] = []
        self.events = Events()

    def config(self, **asked: Any) -> RunConfig:
        found: RunConfig = self.kind.config(self.registry, **asked)
        return found

    def launch(
        self, config: RunConfig | None = None, resume: Resume | None = None, *, stop_at: int = -1, **does: Any
    ) -> RunEnded:
        """``stop_at``: the step after which it is stopped. ``does``: what is done at the safe point after a step."""
        control, self.events = Control(), Events()

        def ready(trainer: Trainer) -> None:
            self.trainers.append(trainer)
            take = trainer._train_step

            def watched(batch: Batch) -> None:
                take(batch)
                for action in does.get("after", {}).get(trainer.step, ()):
                    control.at_safe_point(partial(action, trainer))
                if trainer.step == stop_at:
                    control.stop(does.get("keep", "last"))

            trainer._train_step = watched  # type: ignore[method-assign]

        given = (self.registry, config or self.config(), NOWHERE, self.store, control, self.events, no_progress)
        return Launch(*given, ready, resume).run()

    def resume(self, run: Run, **options: Any) -> RunEnded:
        asked = {name: options.pop(name) for name in ("epochs", "lr") if name in options}
        return self.launch(None, Resume(Run(run.folder), **asked), **options)

    def run_of(self, ended: RunEnded) -> Run:
        assert ended.run, ended.error
        return self.store.find(ended.run)

    def whole(self, **asked: Any) -> Run:
        ended = self.launch(self.config(**asked))
        assert ended.state == "finished", ended.details or ended.error
        return self.run_of(ended)


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs")


SETTINGS: dict[str, dict[str, Any]] = {
    "one cycle": {},
    "cosine, warm-up, momentum": {"schedule": "cosine", "schedule_settings": {"warmup": 0.2}, "optimizer": "sgd"},
    "plateau": {"schedule": "plateau", "schedule_settings": {"patience": 0}},
    "averaged": {"average": 0.9},
    "clipped": {"gradient_clip": 0.5, "optimizer": "rmsprop"},
}


@pytest.mark.parametrize("stop_at", [1, 6, 7, 12])
@pytest.mark.parametrize("settings", SETTINGS)
def test_a_run_that_was_stopped_and_resumed_equals_one_that_was_not(runs: Runs, settings: str, stop_at: int) -> None:
    whole = runs.whole(**SETTINGS[settings])
    stopped = runs.launch(runs.config(**SETTINGS[settings]), stop_at=stop_at)
    assert (stopped.state, stopped.step) == ("stopped", stop_at)
    run = runs.run_of(stopped)
    ended = runs.resume(run)
    assert (ended.state, ended.run) == ("finished", run.id), ended.details
    assert differences(run, whole) == []
    assert runs.events.of(RunStarted)[0].step == stop_at


@pytest.mark.parametrize("stop_at", [5, 100, 130])
def test_a_recurrent_network_goes_on_with_the_state_it_carried(tmp_path: Path, stop_at: int) -> None:
    runs = Runs(tmp_path, tiny_text.registry(), tiny_text)
    whole = runs.whole()
    run = runs.run_of(runs.launch(stop_at=stop_at))
    assert runs.resume(run).state == "finished"
    assert differences(run, whole) == []


def test_a_run_stopped_in_the_middle_of_a_validation_is_validated_when_it_goes_on(tmp_path: Path) -> None:
    stops = [0]

    def stopping(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        if not model.training and len(stops) == 1:
            runs.trainers[-1].control.stop()
            stops.append(1)
        return cross_entropy(model, batch)

    runs = Runs(tmp_path, tiny.registry((network(evaluation_batch=6),)))
    runs.registry.tasks["image-classification"] = tiny_task(stopping)
    run = runs.run_of(runs.launch(runs.config(schedule="plateau")))
    assert run.ended == "stopped"
    assert lines(run, "EpochEnded") == []
    assert runs.resume(run).state == "finished"
    whole = runs.whole(schedule="plateau")
    assert differences(run, whole) == []


def tiny_task(loss: Any) -> Any:
    from core.api import TaskSpec
    from plugins.classification import accuracy

    return TaskSpec("image-classification", "Pictures", loss, accuracy)


def test_the_random_numbers_of_python_and_numpy_go_on_too(tmp_path: Path) -> None:
    import random

    drawn: list[tuple[float, float]] = []

    def drawing(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        if model.training:
            drawn.append((random.random(), float(np.random.normal())))
        return cross_entropy(model, batch)

    runs = Runs(tmp_path)
    runs.registry.tasks["image-classification"] = tiny_task(drawing)
    runs.whole()
    expected, drawn[:] = list(drawn), []
    runs.resume(runs.run_of(runs.launch(stop_at=9)))
    assert drawn == expected


def test_a_run_without_a_checkpoint_begins_anew_in_its_folder(runs: Runs) -> None:
    whole = runs.whole()
    run = runs.run_of(runs.launch(stop_at=5))
    shutil.rmtree(run.checkpoints)
    (run.folder / "result.json").unlink()
    assert runs.resume(run).state == "finished"
    assert differences(run, whole) == []


def test_what_a_lost_process_had_recorded_after_the_checkpoint_is_told_once(runs: Runs) -> None:
    whole = runs.whole()
    run = runs.run_of(runs.launch(stop_at=9))
    (run.folder / "result.json").unlink()
    with (run.folder / "events.jsonl").open("a") as file:
        file.write('{"event": "StepsLogged", "time": 1.0, "first_step": 10, "metrics": {"loss": [9.0, 9.0]}, "lr"')
    assert run.state() == "interrupted"
    assert runs.resume(run).state == "finished"
    assert differences(run, whole) == []


def test_a_checkpoint_that_does_not_say_where_the_record_was_is_resumed_too(runs: Runs) -> None:
    whole = runs.whole()
    run = runs.run_of(runs.launch(stop_at=9))
    (kept,) = checkpoints(run.checkpoints)
    state = load_state(kept)
    del state["events"]
    torch.save(state, kept / "state.pt")
    assert runs.resume(run).state == "finished"
    assert column(run) == column(whole)


def test_a_finished_run_says_that_it_needs_more_epochs_and_is_left_as_it_is(runs: Runs) -> None:
    run = runs.whole()
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    ended = runs.resume(run)
    assert (ended.state, ended.run) == ("failed", "")
    assert ended.error == f"The run {run.id} has had all of its 3 epochs: ask for more, as --epochs 6."
    assert before == {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    assert run.state() == "finished", "it was let go of"


@pytest.mark.parametrize("schedule", ["constant", "plateau", "step"])
def test_more_epochs_equal_a_run_that_was_asked_for_them_where_the_schedule_knows_no_end(
    runs: Runs, schedule: str
) -> None:
    longer = runs.whole(epochs=5, schedule=schedule)
    run = runs.whole(epochs=3, schedule=schedule)
    ended = runs.resume(run, epochs=5)
    assert (ended.state, ended.summary["epochs"]) == ("finished", 5)
    assert column(run) == column(longer)
    assert load_state(checkpoints(run.checkpoints)[-1])["config"]["epochs"] == 5


@pytest.mark.parametrize("schedule", ["one-cycle", "cosine"])
@pytest.mark.parametrize("lr", [None, 0.002])
def test_with_more_epochs_a_schedule_is_the_one_of_the_longer_run_from_there_on(
    runs: Runs, schedule: str, lr: float | None
) -> None:
    settings = {"schedule_settings": {"warmup": 0.3}}
    longer = runs.whole(epochs=6, schedule=schedule, **settings)
    run = runs.whole(epochs=3, schedule=schedule, **settings)
    short = column(run, "lr")
    assert runs.resume(run, epochs=6, lr=lr).state == "finished"
    rates = column(run, "lr")
    assert rates[: len(short)] == short
    expected = np.array(column(longer, "lr")[len(short) :]) * (lr / 0.01 if lr else 1)
    assert np.allclose(rates[len(short) :], expected, rtol=1e-5, atol=1e-12)


def test_fewer_epochs_than_were_begun_are_refused_in_words(runs: Runs) -> None:
    run = runs.run_of(runs.launch(stop_at=10))
    ended = runs.resume(run, epochs=1)
    assert ended.error == "epochs must be at least 2: so many have been begun."
    assert run.state() == "stopped", "nothing was touched"
    assert runs.resume(run, epochs=2).step == 2 * STEPS_PER_EPOCH


def test_another_learning_rate_is_recorded_and_in_force_from_the_first_step(runs: Runs) -> None:
    run = runs.run_of(runs.launch(runs.config(schedule="constant"), stop_at=4))
    assert runs.resume(run, lr=0.002).state == "finished"
    assert column(run, "lr") == pytest.approx([0.01] * 4 + [0.002] * 17)
    (change,) = lines(run, "SettingChanged")
    assert {**change, "time": 0} == {
        **{"event": "SettingChanged", "time": 0, "step": 4, "name": "lr"},
        **{"before": 0.01, "after": 0.002, "who": "you"},
    }


def changes(runs: Runs) -> dict[int, list[Any]]:
    def change(name: str, value: Any) -> Any:
        return lambda trainer: trainer.change(name, value)

    return {
        3: [change("lr", 0.02), change("gradient_clip", 0.3)],
        5: [change("augment", False), change("weight_decay", 0.2)],
        8: [change("epochs", 4)],
    }


@pytest.mark.parametrize("stop_at", [5, 9, 15])
def test_settings_changed_before_the_stop_are_in_force_after_it(runs: Runs, stop_at: int) -> None:
    whole = runs.run_of(runs.launch(after=changes(runs)))
    assert whole.ended == "finished"
    # Stopped at a step, a change that waits for the same safe point is made first.
    run = runs.run_of(runs.launch(after=changes(runs), stop_at=stop_at))
    later = {step: does for step, does in changes(runs).items() if step > stop_at}
    assert runs.resume(run, after=later).state == "finished"
    assert differences(run, whole) == []
    assert len(lines(run, "SettingChanged")) == 5
    assert runs.trainers[-1].job.config.gradient_clip == 0.3


def test_a_change_after_the_last_checkpoint_goes_with_the_steps(runs: Runs) -> None:
    whole = runs.whole()
    run = runs.run_of(runs.launch(stop_at=9))
    (run.folder / "result.json").unlink()
    with (run.folder / "events.jsonl").open("a") as file:
        file.write('{"event": "SettingChanged", "time": 1.0, "step": 11, "name": "lr", "before": 1, "after": 2}\n')
    runs.resume(run)
    assert differences(run, whole) == []


def test_a_run_can_be_stopped_and_resumed_time_and_again(runs: Runs) -> None:
    whole = runs.whole()
    run = runs.run_of(runs.launch(stop_at=2))
    for step in (4, 7, 8, 14, 20):
        assert runs.resume(run, stop_at=step).step == step
    assert runs.resume(run).state == "finished"
    assert differences(run, whole) == []
    seconds = [line["summary"]["seconds"] for line in lines(run, "RunEnded")]
    assert len(seconds) == 1, "only the last end is one"


def test_a_run_that_somebody_trains_cannot_be_resumed_and_says_so(runs: Runs) -> None:
    run = runs.run_of(runs.launch(stop_at=4))
    run.hold()
    ended = runs.resume(run)
    assert ended.error == f"The run {run.id} is being trained already: wait for its end, or stop it there."
    run.release()
    assert runs.resume(run).state == "finished"


def test_a_run_whose_folder_is_gone_says_so_and_does_not_come_back(runs: Runs) -> None:
    run = runs.run_of(runs.launch(stop_at=4))
    shutil.rmtree(run.folder)
    assert runs.resume(run).error == f"The run {run.id} cannot be resumed: its folder is gone."
    assert not run.folder.exists()


def test_other_data_or_another_network_are_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    run = runs.run_of(runs.launch(stop_at=4))
    before = (run.folder / "events.jsonl").read_bytes()
    runs.registry = tiny.registry(datasets=(dataset(load=lambda config, folders: tiny.bundle(80)),))
    assert "its data set is not the one that it began with" in runs.resume(run).error
    other = network(build=lambda config, info: nn.Sequential(nn.Flatten(), nn.Linear(64, 3)))
    runs.registry = tiny.registry(networks=(other,))
    assert "its network or optimizer has changed since" in runs.resume(run).error
    assert (run.state(), (run.folder / "events.jsonl").read_bytes()) == ("stopped", before)


def test_a_damaged_checkpoint_is_a_sentence(runs: Runs) -> None:
    run = runs.run_of(runs.launch(stop_at=4))
    (checkpoints(run.checkpoints)[0] / "state.pt").write_bytes(b"\x80\x02half")
    assert "its last checkpoint is damaged" in runs.resume(run).error
    assert run.state() == "stopped"


def test_what_a_crash_left_beside_the_checkpoint_is_cleared_away(runs: Runs) -> None:
    run = runs.run_of(runs.launch(stop_at=9))
    save_checkpoint(run.folder / "elsewhere", 12, {"w": torch.ones(1)}, {}, (12, {"w": torch.ones(1)}))
    (run.folder / "elsewhere" / "best-000000000012").replace(run.checkpoints / "best-000000000014")
    whole = runs.whole()
    assert runs.resume(run).state == "finished"
    assert differences(run, whole) == []


def test_the_texts_written_so_far_are_there_for_the_views(tmp_path: Path) -> None:
    runs = Runs(tmp_path, tiny_text.registry(), tiny_text)
    task = runs.registry.tasks["tiny-words"]
    object.__setattr__(task, "sample", lambda snapshot: f"epoch {snapshot.epoch}")
    run = runs.run_of(runs.launch(stop_at=150))
    runs.resume(run)
    assert [text.text for text in runs.trainers[-1].sampler.newest] == ["epoch 1", "epoch 2"]
    assert len(runs.events.of(TextSampled)) == 1


def test_a_paused_run_that_is_lost_goes_on_from_the_pause(runs: Runs) -> None:
    whole = runs.whole()
    control = Control()

    def emit(event: Any) -> None:
        if isinstance(event, StepsLogged) and event.last_step >= 5:
            control.pause()
        if isinstance(event, Paused):
            raise KeyboardInterrupt  # the process goes down while it waits

    given = (runs.registry, runs.config(), NOWHERE, runs.store, control, emit, no_progress)
    with pytest.raises(KeyboardInterrupt):
        Launch(*given).run()
    run = runs.store.find("last")
    lost = next(found for found in map(Run, runs.store.folders()) if found.state() == "interrupted")
    assert run.id
    assert runs.resume(lost).state == "finished"
    assert differences(lost, whole) == []


def test_the_events_of_a_resumed_run_go_on_where_the_others_ended(runs: Runs) -> None:
    run = runs.run_of(runs.launch(stop_at=9))
    runs.resume(run)
    started, *_ = runs.events
    assert isinstance(started, RunStarted)
    assert (started.run, started.step, started.total_steps) == (run.id, 9, 21)
    assert runs.events.of(StepsLogged)[0].first_step == 10
    assert [event.epoch for event in runs.events.of(EpochEnded)] == [2, 3]
    assert runs.events.of(SettingChanged) == []
