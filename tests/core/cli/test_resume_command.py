"""`resume` on the command line: the same result and sentences as `train`, and one process a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.home import runs_folder
from core.runs import Run, RunStore
from tests.core.outcomes import column, lines


def train_lenet(*options: str) -> Run:
    assert main(["train", "lenet", "--epochs", "1", "--threads", "1", *options], "plugins") == 0
    return RunStore(runs_folder()).find("last")


def resumed(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["resume", "last", *options, "--json"], "plugins") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def refused(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    assert main(["resume", *options], "plugins") in (1, 2)
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert said.out == ""
    return line


def test_a_run_gets_more_epochs_in_its_own_folder(capsys: pytest.CaptureFixture[str]) -> None:
    run = train_lenet()
    found = resumed(capsys, "--epochs", "2")
    assert (found["run"], found["epochs"], found["state"]) == (run.id, 2, "finished")
    assert len(RunStore(runs_folder()).folders()) == 1
    assert len(column(run)) == found["steps"] == 80
    assert [line["epoch"] for line in lines(run, "EpochEnded")] == [1, 2]


def test_a_learning_rate_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    run = train_lenet("--schedule", "constant")
    resumed(capsys, "--epochs", "2", "--lr", "0.0005")
    assert column(run, "lr")[-40:] == pytest.approx([0.0005] * 40)


def test_without_json_it_is_the_sentence_of_train(capsys: pytest.CaptureFixture[str]) -> None:
    run = train_lenet()
    capsys.readouterr()
    assert main(["resume", run.id, "--epochs", "2"], "plugins") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{run.id}: finished after 80 steps in ")


def test_what_cannot_be_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "There is no run yet" in refused(capsys, "last")
    run = train_lenet()
    assert "has had all of its 1 epochs: ask for more, as --epochs 2." in refused(capsys, "last")
    assert "epochs must be at most 100000" in refused(capsys, "last", "--epochs", "1000000000").replace(",", "")
    assert "lr must be a number above 0" in refused(capsys, "last", "--epochs", "3", "--lr", "0")
    assert run.state() == "finished"


def test_a_second_process_is_told_that_the_run_is_being_trained(capsys: pytest.CaptureFixture[str]) -> None:
    run = train_lenet()
    other = Run(run.folder)
    other.hold()
    try:
        assert refused(capsys, "last", "--epochs", "2") == (
            f"The run {run.id} is being trained already: wait for its end, or stop it there."
        )
    finally:
        other.release()
    assert Path(run.folder / "result.json").is_file()
