from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData
from pytestqt.qtbot import QtBot

from core.pictures import read_picture
from gui.try_it.offers import (
    LARGEST_SIDE,
    Picture,
    Refusal,
    brings_pictures,
    may_hold_picture,
    picture_in,
    shown_name,
)
from tests.gui.try_it.hands import pixels, urls


def test_a_local_file_is_taken_by_its_path_without_being_opened(tmp_path: Path) -> None:
    missing = tmp_path / "seven.png"
    assert picture_in(urls(missing), "drop") == Picture(missing, "seven.png")


@pytest.mark.parametrize("address", ["https://example.org/seven.png", "http://example.org", "ftp://example.org/a.gif"])
def test_an_address_is_refused_with_what_to_do(address: str) -> None:
    assert picture_in(urls(address), "drop") == Refusal(
        "That is an address, not a file: save the picture first, then drop it here."
    )


def test_an_address_as_text_is_an_address_too() -> None:
    data = QMimeData()
    data.setText("  https://example.org/seven.png")
    answer = picture_in(data, "paste")
    assert isinstance(answer, Refusal)
    assert answer.sentence.startswith("That is an address, not a file")


def test_the_pixels_that_a_browser_sends_with_the_address_are_taken(qtbot: QtBot) -> None:
    data = urls("https://example.org/seven.png")
    data.setImageData(pixels())
    answer = picture_in(data, "drop")
    assert isinstance(answer, Picture)
    assert read_picture(answer.source).size == (40, 30)


@pytest.mark.parametrize(("count", "word"), [(2, "two"), (10, "ten"), (1234, "1,234")])
def test_several_files_are_counted_and_refused(tmp_path: Path, count: int, word: str) -> None:
    data = urls(*(tmp_path / f"{index}.png" for index in range(count)))
    assert picture_in(data, "drop") == Refusal(f"Drop one picture at a time: {word} were dropped.")
    assert picture_in(data, "paste") == Refusal(f"Paste one picture at a time: {word} were pasted.")


def test_folders_and_archives_are_left_to_the_window_which_learns_from_them(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "pictures.ZIP"):
        assert brings_pictures(urls(path))
        assert not may_hold_picture(urls(path))
    for others in (urls(tmp_path / "seven.png"), urls(tmp_path, tmp_path), QMimeData()):
        assert not brings_pictures(others)
    assert may_hold_picture(urls(tmp_path / "seven.png"))


def test_a_folder_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "holidays"
    folder.mkdir()
    assert picture_in(urls(folder), "drop") == Refusal("“holidays” is a folder: open it and drop one picture from it.")


def test_text_and_nothing_at_all_are_refused() -> None:
    data = QMimeData()
    data.setText("seven")
    for offer in (data, QMimeData()):
        dropped, pasted = picture_in(offer, "drop"), picture_in(offer, "paste")
        assert isinstance(dropped, Refusal) and "no picture in what was dropped" in dropped.sentence
        assert isinstance(pasted, Refusal) and "no picture on the clipboard" in pasted.sentence


def test_encoded_bytes_go_on_as_they_are_undecoded() -> None:
    data = QMimeData()
    data.setData("image/png", b"not a picture at all")
    assert picture_in(data, "paste") == Picture(b"not a picture at all", "the pasted picture")


def test_pixels_become_a_png_and_large_ones_a_smaller_one(qtbot: QtBot) -> None:
    data = QMimeData()
    data.setImageData(pixels(3000, 1500))
    answer = picture_in(data, "paste")
    assert isinstance(answer, Picture) and isinstance(answer.source, bytes)
    with Image.open(io.BytesIO(answer.source)) as image:
        assert (image.format, image.size) == ("PNG", (LARGEST_SIDE, LARGEST_SIDE // 2))


def test_a_name_with_control_characters_is_shown_short_and_printable() -> None:
    shown = shown_name("seven\n\u202e" + "x" * 300 + ".png")
    assert shown.isprintable()
    assert len(shown) <= 40
    assert shown.startswith("seven") and shown.endswith(".png")


def test_a_name_that_no_system_allows_is_left_to_whoever_reads_it() -> None:
    data = QMimeData()
    data.setData("text/uri-list", b"file:///tmp/a%00b.png\r\n")
    assert isinstance(picture_in(data, "drop"), Picture | Refusal)
