"""Of all that a page asks, one thing is answered at a time, and the newest always is."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.data import Cancelled
from gui import newest_question
from gui.newest_question import NewestQuestion, Tick
from tests.core.tiny import Clock
from tests.gui.session_bench import PATIENCE_MS


class Asker:
    """Answers with the number of the question; the work of an endless one waits until it is given up."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot, self.page = qtbot, QWidget()
        qtbot.addWidget(self.page)
        self.endless, self.begun, self.answers = False, 0, list[object]()
        self.at_work = Event()
        self.question = NewestQuestion(self.page, self.begin, self.page)

    def begin(self) -> None:
        self.begun += 1
        number, endless = self.begun, self.endless
        self.question.submit(lambda tick: self.work(number, endless, tick), self.end, self.end)

    def work(self, number: int, endless: bool, tick: Tick) -> int:
        self.at_work.set()
        tick(1, 4)
        while endless:
            tick(2, 4)
        return number

    def end(self, answer: object) -> None:
        self.answers.append(answer)
        self.question.settle()

    def rest(self) -> None:
        self.qtbot.waitUntil(lambda: not self.question.busy, timeout=PATIENCE_MS)


@pytest.fixture
def asker(qtbot: QtBot) -> Iterator[Asker]:
    made = Asker(qtbot)
    made.page.show()
    yield made
    made.question.close()


def begin_an_endless_one(asker: Asker) -> None:
    asker.endless = True
    asker.question.ask()
    assert asker.at_work.wait(PATIENCE_MS / 1000)
    asker.endless = False


def test_the_newest_of_many_is_answered_and_an_older_one_given_up(asker: Asker) -> None:
    begin_an_endless_one(asker)
    for _ in range(3):
        asker.question.ask()
    asker.qtbot.waitUntil(lambda: len(asker.answers) == 2, timeout=PATIENCE_MS)
    assert isinstance(asker.answers[0], Cancelled)
    assert asker.answers[1:] == [2], "those between were never begun"
    assert not asker.question.due and asker.question.progress == 0.25


def test_what_is_asked_while_the_page_is_hidden_waits_for_it(asker: Asker) -> None:
    asker.page.hide()
    asker.question.ask()
    assert (asker.begun, asker.question.due) == (0, True)
    asker.page.show()
    asker.question.begin()
    asker.rest()
    assert asker.answers == [1]


def test_a_page_that_is_hidden_gives_up_what_takes_long_and_owes_it(asker: Asker) -> None:
    begin_an_endless_one(asker)
    asker.page.hide()
    asker.question.give_up()
    asker.rest()
    assert isinstance(asker.answers[0], Cancelled)
    assert (asker.begun, asker.question.due) == (1, True)


def test_closing_ends_the_work(asker: Asker) -> None:
    begin_an_endless_one(asker)
    asker.question.close()
    assert asker.begun == 1


def test_asking_again_takes_no_more_than_its_share_of_the_time(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(newest_question, "time", clock)
    asker.question.done_at, asker.question.took = clock.now, 0.5
    clock.now += 4
    assert not asker.question.rested(1, 0.1)
    assert asker.question.rested(1, 0.2)
    assert not asker.question.rested(5, 0.2)
