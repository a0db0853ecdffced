"""The page with a real run behind it: before it, during it and after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from torch import nn

from core.explain.questions import Answer
from core.registry import Registry
from gui import newest_question
from gui.explain import explainer as module
from gui.explain.explainer import Explainer
from gui.explain.page import NO_MODEL, NO_PICTURE, NO_PICTURES_HERE, ExplainPage
from tests.core import tiny, tiny_text
from tests.gui.session_bench import PATIENCE_MS, SessionBench


def build(config: Any, info: Any) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, len(info.classes))
    )


class Bench(SessionBench[ExplainPage]):
    """A session, a page and an explainer, as the workbench puts them together."""

    def __init__(self, qtbot: QtBot, registry: Registry) -> None:
        super().__init__(qtbot, registry, ExplainPage(), tiny.config)
        self.explainer = self.closing(Explainer(self.session, self.page))
        self.answers: list[Answer] = []
        self.explainer.explained.connect(self.answers.append)

    def answer(self, ask: Callable[[], object]) -> Answer:
        with self.qtbot.waitSignal(self.explainer.explained, timeout=PATIENCE_MS):
            ask()
        return self.answers[-1]

    def hint(self) -> str:
        return self.page.hint.text() if self.page.hint.isVisible() else ""


@pytest.fixture
def make_bench(qtbot: QtBot, closing: Callable[[Bench], Bench]) -> Callable[[Registry], Bench]:
    return lambda registry: closing(Bench(qtbot, registry))


@pytest.fixture
def bench(make_bench: Callable[[Registry], Bench]) -> Bench:
    return make_bench(tiny.registry(networks=(tiny.network(build=build),)))


def test_the_page_says_what_to_do_before_a_run_and_before_a_picture(bench: Bench) -> None:
    bench.page.show()
    assert bench.hint() == NO_MODEL and not bench.page.first_sample.isVisible()
    bench.train(epochs=1)
    bench.qtbot.waitUntil(lambda: bench.hint() == NO_PICTURE)
    assert bench.page.first_sample.isVisible()


def test_a_sample_is_explained_and_each_press_takes_another(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    first = bench.answer(bench.page.first_sample.click)
    assert first.explanation is not None and first.explanation.heat.any()
    assert bench.page.overlay.explanation() is first.explanation
    assert bench.page.source.text().startswith("Sample 1 (a)")
    assert "Tiny after" in bench.page.source.text()
    second = bench.answer(bench.page.sample.click)
    assert not np.array_equal(first.question.seen, second.question.seen)


def test_a_picture_that_was_given_is_explained_once_however_often_it_is_answered(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    seen = np.full((1, tiny.SIDE, tiny.SIDE), 90, np.uint8)
    seen[0, 3] = 255
    found = bench.answer(lambda: bench.explainer.show(seen, "mine.png"))
    assert found.question.name == "mine.png" and bench.page.source.text().startswith("mine.png")
    bench.explainer.show(seen.copy(), "mine.png")
    bench.answer(lambda: bench.page.controls.method.choose("saliency"))
    assert len(bench.answers) == 2


def test_nothing_is_computed_before_the_page_is_seen(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    submit = bench.explainer.question.background.submit

    def watched(work: Any, then: Any, failed: Any) -> None:
        asked.append(work)
        submit(work, then, failed)

    monkeypatch.setattr(bench.explainer.question.background, "submit", watched)
    bench.train(epochs=1)
    bench.explainer.use_sample()
    bench.page.controls.method.choose("occlusion")
    assert not asked
    bench.answer(bench.page.show)
    assert asked[0] is module._warm_up and len(asked) == 2
    assert bench.answers[0].question.method == "occlusion"
    bench.page.hide()
    bench.page.controls.method.choose("saliency")
    assert len(asked) == 2
    assert bench.answer(bench.page.show).question.method == "saliency"


def test_what_is_being_computed_is_given_up_when_the_page_is_left_and_begun_again(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    bench.answer(bench.explainer.use_sample)
    bench.page.controls.method.choose("occlusion")
    bench.page.hide()
    bench.qtbot.waitUntil(lambda: not bench.explainer.question.busy)
    assert len(bench.answers) == 1
    assert bench.answer(bench.page.show).question.method == "occlusion"


@pytest.mark.parametrize("method", ["saliency", "integrated-gradients", "occlusion"])
def test_every_method_can_be_chosen(bench: Bench, method: str) -> None:
    bench.page.show()
    bench.train(epochs=1)
    bench.answer(bench.explainer.use_sample)
    found = bench.answer(bench.page.controls.method.buttons[method].click)
    assert found.explanation is not None and found.explanation.method == method
    assert bench.page.controls.sentence.text() == found.explanation.sentence


def test_the_class_follows_the_top_guess_until_one_is_chosen(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    found = bench.answer(bench.explainer.use_sample)
    picker = bench.page.controls.classes
    order = np.argsort(-found.recording.probabilities)
    assert found.explanation is not None and found.explanation.target == order[0]
    assert picker.itemText(0).startswith("Top guess: ")
    assert [picker.itemData(place) for place in range(2, 5)] == order.tolist()
    chosen = bench.answer(lambda: picker.setCurrentIndex(4))
    assert chosen.explanation is not None and chosen.explanation.target == order[2]
    assert picker.currentData() == order[2], "the list was filled anew, and the choice stays"
    assert bench.answer(bench.explainer.use_sample).question.target == order[2]
    assert bench.answer(lambda: picker.setCurrentIndex(0)).question.target is None


def test_it_follows_the_training_and_stops_when_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REFRESH_S", 0.0)
    bench.page.show()
    with bench.qtbot.waitSignal(bench.session.started, timeout=PATIENCE_MS):
        bench.session.start(tiny.config(bench.session.registry, epochs=100_000))
    bench.answer(bench.explainer.use_sample)
    bench.qtbot.waitUntil(lambda: len(bench.answers) >= 3, timeout=PATIENCE_MS)
    steps = [answer.step for answer in bench.answers]
    assert steps == sorted(set(steps)), "each answer is of newer weights"
    bench.page.follow.setChecked(False)
    bench.qtbot.waitUntil(lambda: not bench.explainer.question.busy, timeout=PATIENCE_MS)
    before, step = len(bench.answers), bench.session.trainer.step
    bench.qtbot.waitUntil(lambda: bench.session.trainer.step > step + 50, timeout=PATIENCE_MS)
    assert len(bench.answers) == before
    assert bench.session.state == "running"


def test_while_it_trains_a_map_is_asked_for_once_a_second_at_most(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = tiny.Clock()
    monkeypatch.setattr(newest_question, "time", clock)
    bench.page.show()
    bench.train(epochs=1)
    bench.answer(bench.explainer.use_sample)
    bench.session.trainer.step += 1
    clock.now += 0.9
    bench.explainer.refresh()
    assert not bench.explainer.question.busy
    clock.now += 0.2
    bench.answer(bench.explainer.refresh)


def test_of_what_is_asked_meanwhile_only_the_newest_counts(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    bench.answer(bench.explainer.use_sample)
    choose = bench.page.controls.method.choose

    def in_a_hurry() -> None:
        choose("integrated-gradients")
        choose("occlusion")
        choose("saliency")

    assert bench.answer(in_a_hurry).question.method == "saliency"
    assert len(bench.answers) == 2


def test_settings_are_asked_with_and_wrong_ones_are_not(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    bench.answer(bench.explainer.use_sample)
    found = bench.answer(lambda: bench.page.controls.method.choose("occlusion"))
    assert found.question.settings.window == 2, "a quarter of the picture"  # type: ignore[attr-defined]
    form = bench.page.controls.method.form
    form.set_values({"window": 1, "stride": 5})
    bench.qtbot.waitUntil(lambda: not bench.page.controls.method._soon.isActive())
    assert form.problems() and bench.page.controls.method.settings() == found.question.settings
    assert not bench.explainer.question.busy
    found = bench.answer(lambda: form.set_values({"window": 4, "stride": 2}))
    assert (found.question.settings.window, found.question.settings.stride) == (4, 2)  # type: ignore[attr-defined]
    bench.answer(lambda: bench.page.controls.method.choose("grad-cam"))
    again = bench.answer(lambda: bench.page.controls.method.choose("occlusion"))
    assert again.question.settings == found.question.settings


def test_the_layer_for_grad_cam_can_be_chosen(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    found = bench.answer(bench.explainer.use_sample)
    assert found.explanation is not None and found.explanation.layer == "1"
    found = bench.answer(lambda: bench.page.controls.method.form.set_values({"layer": "2"}))
    assert found.explanation is not None and found.explanation.layer == "2"


def test_without_convolutions_grad_cam_says_why_and_the_layers_are_there(
    make_bench: Callable[[Registry], Bench],
) -> None:
    bench = make_bench(tiny.registry())
    bench.page.show()
    bench.train(epochs=1)
    found = bench.answer(bench.explainer.use_sample)
    assert found.explanation is None
    assert "no convolution" in bench.page.controls.sentence.text()
    assert bench.page.layers.list.count() == 5
    assert bench.answer(lambda: bench.page.controls.method.choose("saliency")).explanation is not None


def test_a_network_for_texts_is_not_explained(make_bench: Callable[[Registry], Bench]) -> None:
    bench = make_bench(tiny_text.registry())
    bench.page.show()
    with bench.qtbot.waitSignal(bench.session.ended, timeout=PATIENCE_MS):
        bench.session.start(tiny_text.config(bench.session.registry, epochs=1))
    bench.qtbot.waitUntil(lambda: bench.hint() == NO_PICTURES_HERE)


def test_a_picture_of_another_shape_is_put_aside_when_the_network_changes(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    bench.answer(bench.explainer.use_sample)
    bench.explainer.show(np.zeros((3, 5, 5), np.uint8), "old.png")
    bench.qtbot.waitUntil(lambda: bench.hint() == NO_PICTURE)
    bench.answer(bench.page.first_sample.click)
    assert not bench.hint()
