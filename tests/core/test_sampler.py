from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from core.events import Problem, TextSampled
from core.recorder import Recorder
from core.runs import RunStore
from core.snapshot import Snapshot
from core.spec_checks import PluginError, check_spec
from core.specs import TaskSpec
from core.trainer import Trainer
from plugins.classification import accuracy, cross_entropy
from tests.core import tiny


def trained(sample: Any, events: tiny.Events, recorder: Recorder | None = None) -> tiny.Job:
    job = tiny.job()
    job.task = TaskSpec("image-classification", "Writing", cross_entropy, accuracy, sample=sample)
    Trainer(job, emit=events, recorder=recorder, report=lambda *what: reported(events, *what)).fit()
    return job


def reported(events: tiny.Events, source: str, consequence: str, error: BaseException) -> Problem:
    problem = Problem(source, f"{source} {consequence}: {error}")
    events(problem)
    return problem


def test_after_each_epoch_the_model_writes_and_the_record_keeps_it(tmp_path: Path) -> None:
    events = tiny.Events()
    recorder = Recorder(RunStore(tmp_path).new("tiny", "dots"), events)
    job = tiny.job()
    recorder.begin(job.config, job.info, job.machine)
    trained(lambda snapshot: f"epoch {snapshot.epoch}, step {snapshot.step}", events, recorder)
    steps = [event.step for event in events.of(TextSampled)]
    assert [(event.epoch, event.text) for event in events.of(TextSampled)] == [
        (epoch, f"epoch {epoch}, step {step}") for epoch, step in zip((1, 2, 3), steps, strict=True)
    ]
    lines = map(json.loads, (recorder.run.folder / "events.jsonl").read_text().splitlines())
    assert [line["text"] for line in lines if line["event"] == "TextSampled"] == [
        event.text for event in events.of(TextSampled)
    ]


def test_writing_does_not_move_the_random_numbers_of_the_run() -> None:
    def noisy(snapshot: Snapshot) -> str:
        return f"{torch.rand(3)}"

    quiet, loud = tiny.Events(), tiny.Events()
    assert tiny.same_weights(trained(lambda snapshot: "", quiet).model, trained(noisy, loud).model)
    assert not quiet.of(TextSampled), "nothing written is nothing told"
    assert len(loud.of(TextSampled)) == 3


@pytest.mark.parametrize("wrong", [ZeroDivisionError("no ink"), SystemExit(), 7])
def test_who_cannot_write_is_reported_once_and_the_run_goes_on(wrong: Any) -> None:
    asked = []

    def sample(snapshot: Snapshot) -> Any:
        asked.append(snapshot.step)
        if isinstance(wrong, BaseException):
            raise wrong
        return wrong

    events = tiny.Events()
    trained(sample, events)
    assert len(asked) == 1
    assert [problem.source for problem in events.of(Problem)] == ["Writing"]
    assert not events.of(TextSampled)


@pytest.mark.parametrize("field", ["sample", "derived"])
def test_a_task_whose_writing_cannot_be_called_is_named_when_it_is_read(field: str) -> None:
    with pytest.raises(PluginError, match=f"{field} cannot be called"):
        check_spec(TaskSpec("t", "T", cross_entropy, accuracy, **{field: None}))
    check_spec(TaskSpec("t", "T", cross_entropy, accuracy))
