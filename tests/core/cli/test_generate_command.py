"""``generate`` writes what the window would write, and says in one line what it cannot do."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.generation import Draft, TextModel
from core.home import runs_folder
from core.registry import Registry
from core.runs import RunStore
from core.sampling import Sampling
from tests.core import tiny
from tests.core.test_runs import begun
from tests.core.tiny_text import kept_run, registry


@pytest.fixture(scope="module")
def found() -> Registry:
    return registry()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, found: Registry) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "runs"
    kept_run(RunStore(folder), found)
    return folder


@pytest.fixture(autouse=True)
def with_a_run(kept: Path, trainyard_home: Path, found: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(kept, trainyard_home / "runs")
    monkeypatch.setattr("core.cli.discover", lambda *_: found)


def generate(*arguments: str) -> int:
    return main(["generate", *arguments], "plugins")


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert generate("last", "--json", *arguments) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_text_is_printed_after_its_seed(capsys: pytest.CaptureFixture[str], found: Registry) -> None:
    assert generate("last", "--seed", "the cat", "--length", "120", "--temperature", "0.7", "--random-seed", "9") == 0
    said = capsys.readouterr()
    model = TextModel.of_run(RunStore(runs_folder()).find("last"), found)
    assert said.out.removesuffix("\n") == "the cat" + Draft(model.read("the cat"), 9).write(
        Sampling(temperature=0.7), 120
    ).removesuffix("\n")
    assert said.err == ""


def test_with_json_it_is_one_object_with_all_that_the_text_depends_on(capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(capsys, "--seed", "the é", "--length", "50", "--top-k", "5", "--top-p", "0.9")
    assert len(said["text"]) == 50
    assert said["run"] == RunStore(runs_folder()).find("last").id
    assert said["model"].startswith("Tiny writer after ")
    expected = {"seed": "the ", "skipped": ["é"], "temperature": 0.8, "top_k": 5, "top_p": 0.9}
    assert said | expected | {"length": 50, "random_seed": 0} == said


def test_the_same_command_writes_the_same_and_another_random_seed_another(capsys: pytest.CaptureFixture[str]) -> None:
    first = answer(capsys, "--length", "60")["text"]
    assert answer(capsys, "--length", "60")["text"] == first
    assert answer(capsys, "--length", "60", "--random-seed", "1")["text"] != first


def test_skipped_characters_are_named_beside_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate("last", "--seed", "the 🙂\x1b", "--length", "5") == 0
    said = capsys.readouterr()
    assert said.err == "Skipped, since the network never saw them: 🙂, U+001B.\n"
    assert said.out.startswith("the ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "There is no run 'nothing'"),
        (["last", "--temperature", "-1"], "temperature must be at least 0"),
        (["last", "--temperature", "nan"], "temperature must be a finite number"),
        (["last", "--length", "0"], "length must be at least 1"),
        (["last", "--length", "1e9"], "length must be a whole number"),
        (["last", "--top-k", "-1"], "top_k must be at least 0"),
        (["last", "--top-p", "2"], "top_p must be at most 1"),
        (["last", "--random-seed", "x"], "random_seed must be a whole number"),
    ],
)
def test_what_cannot_be_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert generate(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert said.err.count("\n") == 1


def test_a_run_of_another_task_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.cli.discover", lambda *_: tiny.registry())
    run = begun(RunStore(runs_folder()))
    run.release()
    assert generate(run.id) == 2
    assert "writes no text" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("--temperature", "0"), ("--top-k", "1" + "0" * 30), ("--top-p", "0")])
def test_extremes_give_the_sensible_text(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    assert len(answer(capsys, "--length", "20", *arguments)["text"]) == 20


class Terminal(io.StringIO):
    """A terminal that knows no more than ASCII."""

    encoding = "ascii"

    def isatty(self) -> bool:
        return True


def test_a_terminal_is_sent_nothing_that_it_would_obey_or_does_not_know(
    monkeypatch: pytest.MonkeyPatch, found: Registry
) -> None:
    model = TextModel.of_run(RunStore(runs_folder()).find("last"), found)
    model.vocabulary = ("\x1b", "é", *model.vocabulary[2:])
    monkeypatch.setattr("core.generation.TextModel.of_run", lambda *_: model)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    assert generate("last", "--length", "300", "--temperature", "5") == 0
    shown = terminal.getvalue()
    assert len(shown) in (300, 301)
    assert "\x1b" not in shown
    assert "?" in shown
