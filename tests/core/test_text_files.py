from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from core.data import DataError
from core.text_files import PIECE, open_text, shown_name

RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему. "
CHINESE = "学而时习之,不亦说乎?有朋自远方来,不亦乐乎?人不知而不愠,不亦君子乎?"
FRENCH = "Longtemps, je me suis couché de bonne heure. À peine ma bougie éteinte, mes yeux se fermaient. "
EMOJI = "日本語 and 👩‍🚀 and 🏳️‍🌈 and ¼\n"


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "a text.txt"
    path.write_bytes(content)
    return path


def read(path: Path, encoding: str = "") -> str:
    return "".join(open_text(path, encoding).pieces())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "utf-8"),
        (CHINESE, "utf-8"),
        (EMOJI, "utf-8"),
        (EMOJI, "utf-8-sig"),
        (EMOJI, "utf-16"),
        (EMOJI, "utf-32"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (CHINESE, "gb18030"),
        ("plain", "ascii"),
    ],
)
def test_the_encoding_is_found_out(tmp_path: Path, text: str, encoding: str) -> None:
    assert read(saved(tmp_path, text.encode(encoding))) == text


def test_an_encoding_that_cannot_be_told_can_be_given(tmp_path: Path) -> None:
    text = "吾輩は猫である。名前はまだ無い。"
    path = saved(tmp_path, text.encode("shift_jis"))
    assert read(path, "shift_jis") == text
    for wrong in ("klingon", "base64", "a\0b"):
        with pytest.raises(DataError, match="There is no encoding"):
            open_text(path, wrong)


def test_some_wrong_bytes_in_utf8_are_replaced_and_nothing_else_is_lost(tmp_path: Path) -> None:
    content = (CHINESE * 3).encode() + b"\xff\xfe\x80" + CHINESE.encode()
    text = read(saved(tmp_path, content))
    assert text == CHINESE * 3 + "\ufffd" * 3 + CHINESE


def test_a_replacement_character_that_somebody_wrote_is_no_wrong_byte(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "what \ufffd is".encode())) == "what \ufffd is"


def test_line_ends_are_all_alike(tmp_path: Path) -> None:
    assert read(saved(tmp_path, b"one\r\ntwo\rthree\nfour")) == "one\ntwo\nthree\nfour"


def test_wherever_a_text_is_cut_into_pieces_its_characters_stay_whole(tmp_path: Path) -> None:
    chance = random.Random(4)
    text = "".join(chance.choice("aé漢👍\n") for _ in range(PIECE + 1000))
    pieces = list(open_text(saved(tmp_path, text.encode())).pieces())
    assert "".join(pieces) == text
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= PIECE


def test_a_reader_tells_how_far_it_is(tmp_path: Path) -> None:
    path = saved(tmp_path, b"letters " * (PIECE // 4))
    looked: list[int] = []
    read_so_far: list[int] = []
    file = open_text(path, tell=looked.append)
    list(file.pieces(read_so_far.append))
    for told in (looked, read_so_far):
        assert told == sorted(told)
        assert told[-1] == file.size == path.stat().st_size


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a plain text"),
        (b"PK\x03\x04" + bytes(range(256)) * 8, "is not a plain text"),
        (bytes(1000), "is not a plain text"),
        (b"\x01\x02\x03\x04\x05 without any zero", "is not a plain text"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=f"“a text.txt” {sentence}"):
        open_text(saved(tmp_path, content))


def test_what_is_no_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not there"):
        open_text(tmp_path / "gone.txt")
    with pytest.raises(DataError, match="is a folder"):
        open_text(tmp_path)
    with pytest.raises(DataError, match="choose"):
        open_text(tmp_path / "nul\0l.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(DataError, match="not an ordinary file"):
        open_text(pipe)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read everything")
def test_a_file_that_may_not_be_read_is_told_so(tmp_path: Path) -> None:
    path = saved(tmp_path, b"secret")
    path.chmod(0)
    with pytest.raises(DataError, match="may not be read"):
        open_text(path)


def test_a_name_is_shown_short_and_printable() -> None:
    assert shown_name(Path("a\nb.txt")) == "“a�b.txt”"
    assert len(shown_name(Path("x" * 300))) == 62
