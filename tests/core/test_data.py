from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data import DataFolders, DataInfo, Split, stratified_split

INFO = DataInfo((3, 32, 32), ("cat", "dog"), (0.1, 0.2, 0.3), (0.4, 0.5, 0.6), "photo")


def test_a_stratified_split_puts_every_sample_into_exactly_one_part_in_the_shares_asked_for() -> None:
    chance = random.Random(3)
    for _ in range(40):
        classes = chance.randint(1, 6)
        targets = np.array([chance.randrange(classes) for _ in range(chance.randint(20, 200))], np.int64)
        shares = chance.choice([(0.7, 0.15, 0.15), (0.5, 0.5), (11 / 12, 1 / 12)])
        parts = stratified_split(targets, shares, seed=chance.randint(0, 9))
        assert sorted(np.concatenate(parts).tolist()) == list(range(len(targets)))
        for label in np.unique(targets):
            members = (targets == label).sum()
            for part, share in zip(parts, shares, strict=True):
                assert abs((targets[part] == label).sum() - share * members) <= 1


def test_a_split_is_shuffled_and_the_same_each_time() -> None:
    targets = np.repeat(np.arange(4), 25)
    first, second, other = (stratified_split(targets, (0.5, 0.5), seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[0], other[0])
    assert not np.array_equal(first[0], np.sort(first[0]))


def test_what_is_known_of_data_survives_being_saved() -> None:
    import json

    assert DataInfo.from_dict(json.loads(json.dumps(INFO.as_dict()))) == INFO


@pytest.mark.parametrize(
    "damage",
    [
        {"input_shape": None},
        {"input_shape": []},
        {"input_shape": ["32"]},
        {"input_shape": [0, 32, 32]},
        {"input_shape": [1, -32, 32]},
        {"input_shape": [1, 100_000, 100_000]},
        {"classes": "ab"},
        {"classes": [1, 2]},
        {"mean": ["x"]},
        {"mean": [float("nan")]},
        {"std": [0]},
        {"std": 1.0},
        {"picture": "painting"},
        {"picture": ["photo"]},
        {"colour": "red"},
    ],
)
def test_what_was_not_saved_by_us_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        DataInfo.from_dict({**INFO.as_dict(), **damage})


def test_inputs_and_targets_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="3 inputs for 2 targets"):
        Split(np.zeros((3, 1, 2, 2), np.uint8), np.zeros(2, np.int64))


def test_folders_are_searched_in_order_and_the_one_for_new_files_last(tmp_path: Path) -> None:
    first, second, own = (tmp_path / name for name in ("first", "second", "own"))
    folders = DataFolders((first, second), own)
    assert folders.find("x") is None
    for folder in (own, second, first):
        folder.mkdir()
        (folder / "x").touch()
        assert folders.find("x") == folder / "x"
