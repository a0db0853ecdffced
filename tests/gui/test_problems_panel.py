from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui import problems_panel
from gui.problems_panel import NO_PROBLEMS, ProblemsPanel


@pytest.fixture
def panel(qtbot):
    panel = ProblemsPanel()
    qtbot.addWidget(panel)
    return panel


def row(panel: ProblemsPanel, index: int) -> tuple[str, str]:
    item = panel.list.topLevelItem(index)
    return item.text(0), item.text(1)


def test_an_empty_panel_says_that_all_is_well(panel):
    assert panel.objectName() == "problems_panel"
    assert panel.hint() == NO_PROBLEMS
    assert panel.count() == 0


def test_a_problem_is_listed_and_counted(panel, qtbot):
    with qtbot.waitSignal(panel.count_changed) as signal:
        panel.add_problem("mine.py", "It failed.", "Traceback: here")
    assert signal.args == [1]
    assert row(panel, 0) == ("mine.py", "It failed.")
    assert panel.hint() == ""


def test_the_first_problem_shows_its_details_at_once(panel):
    panel.add_problem("mine.py", "It failed.", "Traceback: here")
    assert panel.details.toPlainText() == "Traceback: here"


def test_a_further_problem_comes_first_and_leaves_the_selection(panel):
    panel.add_problem("a.py", "a", "details of a")
    panel.add_problem("b.py", "b", "details of b")
    assert row(panel, 0) == ("b.py", "b")
    assert panel.details.toPlainText() == "details of a"
    panel.list.setCurrentItem(panel.list.topLevelItem(0))
    assert panel.details.toPlainText() == "details of b"


def test_the_same_problem_again_is_counted_not_listed(panel, qtbot):
    panel.add_problem("a.py", "a", "x")
    with qtbot.assertNotEmitted(panel.count_changed):
        panel.add_problem("a.py", "a", "x")
        panel.add_problem("a.py", "a", "x")
    assert panel.count() == 1
    assert row(panel, 0) == ("a.py", "3× a")


def test_the_oldest_go_when_there_are_too_many(panel, monkeypatch):
    monkeypatch.setattr(problems_panel, "MOST_PROBLEMS", 3)
    for number in range(5):
        panel.add_problem("a.py", f"problem {number}", "")
    assert panel.count() == 3
    assert row(panel, 2) == ("a.py", "problem 2")


def test_of_very_long_details_the_end_is_kept(panel):
    panel.add_problem("a.py", "a", "start" + "x" * 200_000 + "the error itself")
    shown = panel.details.toPlainText()
    assert shown.endswith("the error itself")
    assert len(shown) < 110_000


def test_the_copy_button_copies_all_parts(panel, qtbot):
    assert not panel.copy_button.isEnabled()
    panel.add_problem("a.py", "It failed.", "Traceback: here")
    panel.copy_button.click()
    assert QApplication.clipboard().text() == "a.py\n\nIt failed.\n\nTraceback: here"


def test_clearing_empties_the_list_and_the_details(panel, qtbot):
    panel.add_problem("a.py", "a", "x")
    with qtbot.waitSignal(panel.count_changed) as signal:
        panel.clear()
    assert signal.args == [0]
    assert panel.details.toPlainText() == ""
    assert panel.hint() == NO_PROBLEMS
    assert not panel.copy_button.isEnabled()


def test_line_breaks_in_a_summary_stay_out_of_the_list(panel):
    panel.add_problem("a.py", "first line\nsecond line", "")
    assert row(panel, 0)[1] == "first line second line"
