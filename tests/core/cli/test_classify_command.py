from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.cli import main
from core.discovery import discover
from core.events import RunEnded
from core.home import runs_folder
from core.inference import Classifier
from core.runs import RunNotFound, RunStore
from tests.core.cli.conftest import Trained
from tests.core.test_runs import begun


@pytest.fixture(autouse=True)
def with_a_run(trained: Trained, trainyard_home: Path) -> None:
    shutil.copytree(trained.home, trainyard_home)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """A 0 and a 1 that somebody wrote, large and dark on white."""
    from sklearn.datasets import load_digits

    paths = []
    for digit, pixels in enumerate(load_digits().images[:2]):
        paths.append(tmp_path / f"digit {digit}.png")
        grey = Image.fromarray((255 - pixels * 255 / 16).astype(np.uint8))
        ImageOps.expand(grey.resize((200, 200), Image.Resampling.BICUBIC), 60, fill=255).save(paths[-1])
    return paths


def run_folder() -> Path:
    return RunStore(runs_folder()).find("last").folder


def test_pictures_are_recognised(capsys: pytest.CaptureFixture[str], pictures: list[Path]) -> None:
    assert main(["classify", "last", *map(str, pictures)], "plugins") == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert [line.split(": ")[1][0] for line in said.out.splitlines()] == ["0", "1"]
    assert all(len(line.split(", ")) == 3 for line in said.out.splitlines())


def test_with_json_it_is_one_list_with_as_many_classes_as_asked_for(
    capsys: pytest.CaptureFixture[str], pictures: list[Path]
) -> None:
    id = run_folder().name
    assert main(["classify", id, *map(str, pictures), "--top", "5", "--json"], "plugins") == 0
    answers = json.loads(capsys.readouterr().out)
    assert [answer["image"] for answer in answers] == [str(path) for path in pictures]
    assert [answer["top"][0][0] for answer in answers] == ["0", "1"]
    for answer in answers:
        probabilities = [probability for _, probability in answer["top"]]
        assert len(probabilities) == 5
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 < sum(probabilities) <= 1.0001


def test_bad_files_are_a_line_each_while_the_good_ones_are_answered(
    capsys: pytest.CaptureFixture[str], pictures: list[Path], tmp_path: Path
) -> None:
    text, empty, cut = (tmp_path / name for name in ("text.png", "empty.png", "cut.png"))
    text.write_text("not a picture")
    empty.touch()
    cut.write_bytes(pictures[0].read_bytes()[:-400])
    bad = [text, empty, cut, tmp_path, tmp_path / "missing.png", Path("https://example.org/3.png")]
    asked = [bad[0], pictures[0], *bad[1:], pictures[1]]
    assert main(["classify", "last", *map(str, asked), "--json"], "plugins") == 1
    said = capsys.readouterr()
    assert [answer["image"] for answer in json.loads(said.out)] == [str(path) for path in pictures]
    assert len(said.err.splitlines()) == len(bad)
    for path, line in zip(bad, said.err.splitlines(), strict=True):
        assert path.name in line
    assert "Traceback" not in said.err


@pytest.mark.parametrize("name", ["nothing", "../runs", ""])
def test_a_run_that_is_not_there_is_one_line(
    capsys: pytest.CaptureFixture[str], pictures: list[Path], name: str
) -> None:
    begun(RunStore(runs_folder())).release()
    assert main(["classify", name, str(pictures[0])], "plugins") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "`runs` lists them" in line


@pytest.mark.parametrize("top", ["0", "-1", "many", "1.5"])
def test_the_number_of_classes_must_be_one(capsys: pytest.CaptureFixture[str], top: str) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["classify", "last", "x.png", "--top", top], "plugins")
    assert exit.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def damage_run_json(folder: Path) -> None:
    (folder / "run.json").write_text("{")


def forget_info(folder: Path) -> None:
    change(folder, info=None)


def inflate_input(folder: Path) -> None:
    asked = json.loads((folder / "run.json").read_text())
    change(folder, info={**asked["info"], "input_shape": [1, 10**6, 10**6]})


def other_classes(folder: Path) -> None:
    asked = json.loads((folder / "run.json").read_text())
    change(folder, info={**asked["info"], "classes": ["a", "b"]})


def other_network(folder: Path) -> None:
    asked = json.loads((folder / "run.json").read_text())
    change(folder, config={**asked["config"], "network": "gone"})


def odd_settings(folder: Path) -> None:
    asked = json.loads((folder / "run.json").read_text())
    change(folder, config={**asked["config"], "colour": 3})


def damage_weights(folder: Path) -> None:
    (weights,) = (folder / "checkpoints").glob("step-*/weights.safetensors")
    weights.write_bytes(weights.read_bytes()[:1000])


def hostile_header(folder: Path) -> None:
    (weights,) = (folder / "checkpoints").glob("step-*/weights.safetensors")
    weights.write_bytes((2**62).to_bytes(8, "little") + b"{}")


def lose_weights(folder: Path) -> None:
    shutil.rmtree(folder / "checkpoints")


def lose_the_file(folder: Path) -> None:
    (weights,) = (folder / "checkpoints").glob("step-*/weights.safetensors")
    weights.unlink()


def change(folder: Path, **values: object) -> None:
    asked = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**asked, **values}))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_run_json, "run.json is missing or damaged"),
        (forget_info, "run.json is damaged"),
        (inflate_input, "run.json is damaged"),
        (other_classes, "weights of the run"),
        (other_network, "There is no network 'gone'"),
        (odd_settings, "'colour' is not a setting here"),
        (damage_weights, "weights of the run"),
        (hostile_header, "weights of the run"),
        (lose_weights, "kept no weights"),
        (lose_the_file, "weights of the run"),
    ],
)
def test_a_damaged_run_is_one_line(
    capsys: pytest.CaptureFixture[str], pictures: list[Path], damage: object, said: str
) -> None:
    folder = run_folder()
    damage(folder)  # type: ignore[operator]
    assert main(["classify", folder.name, str(pictures[0])], "plugins") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_run_that_ended_before_its_first_checkpoint_says_so() -> None:
    run = begun(RunStore(runs_folder()), "lenet")
    run.end(RunEnded(run.id, "failed", 0))
    with pytest.raises(RunNotFound, match="kept no weights"):
        Classifier.of_run(run, discover("plugins", installed=False))
