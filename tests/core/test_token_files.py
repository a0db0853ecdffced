from __future__ import annotations

import os
import random
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from core import token_files
from core.data import Cancelled, DataError
from core.home import cache_folder
from core.token_files import REPLACEMENT, TokenisedText, tokenise, tokenise_file


def spelt(text: TokenisedText) -> str:
    return "".join(text.vocabulary[token] for token in text.tokens)


def saved(folder: Path, text: str) -> Path:
    path = folder / "book.txt"
    path.write_text(text, encoding="utf-8")
    return path


def kept() -> list[str]:
    return sorted(path.suffix for path in (cache_folder() / "tokens").iterdir())


def test_tokens_spell_the_text_whether_it_is_in_memory_or_in_a_file(tmp_path: Path) -> None:
    chance = random.Random(5)
    for _ in range(5):
        letters = "".join(
            chr(chance.choice([10, 97, 98, 0xE9, 0x6F22, 0x1F44D])) for _ in range(chance.randint(1, 200))
        )
        for text in (tokenise(letters), tokenise_file(saved(tmp_path, letters))):
            assert spelt(text) == letters
            assert text.vocabulary == tuple(sorted(set(letters)))
            assert text.tokens.dtype == np.uint8


def test_five_thousand_chinese_characters_fit_into_16_bits(tmp_path: Path) -> None:
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 5000)))
    text = tokenise_file(saved(tmp_path, letters))
    assert (text.tokens.dtype, len(text.vocabulary)) == (np.uint16, 5000)
    assert spelt(text) == letters


def test_of_too_many_characters_the_rarest_become_one_sign() -> None:
    letters = "aaaa" + "bbb" + "cc" + "d" + "e"
    text = tokenise(letters, most=3)
    assert text.vocabulary == ("a", "b", REPLACEMENT)
    assert spelt(text) == "aaaa" + "bbb" + REPLACEMENT * 4
    assert tokenise(letters, most=5).vocabulary == tuple("abcde"), "there is no need for the sign"
    own = tokenise("aab" + REPLACEMENT + "cde", most=2)
    assert spelt(own) == "aa" + REPLACEMENT * 5, "one that was in the text before is the same"


def test_the_vocabulary_never_outgrows_the_tokens() -> None:
    text = tokenise("".join(map(chr, range(0x10000, 0x10000 + 70_000))))
    assert len(text.vocabulary) == token_files.MOST_CHARACTERS
    assert text.tokens.max() < len(text.vocabulary)


def test_an_empty_text_has_no_tokens(tmp_path: Path) -> None:
    path = tmp_path / "mark alone.txt"
    path.write_bytes(b"\xef\xbb\xbf")
    for text in (tokenise(""), tokenise_file(path)):
        assert (len(text.tokens), text.vocabulary) == (0, ())


def test_a_file_is_read_once_and_again_only_when_it_has_changed(tmp_path: Path) -> None:
    told: list[str] = []

    def progress(done: int, total: int | None, text: str) -> None:
        told.append(text)

    path = saved(tmp_path, "first version")
    tokenise_file(path, progress=progress)
    assert told
    told.clear()
    tokenise_file(path, progress=progress)
    assert not told
    saved(tmp_path, "second, longer version")
    assert spelt(tokenise_file(path, progress=progress)) == "second, longer version"
    assert told
    assert kept() == [".json", ".tokens"], "tokens of the first version are not kept"
    assert len(tokenise_file(path, most=3).vocabulary) == 3


def test_tokens_of_a_file_are_read_from_the_disk(tmp_path: Path) -> None:
    tokens = tokenise_file(saved(tmp_path, "memory"), most=100).tokens
    assert isinstance(tokens, np.memmap)
    assert not tokens.flags.writeable


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path, "so many words, so little room\n" * (40 * 2**20 // 30))
    tracemalloc.start()
    try:
        text = tokenise_file(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(text.tokens) == path.stat().st_size
    assert peak < 64 * 2**20 and peak < 1.6 * path.stat().st_size


def test_cancelling_leaves_nothing_behind(tmp_path: Path) -> None:
    path = saved(tmp_path, "a long text " * 100)
    doings = ("Looking", "Counting", "Tokenising")
    for doing in doings:

        def cancel(done: int, total: int | None, text: str, doing: str = doing) -> None:
            assert total == path.stat().st_size
            if text.startswith(doing):
                raise Cancelled

        with pytest.raises(Cancelled):
            tokenise_file(path, progress=cancel)
        folder = cache_folder() / "tokens"
        assert not folder.exists() or not list(folder.iterdir())
    assert len(tokenise_file(path).tokens) == 1200


@pytest.mark.parametrize("damage", ["short", "no list", "no json", "wrong type"])
def test_damaged_tokens_are_made_again(tmp_path: Path, damage: str) -> None:
    path = saved(tmp_path, "hello there")
    tokenise_file(path)
    about, tokens = sorted((cache_folder() / "tokens").iterdir())
    match damage:
        case "short":
            os.truncate(tokens, 3)
        case "no list":
            about.unlink()
        case "no json":
            about.write_text("{")
        case "wrong type":
            about.write_text(about.read_text().replace("uint8", "float64"))
    assert spelt(tokenise_file(path)) == "hello there"


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, value: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(token_files, "write_json", full)
    with pytest.raises(DataError, match=r"“book.txt” cannot be kept \(No space left on device\): make room in"):
        tokenise_file(saved(tmp_path, "too much"))


def test_a_path_of_nobody_is_told_in_a_sentence() -> None:
    for path in ("~nobody-of-that-name/x.txt", "missing.txt", "nul\0l"):
        with pytest.raises(DataError, match="choose"):
            tokenise_file(Path(path))


def test_the_vocabulary_is_counted_over_the_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.text_files.PIECE", 7)
    chance = random.Random(6)
    letters = "".join(chance.choices("abcdefgh", range(1, 9), k=500))
    text = tokenise_file(saved(tmp_path, letters), most=4)
    common = {letter for letter, _ in Counter(letters).most_common(3)}
    assert set(text.vocabulary) == {*common, REPLACEMENT}
    assert spelt(text) == "".join(letter if letter in common else REPLACEMENT for letter in letters)
