from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data import DataBundle, DataInfo, Split, TokenStream
from core.survey import Catalogue, shows_pictures

CLASSES = ("cat", "dog", "cow")


def bundle(*, named: bool = False, channels: int = 1) -> DataBundle:
    """Ten training, four validation and two test samples; sample i is a picture of i's."""
    inputs = np.broadcast_to(np.arange(16, dtype=np.uint8)[:, None, None, None], (16, channels, 4, 6))
    targets = np.arange(16) % 3
    names = [f"{CLASSES[label]}/Photo{row:02}.png" for row, label in enumerate(targets.tolist())] if named else []
    parts = [Split(inputs[a:b], targets[a:b], names[a:b]) for a, b in ((0, 10), (10, 14), (14, 16))]
    return DataBundle(DataInfo((channels, 4, 6), CLASSES), *parts)


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(bundle(named=True))


def test_rows_run_through_all_parts(catalogue: Catalogue) -> None:
    assert len(catalogue) == 16
    assert [catalogue.place(row) for row in (0, 9, 10, 13, 14, 15)] == [
        ("train", 0),
        ("train", 9),
        ("validation", 0),
        ("validation", 3),
        ("test", 0),
        ("test", 1),
    ]
    assert catalogue.row("test", 1) == 15


@pytest.mark.parametrize(("part", "index"), [("test", 2), ("test", -1), ("other", 0)])
def test_a_sample_that_is_not_there_has_no_row(catalogue: Catalogue, part: str, index: int) -> None:
    with pytest.raises(IndexError):
        catalogue.row(part, index)


def test_a_sample_knows_everything_about_itself(catalogue: Catalogue) -> None:
    sample = catalogue.sample(11)
    assert (sample.part, sample.index, sample.label, sample.class_name) == ("validation", 1, 2, "cow")
    assert sample.name == "cow/Photo11.png"
    assert (sample.picture == 11).all() and sample.picture.shape == (1, 4, 6)


def test_counts_are_of_the_part_or_of_all(catalogue: Catalogue) -> None:
    assert catalogue.counts().tolist() == [6, 5, 5]
    assert catalogue.counts("train").tolist() == [4, 3, 3]
    assert catalogue.counts("test").tolist() == [1, 0, 1]
    assert catalogue.counts("nowhere").tolist() == [0, 0, 0]


def test_part_and_class_narrow_down(catalogue: Catalogue) -> None:
    assert catalogue.find("validation").tolist() == [10, 11, 12, 13]
    assert catalogue.find("", 1).tolist() == [1, 4, 7, 10, 13]
    assert catalogue.find("train", 2).tolist() == [2, 5, 8]
    assert catalogue.find("nowhere").tolist() == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1", [1, 11, 15, 10, 12, 13, 14]),  # the second of each part, and the names with a 1 in them
        ("#2", [2, 12]),
        ("8-9", [8, 9]),
        ("3 - 3", [3, 13]),
        ("cow", [2, 5, 8, 11, 14]),
        ("PHOTO07", [7]),
        ("  dog/ ", [1, 4, 7, 10, 13]),
        ("horse", []),
        ("9-2", []),
        ("999999999999", []),
    ],
)
def test_typed_text_finds_indices_names_and_classes(catalogue: Catalogue, text: str, rows: list[int]) -> None:
    assert sorted(catalogue.find("", None, text).tolist()) == sorted(rows)


def test_without_names_a_number_is_an_index_and_a_word_a_class() -> None:
    plain = Catalogue(bundle())
    assert not plain.named
    assert plain.find("", None, "1").tolist() == [1, 11, 15]
    assert plain.find("test", None, "DO").tolist() == []
    assert plain.find("train", None, "DO").tolist() == [1, 4, 7]


def test_pictures_are_taken_from_all_parts_in_the_order_asked_for() -> None:
    catalogue = Catalogue(bundle(channels=3))
    pictures = catalogue.pictures(np.array([15, 0, 12, 9]))
    assert pictures.shape == (4, 3, 4, 6)
    assert pictures[:, 0, 0, 0].tolist() == [15, 0, 12, 9]
    assert catalogue.pictures(np.array([3]), step=2).shape == (1, 3, 2, 3)
    assert catalogue.pictures(np.zeros(0, np.int64)).shape == (0, 3, 4, 6)


def test_pictures_on_disk_stay_there_until_they_are_asked_for(tmp_path: Path) -> None:
    pixels = np.memmap(tmp_path / "pixels", np.uint8, mode="w+", shape=(6, 1, 2, 2))
    pixels[:] = np.arange(6, dtype=np.uint8)[:, None, None, None]
    part = Split(pixels, np.zeros(6, np.int64))
    catalogue = Catalogue(DataBundle(DataInfo((1, 2, 2), ("one",)), part, part, None))
    assert catalogue.parts["train"].inputs is pixels
    assert catalogue.pictures(np.array([5, 7]))[:, 0, 0, 0].tolist() == [5, 1]
    del catalogue, part, pixels


def test_a_class_without_a_name_is_called_by_its_number() -> None:
    assert Catalogue(bundle()).class_name(7) == "class 7"


def test_labels_outside_the_classes_are_counted_nowhere() -> None:
    part = Split(np.zeros((4, 1, 2, 2), np.uint8), np.array([0, -100, 9, 0]))
    catalogue = Catalogue(DataBundle(DataInfo((1, 2, 2), ("a", "b")), part, part, None))
    assert catalogue.counts("train").tolist() == [2, 0]


def test_texts_and_tables_are_no_pictures() -> None:
    stream = TokenStream(np.zeros(30, np.uint8))
    text = DataBundle(DataInfo((8,), ("a",), vocabulary=("a",)), stream, stream, None)
    rows = Split(np.zeros((4, 7), np.uint8), np.zeros(4, np.int64))
    table = DataBundle(DataInfo((7,), ("a",)), rows, rows, None)
    assert shows_pictures(bundle())
    assert not shows_pictures(text) and not shows_pictures(table)
    with pytest.raises(ValueError, match="not pictures"):
        Catalogue(table)
