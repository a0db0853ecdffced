"""What a cell might keep track of, on texts small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from plugins._text_signals import (
    beginnings,
    bracket_depth,
    capitals,
    comment,
    indentation,
    inside_quotes,
    line_position,
    signals,
    spaces,
    word_position,
)


def digits(found: list[float]) -> str:
    return "".join(str(int(value)) for value in found)


@pytest.mark.parametrize(
    ("measure", "text", "expected"),
    [
        (line_position, "ab\ncde", "120123"),
        (word_position, "ab cd1.", "1201230"),
        (indentation, "  a b\n\tc\nd", "12222" + "0" + "88" + "00"),
        (bracket_depth, "a(b[c])d", "01122100"),
        (bracket_depth, ")(a", "011"),
        (comment, "a # b\nc", "0011100"),
        (capitals, "aBC d", "01100"),
        (spaces, "a b\n", "0101"),
        (inside_quotes, 'a "b" c', "0011000"),
        (inside_quotes, "it's 'b' c", "0000011000"),
        (inside_quotes, "'don't' x", "111111000"),
        (inside_quotes, "“b” c", "11000"),
        (inside_quotes, '"open\n\nnext', "111111" + "00000"),
    ],
)
def test_each_signal_is_what_its_name_says(measure, text: str, expected: str) -> None:
    assert digits(measure(text)) == expected


def test_signals_that_never_change_are_left_out() -> None:
    found = signals("abc\nde")
    assert set(found) == {"line position", "word position", "spaces"}
    assert all(len(signal) == 6 and signal.dtype == np.float32 for signal in found.values())
    assert signals("") == {}


def test_sequences_are_told_apart_by_their_first_letter() -> None:
    found = beginnings(["Fab", "Gab", "Fba"])
    assert list(found) == ["began with F", "began with G"]
    assert digits(found["began with F"].tolist()) == "1111" + "0000" + "111"
    assert beginnings(["Fab"]) == beginnings([]) == {}
