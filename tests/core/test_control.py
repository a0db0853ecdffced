"""Steering a run from other threads: nothing is lost, nothing waits for ever, all happens at safe points."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest

from core.control import Control

PATIENCE = 20.0


class Loop:
    """A trainer without training: takes steps between safe points, on a thread of its own."""

    def __init__(self, control: Control, steps: int = sys.maxsize) -> None:
        self.control = control
        self.steps = 0
        self.pauses: list[int] = []
        self.resumes: list[int] = []
        self.completed = False
        self._limit = steps
        self._changed = threading.Condition()
        self.thread = threading.Thread(target=self._run)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), "it never happened"

    def _run(self) -> None:
        try:
            while self.steps < self._limit:
                if not self.control.safe_point(lambda: self._note(self.pauses), lambda: self._note(self.resumes)):
                    return
                with self._changed:
                    self.steps += 1
                    self._changed.notify_all()
            self.completed = True
        finally:
            self.control.close()

    def _note(self, places: list[int]) -> None:
        with self._changed:
            places.append(self.steps)
            self._changed.notify_all()


@contextmanager
def looping(control: Control, steps: int = sys.maxsize) -> Iterator[Loop]:
    loop = Loop(control, steps)
    loop.thread.start()
    try:
        yield loop
    finally:
        control.stop()
        loop.thread.join(PATIENCE)
        assert not loop.thread.is_alive(), "a stop must always end the loop"


def result(future: Future[object]) -> object:
    return future.result(PATIENCE)


def test_a_safe_point_that_nobody_waits_for_lets_the_run_go_on() -> None:
    assert Control().safe_point(lambda: pytest.fail("paused"), lambda: pytest.fail("resumed"))


def test_stop_ends_the_run_at_the_next_safe_point() -> None:
    control = Control()
    control.stop()
    assert control.stopping
    assert not control.safe_point()
    assert not control.safe_point(), "and it stays ended"


def test_a_paused_run_waits_and_goes_on_where_it_was() -> None:
    control = Control()
    with looping(control) as loop:
        loop.wait_until(lambda: loop.steps > 10)
        control.pause()
        assert control.paused
        loop.wait_until(lambda: len(loop.pauses) == 1)
        at = loop.steps
        assert result(control.at_safe_point(lambda: loop.steps)) == at
        control.resume()
        assert not control.paused
        loop.wait_until(lambda: loop.steps > at + 10)
        assert loop.pauses == loop.resumes == [at]


def test_a_run_may_begin_paused() -> None:
    with looping(Control(paused=True)) as loop:
        loop.wait_until(lambda: loop.pauses == [0])
        loop.control.resume()
        loop.wait_until(lambda: loop.steps > 3)


def test_a_single_step_is_exactly_one() -> None:
    with looping(Control(paused=True)) as loop:
        for taken in range(1, 6):
            loop.control.step()
            loop.wait_until(lambda taken=taken: len(loop.pauses) > taken)  # type: ignore[misc]
            assert loop.steps == taken
        assert loop.pauses == [0, 1, 2, 3, 4, 5]
        assert loop.control.paused


def test_single_steps_asked_for_faster_than_they_are_taken_are_all_taken() -> None:
    control = Control(paused=True)
    for _ in range(5):
        control.step()
    with looping(control) as loop:
        loop.wait_until(lambda: loop.pauses == [5])


def test_a_step_in_a_running_run_takes_one_and_pauses() -> None:
    control = Control()
    control.step()
    with looping(control) as loop:
        loop.wait_until(lambda: loop.pauses == [1])


def test_going_on_forgets_single_steps_still_to_be_taken() -> None:
    control = Control(paused=True)
    control.step()
    control.step()
    control.resume()
    assert control.safe_point()
    control.pause()
    reached: list[str] = []

    def on_pause() -> None:
        reached.append("pause")
        control.stop()

    assert not control.safe_point(on_pause)
    assert reached == ["pause"], "a step was taken after the pause"


def test_stop_ends_a_paused_run_without_resuming_it() -> None:
    control = Control(paused=True)
    with looping(control) as loop:
        loop.wait_until(lambda: loop.pauses == [0])
        control.stop()
        loop.thread.join(PATIENCE)
        assert (loop.steps, loop.resumes, loop.completed) == (0, [], False)


def test_an_action_runs_on_the_training_thread_while_it_runs_and_while_it_is_paused() -> None:
    control = Control()
    with looping(control) as loop:
        assert result(control.at_safe_point(threading.get_ident)) == loop.thread.ident
        control.pause()
        loop.wait_until(lambda: bool(loop.pauses))
        at = loop.steps
        assert result(control.at_safe_point(threading.get_ident)) == loop.thread.ident
        assert loop.steps == at, "an action does not make a paused run go on"


@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit(1)])
def test_an_action_that_raises_hands_that_to_who_asked_and_the_run_goes_on(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with looping(Control()) as loop:
        assert loop.control.at_safe_point(fail).exception(PATIENCE) is error
        at = loop.steps
        loop.wait_until(lambda: loop.steps > at + 5)


def test_a_cancelled_action_is_not_run() -> None:
    control = Control()
    future = control.at_safe_point(lambda: pytest.fail("was run"))
    assert future.cancel()
    assert control.safe_point()


def test_an_action_may_itself_steer_the_run_and_ask_for_more() -> None:
    control = Control()
    with looping(control) as loop:

        def pause_and_ask() -> Future[int]:
            control.pause()
            return control.at_safe_point(lambda: loop.steps)

        asked = control.at_safe_point(pause_and_ask).result(PATIENCE)
        assert isinstance(asked.result(PATIENCE), int)
        loop.wait_until(lambda: bool(loop.pauses))


def test_once_the_run_is_over_an_action_is_done_at_once_and_here() -> None:
    control = Control()
    with looping(control, steps=3) as loop:
        loop.thread.join(PATIENCE)
        assert loop.completed
        future = control.at_safe_point(threading.get_ident)
        assert future.done()
        assert future.result() == threading.get_ident()


def test_what_waits_when_the_run_ends_is_still_done() -> None:
    control = Control()
    waiting = control.at_safe_point(lambda: "done")
    control.close()
    assert waiting.result(0) == "done"


def test_an_action_that_arrives_while_a_safe_point_is_being_left_is_done_at_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    control = Control()
    late: list[Future[int]] = []

    def ask_in_the_last_moment() -> bool:
        if not late:
            late.append(control.at_safe_point(lambda: 1))
        return False

    monkeypatch.setattr(control, "_must_wait", ask_in_the_last_moment)
    control.resume()
    assert control.safe_point() and not late[0].done()
    assert control.safe_point() and late[0].done()


@pytest.mark.parametrize("seed", range(3))
def test_many_threads_at_once_lose_nothing_and_lock_nothing_up(seed: int) -> None:
    control = Control()
    asked: list[Future[int]] = []

    def pester(number: int) -> None:
        chance = random.Random(seed * 100 + number)
        for count in range(60):
            chance.choice([control.pause, control.resume, control.step, control.resume])()
            asked.append(control.at_safe_point(lambda count=count: count))  # type: ignore[misc]
            if chance.random() < 0.2:
                asked[-1].result(PATIENCE)

    with looping(control) as loop:
        threads = [threading.Thread(target=pester, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
        assert len([future.result(PATIENCE) for future in asked]) == 360
        control.resume()
        at = loop.steps
        loop.wait_until(lambda: loop.steps > at)
        assert 0 <= len(loop.pauses) - len(loop.resumes) <= 1, "pauses and resumes take turns"
    assert all(future.done() for future in asked)


@pytest.mark.parametrize("round", range(30))
def test_an_action_asked_for_while_the_run_ends_is_always_done(round: int) -> None:
    control = Control()
    with looping(control, steps=20 * round):
        futures = [control.at_safe_point(lambda: 1) for _ in range(50)]
        assert sum(future.result(PATIENCE) for future in futures) == 50


def test_a_stop_says_what_to_keep_and_the_last_word_counts() -> None:
    control = Control()
    assert control.keep == "last"
    control.stop("best")
    assert control.stopping
    control.stop("nothing")
    assert control.keep == "nothing"
    assert not control.safe_point()
