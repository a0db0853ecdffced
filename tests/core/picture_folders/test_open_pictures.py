from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import Cancelled, DataError
from core.home import cache_folder
from core.picture_folders import PictureFolder, build, cache, open_pictures
from tests.made_pictures import archive, encoded, files, folder, picture

TWO = {"cat": 8, "dog": 6}


def built(home: Path) -> list[Path]:
    """What the cache holds, but for locks."""
    return sorted(path for path in (home / "cache" / "pictures").glob("*") if path.suffix != ".lock")


def mean_colour(pictures: PictureFolder, label: str) -> np.ndarray:
    rows = pictures.train.targets == pictures.classes.index(label)
    mean: np.ndarray = pictures.train.inputs[rows].mean((0, 2, 3))
    return mean


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_and_an_archive_give_the_same_pictures(tmp_path: Path, packed: bool) -> None:
    content = files(TWO)
    path = archive(tmp_path / "it.zip", content) if packed else folder(tmp_path / "it", content)
    pictures = open_pictures(path)
    assert pictures.classes == ("cat", "dog")
    assert pictures.train.inputs.shape == (14, 3, 32, 32) and pictures.train.inputs.dtype == np.uint8
    assert not pictures.train.inputs.flags.writeable
    assert pictures.validation is pictures.test is None
    assert pictures.notes == pictures.unreadable == ()
    red, green = mean_colour(pictures, "cat"), mean_colour(pictures, "dog")
    assert red[0] > 200 and red[1] < 60 and green[0] < 60 and green[1] > 80
    for name, target in zip(pictures.train.names, pictures.train.targets, strict=True):
        assert name.startswith(("cat/", "dog/")[target])
    assert len(set(pictures.train.names)) == 14


def test_the_parts_of_the_folders_are_kept(tmp_path: Path) -> None:
    content = files({"it/train/a": 4, "it/train/b": 4, "it/val/a": 3, "it/val/b": 3, "it/test/a": 2, "it/test/b": 2})
    train, validation, test = open_pictures(folder(tmp_path / "it", content)).parts(0.2, 0.2)
    assert test is not None
    for part, name, count in ((train, "train", 8), (validation, "val", 6), (test, "test", 4)):
        assert len(part) == count
        assert all(f"/{name}/" in each for each in part.names)


def test_shares_are_held_back_where_there_are_no_such_parts(tmp_path: Path) -> None:
    pictures = open_pictures(folder(tmp_path / "it", files({"a": 30, "b": 20})))
    train, validation, test = pictures.parts(0.2, 0.1)
    assert test is not None
    assert (len(train), len(validation), len(test)) == (35, 10, 5)
    assert np.bincount(validation.targets).tolist() == [6, 4]
    assert not set(train.names) & set(validation.names) and not set(validation.names) & set(test.names)
    assert np.shares_memory(validation.inputs, pictures.train.inputs), "nothing is copied"


def test_nothing_is_held_back_where_the_test_part_is_validated_with(tmp_path: Path) -> None:
    content = files({"train/a": 5, "train/b": 5, "test/a": 2, "test/b": 2})
    pictures = open_pictures(folder(tmp_path / "it", content))
    train, validation, test = pictures.parts(0.0, 0.1)
    assert (len(train), len(validation)) == (10, 4)
    assert validation is test
    train, validation, test = pictures.parts(0.2, 0.1)
    assert (len(train), len(validation), len(test or ())) == (8, 2, 4)


def test_with_only_a_part_to_validate_with_nothing_is_tested(tmp_path: Path) -> None:
    content = files({"train/a": 5, "train/b": 5, "val/a": 2, "val/b": 2})
    train, validation, test = open_pictures(folder(tmp_path / "it", content)).parts(0.1, 0.1)
    assert (len(train), len(validation), test) == (10, 4, None)


def test_a_class_with_one_picture_is_learnt_from(tmp_path: Path) -> None:
    train, validation, _ = open_pictures(folder(tmp_path / "it", files({"a": 20, "b": 1}))).parts(0.4, 0.05)
    assert set(train.targets.tolist()) == {0, 1}
    assert set(validation.targets.tolist()) == {0}


def test_too_few_pictures_to_hold_any_back_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="too few pictures to hold some back"):
        open_pictures(folder(tmp_path / "it", files({"a": 1, "b": 1}))).parts(0.1, 0.1)
    with pytest.raises(DataError, match="set validation_share"):
        open_pictures(folder(tmp_path / "it", files({"a": 9, "b": 9}))).parts(0.0, 0.0)


@pytest.mark.parametrize(("longer", "side"), [(28, 32), (48, 32), (200, 64)])
def test_the_side_is_found_out_from_the_pictures(tmp_path: Path, longer: int, side: int) -> None:
    content = {f"{label}/1.png": encoded(picture(label, (longer, longer))) for label in ("red", "blue")}
    assert open_pictures(folder(tmp_path / "it", content)).train.inputs.shape == (2, 3, side, side)
    assert open_pictures(tmp_path / "it", side=24).train.inputs.shape == (2, 3, 24, 24)


def test_pictures_without_colour_have_one_channel_unless_asked_otherwise(tmp_path: Path) -> None:
    shades = files({"a": 5, "b": 5}, lambda row: 60 + 100 * row)
    grey = {
        name.replace("png", "jpg"): encoded(Image.open(_file(data)).convert("RGB"), "JPEG")
        for name, data in shades.items()
    }
    root = folder(tmp_path / "it", grey)
    assert open_pictures(root).train.inputs.shape[1] == 1
    assert open_pictures(root, colour="colour").train.inputs.shape[1] == 3
    folder(root, {"b/last.png": encoded(picture("red"))})
    assert open_pictures(root).train.inputs.shape[1] == 3
    assert open_pictures(root, colour="grey").train.inputs.shape[1] == 1


def _file(data: bytes) -> object:
    import io

    return io.BytesIO(data)


def test_pictures_of_any_kind_become_alike(tmp_path: Path) -> None:
    red = picture("red", (300, 200))
    turned = Image.Exif()
    turned[0x0112] = 6
    kinds = {
        "grey.png": encoded(red.convert("L")),
        "palette.gif": encoded(red.convert("P"), "GIF"),
        "alpha.png": encoded(red.convert("RGBA")),
        "deep.png": encoded(Image.fromarray(np.full((50, 60), 40_000, np.uint16))),
        "cmyk.jpg": encoded(red.convert("CMYK"), "JPEG"),
        "turned.JPEG": encoded(red, "JPEG", exif=turned),
        "large.webp": encoded(red.resize((900, 20)), "WEBP"),
        "one pixel.bmp": encoded(red.resize((1, 1)), "BMP"),
        "scan.tiff": encoded(red.convert("1"), "TIFF"),
    }
    root = folder(tmp_path / "it", {f"{label}/{name}": data for label in "ab" for name, data in kinds.items()})
    pictures = open_pictures(root)
    assert pictures.notes == ()
    assert len(pictures.train) == 2 * len(kinds)


def test_a_picture_is_turned_upright(tmp_path: Path) -> None:
    upright = Image.new("RGB", (40, 40), "black")
    upright.paste((255, 255, 255), (0, 0, 40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the picture is on the left of what is stored
    stored = upright.transpose(Image.Transpose.ROTATE_90)
    content = {f"{label}/1.jpg": encoded(stored, "JPEG", exif=exif, quality=95) for label in "ab"}
    shown = open_pictures(folder(tmp_path / "it", content)).train.inputs[0, 0]
    assert shown[:12].min() > 200 and shown[-12:].max() < 50


def test_large_pictures_are_read_the_same_by_several_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {
        f"{label}/{number}.jpg": encoded(picture(label, (400, 300), seed=number), "JPEG")
        for label in ("red", "blue")
        for number in range(12)
    }
    root = folder(tmp_path / "it", content)
    monkeypatch.setattr(build, "threads_for", lambda pixels: 4)
    several = open_pictures(root)
    shutil.rmtree(cache_folder())
    monkeypatch.setattr(build, "threads_for", lambda pixels: 1)
    one = open_pictures(root)
    assert several.train.names == one.train.names
    assert np.array_equal(several.train.inputs, one.train.inputs)


def test_the_second_time_nothing_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "it.zip", files({"train/a": 5, "train/b": 5, "test/a": 2, "test/b": 2}))
    first = open_pictures(path)
    monkeypatch.setattr(build, "build", lambda *_: pytest.fail("it is there already"))
    again = open_pictures(path)
    assert np.array_equal(first.train.inputs, again.train.inputs)
    assert (first.train.names, first.classes, first.notes) == (again.train.names, again.classes, again.notes)


def test_a_changed_folder_is_decoded_anew_and_the_old_pictures_are_forgotten(
    tmp_path: Path, trainyard_home: Path
) -> None:
    root = folder(tmp_path / "it", files(TWO))
    open_pictures(root)
    open_pictures(root, side=16)
    before = built(trainyard_home)
    assert len(before) == 2, "other settings of the same pictures stay"
    folder(root, {"dog/new.png": encoded(picture("green"))})
    assert len(open_pictures(root).train) == 15
    after = built(trainyard_home)
    assert len(after) == 1 and after[0] not in before


@pytest.mark.parametrize("name", ["pixels", "labels", "names.txt", "about.json"])
@pytest.mark.parametrize("harm", ["deleted", "cut short"])
def test_a_cache_that_lost_something_is_made_again(tmp_path: Path, trainyard_home: Path, name: str, harm: str) -> None:
    root = folder(tmp_path / "it", files(TWO))
    before = open_pictures(root).train.inputs.copy()
    file = built(trainyard_home)[0] / name
    file.unlink() if harm == "deleted" else os.truncate(file, 5)
    assert np.array_equal(open_pictures(root).train.inputs, before)
    assert file.stat().st_size > 5


def test_pictures_stay_readable_when_folder_and_cache_vanish(tmp_path: Path) -> None:
    root = folder(tmp_path / "it", files(TWO))
    pictures = open_pictures(root)
    expected = pictures.train.inputs.copy()
    shutil.rmtree(root)
    shutil.rmtree(cache_folder())
    assert np.array_equal(pictures.train.inputs, expected)


def test_cancelling_leaves_nothing_and_the_next_time_all_is_decoded(
    tmp_path: Path, trainyard_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder(tmp_path / "it", files(TWO))

    def enough(done: int, total: int | None, text: str) -> None:
        if total and done == total:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_pictures(root, progress=enough)
    assert built(trainyard_home) == []
    assert len(open_pictures(root).train) == 14


def test_a_build_that_was_killed_is_never_taken_for_whole(
    tmp_path: Path, trainyard_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder(tmp_path / "it", files(TWO))

    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(cache.Writer, "finish", kill)
        patch.setattr(cache.Writer, "__exit__", lambda self, *_: self._file.close())  # nobody tidies up
        with pytest.raises(Killed):
            open_pictures(root)
    left = built(trainyard_home)
    assert len(left) == 1 and (left[0] / "pixels").stat().st_size > 0
    assert len(open_pictures(root).train) == 14
    assert [path.suffix for path in built(trainyard_home)] == [""]


def test_two_runs_decode_the_same_pictures_one_after_the_other(tmp_path: Path) -> None:
    root = folder(tmp_path / "it", files(TWO))
    target = cache.place(root, "x", 0, "auto")
    with cache.only_one(target, lambda: None), pytest.raises(Cancelled):
        waited = 0

        def waiting() -> None:
            nonlocal waited
            waited += 1
            if waited == 2:
                raise Cancelled

        with cache.only_one(target, waiting):
            pytest.fail("two hold it")
    with cache.only_one(target, lambda: pytest.fail("it is free again")):
        pass


def test_progress_goes_up_to_the_number_of_pictures(tmp_path: Path) -> None:
    told: list[tuple[int, int | None, str]] = []
    open_pictures(folder(tmp_path / "it", files(TWO)), progress=lambda *each: told.append(each))
    decoding = [(done, total) for done, total, text in told if text == "Decoding the pictures of “it”"]
    assert decoding[0] == (0, 14) and decoding[-1] == (14, 14)


def test_the_home_sign_is_understood_and_nobodys_home_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    folder(tmp_path / "it", files(TWO))
    assert len(open_pictures(Path("~/it")).train) == 14
    with pytest.raises(DataError, match="is not there"):
        open_pictures(Path("~nobody-of-that-name/it"))
