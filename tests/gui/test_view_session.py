"""What is chosen for a view reaches the run: while it goes on, while it is paused, and after its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from core.events import Problem, ViewComputed
from core.worker import Background
from gui.session import Session
from tests.core.test_view_settings import Choice, spec
from tests.core.tiny import config, registry
from tests.gui.conftest import RUN_MS


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


class Desk:
    """A session whose view of squares is looked at, and the sizes of the squares that it showed."""

    def __init__(self, background: Background | None) -> None:
        found = registry(views=(spec(),))
        self.session = Session(found, None, background)
        self.config = config(found, epochs=2)
        self.sizes: list[int] = []
        self.problems: list[Problem] = []
        self.session.events.connect(self._take)
        self.session.watch(("squares",))

    def _take(self, events: list[object]) -> None:
        self.sizes += [len(event.view.values) for event in events if isinstance(event, ViewComputed)]  # type: ignore[union-attr]
        self.problems += [event for event in events if isinstance(event, Problem)]

    def run_to_the_end(self, qtbot: QtBot) -> None:
        with qtbot.waitSignal(self.session.ended, timeout=RUN_MS):
            if self.session.active:
                self.session.resume()
            else:
                self.session.start(self.config)


def test_what_was_chosen_before_the_run_holds_from_its_first_view_on(qtbot: QtBot) -> None:
    desk = Desk(None)
    desk.session.set_view("squares", Choice(size=4))
    desk.run_to_the_end(qtbot)
    assert set(desk.sizes) == {4}


def test_a_choice_made_while_paused_is_seen_at_once(qtbot: QtBot) -> None:
    desk = Desk(None)
    desk.session.start(desk.config, paused=True)
    qtbot.waitUntil(lambda: desk.session.state == "paused", timeout=RUN_MS)
    assert set(desk.sizes) == {3}
    desk.session.set_view("squares", Choice(size=6))
    qtbot.waitUntil(lambda: desk.sizes[-1] == 6, timeout=RUN_MS)
    desk.run_to_the_end(qtbot)
    assert desk.sizes[-1] == 6


def test_of_many_choices_in_a_row_only_the_last_is_computed_for_good(qtbot: QtBot) -> None:
    desk = Desk(None)
    desk.session.start(desk.config, paused=True)
    qtbot.waitUntil(lambda: desk.session.state == "paused", timeout=RUN_MS)
    for size in range(10, 60):
        desk.session.set_view("squares", Choice(size=size))
    qtbot.waitUntil(lambda: desk.sizes[-1] == 59, timeout=RUN_MS)
    desk.run_to_the_end(qtbot)


def test_after_the_run_its_last_weights_can_still_be_looked_at(qtbot: QtBot, background: Background) -> None:
    desk = Desk(background)
    desk.run_to_the_end(qtbot)
    desk.session.set_view("squares", Choice(size=8))
    qtbot.waitUntil(lambda: desk.sizes[-1] == 8, timeout=RUN_MS)
    desk.sizes.clear()
    desk.session.watch(())
    desk.session.watch(("squares",))
    qtbot.waitUntil(lambda: desk.sizes == [8], timeout=RUN_MS)


def test_without_a_run_or_without_a_background_nothing_is_computed(qtbot: QtBot, background: Background) -> None:
    before = Desk(background)
    before.session.set_view("squares", Choice(size=8))
    over = Desk(None)
    over.run_to_the_end(qtbot)
    over.sizes.clear()
    over.session.set_view("squares", Choice(size=8))
    over.session.drain()
    assert before.sizes == over.sizes == []


def test_a_view_that_is_not_looked_at_is_not_computed_when_something_is_chosen_of_it(
    qtbot: QtBot, background: Background
) -> None:
    desk = Desk(background)
    desk.run_to_the_end(qtbot)
    desk.session.watch(())
    desk.sizes.clear()
    desk.session.set_view("squares", Choice(size=9))
    done: list[None] = []
    background.submit(lambda: None, done.append, lambda error: None)
    qtbot.waitUntil(lambda: bool(done), timeout=RUN_MS)
    assert desk.sizes == []


def test_a_view_that_fails_after_the_run_is_reported(qtbot: QtBot, background: Background) -> None:
    desk = Desk(background)
    desk.run_to_the_end(qtbot)
    desk.session.set_view("squares", Choice.model_construct(size="many", kind="ones"))
    qtbot.waitUntil(lambda: bool(desk.problems), timeout=RUN_MS)
    assert "Squares was switched off" in desk.problems[0].summary
