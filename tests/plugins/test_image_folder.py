from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.config import ConfigError, validated
from core.data import DataBundle, DataError, DataFolders, Split
from core.discovery import discover
from core.events import EpochEnded, Event, RunEnded
from core.home import cache_folder, data_folders
from core.job import prepare_job
from core.run_config import run_config
from core.specs import DatasetSpec
from core.trainer import Trainer
from tests.core.tiny import no_progress
from tests.made_pictures import archive, encoded, files, folder, picture

REGISTRY = discover("plugins", installed=False)
CIFAR = "cifar10.zip"


def spec() -> DatasetSpec:
    found: DatasetSpec = REGISTRY.get("datasets", "image-folder")
    return found


def loaded(**settings: Any) -> DataBundle:
    config = validated(spec().config, {name: str(value) for name, value in settings.items()})
    folders = DataFolders((), Path("nowhere"))
    spec().prepare(config, folders, no_progress)
    return spec().load(config, folders)


def names(part: Any) -> tuple[str, ...]:
    assert isinstance(part, Split)
    return tuple(part.names)


def test_it_opens_pictures_and_asks_for_the_path_first() -> None:
    assert spec().opens == "pictures"
    assert next(iter(spec().config.model_fields)) == "path"
    assert {"crop", "flip", "normalise", "size", "colour"} <= set(spec().config.model_fields)


def test_a_folder_becomes_a_data_set_with_names_and_notes(tmp_path: Path) -> None:
    root = folder(tmp_path / "it", files({"cat": 20, "dog": 20}) | {"cat/broken.png": b"x"})
    data = loaded(path=root, validation_share=0.2, test_share=0.1)
    assert data.info.classes == ("cat", "dog")
    assert data.info.input_shape == (3, 32, 32)
    assert data.info.picture == "photo"
    assert [len(part) for part in (data.train, data.validation, data.test or ())] == [28, 8, 4]
    assert all(name.startswith(("cat/", "dog/")) for name in (*names(data.train), *names(data.validation)))
    assert data.notes[0].startswith("1 of 41 pictures could not be read and was left out: “cat/broken.png”")
    red = data.train.inputs[data.train.targets == 0].mean((0, 2, 3))  # type: ignore[union-attr]
    assert red[0] > 200
    assert 0 < data.info.mean[0] < 1 and len(data.info.std) == 3


def test_without_a_share_the_test_part_is_validated_with(tmp_path: Path) -> None:
    path = archive(tmp_path / "it.zip", files({"train/a": 9, "train/b": 9, "test/a": 3, "test/b": 3}))
    data = loaded(path=path, validation_share=0)
    assert len(data.train) == 18
    assert names(data.validation) == names(data.test)


def test_grey_pictures_of_a_chosen_size(tmp_path: Path) -> None:
    data = loaded(path=folder(tmp_path / "it", files({"a": 9, "b": 9})), size=48, colour="grey")
    assert data.info.input_shape == (1, 48, 48)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"size": 5}, "size must be at least 8 px, or 0"),
        ({"size": 1000}, "size must be at most 512"),
        ({"validation_share": 0.4, "test_share": 0.3}, "must leave more than half of the pictures"),
        ({"validation_share": 0.5}, "validation_share must be at most 0.4"),
        ({"colour": "sepia"}, "colour must be 'auto', 'colour' or 'grey'"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        loaded(path="x", **settings)


def test_no_path_and_a_wrong_one_are_told() -> None:
    with pytest.raises(DataError, match="No pictures are chosen yet"):
        loaded(path=" ")
    with pytest.raises(DataError, match="is not there"):
        loaded(path="/nowhere/at all")


def trained(path: Path, at_epoch: Any) -> RunEnded:
    """Two epochs of LeNet; ``at_epoch`` is called after the first."""
    network = REGISTRY.get("networks", "lenet")
    asked = {"data_settings": {"path": str(path)}, "epochs": 2, "batch_size": 8, "device": "cpu", "threads": 1}
    job = prepare_job(REGISTRY, run_config(network, "image-folder", **asked), data_folders(), no_progress)
    ended: list[RunEnded] = []

    def emit(event: Event) -> None:
        if isinstance(event, EpochEnded) and event.epoch == 1:
            at_epoch()
        if isinstance(event, RunEnded):
            ended.append(event)

    Trainer(job, emit=emit).fit()
    return ended[0]


def test_training_goes_on_when_the_folder_and_even_its_cache_vanish(tmp_path: Path) -> None:
    root = folder(tmp_path / "it", files({"cat": 20, "dog": 20}))

    def vanish() -> None:
        shutil.rmtree(root)
        shutil.rmtree(cache_folder())

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ended = trained(root, vanish)
    assert ended.state == "finished"
    assert ended.step > 0


def test_two_colours_are_learnt(tmp_path: Path) -> None:
    root = folder(tmp_path / "it", {
        f"{shade}/{number}.jpg": encoded(picture(shade, (90, 70), number), "JPEG")
        for shade in ("red", "blue")
        for number in range(30)
    })  # fmt: skip
    assert trained(root, lambda: None).summary["val_accuracy"] == 1.0


@pytest.mark.real_data
@pytest.mark.slow
def test_cifar_from_its_archive_is_whole() -> None:
    path = data_folders().find(CIFAR)
    if path is None:
        pytest.skip(f"{CIFAR} is not in TRAINYARD_DATA")
    data = loaded(path=path, validation_share=0)
    assert data.notes == ()
    assert data.info.input_shape == (3, 32, 32)
    assert (len(data.train), len(data.validation)) == (50_000, 5_000)
    assert data.info.classes[:3] == ("airplane", "automobile", "bird")
    assert isinstance(data.train, Split) and np.bincount(data.train.targets).tolist() == [5_000] * 10
    assert data.info.mean == pytest.approx((0.491, 0.482, 0.447), abs=0.01)
    frog = names(data.train).index("cifar10/train/frog/4451.jpg")
    assert data.info.classes[data.train.targets[frog]] == "frog"
