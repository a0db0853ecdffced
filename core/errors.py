"""The errors whose message is written for the user."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can mend; the message is one sentence that says what, why and what to do."""

    def __str__(self) -> str:
        # LookupError's own text would be a quoted key.
        return " ".join(map(str, self.args))


def message(error: BaseException) -> str:
    """What an exception says; nothing where it cannot even say that."""
    try:
        return str(error)
    except Exception:  # border: exceptions are code of plugins and libraries, too
        return ""
