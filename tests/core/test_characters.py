"""Characters are named so that one can tell them apart, and shown so that none of them steers a terminal."""

from __future__ import annotations

import pytest

from core.characters import harmless, name_of, names_of


@pytest.mark.parametrize(
    ("character", "name"),
    [
        *((" ", "space"), ("\n", "newline"), ("\t", "tab"), ("a", "a"), ("中", "中"), ("🙂", "🙂")),
        *(
            ("\u200b", "U+200B"),
            ("\x1b", "U+001B"),
            ("\ud800", "U+D800"),
            ("\u0301", "\u25cc\u0301"),
            ("<eos>", "<eos>"),
        ),
    ],
)
def test_a_character_has_a_name_that_can_be_seen(character: str, name: str) -> None:
    assert name_of(character) == name


def test_of_many_characters_a_dozen_are_named_and_the_others_counted() -> None:
    assert names_of("é🙂") == "é, 🙂"
    assert names_of("abcdefghijkl").endswith("k, l")
    assert names_of("abcdefghijklmnop").endswith("l and 4 more")


def test_escape_sequences_lose_their_power_and_lines_stay_lines() -> None:
    assert harmless("a\n\tb\x1b[31m\x07\x7f\x9b") == "a\n\tb␛[31m␇␡\ufffd"
    assert harmless("\ud800é中") == "\ufffdé中"
    assert harmless("plain") == "plain"
