"""A check says what is right or what is missing, whatever the learner made."""

from __future__ import annotations

from typing import Any

import pytest

from core.lessons.checking import LONGEST, Verdict, check_code


def verdict(source: str, **names: Any) -> Verdict:
    namespace = dict(names)
    before = set(namespace)
    with pytest.raises(Verdict) as raised:
        exec(check_code(source), namespace)
    assert set(namespace) - before <= {"__builtins__"}
    return raised.value


def test_what_is_right_is_said_in_the_words_of_the_check() -> None:
    found = verdict("check(z == 3, 'not 3')\nright('Three: right.')", z=3)
    assert (found.right, found.words) == (True, "Three: right.")


def test_a_check_without_words_says_right() -> None:
    assert verdict("check(True, '')").words == "Right."


def test_the_first_condition_that_is_false_ends_the_check_with_its_hint() -> None:
    found = verdict("check(z == 3, 'z is not 3.')\nright('yes')\ncheck(False, 'no')", z=4)
    assert (found.right, found.words) == (False, "z is not 3.")


def test_a_name_that_is_not_there_is_told_as_such() -> None:
    found = verdict("check(z == 3, 'no')")
    assert (found.right, found.words) == (False, "There is no z yet.")


@pytest.mark.parametrize("made", [..., None, "a", [1], object()])
def test_a_check_that_cannot_look_at_what_was_made_says_why(made: object) -> None:
    found = verdict("check(z.shape == (3, 4), 'no')", z=made)
    assert not found.right
    assert "could not be looked at (AttributeError" in found.words


def test_a_check_may_define_functions_that_see_the_names_it_sees() -> None:
    assert verdict("def of(x):\n    return x + y\ncheck(of(1) == 3, 'no')\nright('yes')", y=2).right


def test_a_check_cannot_change_the_names_of_the_learner() -> None:
    namespace = {"z": 1}
    with pytest.raises(Verdict):
        exec(check_code("z = 5\nright('yes')"), namespace)
    assert namespace["z"] == 1


def test_an_exception_that_cannot_be_printed_is_named_by_its_type() -> None:
    class Unprintable(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def odd() -> None:
        raise Unprintable

    assert verdict("odd()", odd=odd).words == "What is there could not be looked at (Unprintable)."


def test_words_without_end_are_cut() -> None:
    assert len(verdict("right('a' * 10**6)").words) == LONGEST
    assert len(verdict("check(False, 'a' * 10**6)").words) == LONGEST


def test_stopping_a_check_is_no_verdict() -> None:
    with pytest.raises(KeyboardInterrupt):
        exec(check_code("raise KeyboardInterrupt"), {})
