"""Characters as people can see and tell them: names for those that leave no ink, nothing that steers a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_NAMES = {" ": "space", "\n": "newline", "\t": "tab", "\r": "return", "\u00a0": "hard space", "\u3000": "wide space"}
_INKLESS = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
_KEPT = {"\n", "\t"}
_MOST_NAMED = 12
_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F


def name_of(character: str) -> str:
    """How one character is written in a list: itself, "space", "newline", or "U+200B" where it leaves no ink."""
    if character in _NAMES:
        return _NAMES[character]
    if len(character) != 1:
        return harmless(character)
    category = unicodedata.category(character)
    if category in _INKLESS:
        return f"U+{ord(character):04X}"
    return f"\u25cc{character}" if category.startswith("M") else character  # a mark needs something to sit on


def names_of(characters: Iterable[str]) -> str:
    """Names in a row, the first dozen of them: "é, 🙂 and 3 more"."""
    names = [name_of(character) for character in characters]
    rest = len(names) - _MOST_NAMED
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:_MOST_NAMED])} and {rest:,} more"


def harmless(text: str) -> str:
    """``text`` as it may be shown: control characters but newline and tab become pictures of themselves.

    A model may write whatever its text held, and a terminal would obey escape sequences. Half a surrogate pair, which
    no encoding knows, becomes the replacement character.
    """
    if text.isprintable():
        return text
    return "".join(character if character in _KEPT else _pictured(character) for character in text)


def _pictured(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return "\u2421"
    return "\ufffd" if 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000 else character
