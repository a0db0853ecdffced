"""What the learner did is kept, and a damaged file costs nothing but itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.lessons.progress import LONGEST_TEXT, LessonProgress


def kept(path: Path) -> LessonProgress:
    progress = LessonProgress(path)
    assert progress.read() == ""
    return progress


def write(progress: LessonProgress) -> None:
    progress.write(progress.snapshot())


def test_marks_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "home" / "lessons.json"
    progress = LessonProgress(path)
    marks = progress.touch("1-tensors")
    marks.ran |= {"cell-a", "zeros"}
    marks.right |= {"zeros"}
    marks.edited["zeros"] = "z = torch.zeros(3, 4)  # ä"
    marks.place = 7
    progress.last = "1-tensors"
    write(progress)
    again = kept(path)
    assert again.of("1-tensors") == marks
    assert again.last == "1-tensors"
    assert again.of("2-autograd").right == set()


def test_nothing_is_kept_yet(tmp_path: Path) -> None:
    assert kept(tmp_path / "lessons.json").last == ""


def test_it_is_kept_in_the_home_folder(trainyard_home: Path) -> None:
    assert LessonProgress().path == trainyard_home / "lessons.json"


def test_another_windows_lessons_stay(tmp_path: Path) -> None:
    path = tmp_path / "lessons.json"
    one, other = kept(path), kept(path)
    one.touch("1-tensors").right |= {"zeros"}
    other.touch("2-autograd").right |= {"step"}
    write(one)
    write(other)
    again = kept(path)
    assert (again.of("1-tensors").right, again.of("2-autograd").right) == ({"zeros"}, {"step"})


DAMAGED = ("", "{", "[1]", '{"lessons": 3}', "null", "\udcff", '{"lessons": ' + "[" * 100_000)


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_set_aside_and_a_new_one_begins(tmp_path: Path, content: str) -> None:
    path = tmp_path / "lessons.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    progress = LessonProgress(path)
    assert "lessons.damaged.json" in progress.read()
    assert not path.exists()
    assert (tmp_path / "lessons.damaged.json").exists()
    progress.touch("a").right |= {"b"}
    write(progress)
    assert kept(path).of("a").right == {"b"}


@pytest.mark.parametrize(
    "marks",
    [
        3,
        [],
        {"ran": 3, "right": "abc", "edited": [], "place": "x"},
        {
            "ran": [1, None, [], "x" * 1000],
            "right": [{}],
            "edited": {"a": 3},
            "place": -1,
        },
        {"edited": {"b": "x" * (LONGEST_TEXT + 1)}},
        {"place": 10**9},
    ],
)
def test_entries_that_make_no_sense_are_passed_over(tmp_path: Path, marks: Any) -> None:
    path = tmp_path / "lessons.json"
    good = {"ran": ["a"], "right": ["a"], "edited": {"a": "x"}, "place": 2}
    path.write_text(json.dumps({"last": 3, "lessons": {"odd": marks, "good": good}}))
    progress = kept(path)
    odd = progress.of("odd")
    assert (odd.ran, odd.right, odd.edited, odd.place) == (set(), set(), {}, 0)
    assert progress.of("good").edited == {"a": "x"}
    assert progress.last == ""


def test_a_text_without_end_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "lessons.json"
    progress = kept(path)
    progress.touch("a").edited["b"] = "x" * (LONGEST_TEXT + 1)
    write(progress)
    assert path.stat().st_size < 1000


def test_a_folder_in_the_place_of_the_file_is_set_aside_too(tmp_path: Path) -> None:
    path = tmp_path / "lessons.json"
    path.mkdir()
    assert "lessons.damaged.json" in LessonProgress(path).read()
