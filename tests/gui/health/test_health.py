"""The page with a real run behind it: watched, switched off, gone on with, and told of in the strip."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot
from torch import nn

from core.events import Event, HealthMeasured
from core.health import monitor as monitor_module
from core.registry import Registry
from core.resume import Resume
from core.runs import Run
from core.worker import Background
from gui.health import Health
from gui.health.health import EVERY_KEY, ON_KEY
from gui.health.page import BEFORE, OFF, WAITING
from gui.session import Session
from tests.core import tiny

PATIENCE_MS = 60_000


def deaf(config: Any, info: Any) -> nn.Module:
    """Its ReLU never answers."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, len(info.classes)))
    nn.init.constant_(model[1].bias, -100)
    return model


class Bench:
    """A session and its health, as the workbench puts them together."""

    def __init__(self, qtbot: QtBot, folder: Path, registry: Registry) -> None:
        self.qtbot, self.file = qtbot, str(folder / "window.ini")
        self.background = Background()
        self.session = Session(registry)
        self.health = Health(self.session, self.background, QSettings(self.file, QSettings.Format.IniFormat))
        self.page = self.health.page
        self.seen: list[HealthMeasured] = []
        self.noticed: list[str] = []
        self.session.events.connect(self.health.take)
        self.session.events.connect(self._see)
        self.health.noticed.connect(self.noticed.append)

    def _see(self, events: list[Event]) -> None:
        self.seen += [event for event in events if isinstance(event, HealthMeasured)]

    def train(self, resume: Resume | None = None, **overrides: Any) -> None:
        with self.qtbot.waitSignal(self.session.ended, timeout=PATIENCE_MS):
            self.session.start(tiny.config(self.session.registry, **overrides), resume=resume)

    def close(self) -> None:
        if self.session.active:
            with self.qtbot.waitSignal(self.session.ended, timeout=PATIENCE_MS):
                self.session.stop()
        self.health.close()
        self.background.close()
        self.page.close()
        self.page.deleteLater()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    benches: list[Bench] = []

    def make(registry: Registry | None = None) -> Bench:
        benches.append(Bench(qtbot, tmp_path, registry or tiny.registry()))
        return benches[-1]

    yield make
    for made in benches:
        made.close()


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor_module, "SHARE", 1e9)
    monkeypatch.setattr(monitor_module, "REST_S", 0.0)
    monkeypatch.setattr(monitor_module, "FIRST", range(10**9))


def test_a_run_is_watched_from_its_first_step_and_shown(bench: Callable[..., Bench]) -> None:
    made = bench()
    made.page.show()
    assert made.page.hint.text() == BEFORE
    made.train()
    assert made.seen[0].step == 1
    assert made.page.table.layers.rowCount() == 2
    assert made.page.curves.plot.names() == ("1", "4")
    assert made.page.through_time.notice() == ""
    assert made.page.words.text()


def test_hidden_nothing_is_drawn_and_shown_all_is(bench: Callable[..., Bench]) -> None:
    made = bench()
    made.train()
    assert made.seen
    assert made.page.table.layers.rowCount() == 0
    made.page.show()
    assert made.page.table.layers.rowCount() == 2
    assert len(made.page.curves.plot.curve("1").xs) == len(made.seen)


def test_switched_off_nothing_is_measured_and_the_page_says_so(bench: Callable[..., Bench]) -> None:
    made = bench()
    made.page.head.watch.setChecked(False)
    made.page.show()
    made.train()
    assert made.seen == []
    assert made.session.trainer is not None
    assert not made.session.trainer.health.on
    assert made.page.hint.text() == OFF
    made.page.head.watch.setChecked(True)
    assert made.page.hint.text() == BEFORE
    made.train()
    assert made.seen


def test_what_is_chosen_holds_for_the_run_that_goes_on(bench: Callable[..., Bench], qtbot: QtBot) -> None:
    made = bench()
    made.page.head.watch.setChecked(False)
    with qtbot.waitSignal(made.session.started, timeout=PATIENCE_MS):
        made.session.start(tiny.config(made.session.registry, epochs=2000), paused=True)
    trainer = made.session.trainer
    assert trainer is not None
    assert not trainer.health.on
    made.page.head.watch.setChecked(True)
    made.page.head.every.setCurrentIndex(made.page.head.every.findData(100))
    assert trainer.health.on
    assert trainer.health.every == 100
    assert made.page.hint.text() == WAITING
    qtbot.waitUntil(lambda: made.session.state == "paused", timeout=PATIENCE_MS)
    made.session.resume()
    qtbot.waitUntil(lambda: bool(made.seen), timeout=PATIENCE_MS)
    made.page.head.watch.setChecked(False)
    assert not trainer.health.on


def test_what_is_chosen_is_kept_for_the_next_time(bench: Callable[..., Bench]) -> None:
    first = bench()
    first.page.head.watch.setChecked(False)
    first.page.head.every.setCurrentIndex(first.page.head.every.findData(1000))
    first.health.close()
    second = bench()
    assert not second.page.head.watch.isChecked()
    assert second.page.head.settings().every == 1000


@pytest.mark.parametrize("spoilt", ["", "many", "-5", "99999999999999999999"])
def test_a_spoilt_settings_file_gives_the_defaults(bench: Callable[..., Bench], tmp_path: Path, spoilt: str) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue(ON_KEY, spoilt)
    settings.setValue(EVERY_KEY, spoilt)
    settings.sync()
    made = bench()
    assert made.page.head.settings() == type(made.page.head.settings())()


@pytest.mark.usefixtures("always")
def test_what_is_serious_and_lasts_is_said_once_with_what_to_do(bench: Callable[..., Bench]) -> None:
    made = bench(tiny.registry(networks=(tiny.network(build=deaf),)))
    made.train(epochs=12)
    assert len(made.noticed) == len(set(made.noticed))
    (dead,) = [words for words in made.noticed if "are dead" in words]
    assert "12 of 12 units of layer 1" in dead
    assert "learning rate" in dead
    made.train(epochs=12)
    assert len([words for words in made.noticed if "are dead" in words]) == 2, "another run may say it again"


@pytest.mark.usefixtures("always")
def test_a_run_that_goes_on_shows_its_health_from_the_first_step(bench: Callable[..., Bench]) -> None:
    made = bench()
    made.page.show()
    made.train(epochs=3)
    run = made.seen and made.session.trainer and made.session.trainer.run_id
    assert run
    measured, before = len(made.seen), made.seen[-1].step
    made.train(resume=Resume(Run(made.session.store.folder / str(run)), 5))
    made.qtbot.waitUntil(lambda: made.health._history.measurements == len(made.seen), timeout=PATIENCE_MS)
    made.health.draw_all()
    steps = made.health._history.steps.tolist()
    assert steps[0] == 1
    assert steps == sorted(steps)
    assert len(steps) > measured
    assert steps[-1] > before
    assert made.page.curves.plot.curve("1").xs[0] == 1


@pytest.mark.usefixtures("always")
def test_what_was_said_before_a_run_went_on_is_not_said_again(bench: Callable[..., Bench]) -> None:
    made = bench(tiny.registry(networks=(tiny.network(build=deaf),)))
    made.train(epochs=12)
    said = list(made.noticed)
    assert said
    assert made.session.trainer is not None
    run = Run(made.session.store.folder / made.session.trainer.run_id)
    before = len(made.seen)
    made.train(resume=Resume(run, 14))
    made.qtbot.waitUntil(lambda: made.health._waiting is None, timeout=PATIENCE_MS)
    assert len(made.seen) > before
    assert made.noticed == said


def test_a_network_that_cannot_be_looked_at_is_trained_and_the_page_says_why_it_is_empty(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_model: nn.Module) -> list[Any]:
        raise RuntimeError("its layers are a secret")

    monkeypatch.setattr("core.health.look.layers_of", fail)
    made = bench()
    made.page.show()
    made.train()
    assert made.seen == []
    assert made.page.hint.text().startswith("Health was switched off")
    assert "its layers are a secret" in made.page.hint.text()


def test_the_page_is_a_tab_of_inside_and_its_notices_go_into_the_strip(window: Any) -> None:
    workbench = window.workbench
    inside = workbench.inside
    titles = [inside.page.tabText(place) for place in range(inside.page.count())]
    assert "Health" in titles
    assert inside.page.tabToolTip(titles.index("Health"))
    inside.health.noticed.emit("All units are dead.")
    assert "All units are dead." in workbench.notice.words.text()
