from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.home import runs_folder
from core.runs import RunStore
from tests.core.cli.conftest import Trained


@pytest.fixture(autouse=True)
def with_a_run(trained: Trained, trainyard_home: Path) -> None:
    shutil.copytree(trained.home, trainyard_home)


def evaluated(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["evaluate", "last", "--json", *arguments], "plugins") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_test_accuracy_is_that_of_the_run(capsys: pytest.CaptureFixture[str], trained: Trained) -> None:
    found = evaluated(capsys)
    assert found["accuracy"] == trained.result["test_accuracy"]
    assert found["loss"] == trained.result["test_loss"]
    assert (found["part"], found["data"], found["samples"]) == ("test", "digits", 269)


def test_with_json_there_is_all_there_is_to_know(capsys: pytest.CaptureFixture[str]) -> None:
    found = evaluated(capsys, "--part", "validation")
    confusion = found["confusion"]
    assert sum(map(sum, confusion)) == found["samples"]
    right = sum(row[k] for k, row in enumerate(confusion))
    assert found["accuracy"] == pytest.approx(right / found["samples"])
    for k, row in enumerate(found["classes"]):
        assert row["class"] == str(k)
        assert row["samples"] == sum(confusion[k])
        assert row["recall"] == pytest.approx(confusion[k][k] / sum(confusion[k]))
        assert row["precision"] == pytest.approx(confusion[k][k] / sum(line[k] for line in confusion))


def test_every_part_can_be_evaluated(capsys: pytest.CaptureFixture[str], trained: Trained) -> None:
    found = evaluated(capsys, "--part", "train")
    assert found["samples"] == 1258
    assert found["accuracy"] > 0.9


def test_a_person_gets_an_aligned_table(capsys: pytest.CaptureFixture[str], trained: Trained) -> None:
    assert main(["evaluate", "last"], "plugins") == 0
    said = capsys.readouterr().out.splitlines()
    assert f"accuracy {trained.result['test_accuracy']:.2%}" in said[1]
    rows = [line for line in said if line.strip()[:1].isdigit() and "%" in line and "confidence" not in line]
    assert len(rows) == 10
    assert len({line.rindex("%") for line in rows}) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--data", "python-docs"), "choose another"),
        (("--data", "nothing"), "There is no data set"),
        (("--set", "colour=red"), "colour"),
    ],
)
def test_data_that_do_not_fit_are_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert main(["evaluate", "last", *arguments], "plugins") == 2
    said = capsys.readouterr()
    assert words in said.err
    assert len(said.err.splitlines()) == 1


def test_a_text_is_evaluated_in_the_characters_that_the_model_learnt(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    learnt, other, strange = (tmp_path / name for name in ("learnt.txt", "other.txt", "strange.txt"))
    learnt.write_text("the cat sat on the mat; the dog lay by the log.\n" * 60)
    other.write_text("the mat lay on the cat.\n" * 60)
    strange.write_text("ZZZ QQQ\n" * 60)
    settings = ["--set", f"path={learnt}", "--set", "window=16", "--set", "hidden=32", "--set", "embedding=0"]
    assert main(["train", "lstm", "--data", "text-file", "--epochs", "3", *settings, "--json"], "plugins") == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    own = evaluated(capsys)
    assert own["part"] == "validation"
    assert own["loss"] == pytest.approx(result["val_loss"])
    assert own["bits_per_char"] == pytest.approx(result["val_bits_per_char"])
    like, backwards = evaluated(capsys, "--set", f"path={other}"), evaluated(capsys, "--part", "train")
    assert own["loss"] < like["loss"] < 3 * backwards["loss"] + 3
    assert main(["evaluate", "last", "--set", f"path={strange}"], "plugins") == 2
    assert "never saw 2 of the characters in this text (Q, Z)" in capsys.readouterr().err


def test_a_run_begins_with_the_weights_of_another(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, trained: Trained
) -> None:
    for name in ("w.safetensors", "w.pth"):
        path = tmp_path / name
        assert main(["export", "last", "--format", path.suffix[1:], "--out", str(path)], "plugins") == 0
        command = ["train", "lenet", "--weights", str(path), "--epochs", "1", "--lr", "1e-6", "--json"]
        capsys.readouterr()
        assert main(command, "plugins") == 0
        result = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert result["test_accuracy"] == pytest.approx(trained.result["test_accuracy"], abs=0.01)
        assert (runs_folder() / result["run"] / "first_weights.safetensors").is_file()


def test_weights_that_do_not_fit_end_the_run_before_its_first_step(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "w.pth"
    assert main(["export", "last", "--format", "pth", "--out", str(path)], "plugins") == 0
    assert main(["train", "lstm", "--data", "hello", "--weights", str(path)], "plugins") == 1
    assert "w.pth does not fit LSTM: " in capsys.readouterr().err


def test_a_file_that_holds_no_weights_is_told_before_anything_is_prepared(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "w.pth").write_text("hello")
    before = RunStore(runs_folder()).folders()
    assert main(["train", "lenet", "--weights", str(tmp_path / "w.pth")], "plugins") == 2
    assert "w.pth is damaged or holds no weights" in capsys.readouterr().err
    assert RunStore(runs_folder()).folders() == before


def test_export_says_where_the_file_is_and_replaces_only_when_forced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: Trained
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", "last", "--format", "csv", "--json"], "plugins") == 0
    assert json.loads(capsys.readouterr().out)["path"] == f"{trained.result['run']}.csv"
    assert (tmp_path / f"{trained.result['run']}.csv").is_file()
    assert main(["export", "last", "--format", "csv"], "plugins") == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["export", "last", "--format", "csv", "--force"], "plugins") == 0
