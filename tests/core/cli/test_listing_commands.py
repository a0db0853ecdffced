from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.home import runs_folder
from core.runs import RunStore
from tests.core.test_runs import finished, written

ROOT = Path(__file__).parents[3]
KEYS = {
    "networks": {"id", "title", "task", "data", "summary"},
    "datasets": {"id", "title", "task", "licence", "download_bytes"},
    "optimizers": {"id", "title", "settings", "summary"},
    "plugins": {"name", "source", "enabled", "provides", "problem"},
    "runs": {"id", "network", "data", "optimizer", "created", "state", "summary", "settings", "notes"},
}
NAMES = {"networks": "lenet", "datasets": "fashion-mnist", "optimizers": "adagrad", "plugins": "schedules"}


def listed(capsys: pytest.CaptureFixture[str], command: str) -> list[dict[str, Any]]:
    assert main([command, "--json"], "plugins") == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def store() -> RunStore:
    return RunStore(runs_folder())


@pytest.mark.parametrize("command", NAMES)
def test_a_list_is_json_for_programs_and_a_table_for_people(capsys: pytest.CaptureFixture[str], command: str) -> None:
    rows = listed(capsys, command)
    assert all(set(row) >= KEYS[command] for row in rows)
    assert NAMES[command] in [row.get("id", row.get("name")) for row in rows]
    assert main([command], "plugins") == 0
    lines = capsys.readouterr().out.splitlines()
    for row in rows:
        name = row.get("id", row.get("name"))
        assert any(line.split()[:1] == [name] for line in lines), f"{name} has no line of its own"


def test_optimizers_are_listed_with_their_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    settings = {row["id"]: row["settings"] for row in listed(capsys, "optimizers")}
    assert settings["sgd"] == {"lr": 0.01, "momentum": 0.9, "nesterov": False, "weight_decay": 0.0}


def test_without_runs_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(capsys, "runs") == []
    assert main(["runs"], "plugins") == 0
    assert capsys.readouterr().out == "There are none yet.\n"


def test_runs_are_listed_with_how_they_ended(capsys: pytest.CaptureFixture[str], store: RunStore) -> None:
    run = finished(store)
    (row,) = listed(capsys, "runs")
    assert set(row) == KEYS["runs"]
    assert (row["id"], row["state"], row["summary"]["test_accuracy"]) == (run.id, "finished", 0.5)
    assert main(["runs"], "plugins") == 0
    assert "epochs 3, test_accuracy 0.5" in capsys.readouterr().out


def test_odd_runs_do_not_keep_the_others_from_being_listed(capsys: pytest.CaptureFixture[str], store: RunStore) -> None:
    good = finished(store)
    config = {"network": "[/bold]", "data": "[red]x[/red]", "optimizer": "y" * 500}
    result = {"state": "finished", "test_accuracy": "high", "epochs": None, "[/x]": 3}
    written(store, "20260101-000000-odd-run-0000", {"config": config, "created": 1e300}, result)
    written(store, "20260101-000000-odd-run-0001", "[" * 100_000)
    assert {row["id"] for row in listed(capsys, "runs")} == {good.id, "20260101-000000-odd-run-0000"}
    assert main(["runs"], "plugins") == 0
    said = capsys.readouterr().out
    assert good.id in said
    assert "[/bold]" in said and "[red]x[/red]" in said, "brackets are not markup"


def test_a_broken_plugin_is_named_on_stderr_and_in_the_list(
    capsys: pytest.CaptureFixture[str], trainyard_home: Path
) -> None:
    folder = trainyard_home / "plugins"
    folder.mkdir(parents=True)
    (folder / "broken.py").write_text("1 / 0")
    (folder / "lenet.py").write_text("")
    assert main(["plugins", "--json"], "plugins") == 0
    said = capsys.readouterr()
    assert "broken was switched off: ZeroDivisionError: division by zero" in said.err.splitlines()
    rows = {(row["name"], row["source"]): row for row in json.loads(said.out)}
    assert not rows["broken", "user folder"]["enabled"]
    assert "ZeroDivisionError" in rows["broken", "user folder"]["problem"]
    assert "goes by this name" in rows["lenet", "user folder"]["problem"]
    assert rows["lenet", "built-in"]["problem"] == "", "the built-in one of that name works"
    assert main(["networks"], "plugins") == 0
    assert "lenet" in capsys.readouterr().out


def test_lists_do_not_wait_for_torch() -> None:
    code = """
        import sys
        from core.cli import main
        status = main(["networks"], "plugins") or main(["runs"], "plugins")
        loaded = {"torch", "PySide6", "sklearn"} & set(sys.modules)
        sys.exit(f"loaded {loaded}" if loaded else status)
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes behave differently there")
def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = [sys.executable, "main.py", "networks"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == ""
        assert running.wait(60) in (0, 1)
