from __future__ import annotations

import socket
from typing import Any

import numpy as np
import pytest

from core.data import DataBundle, Split
from core.discovery import discover
from core.home import data_folders
from plugins import digits
from plugins.digits import enlarged, scikit_learns_digits
from tests.core.tiny import no_progress

SPEC = discover("plugins", installed=False).datasets["digits"]


@pytest.fixture(scope="module")
def bundle() -> DataBundle:
    config = SPEC.config()
    SPEC.prepare(config, data_folders(), no_progress)
    return SPEC.load(config, data_folders())


def parts(bundle: DataBundle) -> list[Split]:
    found = [bundle.train, bundle.validation, bundle.test]
    assert all(isinstance(part, Split) for part in found)
    return found  # type: ignore[return-value]


def test_they_are_there_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("it asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert SPEC.download_bytes == 0
    assert SPEC.load(SPEC.config(), data_folders())


def test_the_parts_are_disjoint_and_cover_all_1797(bundle: DataBundle) -> None:
    from sklearn.datasets import load_digits

    raw = load_digits()
    expected = sorted(
        (enlarged(image).tobytes(), int(target)) for image, target in zip(raw.images, raw.target, strict=True)
    )
    ours = [
        (picture.tobytes(), int(target))
        for part in parts(bundle)
        for picture, target in zip(part.inputs[:, 0], part.targets, strict=True)
    ]
    assert len(ours) == 1797
    assert sorted(ours) == expected


def test_every_class_has_the_same_shares_in_each_part(bundle: DataBundle) -> None:
    counts = np.array([np.bincount(part.targets, minlength=10) for part in parts(bundle)])
    shares = counts / counts.sum(axis=0)
    assert np.abs(shares - np.array([[0.7], [0.15], [0.15]])).max() < 0.01
    assert [len(part) for part in parts(bundle)] == pytest.approx([1258, 270, 270], abs=6)


def test_they_are_the_same_each_time(bundle: DataBundle) -> None:
    again = SPEC.load(SPEC.config(), data_folders())
    for first, second in zip(parts(bundle), parts(again), strict=True):
        assert np.array_equal(first.inputs, second.inputs)
        assert np.array_equal(first.targets, second.targets)


def test_what_is_known_of_them_fits_them(bundle: DataBundle) -> None:
    train = parts(bundle)[0]
    assert train.inputs.shape[1:] == bundle.info.input_shape == (1, 32, 32)
    assert train.inputs.dtype == np.uint8
    assert bundle.info.classes == tuple("0123456789")
    assert bundle.info.picture == "strokes"
    scaled = train.inputs / 255
    assert bundle.info.mean[0] == pytest.approx(scaled.mean(), abs=1e-4)
    assert bundle.info.std[0] == pytest.approx(scaled.std(), abs=1e-4)


def test_a_digit_is_light_on_black_and_lies_with_its_weight_in_the_middle(bundle: DataBundle) -> None:
    pictures = parts(bundle)[2].inputs[:, 0].astype(np.float64)
    weights = pictures.sum((1, 2))
    rows, columns = np.indices((32, 32))
    for axis in (rows, columns):
        centres = (pictures * axis).sum((1, 2)) / weights
        assert np.abs(centres - 15.5).max() < 0.51
    border = np.ones((32, 32), bool)
    border[4:-4, 4:-4] = False
    assert pictures[:, border].mean() < 2
    assert pictures.max() > 250


@pytest.mark.parametrize("value", [0.0, 16.0])
def test_an_even_picture_can_be_enlarged_too(value: float) -> None:
    found = enlarged(np.full((8, 8), value))
    assert found.shape == (32, 32)
    assert (found > 0).sum() == (400 if value else 0)


@pytest.mark.parametrize("found", [True, False])
def test_they_are_those_that_scikit_learn_itself_reads(found: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.datasets import load_digits

    if not found:
        monkeypatch.setattr(digits, "find_spec", lambda name: None)
    pictures, targets = scikit_learns_digits()
    theirs = load_digits()
    assert (pictures.dtype, targets.dtype) == (np.float64, np.int64)
    assert np.array_equal(pictures, theirs.images)
    assert np.array_equal(targets, theirs.target)
