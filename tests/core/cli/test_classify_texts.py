from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli import main
from core.home import runs_folder
from core.registry import Registry
from core.runs import RunStore
from tests.core import tiny_names


@pytest.fixture(autouse=True)
def with_a_run(trainyard_home: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    found = tiny_names.registry()
    monkeypatch.setattr("core.cli.discover", lambda *_: found)
    tiny_names.kept_run(RunStore(runs_folder()), found)
    return found


def test_texts_are_classified(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "last", "--text", "Abc", "--text", "fed"], None) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert [line.split(" ")[:2] for line in said.out.splitlines()] == [["Abc:", "Early"], ["fed:", "Late"]]


def test_with_json_it_is_one_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "last", "--text", "Abc", "--top", "1", "--json"], None) == 0
    ((label, probability),) = json.loads(capsys.readouterr().out)[0]["top"]
    assert label == "Early"
    assert 0.5 < probability <= 1


def test_texts_that_cannot_be_read_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "last", "--text", "山", "--text", "", "--text", "fed\x1b[31m"], None) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    assert "\x1b" not in said.out + said.err
    assert "does not know 山" in said.err and "nothing to read" in said.err


@pytest.mark.parametrize("arguments", [[], ["x.png", "--text", "a"]])
def test_either_pictures_or_texts_must_be_named(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(["classify", "last", *arguments], None) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_pictures_are_nothing_for_a_network_that_reads_names(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["classify", "last", str(tmp_path / "x.png")], None) == 2
    assert "does not look at pictures" in capsys.readouterr().err
