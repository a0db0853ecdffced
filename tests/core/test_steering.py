"""A real run, steered from another thread: it answers, and it ends in the same weights as if nobody had touched it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from core.control import Control
from core.events import Event, Paused, Resumed, RunEnded, StepsLogged, ViewComputed
from core.inference import LiveClassifier
from core.job import Job
from core.trainer import Trainer
from tests.core.tiny import Events, job, losses, same_weights, view

PATIENCE = 30.0


class Session:
    """A trainer on a thread of its own, as a worker has it."""

    def __init__(self, made: Job, control: Control) -> None:
        self.events = Events()
        self.ended: RunEnded | None = None
        self.control = control
        self._changed = threading.Condition()
        self.trainer = Trainer(made, control=control, emit=self._emit, visualizations=[view()])
        self.thread = threading.Thread(target=self._run)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), "it never happened"

    def wait_for(self, kind: type, count: int = 1) -> Any:
        self.wait_until(lambda: len(self.events.of(kind)) >= count)
        return self.events.of(kind)[count - 1]

    def finish(self) -> RunEnded:
        self.thread.join(PATIENCE)
        assert self.ended is not None, "the run did not end"
        return self.ended

    def _run(self) -> None:
        self.ended = self.trainer.fit()

    def _emit(self, event: Event) -> None:
        with self._changed:
            self.events(event)
            self._changed.notify_all()


@contextmanager
def session(*, paused: bool = False, **overrides: Any) -> Iterator[Session]:
    found = Session(job(**overrides), Control(paused=paused))
    found.thread.start()
    try:
        yield found
    finally:
        found.control.stop()
        found.thread.join(PATIENCE)


@pytest.fixture(scope="module")
def untouched() -> tuple[Trainer, Events]:
    events = Events()
    trainer = Trainer(job(), emit=events)
    trainer.fit()
    return trainer, events


def assert_same_as(untouched: tuple[Trainer, Events], run: Session) -> None:
    assert run.finish().state == "finished"
    assert np.array_equal(losses(run.events), losses(untouched[1]))
    assert same_weights(run.trainer.job.model, untouched[0].job.model)
    assert run.trainer.results == untouched[0].results


def test_pausing_and_going_on_changes_nothing(untouched: tuple[Trainer, Events]) -> None:
    with session(paused=True) as run:
        assert run.wait_for(Paused) == Paused(0)
        run.control.resume()
        assert run.wait_for(Resumed) == Resumed(0)
        run.control.pause()
        run.control.resume()
        assert_same_as(untouched, run)


def test_going_through_the_whole_run_step_by_step_changes_nothing(untouched: tuple[Trainer, Events]) -> None:
    with session(paused=True) as run:
        steps = run.trainer.total_steps
        for taken in range(steps):
            assert run.wait_for(Paused, taken + 1) == Paused(taken)
            run.control.step()
        assert_same_as(untouched, run)
        assert len(run.events.of(StepsLogged)) == steps, "each step is told at once"
        assert run.events.of(Resumed) == [], "a single step is not going on"


def test_views_asked_for_at_any_time_change_nothing(untouched: tuple[Trainer, Events]) -> None:
    with session(paused=True) as run:
        run.wait_for(Paused)
        run.trainer.observer.wanted = frozenset({"weights"})
        run.control.at_safe_point(run.trainer.observer.now).result(PATIENCE)
        assert run.wait_for(ViewComputed).step == 0
        run.control.step()
        run.wait_for(Paused, 2)
        run.control.resume()
        assert_same_as(untouched, run)


def test_a_picture_classified_during_the_run_changes_nothing_and_gets_the_weights_of_that_step(
    untouched: tuple[Trainer, Events],
) -> None:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("L", (20, 20), 255).save(file, "PNG")
    drawn = Image.new("L", (20, 20), 255)
    drawn.paste(0, (8, 3, 12, 17))
    file = BytesIO()
    drawn.save(file, "PNG")
    with session(paused=True) as run:
        run.wait_for(Paused)
        live = LiveClassifier(run.trainer)
        first = live.classify(file.getvalue())
        assert live.step == 0
        run.control.step()
        run.wait_for(Paused, 2)
        second = live.classify(file.getvalue())
        assert live.step == 1
        assert not np.array_equal(np.sort(first.probabilities), np.sort(second.probabilities))
        run.control.resume()
        live.classify(file.getvalue())
        assert_same_as(untouched, run)
        live.classify(file.getvalue())
        assert live.step == run.trainer.total_steps, "and it can still be asked when the run is over"


@pytest.mark.parametrize("paused", [True, False])
def test_a_stop_from_another_thread_ends_the_run(paused: bool) -> None:
    with session(paused=paused, epochs=10_000) as run:
        run.wait_for(Paused if paused else StepsLogged)
        at = run.control.at_safe_point(lambda: (run.control.stop(), run.trainer.step)[1]).result(PATIENCE)
        ended = run.finish()
        assert (ended.state, ended.step) == ("stopped", at), "a step was taken after the stop"


def test_a_pause_holds_the_run_still() -> None:
    with session(epochs=10_000) as run:
        run.wait_for(StepsLogged)
        run.control.pause()
        at = run.wait_for(Paused).step
        for _ in range(5):
            assert run.control.at_safe_point(lambda: run.trainer.step).result(PATIENCE) == at
        assert losses(run.events).shape == (at,), "all steps were told before the pause"
