"""A run is kept while it goes on; a disk that fails is told of once and never ends the training."""

from __future__ import annotations

import errno
import json
import math
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core import recorder as recorder_module
from core.checkpoints import checkpoints, load_state, load_weights
from core.events import CheckpointTaken, Event, Paused, Problem, RunEnded, StepsLogged, ViewComputed
from core.files import read_json
from core.kept import asked_of
from core.recorder import Recorder
from core.runs import RECORDED, Run, RunStore
from core.trainer import Trainer
from core.training_state import Saved
from tests.core.tiny import Clock, Events, job, losses, registry, same_weights, view


def recording(folder: Path, **options: Any) -> tuple[Trainer, Recorder, Events]:
    events, made = Events(), job(**options)
    recorder = Recorder(RunStore(folder).new("tiny", "dots"), events)
    recorder.begin(made.config, made.info, made.machine)
    return Trainer(made, emit=events, recorder=recorder, visualizations=[view()]), recorder, events


def recorded(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run.folder / "events.jsonl").read_text("utf-8").splitlines()]


def test_a_run_is_kept_with_what_was_asked_what_happened_and_how_it_ended(tmp_path: Path) -> None:
    trainer, recorder, events = recording(tmp_path, seed=3)
    trainer.observer.wanted = frozenset({"weights"})
    ended = trainer.fit()
    asked = recorder.run.asked()
    assert asked["config"] == trainer.job.config.model_dump()
    assert asked["info"] == trainer.job.info.as_dict()
    assert asked["machine"]["device"] == "cpu"
    assert asked["machine"]["versions"]["torch"] == torch.__version__
    assert read_json(recorder.run.folder / "result.json") == {"state": "finished", "error": "", **ended.summary}
    lines = recorded(recorder.run)
    kinds = [type(event).__name__ for event in events if isinstance(event, RECORDED)]
    assert events.of(ViewComputed), "there were views, which are not kept"
    assert [line["event"] for line in lines] == kinds
    kept = [loss for line in lines if line["event"] == "StepsLogged" for loss in line["metrics"]["loss"]]
    assert kept == pytest.approx(losses(events).tolist(), rel=1e-8)
    assert ended.run == recorder.run.id


@pytest.mark.parametrize("at", [3, 7, 10])
def test_a_checkpoint_holds_all_that_is_needed_to_end_in_the_same_weights(tmp_path: Path, at: int) -> None:
    whole, _, _ = recording(tmp_path)
    whole.fit()
    first, recorder, _ = recording(tmp_path)
    for _ in range(at):
        first.control.step()
    first.observer.wanted = frozenset()
    first._emit = lambda event: first.control.stop() if isinstance(event, Paused) else None
    assert first.fit().step == at
    (kept,) = checkpoints(recorder.run.checkpoints)
    weights, state = load_weights(kept), load_state(kept)
    second, other, _ = recording(tmp_path)
    config, info = asked_of(recorder.run)
    second.go_on_from(Saved(other.run, config, info, "", weights=weights, state=state))
    second.fit()
    assert same_weights(second.job.model, whole.job.model)
    assert second.results["test"] == whole.results["test"]


def test_every_schedule_and_optimizer_can_be_kept_and_read_without_running_code(tmp_path: Path) -> None:
    found = registry()
    for optimizer in found.optimizers:
        for schedule in found.schedules:
            trainer, recorder, events = recording(tmp_path, optimizer=optimizer, schedule=schedule, epochs=1)
            trainer.fit()
            assert events.of(Problem) == []
            assert load_state(checkpoints(recorder.run.checkpoints)[0])["step"] == trainer.step


def test_a_checkpoint_is_taken_at_a_pause_and_every_so_often(tmp_path: Path) -> None:
    trainer, recorder, _ = recording(tmp_path)
    taken: list[int] = []
    control = trainer.control

    def emit(event: Event) -> None:
        if isinstance(event, StepsLogged) and event.last_step == 7:
            control.pause()
        if isinstance(event, Paused):
            taken.extend(load_state(path)["step"] for path in checkpoints(recorder.run.checkpoints))
            control.resume()

    trainer._emit = emit
    trainer.fit()
    assert taken == [7]


def test_a_checkpoint_is_due_when_the_last_one_is_old(tmp_path: Path) -> None:
    run = RunStore(tmp_path).new("tiny", "dots")
    assert not Recorder(run, Events(), checkpoint_every=math.inf).checkpoint_due
    assert Recorder(run, Events(), checkpoint_every=0.0).checkpoint_due


def test_a_checkpoint_is_taken_after_so_many_steps_where_that_was_asked(tmp_path: Path) -> None:
    trainer, recorder, events = recording(tmp_path)
    recorder.checkpoint_steps = 5
    trainer.fit()
    assert [event.step for event in events.of(CheckpointTaken)] == [5, 10, 15, 20, 21]


def test_a_checkpoint_that_takes_long_is_taken_less_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(recorder_module, "time", clock)
    recorder = Recorder(RunStore(tmp_path).new("tiny", "dots"), Events(), checkpoint_every=30.0)

    def slow(*_: Any) -> None:
        clock.now += 3.0

    monkeypatch.setattr(recorder_module, "save_checkpoint", slow)
    recorder.checkpoint(1, {}, {})
    clock.now += 149.0
    assert not recorder.checkpoint_due
    clock.now += 2.0
    assert recorder.checkpoint_due, "two in a hundred seconds are what it may take"


def test_the_lines_of_steps_wait_for_a_moment_and_all_others_do_not(tmp_path: Path) -> None:
    run = RunStore(tmp_path).new("tiny", "dots")
    run.folder.mkdir()
    run.record(StepsLogged(1, {"loss": np.ones(1, np.float32)}, np.ones(1, np.float32), 1.0, 0.0))
    assert not (run.folder / "events.jsonl").exists()
    run.record(Paused(1))
    assert [line["event"] for line in recorded(run)] == ["StepsLogged", "Paused"]
    run.release()


def test_a_folder_that_is_deleted_during_the_run_is_told_once_and_does_not_come_back(tmp_path: Path) -> None:
    trainer, recorder, events = recording(tmp_path)
    recorder.checkpoint_steps = 4
    take = trainer._train_step

    def deleting(batch: Any) -> None:
        take(batch)
        if trainer.step == 6:
            shutil.rmtree(recorder.run.folder)

    trainer._train_step = deleting  # type: ignore[method-assign]
    assert trainer.fit().state == "finished"
    (problem,) = events.of(Problem)
    assert "the folder of the run is gone" in problem.summary
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=False)


def test_a_small_disk_that_fills_up_is_told_once_and_the_last_whole_checkpoint_stays(small_disk: Path) -> None:
    trainer, recorder, events = recording(small_disk, epochs=6)
    recorder.checkpoint_steps = 10
    take = trainer._train_step

    def filling(batch: Any) -> None:
        take(batch)
        if trainer.step == 25:
            with suppress(OSError), (small_disk / "others").open("wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 1024)

    trainer._train_step = filling  # type: ignore[method-assign]
    assert trainer.fit().step == 42
    (problem,) = events.of(Problem)
    assert "No space left on device" in problem.summary
    (kept,) = checkpoints(recorder.run.checkpoints)
    assert load_state(kept)["step"] == 20
    assert next(line["event"] for line in recorded(recorder.run)) == "RunStarted"
    assert recorder.run.state() == "interrupted"


def test_a_disk_that_becomes_read_only_is_told_once_and_training_goes_on(small_disk: Path) -> None:
    trainer, _, events = recording(small_disk)
    take = trainer._train_step

    def protecting(batch: Any) -> None:
        take(batch)
        if trainer.step == 5:
            trainer.recorder.run.release()  # type: ignore[union-attr]
            subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    trainer._train_step = protecting  # type: ignore[method-assign]
    assert trainer.fit().state == "finished"
    (problem,) = events.of(Problem)
    assert "Read-only file system" in problem.summary


def test_a_stopped_run_is_kept_too(tmp_path: Path) -> None:
    trainer, recorder, _ = recording(tmp_path)
    trainer.control.stop()
    trainer.fit()
    assert recorder.run.state() == "stopped"
    assert len(checkpoints(recorder.run.checkpoints)) == 1


def test_numbers_that_json_does_not_have_are_null(tmp_path: Path) -> None:
    trainer, recorder, _ = recording(tmp_path)
    run = recorder.run
    recorder.record(RunEnded(run.id, "finished", 1, {"val_loss": math.nan, "test_loss": math.inf, "steps": 1}))
    for text in ((run.folder / "result.json").read_text(), (run.folder / "events.jsonl").read_text()):
        assert "NaN" not in text and "Infinity" not in text
    assert read_json(run.folder / "result.json")["val_loss"] is None
    assert trainer.step == 0


def failing_at(monkeypatch: pytest.MonkeyPatch, where: str, error: OSError) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(*((Run, where, fail) if where != "checkpoint" else (recorder_module, "save_checkpoint", fail)))


@pytest.mark.parametrize("where", ["begin", "record", "end", "checkpoint"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_fails_is_told_once_and_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, number: int
) -> None:
    failing_at(monkeypatch, where, OSError(number, os.strerror(number)))
    trainer, recorder, events = recording(tmp_path)
    ended = trainer.fit()
    assert (ended.state, ended.step) == ("finished", trainer.total_steps)
    (problem,) = events.of(Problem)
    assert os.strerror(number) in problem.summary
    assert "training goes on" in problem.summary
    assert str(tmp_path) in problem.summary
    monkeypatch.undo()
    if recorder.run.folder.exists():
        assert recorder.run.state() in ("finished", "interrupted"), "the folder was not let go of"


def test_a_run_whose_folder_cannot_be_begun_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import core.runs

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(core.runs, "write_json", full)
    trainer, _, events = recording(tmp_path)
    monkeypatch.undo()
    assert trainer.fit().state == "finished"
    assert len(events.of(Problem)) == 1
    assert list(tmp_path.iterdir()) == []


def test_state_that_a_plugin_makes_unkeepable_does_not_end_the_run(tmp_path: Path) -> None:
    trainer, _, events = recording(tmp_path)
    trainer.job.schedule.hook = lambda: None  # lands in its state_dict, and cannot be pickled
    assert trainer.fit().state == "finished"
    (problem,) = events.of(Problem)
    assert "cannot be kept in full" in problem.summary
    assert "Traceback" in problem.details


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_a_disk_that_is_really_full_is_told_once_and_training_goes_on(tmp_path: Path) -> None:
    code = f"""
        import resource, signal
        from pathlib import Path
        from core.events import Problem
        from tests.core.test_recorder import recording
        trainer, recorder, events = recording(Path({str(tmp_path)!r}), epochs=6)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        ended = trainer.fit()
        problems = events.of(Problem)
        print(ended.state, ended.step == trainer.total_steps, len(problems))
        print(problems[0].summary)
        """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, sentence = done.stdout.splitlines()
    assert first == "finished True 1"
    assert sentence.startswith("This run cannot be kept on disk (File too large); training goes on.")
    (folder,) = tmp_path.iterdir()
    assert checkpoints(folder / "checkpoints") == []
    assert [path.name for path in (folder / "checkpoints").iterdir()] == [], "a full disk was filled further"
