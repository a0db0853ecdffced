"""Results come to the page during a real training, only while somebody looks, and pictures go on from there."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from core.events import EpochEnded, RunEnded, RunStarted
from gui.results import Results, ResultsPage
from gui.results.page import BEFORE
from gui.results.results import FIRST, NONE, TOO_LARGE
from gui.session import Session
from tests.core.tiny import config, registry, split
from tests.gui.conftest import RUN_MS
from tests.gui.results.made import job, judged

STARTED = RunStarted("r", "tiny", "dots", "cpu", 10, 3, 7)
EPOCH = EpochEnded(1, 7, {}, {})


class Desk:
    """A session, its page of results, and what goes to "Try it"."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.session = Session(registry())
        self.page = ResultsPage()
        qtbot.addWidget(self.page)
        self.page.resize(900, 600)
        self.results = Results(self.session, self.page)
        self.tried: list[tuple[bytes, str]] = []
        self.explained: list[tuple[bytes, str]] = []
        self.failures: list[str] = []
        self.page.picture_chosen.connect(lambda data, name: self.tried.append((data, name)))
        self.page.explain_asked.connect(lambda data, name: self.explained.append((data, name)))
        self.results.failed.connect(self.failures.append)

    def pretend(self, channels: int = 1) -> None:
        """A run begins whose answers the test makes up."""
        self.session.config = config(self.session.registry)
        self.session.trainer = SimpleNamespace(job=job(channels))  # type: ignore[assignment]
        self.session.events.emit([STARTED])

    def wait_for(self, epoch: int, part: str = "val") -> None:
        def shown() -> bool:
            made = self.page.judgement()
            return made is not None and (made.epoch, made.part) == (epoch, part)

        self.qtbot.waitUntil(shown, timeout=RUN_MS)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(qtbot)
    yield made
    made.results.close()


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(data)))


def test_a_real_run_ends_with_the_results_of_the_test_part(qtbot: QtBot, desk: Desk) -> None:
    desk.page.show()
    assert desk.page.hint.text() == BEFORE
    with qtbot.waitSignal(desk.session.ended, timeout=RUN_MS) as ended:
        desk.session.start(config(desk.session.registry, epochs=4))
    desk.wait_for(4, "test")
    made = desk.page.judgement()
    assert made is not None
    assert made.report.accuracy == pytest.approx(ended.args[0].summary["test_accuracy"])
    assert len(desk.page.table.classes.trend(0)) == 4
    desk.page.headline.part_chosen.emit("val")
    desk.wait_for(4, "val")
    assert made.classes == ("a", "b", "c")


def test_the_pictures_of_a_real_run_are_those_of_the_data(qtbot: QtBot, desk: Desk) -> None:
    desk.page.show()
    with qtbot.waitSignal(desk.session.ended, timeout=RUN_MS):
        desk.session.start(config(desk.session.registry, epochs=1))
    desk.wait_for(1, "test")
    desk.page.matrix.chosen.emit(0, -1)
    row = desk.page.gallery.samples()[0]
    desk.page.detail.try_button.click()
    qtbot.waitUntil(lambda: bool(desk.tried), timeout=RUN_MS)
    data, name = desk.tried[0]
    np.testing.assert_array_equal(pixels(data), split(3, 20).inputs[row, 0])
    assert name == f"test picture {row} (a)"


def test_nothing_is_computed_for_a_hidden_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("gui.results.results.Judgement", lambda *given: asked.append(given))
    desk.pretend()
    desk.session.events.emit([judged(1)])
    desk.session.events.emit([judged(2)])
    desk.results.close()  # waits for what was begun
    assert asked == []


def test_opening_the_page_shows_the_newest_answers_and_the_epochs_before(qtbot: QtBot, desk: Desk) -> None:
    desk.pretend()
    for epoch in (1, 2, 3):
        desk.session.events.emit([judged(epoch)])
    desk.page.show()
    desk.wait_for(3)
    assert len(desk.page.table.classes.trend(0)) == 3


def test_of_answers_that_come_too_fast_the_last_are_shown(desk: Desk) -> None:
    desk.page.show()
    desk.pretend()
    for epoch in range(1, 8):
        desk.session.events.emit([judged(epoch)])
    desk.wait_for(7)


def test_answers_of_the_run_before_are_dropped(qtbot: QtBot, desk: Desk) -> None:
    desk.page.show()
    desk.pretend()
    desk.session.events.emit([judged(5)])
    desk.pretend()
    assert desk.page.hint.text() == FIRST
    desk.session.events.emit([judged(1)])
    desk.wait_for(1)
    assert len(desk.page.table.classes.trend(0)) == 1


def test_a_part_that_a_person_chose_stays(desk: Desk) -> None:
    desk.page.show()
    desk.pretend()
    desk.session.events.emit([judged(1)])
    desk.wait_for(1)
    desk.page.headline.part_chosen.emit("val")
    desk.session.events.emit([judged(2), judged(2, "test", seed=9)])
    desk.wait_for(2, "val")
    assert desk.page.headline.buttons["test"].isVisible()


def test_pictures_that_are_held_keep_the_part(desk: Desk) -> None:
    desk.page.show()
    desk.pretend()
    desk.session.events.emit([judged(1)])
    desk.wait_for(1)
    desk.page.matrix.chosen.emit(0, 1)
    desk.session.events.emit([judged(2), judged(2, "test", seed=9)])
    desk.wait_for(2, "val")


def test_the_gallery_gets_the_pictures_of_its_samples(qtbot: QtBot, desk: Desk) -> None:
    desk.page.show()
    desk.pretend(channels=3)
    desk.session.events.emit([judged(1)])
    desk.wait_for(1)
    gallery = desk.page.gallery
    first = gallery.samples()[0]
    qtbot.waitUntil(lambda: gallery.pictures.get(first) is not None, timeout=RUN_MS)
    image = gallery.pictures.get(first)
    assert image is not None
    assert image.pixelColor(3, 3).blue() == first


def test_explain_gets_the_selected_picture(qtbot: QtBot, desk: Desk) -> None:
    desk.page.show()
    desk.pretend()
    desk.session.events.emit([judged(1)])
    desk.wait_for(1)
    row = desk.page.gallery.selection()
    desk.page.detail.explain_button.click()
    qtbot.waitUntil(lambda: bool(desk.explained), timeout=RUN_MS)
    assert (pixels(desk.explained[0][0]) == row).all()
    assert desk.explained[0][1].startswith(f"validation picture {row} (")


def test_a_picture_that_is_no_file_is_told_in_a_sentence(qtbot: QtBot, desk: Desk) -> None:
    desk.page.show()
    desk.pretend(channels=2)
    desk.session.events.emit([judged(1)])
    desk.wait_for(1)
    desk.page.detail.try_button.click()
    qtbot.waitUntil(lambda: bool(desk.failures), timeout=RUN_MS)
    assert desk.failures[0].startswith("This picture cannot be had: ")
    assert not desk.tried


def test_samples_that_are_no_pictures_leave_the_numbers(qtbot: QtBot, desk: Desk) -> None:
    desk.page.show()
    desk.pretend()
    desk.session.trainer.job.validation = SimpleNamespace()  # type: ignore[union-attr]
    desk.session.events.emit([judged(1)])
    desk.wait_for(1)
    qtbot.waitUntil(lambda: "holds no pictures" in desk.page.gallery.notice(), timeout=RUN_MS)
    desk.session.events.emit([judged(2)])
    desk.wait_for(2)
    assert "holds no pictures" in desk.page.gallery.notice()


def test_why_there_are_no_results_is_told(desk: Desk) -> None:
    desk.pretend()
    assert desk.page.hint.text() == FIRST
    desk.session.events.emit([RunEnded("r", "stopped", 3)])
    assert desk.page.hint.text() == NONE
    desk.pretend()
    desk.session.events.emit([EPOCH])
    assert desk.page.hint.text() == TOO_LARGE
    desk.session.events.emit([RunEnded("r", "finished", 7)])
    assert desk.page.hint.text() == TOO_LARGE


def test_networks_of_other_tasks_get_a_hint(desk: Desk) -> None:
    desk.session.registry.tasks["image-classification"] = SimpleNamespace(classifies=False)  # type: ignore[assignment]
    desk.pretend()
    desk.session.events.emit([EPOCH, RunEnded("r", "finished", 7)])
    assert desk.page.hint.text().startswith("This page is about networks that sort pictures into classes")
