from __future__ import annotations

from typing import Literal

import pytest

from core.config import Config, setting
from gui.forms.spec import Bounds, specs_of
from gui.forms.words import default_in_words, range_in_words, value_in_words


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(), ""),
        (Bounds(0, 1), "From 0 to 1."),
        (Bounds(0, 1, high_open=True), "At least 0 and less than 1."),
        (Bounds(0, 1, low_open=True), "Greater than 0 and at most 1."),
        (Bounds(0, 1, low_open=True, high_open=True), "Greater than 0 and less than 1."),
        (Bounds(1), "At least 1."),
        (Bounds(0, low_open=True), "Greater than 0."),
        (Bounds(high=1e-5), "At most 1e-5."),
        (Bounds(high=2.0, high_open=True), "Less than 2."),
    ],
)
def test_a_range_reads_as_a_sentence(bounds, words):
    assert range_in_words(bounds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "none"),
        (True, "on"),
        (False, "off"),
        (0.9, "0.9"),
        (1e-5, "1e-5"),
        ("one_cycle", "one cycle"),
        ("", "empty"),
    ],
)
def test_a_value_reads_as_a_person_would_say_it(value, words):
    assert value_in_words(value) == words


class Example(Config):
    width: int = setting(32, "Width", unit="px", minimum=1)
    limit: int | None = setting(None, "Limit", unit="steps", above=0)
    kind: Literal["a_b"] = setting("a_b", "Kind")
    name: str = setting("a_b", "Name")
    untitled_thing: float = setting(1, "")


def test_defaults_read_with_their_unit():
    said = [default_in_words(spec) for spec in specs_of(Example)]
    assert said == ["Default 32 px.", "Default none.", "Default a b.", "Default a_b.", "Default 1."]


def test_a_declaration_is_read_into_a_spec():
    width, limit, kind, name, untitled = specs_of(Example)
    assert (width.kind, width.bounds, width.optional) == ("int", Bounds(1), False)
    assert (limit.kind, limit.bounds, limit.optional) == ("int", Bounds(0, low_open=True), True)
    assert (kind.kind, kind.choices) == ("choice", ("a_b",))
    assert (name.kind, name.live, name.advanced) == ("str", False, False)
    assert untitled.title == "Untitled thing"
