"""What is typed is read as the network knows it, or named as unknown."""

from __future__ import annotations

import pytest

from core.spelling import Spelt, bare, places_of, spell

KNOWN = places_of(("", "\ufffd", " ", "'", "-", *"abcdeilmnorstuz", "ü"))


def read(text: str, most: int = 40) -> Spelt:
    return spell(text, KNOWN, most)


@pytest.mark.parametrize(
    ("typed", "letters"),
    [
        ("Sato", "sato"),
        ("SATO", "sato"),
        ("Müller", "müller"),
        ("Mu\u0308ller", "müller"),
        ("Sátó", "sato"),
        ("Łoś", "los"),
        ("Weiß", "�eiss"),
        ("O’Neil", "o'neil"),
        ("Saint–Denis", "saint-denis"),
        ("  de   la\tTour\n", "de la tour"),
        ("\u0301", ""),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_case_accents_and_blanks_are_tried_in_other_ways(typed: str, letters: str) -> None:
    found = read(typed)
    shown = "".join("�" if strange else letter for letter, strange in zip(found.read, found.unknown, strict=True))
    assert shown == letters
    assert [KNOWN[letter] for letter in shown] == list(found.tokens)


def test_strangers_are_named_once_and_get_the_unknown_token() -> None:
    found = read("山a田山")
    assert found.strangers == ("山", "田")
    assert found.unknown == (True, False, True, True)
    assert found.tokens == (1, KNOWN["a"], 1, 1)


def test_without_an_unknown_token_strangers_are_left_out() -> None:
    found = spell("a山b", places_of(("a", "b")), 10)
    assert (found.tokens, found.read, found.strangers) == ((0, 1), ("a", "b"), ("山",))


def test_the_special_tokens_cannot_be_typed() -> None:
    assert read("\ufffd").unknown == (True,)


def test_capital_letters_are_found_where_the_network_knows_no_small_ones() -> None:
    assert spell("abc", places_of(("", *"ABC")), 10).tokens == (1, 2, 3)


def test_no_more_is_read_than_asked_for() -> None:
    assert len(read("sato" * 100, most=7).tokens) == 7
    assert len(read("aß", most=2).tokens) == 2


def test_bare_letters_have_no_accents() -> None:
    assert bare("ÅÉÎØÜŁ") == "aeioul"
    assert bare("がき") == "がき"
