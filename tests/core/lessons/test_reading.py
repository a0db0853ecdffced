"""A lesson file becomes text, cells, tasks and buttons; whatever is wrong with it is named at its line."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest

from core.lessons import Cell, Fault, Lesson, Prose, SetUp, Task, read_lesson, read_lesson_file
from core.lessons.reading import LARGEST_FILE, MOST_BLOCKS

TOP = "---\ntitle: Small\n---\n"
TASK = dedent("""
    ```python task zeros
    z = ...
    ```

    ```python check zeros
    check(z == 0, "not yet")
    ```

    ```python solution zeros
    z = 0
    ```
""")


def read(body: str, folder: Path | None = None) -> Lesson:
    return read_lesson(TOP + body, "small", folder=folder)


def faults(body: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.words) for fault in read(body).faults]


def kinds(lesson: Lesson) -> list[str]:
    return [type(block).__name__ for block in lesson.blocks]


def html(lesson: Lesson) -> str:
    return "".join(block.html for block in lesson.blocks if isinstance(block, Prose))


def test_a_lesson_has_a_title_a_summary_and_a_length() -> None:
    lesson = read_lesson("---\ntitle: Tensors: all of them\nsummary: One.\nminutes: 20\n---\nText.\n", "1-tensors")
    assert (lesson.id, lesson.title, lesson.summary, lesson.minutes) == (
        "1-tensors",
        "Tensors: all of them",
        "One.",
        20,
    )
    assert kinds(lesson) == ["Prose"]


def test_a_lesson_is_cut_into_its_blocks_from_top_to_bottom() -> None:
    body = (
        f"# Head\n\nText.\n\n```python cell\nx = 1\nx\n```\n\nMore.\n{TASK}\n"
        "```setup\nlabel: Open LeNet\nnetwork: lenet\noptimizer.lr: 0.01\npage: structure\nthen: step slowly\n```\n"
    )
    lesson = read(body)
    assert kinds(lesson) == ["Prose", "Cell", "Prose", "Task", "SetUp"]
    head, cell, _, task, set_up = lesson.blocks
    assert isinstance(head, Prose)
    assert head.anchors == ("head",)
    assert isinstance(cell, Cell)
    assert (cell.code, cell.line) == ("x = 1\nx", 8)
    assert isinstance(task, Task)
    assert (task.id, task.code, task.check, task.solution) == ("zeros", "z = ...", 'check(z == 0, "not yet")', "z = 0")
    asked = (("network", "lenet"), ("optimizer.lr", "0.01"))
    assert isinstance(set_up, SetUp)
    assert (set_up.label, set_up.asked, set_up.page, set_up.then) == ("Open LeNet", asked, "structure", "step slowly")


def test_a_check_and_a_solution_may_stand_anywhere() -> None:
    before = (
        "```python check a\nright('yes')\n```\n\n```python solution a\na = 1\n```\n\n```python task a\na = ...\n```\n"
    )
    assert kinds(read(before)) == ["Task"]


def test_blocks_may_be_fenced_with_tildes() -> None:
    assert kinds(read("~~~python cell\nx = 1\n~~~\n")) == ["Cell"]


def test_code_without_a_further_word_is_shown_and_not_run() -> None:
    lesson = read("```python\nx = 1\n```\n\n```text\nshape\n```\n\n```\nplain\n```\n")
    assert kinds(lesson) == ["Prose"]
    assert html(lesson).count("<pre>") == 3


def test_a_cell_keeps_its_id_when_others_come_and_equal_cells_have_different_ones() -> None:
    (one,) = read("```python cell\nx\n```\n").cells
    first, same, again = read("```python cell\ny\n```\n\n```python cell\nx\n```\n\n```python cell\nx\n```\n").cells
    assert same.id == one.id
    assert len({first.id, same.id, again.id}) == 3


def test_html_and_scripts_are_shown_as_text() -> None:
    shown = html(read("<script>alert(1)</script>\n\nA <b onclick='x()'>word</b> and <img src=http://x/y.png>.\n"))
    assert "<script" not in shown
    assert "<b " not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize("target", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x"])
def test_a_link_that_could_do_harm_is_no_link(target: str) -> None:
    shown = html(read(f"A [word]({target}) here.\n"))
    assert "<a" not in shown
    assert "word" in shown


def test_links_lead_to_pages_and_headings() -> None:
    shown = html(read("[there](https://example.org/a) and [here](#head)\n"))
    assert 'href="https://example.org/a"' in shown
    assert 'href="#head"' in shown


def test_a_link_to_a_file_is_named() -> None:
    (fault,) = faults("Text.\n\nSee [that](other.md).\n")
    assert fault[0] == 6
    assert "other.md" in fault[1]


def test_pictures_come_from_the_folder_of_the_lesson_alone(tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    folder.mkdir()
    for path in (folder / "in.png", tmp_path / "out.png"):
        path.write_bytes(b"png")
    lesson = read("![in](in.png) ![out](../out.png) ![web](https://example.org/x.png) ![gone](gone.png)\n", folder)
    (prose,) = (block for block in lesson.blocks if isinstance(block, Prose))
    assert prose.pictures == ((folder / "in.png").resolve(),)
    assert prose.html.count("<img") == 1
    assert [fault.words.split("'")[1] for fault in lesson.faults] == [
        "../out.png",
        "https://example.org/x.png",
        "gone.png",
    ]


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights there")
def test_a_picture_that_is_a_link_out_of_the_folder_is_not_shown(tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    folder.mkdir()
    (tmp_path / "out.png").write_bytes(b"png")
    (folder / "in.png").symlink_to(tmp_path / "out.png")
    assert "<img" not in html(read("![in](in.png)\n", folder))


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("Text\n\n```python cell\nx = 1\n", 6, "never closed"),
        ("```text\nno end\n", 4, "never closed"),
        ("```setup\nlabel: a\n", 4, "never closed"),
        ("```python sell\nx = 1\n```\n", 4, "There is no block python sell"),
        ("```python task\nx = 1\n```\n", 4, "A task has one name"),
        ("```python cell a\nx = 1\n```\n", 4, "A cell has no name"),
        ("```python cell\n\n```\n", 4, "The cell is empty"),
        ("- a\n\n  ```python cell\n  x = 1\n  ```\n", 6, "in no list"),
        ("```python task a\nx\n```\n", 4, "has no check and no solution"),
        ("```python task a\nx\n```\n\n```python check a\nright('x')\n```\n", 4, "has no solution"),
        ("```python check a\nright('x')\n```\n", 4, "is for no task"),
        (TASK + TASK, 17, "There is a task 'zeros' already, at line 5"),
        (TASK.replace("z == 0", "z == "), 10, "is no Python"),
        ("```setup now\nlabel: a\npage: runs\n```\n", 4, "Nothing follows the word setup"),
        ("```setup\nnetwork: lenet\n```\n", 4, "no label"),
        ("```setup\nlabel: a\n```\n", 4, "names no network"),
        ("```setup\nlabel: a\nnetwork: lenet\nspeed: 3\n```\n", 7, "nothing called 'speed'"),
        ("```setup\nlabel: a\nnetwork: lenet\nnetwork: lstm\n```\n", 7, "there twice"),
        ("```setup\nlabel: a\nnetwork: lenet\npage: moon\n```\n", 7, "There is no page 'moon'"),
        ("```setup\nlabel: a\nnetwork: lenet\nthen: run\n```\n", 7, "Nothing is pressed by 'run'"),
        ("```setup\nlabel a\n```\n", 5, "key: value"),
        ("```setup\nlabel:\n```\n", 5, "1 to 200 characters"),
        ("", 4, "empty"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(body: str, line: int, said: str) -> None:
    found = faults(body)
    assert [at for at, words in found if said in words] == [line], found


def test_after_a_fault_the_rest_of_the_lesson_is_still_there() -> None:
    lesson = read(f"One.\n\n```python sell\nx\n```\n\nTwo.\n{TASK}")
    assert kinds(lesson) == ["Prose", "Fault", "Prose", "Task"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("Text.\n", 1, "begins with a line ---"),
        ("---\ntitle: a\nText.\n", 1, "never closed by a second"),
        ("---\nsummary: a\n---\nText.\n", 1, "has no title"),
        ("---\ntitle: a\nauthor: me\n---\nText.\n", 3, "Nothing at the top of a lesson is called 'author'"),
        ("---\ntitle: a\ntitle: b\n---\nText.\n", 3, "there twice"),
        ("---\ntitle: a\nminutes: many\n---\nText.\n", 3, "minutes must be a whole number"),
        ("---\ntitle: a\nminutes: 99999999999999\n---\nText.\n", 3, "minutes must be a whole number"),
        ("---\ntitle: a\nwords\n---\nText.\n", 3, "key: value"),
    ],
)
def test_what_is_wrong_at_the_top_is_named_and_the_text_shown(text: str, line: int, said: str) -> None:
    lesson = read_lesson(text, "odd")
    assert [(fault.line, said in fault.words) for fault in lesson.faults] == [(line, True)]
    assert lesson.title
    assert "Text." in html(lesson)


def test_windows_line_ends_change_no_line_number() -> None:
    lesson = read_lesson((TOP + "Text.\n\n```python cell\nx = 1\ny\n```\n").replace("\n", "\r\n"), "small")
    (cell,) = lesson.cells
    assert (cell.code, cell.line) == ("x = 1\ny", 6)


def unreadable(path: Path) -> str:
    lesson = read_lesson_file(path, "odd", "Odd")
    assert lesson.title == "Odd"
    (fault,) = lesson.faults
    assert lesson.blocks == (fault,)
    return fault.words


def test_a_file_that_is_no_text_a_folder_or_not_there_is_a_lesson_of_one_fault(tmp_path: Path) -> None:
    latin, huge, folder = tmp_path / "latin.md", tmp_path / "huge.md", tmp_path / "folder.md"
    latin.write_bytes("---\ntitle: Größe\n".encode("latin-1"))
    huge.write_bytes(b"x" * 10 * 2**20)
    folder.mkdir()
    assert "latin.md is not written in UTF-8" in unreadable(latin)
    assert "huge.md is larger than 128 KiB" in unreadable(huge)
    assert "it is a folder" in unreadable(folder)
    assert "there is no such file" in unreadable(tmp_path / "gone.md")


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_that_may_not_be_read_is_a_lesson_of_one_fault(tmp_path: Path) -> None:
    path = tmp_path / "shut.md"
    path.write_text(TOP)
    path.chmod(0)
    assert "shut.md cannot be read" in unreadable(path)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "marked.md"
    path.write_text(TOP + "Text.\n", encoding="utf-8-sig")
    assert read_lesson_file(path, "marked").faults == ()


def test_a_lesson_of_very_many_blocks_is_cut_and_says_so() -> None:
    lesson = read("".join(f"```python cell\nx = {n}\n```\n\n" for n in range(MOST_BLOCKS + 50)))
    assert len(lesson.blocks) == MOST_BLOCKS + 1
    last = lesson.blocks[-1]
    assert isinstance(last, Fault)
    assert "left out" in last.words


@pytest.mark.parametrize("piece", ["[", "![", "> ", "* ", "`", "<", "_a", "| a ", "\\", "&#0;", "\0", "[a](", "```\n"])
def test_markdown_made_to_be_slow_or_broken_is_read(piece: str) -> None:
    lesson = read((piece * LARGEST_FILE)[: LARGEST_FILE - 100])
    assert lesson.blocks


def test_every_beginning_of_a_lesson_can_be_read() -> None:
    text = TOP + f"# Head\n\n- a\n\n| a | b |\n|---|---|\n| 1 | 2 |\n{TASK}\n```setup\nlabel: a\npage: runs\n```\n"
    for end in range(len(text)):
        assert read_lesson(text[:end], "part").blocks
