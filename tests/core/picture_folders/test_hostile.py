"""Folders and archives that are broken, or meant to do harm: a sentence, or a picture less, and nothing else."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import DataError
from core.picture_folders import cache, open_pictures, zip_source
from tests.made_pictures import archive, encoded, files, folder, picture

TWO = {"cat": 8, "dog": 6}
BOMB = Image.new("L", (12_000, 12_000))


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        open_pictures(path)
    sentence = str(caught.value)
    assert "\n" not in sentence and len(sentence) < 400 and sentence.endswith(".")
    return sentence


def everything_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("packed", [False, True])
def test_an_empty_folder_or_archive_is_told(tmp_path: Path, packed: bool) -> None:
    path = archive(tmp_path / "it.zip", {}) if packed else folder(tmp_path / "it", {})
    assert refused(path).startswith("There are no pictures in “it")


def test_a_folder_of_other_things_is_told(tmp_path: Path) -> None:
    assert "There are no pictures" in refused(folder(tmp_path / "it", {"a/notes.txt": b"x", "b/film.mp4": b"x"}))


def test_one_class_is_told(tmp_path: Path) -> None:
    assert "of one class, “cat”" in refused(folder(tmp_path / "it", files({"cat": 3})))


def test_broken_files_are_left_out_and_named(tmp_path: Path) -> None:
    content = files({"cat": 20, "dog": 20})
    whole = encoded(picture("green", (80, 60)), "JPEG")
    broken = {
        "cat/cut.jpg": whole[: len(whole) // 2],
        "cat/empty.png": b"",
        "dog/text.jpg": b"no picture at all",
        "dog/bomb.png": encoded(BOMB),
    }
    pictures = open_pictures(folder(tmp_path / "it", content | broken))
    assert len(pictures.train) == 40
    assert not set(broken) & set(pictures.train.names)
    assert dict(pictures.unreadable) == {
        "cat/cut.jpg": "is damaged or cut short",
        "cat/empty.png": "is empty (0 bytes)",
        "dog/bomb.png": "has 12,000×12,000 pixels",
        "dog/text.jpg": "is not a picture that can be read here",
    }
    assert len(pictures.notes) == 1
    assert pictures.notes[0].startswith(
        "4 of 44 pictures could not be read and were left out: “cat/cut.jpg” is damaged"
    )
    assert pictures.notes[0].endswith("; and 1 more.")


def test_what_is_left_of_many_broken_files_is_still_right(tmp_path: Path) -> None:
    content = files({"train/a": 20, "train/b": 20, "test/a": 10, "test/b": 10})
    expected = open_pictures(folder(tmp_path / "whole", content), side=24)
    broken = {name: b"broken" for number, name in enumerate(content) if number % 10 == 3}
    pictures = open_pictures(folder(tmp_path / "it", content | broken), side=24)
    assert len(pictures.train) == 36 and len(pictures.test or ()) == 18
    right = dict(zip(expected.train.names, expected.train.inputs, strict=True))
    for name, pixels, target in zip(pictures.train.names, pictures.train.inputs, pictures.train.targets, strict=True):
        assert np.array_equal(pixels, right[name])
        assert target == "ab".index(name.split("/")[1])


def test_a_class_of_which_nothing_can_be_read_is_left_out(tmp_path: Path) -> None:
    content = files({"a": 3, "c": 3}) | {"b/1.png": b"broken"}
    pictures = open_pictures(folder(tmp_path / "it", content))
    assert pictures.classes == ("a", "c")
    assert set(pictures.train.targets.tolist()) == {0, 1}
    assert "The class “b” has no pictures to learn from, so it was left out." in pictures.notes


def test_only_broken_pictures_are_told(tmp_path: Path) -> None:
    assert refused(folder(tmp_path / "it", {"a/1.png": b"x", "b/1.png": b"x"})).startswith(
        "No picture in “it” can be read: “a/1.png” is not a picture"
    )


def test_kinds_that_cannot_be_read_here_are_named(tmp_path: Path) -> None:
    root = folder(tmp_path / "it", files(TWO) | {"cat/photo.HEIC": b"x"})
    assert open_pictures(root).notes == (
        "1 of 15 pictures could not be read and was left out: “cat/photo.HEIC” is a picture of the kind HEIC, which "
        "cannot be read here.",
    )
    assert "of the kind HEIC" in refused(folder(tmp_path / "other", {"a/1.heic": b"x", "b/1.heic": b"x"}))


@pytest.mark.parametrize("packed", [False, True])
def test_names_with_spaces_and_chinese_characters_are_kept(tmp_path: Path, packed: bool) -> None:
    content = {
        f"{label}/die Erste 第一.png": encoded(picture(shade)) for label, shade in (("小 猫", "red"), ("ä", "blue"))
    }
    path = archive(tmp_path / "图 片.zip", content) if packed else folder(tmp_path / "图 片", content)
    pictures = open_pictures(path)
    assert pictures.classes == ("ä", "小 猫")
    assert set(pictures.train.names) == set(content)


def test_names_in_an_archive_that_does_not_say_how_they_are_written_are_utf8(tmp_path: Path) -> None:
    path = archive(tmp_path / "it.zip", {"猫/1.png": encoded(picture()), "犬/1.png": encoded(picture("blue"))})
    data = bytearray(path.read_bytes())
    for place in range(len(data) - 4):  # take away the flag that says UTF-8
        if data[place : place + 4] == b"PK\1\2":
            data[place + 9] &= ~8
        elif data[place : place + 4] == b"PK\3\4":
            data[place + 7] &= ~8
    path.write_bytes(data)
    assert open_pictures(path).classes == ("犬", "猫")


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be made there")
def test_names_that_cannot_be_written_are_shown_with_a_sign_instead(tmp_path: Path) -> None:
    root = folder(tmp_path / "it", files(TWO))
    Path(os.fsdecode(os.fsencode(root) + b"/cat/\xff\n.png")).write_bytes(encoded(picture()))
    assert "cat/��.png" in open_pictures(root).train.names


def test_links_lead_neither_round_nor_out(tmp_path: Path) -> None:
    secret = folder(tmp_path / "elsewhere", files({"secret": 3}))
    root = folder(tmp_path / "it", files(TWO))
    try:
        (root / "cat" / "loop").symlink_to(root, target_is_directory=True)
        (root / "secret").symlink_to(secret, target_is_directory=True)
        (root / "cat" / "out.png").symlink_to(secret / "secret" / "000.png")
        (root / "cat" / "self.png").symlink_to(root / "cat" / "self.png")
        (root / "cat" / "again.png").symlink_to(root / "cat" / "000.png")
    except OSError:
        pytest.skip("links cannot be made here")
    pictures = open_pictures(root)
    assert pictures.classes == ("cat", "dog")
    assert len(pictures.train) == 15, "only the link that stays inside is followed"
    assert pictures.notes == ("Links that lead out of the folder, or to another folder, were left out (4).",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are none on this system")
def test_a_pipe_is_no_picture_and_nobody_waits_for_it(tmp_path: Path) -> None:
    root = folder(tmp_path / "it", files(TWO))
    os.mkfifo(root / "cat" / "pipe.png")
    assert len(open_pictures(root).train) == 14
    os.mkfifo(tmp_path / "pipe.zip")
    assert "no folder and no ordinary file" in refused(tmp_path / "pipe.zip")


def test_members_that_lead_out_of_the_archive_are_left_out_and_nothing_is_unpacked(
    tmp_path: Path, trainyard_home: Path
) -> None:
    evil = {name: encoded(picture()) for name in ("../../evil/1.png", "/evil/2.png", "C:/evil/3.png", "cat/../4.png")}
    path = archive(tmp_path / "it.zip", files(TWO) | evil)
    before = everything_in(tmp_path)
    pictures = open_pictures(path)
    assert pictures.classes == ("cat", "dog") and len(pictures.train) == 14
    assert pictures.notes == ("Files with names that lead out of the archive were left out (4).",)
    assert everything_in(tmp_path) == before
    assert not any(".png" in name for name in everything_in(trainyard_home))


def test_rubbish_of_systems_is_passed_over(tmp_path: Path) -> None:
    names = ("__MACOSX/cat/._000.png", "cat/.DS_Store", "cat/Thumbs.db", "cat/._a.png", ".git/x.png", ".a.png")
    rubbish = dict.fromkeys(names, b"x")
    content = files({"it/cat": 3, "it/dog": 3})
    for path in (archive(tmp_path / "it.zip", content | rubbish), folder(tmp_path / "it", content | rubbish)):
        pictures = open_pictures(path)
        assert (pictures.classes, len(pictures.train), pictures.notes) == (("cat", "dog"), 6, ())


def test_a_member_that_is_packed_like_a_bomb_is_left_out(tmp_path: Path) -> None:
    path = archive(tmp_path / "it.zip", files(TWO) | {"cat/bomb.bmp": encoded(Image.new("L", (4000, 4000)), "BMP")})
    pictures = open_pictures(path)
    assert pictures.unreadable == (("cat/bomb.bmp", "is packed far too tightly, as in a zip bomb"),)


def test_sizes_that_lie_do_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "it.zip", files(TWO) | {"cat/bomb.png": bytes(30_000_000)})
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<I", 30_000_000), struct.pack("<I", 20_000)))
    unpacked: list[int] = []
    read = zipfile.ZipExtFile.read

    def measured(self: zipfile.ZipExtFile, size: int | None = -1) -> bytes:
        found = read(self, size)
        unpacked.append(len(found))
        return found

    monkeypatch.setattr(zipfile.ZipExtFile, "read", measured)
    assert dict(open_pictures(path).unreadable) == {"cat/bomb.png": "is damaged in the archive"}
    assert max(unpacked) < 30_000


def test_a_member_that_claims_gigabytes_is_left_out(tmp_path: Path) -> None:
    path = archive(tmp_path / "it.zip", files(TWO) | {"cat/huge.png": bytes(1000)}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 1000), struct.pack("<I", 3_000_000_000)))
    assert dict(open_pictures(path).unreadable) == {"cat/huge.png": "has 2,861 MB"}


def test_unusual_packing_is_left_out_since_it_unpacks_without_bound(tmp_path: Path) -> None:
    path = archive(tmp_path / "it.zip", files(TWO))
    with zipfile.ZipFile(path, "a") as added:
        added.writestr("cat/odd.png", encoded(picture()), zipfile.ZIP_BZIP2)
    assert dict(open_pictures(path).unreadable) == {"cat/odd.png": "is packed in an unusual way"}


def test_far_too_many_members_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "it.zip", files(TWO))
    with monkeypatch.context() as patch:
        patch.setattr(zip_source, "MOST_DIRECTORY", 500)
        assert "holds far too many files" in refused(path)
    monkeypatch.setattr(zip_source, "MOST_MEMBERS", 13)
    assert "holds more than 13 files" in refused(path)
    monkeypatch.setattr(zip_source, "MOST_MEMBERS", 100)
    monkeypatch.setattr(zip_source, "MOST_PICTURES", 13)
    assert "more than 13 pictures" in refused(path)


def test_an_archive_with_a_password_is_told(tmp_path: Path) -> None:
    path = archive(tmp_path / "it.zip", files(TWO))
    data = bytearray(path.read_bytes())
    for place in range(len(data) - 4):
        if data[place : place + 4] == b"PK\1\2":
            data[place + 8] |= 1
    path.write_bytes(data)
    assert "locked with a password: unpack it" in refused(path)


@pytest.mark.parametrize("harm", ["cut short", "its end is noise", "text", "empty"])
def test_a_damaged_archive_is_told(tmp_path: Path, harm: str) -> None:
    path = archive(tmp_path / "it.zip", files(TWO))
    data = path.read_bytes()
    harmed = {
        "cut short": data[:-200],
        "its end is noise": data[:-30] + bytes(30),
        "text": b"hello " * 99,
        "empty": b"",
    }
    path.write_bytes(harmed[harm])
    assert "“it.zip” is no .zip, or is damaged or cut short" in refused(path)


def test_members_that_are_damaged_are_left_out(tmp_path: Path) -> None:
    path = archive(tmp_path / "it.zip", files(TWO), zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[100:400] = bytes(300)
    path.write_bytes(data)
    pictures = open_pictures(path)
    assert len(pictures.train) == 13
    assert pictures.unreadable == (("cat/000.png", "is damaged in the archive"),)


def test_damage_anywhere_in_an_archive_is_a_sentence_or_a_picture_less(tmp_path: Path) -> None:
    data = archive(tmp_path / "whole.zip", files({"a": 3, "b": 3})).read_bytes()
    chance = np.random.default_rng(5)
    outcomes = set()
    for number in range(60):
        harmed = bytearray(data)
        place = int(chance.integers(0, len(data)))
        harmed[place : place + 8] = chance.bytes(8)
        path = tmp_path / f"{number}.zip"
        path.write_bytes(harmed)
        try:
            outcomes.add(len(open_pictures(path, side=8).train))
        except DataError:
            outcomes.add(-1)
    assert len(outcomes) > 1


def test_a_path_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "it") == "“it” is not there: choose a folder or a .zip with pictures."
    assert "choose a folder or a .zip" in refused(Path("nul\0byte"))


def test_a_single_picture_is_told_where_it_belongs(tmp_path: Path) -> None:
    path = folder(tmp_path, {"cat.jpg": encoded(picture(), "JPEG")}) / "cat.jpg"
    assert "is a single picture: choose the folder above" in refused(path)


def test_more_than_a_thousand_classes_are_refused(tmp_path: Path) -> None:
    one = encoded(picture(size=(4, 4)))
    path = archive(tmp_path / "it.zip", {f"{label}/1.png": one for label in range(1001)})
    assert "at most 1,000 classes" in refused(path)


def test_a_disk_that_is_too_full_is_told_before_anything_is_decoded(
    tmp_path: Path, trainyard_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 40_000_000}))
    sentence = refused(folder(tmp_path / "it", files(TWO)))
    assert "only 40 MB are free" in sentence and "make room, or choose a smaller size" in sentence
    assert not list((trainyard_home / "cache" / "pictures").glob("*.part"))


def test_a_disk_that_runs_full_meanwhile_is_told_and_nothing_is_left(
    tmp_path: Path, trainyard_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    root = folder(tmp_path / "it", files(TWO))
    with monkeypatch.context() as patch:
        patch.setattr(cache.Writer, "put", full)
        assert "cannot be kept (No space left on device): make room in" in refused(root)
    assert not list((trainyard_home / "cache" / "pictures").glob("*.part"))
    assert len(open_pictures(root).train) == 14


def test_a_cache_folder_that_cannot_be_written_is_told(tmp_path: Path, trainyard_home: Path) -> None:
    trainyard_home.mkdir(parents=True)
    (trainyard_home / "cache").write_text("in the way")
    assert "cannot be kept" in refused(folder(tmp_path / "it", files(TWO)))
