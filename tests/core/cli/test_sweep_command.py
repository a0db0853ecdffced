"""``train --sweep`` and ``compare``: trials are runs like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli import main
from core.home import runs_folder
from core.run_index import RunIndex
from core.runs import RunStore

TRAIN = ["train", "lenet", "--epochs", "1", "--threads", "1", "--set", "batch_size=256"]


def test_a_sweep_trains_its_grid_and_names_the_best_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRAINYARD_HOME", str(tmp_path))
    assert main([*TRAIN, "--sweep", "lr=1e-9,4e-3", "--no-prune", "--study", "rates", "--json"], "plugins") == 0
    answer = json.loads(capsys.readouterr().out)
    lines = {line.id: line for line in RunIndex(RunStore(runs_folder())).runs()}
    assert {trial["run"] for trial in answer["trials"]} == set(lines)
    assert lines[answer["best"]].settings["optimizer.lr"] == 4e-3
    assert all(line.notes.tags == ("sweep rates",) for line in lines.values())
    assert main(["compare", *lines, "--json"], "plugins") == 0
    rows = json.loads(capsys.readouterr().out)
    assert {(row["run"], row["optimizer.lr"]) for row in rows} == {
        (id, lines[id].settings["optimizer.lr"]) for id in lines
    }
    assert main(["compare", *lines], "plugins") == 0
    assert "optimizer.lr" in capsys.readouterr().out


def test_a_sweep_that_cannot_be_made_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TRAIN, "--sweep", "lr=2..1"], "plugins") == 2
    assert capsys.readouterr().err == "lr: a range goes from a smaller to a larger number, not 2..1.\n"
    assert not runs_folder().exists()
