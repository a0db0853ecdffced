from __future__ import annotations

import pytest

from core.data import DataError
from core.picture_folders.layout import MOST_CLASSES, Layout, laid_out


def of(*paths: str) -> Layout:
    return laid_out([tuple(path.split("/")) for path in paths], "“it”")


def told(layout: Layout) -> list[tuple[str, str, str]]:
    return [(picture.part, picture.label, "/".join(picture.path)) for picture in layout.pictures]


def test_a_folder_a_class_is_all_training() -> None:
    assert told(of("dog/1.jpg", "cat/2.jpg")) == [("train", "cat", "cat/2.jpg"), ("train", "dog", "dog/1.jpg")]


@pytest.mark.parametrize("above", ["", "cifar10/", "a/b/"])
def test_parts_are_found_below_any_folders_that_hold_everything(above: str) -> None:
    layout = of(*(f"{above}{part}/{label}/1.jpg" for part in ("Train", "val", "test") for label in ("cat", "dog")))
    assert layout.classes == ("cat", "dog")
    assert [part for part, *_ in told(layout)] == ["train", "train", "validation", "validation", "test", "test"]
    assert told(layout)[0][2] == f"{above}Train/cat/1.jpg", "the path stays the whole one"


@pytest.mark.parametrize("name", ["val", "valid", "Validation"])
def test_validation_has_several_names(name: str) -> None:
    layout = of("train/a/1.jpg", "train/b/1.jpg", f"{name}/a/2.jpg")
    assert [part for part, *_ in told(layout)] == ["train", "train", "validation"]


def test_pictures_deeper_down_belong_to_the_class_at_the_top() -> None:
    assert told(of("cat/old/grey/1.jpg", "dog/2.jpg"))[0] == ("train", "cat", "cat/old/grey/1.jpg")


def test_classes_may_be_called_train_and_test() -> None:
    assert of("train/1.jpg", "car/1.jpg", "test/1.jpg").classes == ("car", "test", "train")


def test_a_class_that_is_only_in_test_is_left_out_and_told() -> None:
    layout = of("train/a/1.jpg", "train/b/1.jpg", "test/a/2.jpg", "test/c/3.jpg")
    assert layout.classes == ("a", "b")
    assert len(layout.pictures) == 3
    assert layout.remarks == ("The class “c” has no pictures to learn from, so it was left out.",)


def test_pictures_beside_the_classes_are_left_out_and_told() -> None:
    layout = of("it/readme.png", "it/a/1.jpg", "it/b/1.jpg")
    assert layout.classes == ("a", "b")
    assert layout.remarks == ("1 picture in no class folder was left out.",)
    assert "2 pictures in no class folder were" in of("1.jpg", "2.jpg", "a/1.jpg", "b/1.jpg").remarks[0]


def test_folders_beside_train_are_left_out_and_told() -> None:
    layout = of("train/a/1.jpg", "train/b/1.jpg", "extra/a/1.jpg", "extra/b/1.jpg")
    assert len(layout.pictures) == 2
    assert layout.remarks == ("The folder “extra” beside “train” was left out (2 pictures).",)


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        ([], "no pictures in “it”: put them in one folder a class"),
        (["1.jpg", "2.jpg"], "lie in no folders: put them in one folder a class"),
        (["cat/1.jpg", "cat/2.jpg"], "of one class, “cat”: there is nothing to tell apart"),
        (["train/cat/1.jpg", "test/dog/1.jpg"], "of one class, “cat”"),
        (["test/a/1.jpg", "val/b/1.jpg"], "none to learn from: it needs a folder “train”"),
        ([f"{label}/1.jpg" for label in range(MOST_CLASSES + 1)], "1,001 folders of pictures: at most 1,000 classes"),
    ],
)
def test_what_makes_no_classes_is_refused_in_words(paths: list[str], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        of(*paths)


def test_a_thousand_classes_are_not_too_many_and_many_remarks_are_cut_short() -> None:
    trained = [f"train/{label}/1.jpg" for label in range(MOST_CLASSES)]
    layout = of(*trained, *(f"test/x{label:02}/1.jpg" for label in range(20)))
    assert len(layout.classes) == MOST_CLASSES
    assert len(layout.remarks) == 6
    assert layout.remarks[-1] == "So it is with 15 more classes."
