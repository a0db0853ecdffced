"""Looks at what the learner made: runs the check of a task in the kernel, and puts its verdict into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import message

LONGEST = 600
"""Characters of a verdict."""


class Verdict(Exception):
    """What a check found. It is raised, since a kernel hands back exceptions but no values."""

    def __init__(self, right: bool, words: str) -> None:
        super().__init__(words)
        self.right, self.words = right, words


def check_code(source: str) -> str:
    """What the kernel has to run, silently, to check with ``source``: it always ends in a :class:`Verdict`.

    The names ``check`` and ``right``, and whatever the check itself makes, never get into the learner's namespace.
    """
    return f"__import__('core.lessons.checking', fromlist=['judge']).judge(globals(), {source!r})"


def judge(namespace: Mapping[str, Any], source: str) -> None:
    """Run a check on a copy of the namespace.

    Raises:
        Verdict: always.
    """
    said: list[str] = []
    names = {**namespace, "check": _check, "right": said.append}
    try:
        exec(compile(source, "<check>", "exec", dont_inherit=True), names)
    except Verdict:
        raise
    except NameError as error:
        raise Verdict(False, f"There is no {error.name or 'such name'} yet.") from None
    except Exception as error:  # border: the check meets whatever the learner made
        reason = " ".join(f"{type(error).__name__}: {message(error)}".split()).rstrip(":")
        raise Verdict(False, f"What is there could not be looked at ({reason}).") from None
    raise Verdict(True, " ".join(map(str, said))[:LONGEST] or "Right.")


def _check(condition: object, hint: str) -> None:
    if not condition:
        raise Verdict(False, str(hint)[:LONGEST])
