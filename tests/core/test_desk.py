"""The desk writes what the command line would, in columns and by single characters, and stops when it is told to."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from core import desk as desk_module
from core.data import Cancelled
from core.desk import Desk, KeptModel
from core.generation import Draft, TextModel
from core.sampling import Sampling
from core.writing import Order, Page
from tests.core.tiny import Clock
from tests.core.tiny_text import INFO, VOCABULARY, random_model

ORDER = Order("the", random_seed=4, length=300)
WARM, COLD = Sampling(temperature=1.2), Sampling(temperature=0.3)


@pytest.fixture(scope="module")
def model() -> TextModel:
    return TextModel(random_model(), INFO, "A model")


@pytest.fixture
def desk(model: TextModel) -> Desk:
    return Desk(KeptModel(model))


class Pages(list[Page]):
    """What was published; usable as ``publish``."""

    def __call__(self, page: Page) -> None:
        self.append(page)

    def text(self, column: int = 0) -> str:
        return "".join(page.texts[column] for page in self)


def written(desk: Desk, order: Order = ORDER, *samplings: Sampling) -> Pages:
    pages = Pages()
    desk.write(order, lambda: samplings or (WARM,), pages, Event())
    return pages


def alone(model: TextModel, sampling: Sampling, count: int = 300) -> str:
    return Draft(model.read("the"), 4).write(sampling, count)


def test_what_is_written_is_what_a_draft_of_the_same_order_holds(desk: Desk, model: TextModel) -> None:
    pages = written(desk)
    assert pages.text() == alone(model, WARM)
    assert (pages[0].seed, pages[0].texts) == ("the", ("",))
    assert all(page.seed is None for page in pages[1:])
    assert pages[-1].outlook.written == 300
    assert pages[-1].outlook.tail == pages.text()[-len(pages[-1].outlook.tail) :]


def test_columns_are_the_texts_that_each_would_be_alone(desk: Desk, model: TextModel) -> None:
    pages = written(desk, ORDER, COLD, WARM, Sampling(top_k=3))
    assert pages.text(0) == alone(model, COLD)
    assert pages.text(1) == alone(model, WARM)
    assert pages.text(2) == alone(model, Sampling(top_k=3))


def test_columns_grow_abreast(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "TURN_S", 0.0)
    pages = written(desk, Order("the", length=20), COLD, WARM)
    assert [page.texts[0] != "" for page in pages] == [False] + [True] * 20
    assert all(len(page.texts[0]) == len(page.texts[1]) for page in pages)


def test_stepping_writes_the_same_text_character_by_character(desk: Desk, model: TextModel) -> None:
    pages = Pages()
    for _ in range(40):
        desk.step(ORDER, (WARM,), pages, Event())
    assert pages.text() == alone(model, WARM, 40)
    assert [page.seed for page in pages] == ["the"] + [None] * 40
    assert [len(page.texts[0]) for page in pages] == [0] + [1] * 40
    drawn = pages[-1].outlook.drawn
    assert drawn is not None
    assert drawn.character == pages[-1].texts[0]


def test_a_step_goes_on_after_what_was_written(desk: Desk, model: TextModel) -> None:
    pages = written(desk)
    desk.step(ORDER, (WARM,), pages, Event())
    assert pages.text() == alone(model, WARM, 301)


@pytest.mark.parametrize("other", [Order("a", 4, 300), Order("the", 5, 300)])
def test_a_step_with_another_seed_begins_another_text(desk: Desk, other: Order) -> None:
    pages = written(desk)
    pages.clear()
    desk.step(other, (WARM,), pages, Event())
    assert [page.seed for page in pages] == [other.seed, None]
    assert pages[-1].outlook.written == 1


def test_a_picked_character_is_written_in_place_of_a_drawn_one(desk: Desk) -> None:
    pages = Pages()
    for character in "cat":
        desk.step(ORDER, (WARM,), pages, Event(), VOCABULARY.index(character))
    assert pages.text() == "cat"


def test_a_setting_moved_meanwhile_holds_from_the_next_turn_on(
    desk: Desk, model: TextModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "TURN_S", 0.0)
    pages = Pages()
    desk.write(ORDER, lambda: (WARM if len(pages) <= 100 else COLD,), pages, Event())
    draft = Draft(model.read("the"), 4)
    assert pages.text() == draft.write(WARM, 100) + draft.write(COLD, 200)


def test_a_stop_ends_it_soon_and_what_was_written_is_published(desk: Desk, model: TextModel) -> None:
    pages, stop = Pages(), Event()

    def publish(page: Page) -> None:
        pages(page)
        if page.texts[0]:
            stop.set()

    desk.write(Order("the", 4, 10_000_000), lambda: (WARM,), publish, stop)
    assert len(pages) == 2
    assert pages.text() == alone(model, WARM, len(pages.text()))


def test_a_stop_while_the_seed_is_read_leaves_no_half_read_text(desk: Desk) -> None:
    stopped, pages = Event(), Pages()
    stopped.set()
    with pytest.raises(Cancelled):
        desk.step(ORDER, (WARM,), pages, stopped)
    assert not pages
    desk.step(ORDER, (WARM,), pages, Event())
    assert pages[0].seed == "the"


def test_looking_ahead_leaves_the_text_as_it_is(desk: Desk, model: TextModel) -> None:
    pages = written(desk)
    outlook = desk.look("a é", Event())
    assert (outlook.tail, outlook.written, outlook.vocabulary) == ("a ", 0, VOCABULARY)
    assert "é" in outlook.note
    assert outlook.logits.tolist() == model.read("a ").logits().tolist()
    desk.step(ORDER, (WARM,), pages, Event())
    assert pages.text() == alone(model, WARM, 301)


class Waits(Event, Clock):
    """An event that nobody sets, and a clock that moves only when somebody waits for it."""

    def __init__(self) -> None:
        Event.__init__(self)
        Clock.__init__(self)

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0.0
        return False


def test_at_a_pace_the_characters_come_one_by_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, when = Waits(), []
    monkeypatch.setattr(desk_module, "time", clock)

    def publish(page: Page) -> None:
        if page.texts[0]:
            when.append((round(clock.now - 100.0, 2), len(page.texts[0])))

    order: Any = Order("the", 4, length=6, pace=5.0)
    desk.write(order, lambda: (WARM,), publish, clock)
    assert [count for _, count in when] == [1] * 6
    assert [at for at, _ in when] == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], abs=0.02)
