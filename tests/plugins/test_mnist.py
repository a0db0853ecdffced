"""MNIST and Fashion-MNIST: downloaded from a server on this machine, and the real files where they are there."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.api import Cancelled, DataBundle, DataError, DataFolders, DatasetSpec, Split, TokenStream
from core.discovery import discover
from core.home import data_folders
from plugins import mnist
from tests.core.tiny import no_progress
from tests.loopback import Site, serving

LEARN, TEST = 240, 30
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
SPECS: dict[str, DatasetSpec] = discover("plugins", installed=False).datasets


def images(count: int, side: int = 28) -> bytes:
    return struct.pack(">4i", 2051, count, side, side) + random.Random(count).randbytes(count * side * side)


def labels(count: int, classes: int = 10) -> bytes:
    return struct.pack(">2i", 2049, count) + bytes(index % classes for index in range(count))


def contents() -> dict[str, bytes]:
    return dict(zip(FILES, (images(LEARN), labels(LEARN), images(TEST), labels(TEST)), strict=True))


def place(folder: Path, files: dict[str, bytes], name: str = "MNIST") -> DataFolders:
    raw = folder / name / "raw"
    raw.mkdir(parents=True)
    for file, content in files.items():
        (raw / file).write_bytes(content)
    return DataFolders((folder,), folder)


def prepare_and_load(folders: DataFolders, progress: Any = no_progress, id: str = "mnist") -> DataBundle:
    spec = SPECS[id]
    spec.prepare(spec.config(), folders, progress)
    return spec.load(spec.config(), folders)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serves small files where torchvision's class looks for the large ones."""
    packed = {f"/mnist/{name}.gz": gzip.compress(content) for name, content in contents().items()}
    resources = [(f"{name}.gz", md5(packed[f"/mnist/{name}.gz"])) for name in FILES]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Site(packed)) as site:
        for kind in (mnist.source("MNIST"), mnist.source("FashionMNIST")):
            monkeypatch.setattr(kind, "mirrors", [f"{site.url}/mnist/"])
            monkeypatch.setattr(kind, "resources", resources)
        yield site


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(("id", "name"), [("mnist", "MNIST"), ("fashion-mnist", "FashionMNIST")])
def test_the_first_use_downloads_and_the_second_does_not(site: Site, tmp_path: Path, id: str, name: str) -> None:
    folders = DataFolders((tmp_path,), tmp_path)
    told: list[str] = []
    bundle = prepare_and_load(folders, lambda done, total, text: told.append(text), id)
    assert sorted(path.name for path in (tmp_path / name / "raw").iterdir()) == sorted(FILES)
    assert {f"Downloading {name}.gz" for name in FILES} == set(told)
    assert len(site.asked) == 4
    assert np.array_equal(prepare_and_load(folders, id=id).train.inputs, bundle.train.inputs)
    assert len(site.asked) == 4, "it was asked for again"


def test_a_cancelled_download_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    folders = DataFolders((tmp_path,), tmp_path)

    def cancel(done: int, total: int | None, text: str) -> None:
        if done and FILES[2] in text:
            raise Cancelled

    with pytest.raises(Cancelled):
        prepare_and_load(folders, cancel)
    raw = tmp_path / "MNIST" / "raw"
    assert sorted(path.name for path in raw.iterdir()) == sorted([*FILES[:2], f"{FILES[2]}.gz.part"])
    with pytest.raises(DataError, match="press Start to download it"):
        SPECS["mnist"].load(SPECS["mnist"].config(), folders)
    site.asked.clear()
    prepare_and_load(folders)
    assert [path for path, _ in site.asked] == [f"/mnist/{name}.gz" for name in FILES[2:]]


def test_a_mirror_that_sends_something_else_is_refused_and_nothing_is_kept(site: Site, tmp_path: Path) -> None:
    site.files[f"/mnist/{FILES[0]}.gz"] = gzip.compress(images(3))
    with pytest.raises(DataError, match="checksum is wrong"):
        prepare_and_load(DataFolders((tmp_path,), tmp_path))
    assert list((tmp_path / "MNIST" / "raw").iterdir()) == []


def test_files_in_the_folder_asked_for_are_read_from_there(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(tmp_path, contents())
    monkeypatch.setenv("TRAINYARD_DATA", str(tmp_path))
    assert len(prepare_and_load(data_folders()).test) == TEST
    assert site.asked == []


def test_where_the_folder_asked_for_is_read_only_the_home_takes_the_download(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trainyard_home: Path
) -> None:
    monkeypatch.setenv("TRAINYARD_DATA", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert len(prepare_and_load(data_folders()).test) == TEST
    assert list(tmp_path.iterdir()) == []
    assert (trainyard_home / "data" / "MNIST" / "raw" / FILES[0]).is_file()


def test_encrypted_addresses_are_tried_first() -> None:
    found = mnist.mirrors(mnist.source("MNIST"))
    assert found[0].startswith("https://")
    assert set(found) == set(mnist.source("MNIST").mirrors)


def test_pictures_get_a_black_border_and_the_learning_part_is_split_by_class(tmp_path: Path) -> None:
    bundle = prepare_and_load(place(tmp_path, contents()))
    assert bundle.info.input_shape == bundle.train.inputs.shape[1:] == (1, 32, 32)
    assert (len(bundle.train), len(bundle.validation), len(bundle.test)) == (220, 20, TEST)
    assert np.bincount(bundle.validation.targets).tolist() == [2] * 10
    border = np.ones((32, 32), bool)
    border[2:-2, 2:-2] = False
    assert not bundle.train.inputs[:, 0, border].any()
    raw = np.frombuffer(contents()[FILES[2]][16:], np.uint8).reshape(TEST, 28, 28)
    assert np.array_equal(bundle.test.inputs[:, 0, 2:-2, 2:-2], raw)
    assert bundle.test.targets.tolist() == [index % 10 for index in range(TEST)]


def damaged() -> dict[str, dict[str, bytes]]:
    good = contents()
    return {
        "empty": {FILES[0]: b""},
        "cut short": {FILES[0]: good[FILES[0]][:5000]},
        "no such format": {FILES[0]: b"\x89PNG" + bytes(5000)},
        "header alone": {FILES[0]: good[FILES[0]][:16]},
        "other sizes": {FILES[0]: images(LEARN, side=20)},
        "labels missing": {FILES[1]: labels(LEARN - 1)},
        "labels too large": {FILES[1]: labels(LEARN, classes=30)},
        "test labels cut": {FILES[3]: good[FILES[3]][:9]},
        "huge header": {FILES[2]: struct.pack(">4i", 2051, 2**31 - 1, 2**15, 2**15) + bytes(100)},
    }


@pytest.mark.parametrize("kind", damaged())
def test_damaged_files_are_named_in_a_sentence(tmp_path: Path, kind: str) -> None:
    folders = place(tmp_path, {**contents(), **damaged()[kind]})
    with pytest.raises(DataError, match=r"raw are damaged .*delete them and try again"):
        prepare_and_load(folders)


@pytest.mark.real_data
def test_the_real_mnist_is_what_torchvision_reads(data_folder: Path) -> None:
    from torchvision.datasets import MNIST

    bundle = prepare_and_load(DataFolders((data_folder,), data_folder))
    official, learn = (MNIST(str(data_folder), train=train) for train in (False, True))
    assert np.array_equal(inside(bundle.test), official.data.numpy())
    assert np.array_equal(bundle.test.targets, official.targets.numpy())
    assert len(bundle.validation) == pytest.approx(5_000, abs=5)
    ours = [picture.tobytes() for part in (bundle.train, bundle.validation) for picture in inside(part)]
    assert len(ours) == 60_000
    assert set(ours) == {picture.tobytes() for picture in learn.data.numpy()}
    targets = np.concatenate([bundle.train.targets, bundle.validation.targets])
    assert np.array_equal(np.bincount(targets), learn.targets.bincount().numpy())
    padded = np.pad(learn.data.numpy() / np.float32(255), ((0, 0), (2, 2), (2, 2)))
    assert bundle.info.mean[0] == pytest.approx(padded.mean(dtype=np.float64), abs=1e-4)
    assert bundle.info.std[0] == pytest.approx(padded.std(dtype=np.float64), abs=1e-4)


def inside(part: Split | TokenStream) -> NDArray[np.uint8]:
    """The pictures without their border."""
    assert isinstance(part, Split)
    return part.inputs[:, 0, 2:-2, 2:-2].astype(np.uint8)
