"""What a cell shows is kept in order, and never without limits."""

from __future__ import annotations

from core.console.outputs import Outcome, Output
from core.lessons.checking import Verdict
from core.lessons.records import LARGEST_PICTURE, MOST_CHARACTERS, MOST_LINES, MOST_PIECES, CellRecord


def record(*outputs: Output) -> CellRecord:
    made = CellRecord()
    made.begin()
    for output in outputs:
        made.take(output)
    return made


def printed(*texts: str) -> CellRecord:
    return record(*(Output("stdout", text) for text in texts))


def texts(made: CellRecord) -> list[str]:
    return [output.text for output in made.shown.outputs]


def test_what_is_printed_piece_by_piece_becomes_one_text() -> None:
    assert texts(printed("a", "b\n", "c")) == ["ab\nc"]


def test_outputs_of_different_kinds_stay_in_their_order() -> None:
    made = record(Output("stdout", "a"), Output("stderr", "b"), Output("stdout", "c"), Output("result", "d"))
    assert texts(made) == ["a", "b", "c", "d"]


def test_a_bar_that_fills_stands_on_one_line() -> None:
    made = printed("start\n", *(f"\r{n}%" for n in range(101)), "\nend\n")
    assert texts(made) == ["start\n100%\nend\n"]
    assert not made.shown.left_out


def test_a_loop_that_prints_for_ever_is_cut_and_says_by_how_much() -> None:
    made = printed(*["x" * 1000] * 500)
    assert sum(map(len, texts(made))) == MOST_CHARACTERS
    assert made.shown.left_out == f"… {500_000 - MOST_CHARACTERS:,} more characters were printed than are shown."


def test_very_many_lines_are_cut() -> None:
    made = printed(*["x\n"] * 5000)
    assert texts(made)[0].count("\n") == MOST_LINES
    assert made.shown.left_out


def test_very_many_pieces_are_cut_but_an_error_is_always_shown() -> None:
    made = record(*(Output("display", str(n)) for n in range(500)), Output("error", "Traceback", summary="E: x"))
    assert len(made.shown.outputs) == MOST_PIECES + 1
    assert made.shown.outputs[-1].summary == "E: x"


def test_an_error_after_too_much_text_is_shown_whole() -> None:
    made = record(Output("stdout", "x" * MOST_CHARACTERS * 2), Output("error", "Traceback\nE", summary="E"))
    assert texts(made)[-1] == "Traceback\nE"


def test_a_huge_picture_is_left_out() -> None:
    assert record(Output("display", "a", png=b"x" * (LARGEST_PICTURE + 1))).shown.outputs[0].png == b""


def test_running_again_forgets_what_was_shown_and_dropping_brings_it_back() -> None:
    made = printed("a")
    made.end(Outcome("done"), Verdict(True, "Right."))
    before = made.shown
    made.wait()
    assert (made.shown.busy, made.shown.state, texts(made)) == (True, "waiting", ["a"])
    made.drop()
    assert made.shown == before
    made.begin()
    assert (made.shown.state, texts(made), made.shown.verdict) == ("running", [], None)
