from __future__ import annotations

import sys
import threading
from typing import Any

import pytest
import torch

from core import observer as observer_module
from core.api import Cadence, Heatmap, Snapshot, VisualizationSpec
from core.events import Problem, ViewComputed
from core.observer import SHARE, Observer
from core.snapshot import Probe
from tests.core.tiny import Clock, view

PICTURE = Heatmap(values=torch.zeros(2, 2).numpy())


class Desk:
    """An observer with what it emits and reports."""

    def __init__(self, *specs: VisualizationSpec) -> None:
        self.views: list[ViewComputed] = []
        self.problems: list[tuple[str, str, BaseException]] = []
        self.step = 0
        self.observer = Observer(specs, self._snapshot, self.views.append, self._report)
        self.observer.wanted = frozenset(spec.id for spec in specs)

    def _snapshot(self) -> Snapshot:
        probe = Probe(torch.zeros(1), None, None)  # type: ignore[arg-type]
        return Snapshot(None, probe, None, self.step, 0)  # type: ignore[arg-type]

    def _report(self, source: str, consequence: str, error: BaseException) -> Problem:
        self.problems.append((source, consequence, error))
        return Problem(source, consequence)

    def take(self, steps: int) -> list[int]:
        """The steps at which views were computed."""
        for self.step in range(steps):
            self.observer.at_step(self.step)
        return [event.step for event in self.views]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(observer_module, "time", clock)
    return clock


def test_a_view_is_computed_every_so_many_steps(clock: Clock) -> None:
    desk = Desk(view(compute=lambda snapshot: PICTURE, cadence=Cadence("steps", 4)))
    assert desk.take(13) == [0, 4, 8, 12]
    assert desk.views[0] == ViewComputed("weights", 0, PICTURE)


def test_a_view_that_nobody_looks_at_is_not_computed() -> None:
    desk = Desk(view(compute=lambda snapshot: pytest.fail("computed")))
    desk.observer.wanted = frozenset()
    desk.take(5)
    desk.observer.at_epoch()
    desk.observer.now()


@pytest.mark.parametrize(("when", "at_step", "at_epoch"), [("steps", 3, 0), ("epoch", 0, 1), ("demand", 0, 0)])
def test_each_cadence_has_its_occasion(clock: Clock, when: Any, at_step: int, at_epoch: int) -> None:
    desk = Desk(view(compute=lambda snapshot: PICTURE, cadence=Cadence(when, 1)))
    assert len(desk.take(3)) == at_step
    desk.views.clear()
    desk.observer.at_epoch()
    assert len(desk.views) == at_epoch
    desk.views.clear()
    desk.observer.now()
    assert len(desk.views) == 1, "what is asked for is computed at once"


def test_costly_views_rest_so_that_the_training_keeps_most_of_the_time(clock: Clock) -> None:
    def costly(snapshot: Snapshot) -> Heatmap:
        clock.now += 1.0
        return PICTURE

    desk = Desk(view(compute=costly, cadence=Cadence("steps", 1)))
    for _ in range(100):
        clock.now += 1.0
        desk.observer.at_step(0)
    spent = len(desk.views)
    assert spent / (100 + spent) <= SHARE + 0.02
    assert spent > 1
    desk.observer.now(["weights"])
    assert len(desk.views) == spent + 1, "what is asked for does not wait"


@pytest.mark.parametrize(
    "compute",
    [lambda snapshot: 1 / 0, lambda snapshot: None, lambda snapshot: "a picture", lambda snapshot: sys.exit(1)],
)
def test_a_view_that_fails_is_reported_once_and_switched_off(clock: Clock, compute: Any) -> None:
    desk = Desk(view("bad", compute), view("good", lambda snapshot: PICTURE))
    desk.take(6)
    desk.observer.now()
    assert [(source, said) for source, said, _ in desk.problems] == [
        ("Bad", "was switched off: it could not be computed")
    ]
    assert len(desk.views) == 4
    assert {event.visualization for event in desk.views} == {"good"}


def test_an_unknown_view_may_be_asked_for() -> None:
    desk = Desk()
    desk.observer.wanted = frozenset({"gone"})
    desk.observer.now()
    desk.observer.now(["never there"])
    desk.take(3)
    assert (desk.views, desk.problems) == ([], [])


def test_a_view_that_draws_random_numbers_does_not_move_the_runs() -> None:
    def dice(snapshot: Snapshot) -> Heatmap:
        return Heatmap(values=torch.rand(3, 3).numpy())

    desk = Desk(view(compute=dice))
    before = torch.get_rng_state()
    desk.observer.now()
    assert len(desk.views) == 1
    assert torch.equal(before, torch.get_rng_state())


def test_what_is_wanted_may_change_from_another_thread_at_any_time(clock: Clock) -> None:
    desk = Desk(*(view(f"v{number}", lambda snapshot: PICTURE, cadence=Cadence("steps", 1)) for number in range(8)))
    over = threading.Event()

    def look_around() -> None:
        number = 0
        while not over.is_set():
            number += 1
            desk.observer.wanted = frozenset({f"v{number % 8}", f"v{number % 5}"})

    thread = threading.Thread(target=look_around)
    thread.start()
    for _ in range(300):
        desk.observer.at_step(1)
        desk.observer.now()
    over.set()
    thread.join()
    assert desk.problems == []
    assert len({event.visualization for event in desk.views}) > 1
