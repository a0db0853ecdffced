"""A run that is killed, at whatever moment, and resumed ends in exactly what one comes to that nobody killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.checkpoints import checkpoints, load_state, load_weights, step_of
from core.cli import main
from core.runs import Run
from tests.core.outcomes import differences, only_run

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no fork")
PATIENCE_S = 120
LENET = ("lenet", "--epochs", "2", "--set", "checkpoint_steps=7", "--schedule", "plateau", "--set", "patience=9")
RECURRENT = ("lstm", "--data", "text-file", "--epochs", "2", "--set", "hidden=32", "--set", "checkpoint_steps=7")
TEXT = "the cat sat on the mat; the dog lay by the log.\n" * 300


def at_operations(folder: Path, kind: str, first: int, every: int) -> dict[str, Any]:
    """Kill runs in the middle of their operations on files, see ``tests/core/killing.py``."""
    (folder / "whole").mkdir()
    asked = json.dumps({"folder": str(folder), "kind": kind, "first": first, "every": every})
    command = [sys.executable, "-m", "tests.core.killing", asked]
    done = subprocess.run(command, cwd=ROOT, env=_environment(folder), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["looked_at"] > 0
    return found


@pytest.mark.parametrize(("kind", "every"), [("pictures", 17), pytest.param("text", 29, marks=pytest.mark.slow)])
def test_a_run_killed_in_the_middle_of_what_it_does_with_files_can_be_resumed(
    tmp_path: Path, kind: str, every: int
) -> None:
    assert at_operations(tmp_path, kind, first=random.randrange(1, every), every=every)["wrong"] == {}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pictures", "text"])
def test_there_is_no_operation_on_files_at_which_a_run_may_not_be_killed(tmp_path: Path, kind: str) -> None:
    found = at_operations(tmp_path, kind, first=1, every=1)
    assert found["wrong"] == {}
    assert found["looked_at"] == found["operations"] > 50


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "TRAINYARD_HOME": str(home), "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}


def started(home: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "main.py", *arguments, "--json"]
    return subprocess.Popen(
        command, cwd=ROOT, env=_environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(home: Path, *arguments: str) -> Run:
    process = started(home, *arguments)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    return only_run(home / "runs")


def newest_step(runs: Path) -> int:
    """Of the last checkpoint that there is now; −1: none."""
    found = [path for folder in runs.glob("2*/checkpoints") for path in checkpoints(folder)] if runs.is_dir() else []
    return max((step_of(path) for path in found), default=-1)


def killed(home: Path, chance: random.Random, least: int, *arguments: str) -> bool:
    """Start a process, and kill it a moment after it has come to that step; False: it was over before."""
    process = started(home, *arguments)
    deadline = time.monotonic() + PATIENCE_S
    while newest_step(home / "runs") < least and process.poll() is None:
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.001)  # only so as not to take the processor from the one that is waited for
    time.sleep(chance.random() * 0.03)  # the moment is what is random here
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def check_readable(run: Run) -> None:
    for path in checkpoints(run.checkpoints):
        load_state(path)
        load_weights(path)


@pytest.mark.slow
def test_lenet_killed_twice_ends_in_the_same_weights_optimizer_and_losses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    monkeypatch.setenv("TRAINYARD_HOME", str(tmp_path / "whole"))
    assert main(["train", *LENET, "--threads", "1"], "plugins") == 0
    whole = only_run(tmp_path / "whole" / "runs")
    home = tmp_path / "killed"
    assert killed(home, chance, chance.randrange(1, 30), "train", *LENET, "--threads", "1"), seed
    run = only_run(home / "runs")
    assert run.state() == "interrupted"
    check_readable(run)
    killed(home, chance, newest_step(home / "runs") + chance.randrange(20), "resume", "last")
    check_readable(run)
    resumed = run if run.ended else finished(home, "resume", "last")
    assert differences(resumed, whole) == [], f"the seed of the moments was {seed}"


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("network", "steps"), [(LENET, 80), (RECURRENT, 200)])
def test_ten_runs_killed_at_random_moments_end_as_if_nothing_had_been(
    tmp_path: Path, network: tuple[str, ...], steps: int
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    if network is RECURRENT:  # a text, for the state that is carried from window to window
        (tmp_path / "text.txt").write_text(TEXT)
        network = (*network, "--set", f"data.path={tmp_path / 'text.txt'}")
    whole = finished(tmp_path / "whole", "train", *network, "--threads", "1")
    times = 0
    for number in range(10):
        home = tmp_path / str(number)
        times += killed(home, chance, chance.randrange(-1, steps - 8), "train", *network, "--threads", "1")
        if newest_step(home / "runs") < 0 and not list((home / "runs").glob("2*/run.json")):
            continue  # it was killed before there was a run
        run = only_run(home / "runs")
        check_readable(run)
        resumed = run if run.ended else finished(home, "resume", "last")
        assert differences(resumed, whole) == [], f"the seed of the moments was {seed}, at kill {number + 1}"
    assert times >= 5, "most were over before they could be killed"
