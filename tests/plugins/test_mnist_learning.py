"""LeNet learns MNIST and then reads digits that nobody wrote by hand."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from core.cli import main
from core.discovery import discover
from core.inference import Classifier
from core.runs import RunStore
from tests.rendered_digits import rendered_digits


def train(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, float]:
    assert main(["train", "lenet", "--data", "mnist", "--json", *options], "plugins") == 0
    result: dict[str, float] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return result


def share_read(home: Path) -> float:
    """Of the rendered digits, the share that the last run's weights read right."""
    classifier = Classifier.of_run(RunStore(home / "runs").find("last"), discover("plugins", installed=False))
    right = [classifier.classify(png(picture)).labels[0] == str(label) for picture, label in rendered_digits(seed=0)]
    return sum(right) / len(right)


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.real_data
@pytest.mark.slow
def test_after_two_epochs_it_reads_most_digits_rendered_from_fonts(
    capsys: pytest.CaptureFixture[str], trainyard_home: Path
) -> None:
    assert train(capsys, "--epochs", "2")["test_accuracy"] > 0.98
    assert share_read(trainyard_home) >= 0.9


@pytest.mark.real_data
@pytest.mark.slow
def test_with_all_defaults_it_reaches_99_percent_and_reads_digits_rendered_from_fonts(
    capsys: pytest.CaptureFixture[str], trainyard_home: Path
) -> None:
    assert train(capsys)["test_accuracy"] >= 0.99
    assert share_read(trainyard_home) >= 0.9
