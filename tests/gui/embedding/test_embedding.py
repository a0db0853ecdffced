"""The page with a real run behind it: before it, during it and after it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from torch import nn

from core.data import TokenStream
from core.events import WeightsLoaded
from gui import newest_question
from gui.embedding import embedding as module
from gui.embedding.embedding import NOTHING_TO_TRY
from gui.embedding.page import NO_MODEL
from tests.core import tiny, tiny_names, tiny_text
from tests.gui.embedding.conftest import Bench
from tests.gui.session_bench import PATIENCE_MS


def test_before_a_run_the_page_says_what_to_do(bench: Bench) -> None:
    bench.page.show()
    assert bench.hint() == NO_MODEL and not bench.page.scatter.isVisible()


def test_a_run_that_is_over_is_shown_with_the_weights_it_kept(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=2)
    trainer, frame = bench.session.trainer, bench.frames[-1]
    assert bench.page.scatter.isVisible() and frame.step == trainer.step
    samples = bench.embedding._newest.samples
    with torch.no_grad():
        hidden = trainer.job.model[:-1].eval()(samples.batch(0, len(samples)).inputs)
    assert np.allclose(frame.vectors, hidden.numpy(), atol=1e-6)
    assert bench.page.source.text() == f"Tiny after {trainer.step:,} steps · 20 samples of the validation part"
    assert "12 numbers" in bench.page.footer.text() and "%" in bench.page.footer.text()
    assert [bench.page.legend.item(row).text() for row in range(3)] == ["a", "b", "c"]


def test_nothing_is_computed_before_the_page_is_seen_or_while_it_is_hidden(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    submit = bench.embedding.question.background.submit

    def watched(*work: Any) -> None:
        asked.append(work)
        submit(*work)

    monkeypatch.setattr(bench.embedding.question.background, "submit", watched)
    bench.train(epochs=1)
    assert not asked
    with bench.qtbot.waitSignal(bench.embedding.looked, timeout=PATIENCE_MS):
        bench.page.show()
    bench.page.hide()
    bench.train(epochs=1)
    assert len(asked) == 1


def test_it_follows_the_training_and_stops_when_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REFRESH_S", 0.0)
    bench.page.show()
    bench.begin(epochs=100_000)
    bench.qtbot.waitUntil(lambda: len(bench.frames) >= 4, timeout=PATIENCE_MS)
    steps = [frame.step for frame in bench.frames]
    assert steps == sorted(set(steps)), "each frame is of newer weights"
    bench.page.follow.setChecked(False)
    bench.rest()
    before, step = len(bench.frames), bench.session.trainer.step
    bench.qtbot.waitUntil(lambda: bench.session.trainer.step > step + 50, timeout=PATIENCE_MS)
    assert len(bench.frames) == before and bench.session.state == "running"
    bench.page.follow.setChecked(True)
    bench.qtbot.waitUntil(lambda: len(bench.frames) > before, timeout=PATIENCE_MS)


def test_while_it_trains_looking_takes_a_tenth_of_the_time_at_most(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = tiny.Clock()
    bench.page.show()
    bench.train(epochs=1)
    monkeypatch.setattr(newest_question, "time", clock)
    bench.embedding.question.done_at, bench.embedding.question.took = clock.now, 0.3
    bench.session.trainer.step += 1
    clock.now += 2.9
    bench.embedding.refresh()
    assert not bench.embedding.question.busy
    clock.now += 0.2
    with bench.qtbot.waitSignal(bench.embedding.looked, timeout=PATIENCE_MS):
        bench.embedding.refresh()


def test_a_slow_network_is_shown_fewer_samples_while_it_trains_and_more_once_it_rests(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IN_TIME_S", 0.0)
    monkeypatch.setattr("core.embedding.embedder.FEWEST_IN_TIME", 5)
    monkeypatch.setattr("core.embedding.samples._MOST_AT_ONCE", 4)
    bench.page.show()
    bench.begin(epochs=100_000)
    bench.qtbot.waitUntil(lambda: bool(bench.frames), timeout=PATIENCE_MS)
    assert len(bench.frames[-1]) == 8 and "8 of 20 samples" in bench.page.source.text()
    with bench.qtbot.waitSignal(bench.session.ended, timeout=PATIENCE_MS):
        bench.session.stop()
    bench.qtbot.waitUntil(lambda: len(bench.frames[-1]) == 20, timeout=PATIENCE_MS)
    assert "· 20 samples" in bench.page.source.text()


def test_weights_that_were_loaded_are_seen_at_once(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    with torch.no_grad():
        bench.session.trainer.job.model[1].weight.mul_(-1)
    with bench.qtbot.waitSignal(bench.embedding.looked, timeout=PATIENCE_MS):
        bench.session.events.emit([WeightsLoaded(bench.session.trainer.step, "a file")])
    assert not np.allclose(bench.frames[-1].vectors, bench.frames[-2].vectors)


def test_another_run_begins_with_an_empty_map_and_its_own_samples(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    first = bench.embedding._newest.samples
    bench.page.scatter._go(3)
    assert bench.page.card.isVisible()
    bench.page.hide()
    bench.begin(epochs=100_000)
    assert bench.page._samples is None and not bench.page.card.isVisibleTo(bench.page.scatter)
    bench.page.show()
    bench.qtbot.waitUntil(lambda: bench.page._samples is not None, timeout=PATIENCE_MS)
    assert bench.page._samples is not first


def test_the_number_of_samples_can_be_chosen(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.page.show()
    bench.train(epochs=1)
    bench.page.row.count.setItemData(0, 7)
    with bench.qtbot.waitSignal(bench.embedding.looked, timeout=PATIENCE_MS):
        bench.page.row.count.setCurrentIndex(0)
    assert len(bench.frames[-1]) == 7 and "7 samples" in bench.page.source.text()


def test_hovering_shows_the_sample_and_clicking_brings_it_to_try_it(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    scatter, card = bench.page.scatter, bench.page.card
    at = scatter.place_of(5).toPoint()
    bench.qtbot.mouseMove(scatter, at)
    sample = scatter.point()
    samples, frame = bench.embedding._newest.samples, bench.frames[-1]
    names = samples.info.classes
    assert card.isVisible() and not card.picture.pixmap().isNull()
    assert names[samples.targets[sample]] in card.words.text() and "%" in card.words.text()
    assert "click to try it" in card.words.text()
    wrong = frame.guesses[sample] != samples.targets[sample]
    assert ("taken for" in card.words.text()) == wrong
    assert not card.geometry().contains(at), "it does not cover the point"
    with bench.qtbot.waitSignal(bench.embedding.picture_chosen, timeout=PATIENCE_MS) as chosen:
        bench.qtbot.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=at)
    data, name = chosen.args
    pixels = np.asarray(Image.open(BytesIO(data)))
    row = samples.rows[sample]
    assert np.array_equal(pixels, bench.session.trainer.job.validation.inputs[row, 0].numpy())
    assert name == f"validation picture {row:,} ({names[samples.targets[sample]]})"
    bench.qtbot.mouseMove(scatter, QPoint(2, 2))
    assert scatter.point() != sample or not card.isVisible()


def test_the_card_goes_with_its_point(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    scatter, card = bench.page.scatter, bench.page.card
    bench.qtbot.mouseMove(scatter, scatter.place_of(5).toPoint())
    point, before = scatter.point(), card.pos()
    away = scatter.place_of(point).toPoint()
    scatter.setFocus()
    for _ in range(3):
        bench.qtbot.keyClick(scatter, Qt.Key.Key_Plus)
    assert scatter.place_of(point).toPoint() == away and card.pos() == before, "what is pointed at stays where it is"
    bench.page.resize(900, 700)
    bench.qtbot.waitUntil(lambda: card.pos() != before)
    assert not card.geometry().contains(scatter.place_of(point).toPoint())


def test_colours_can_stand_for_the_guess_and_wrong_answers_are_marked(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    samples, frame, scatter = bench.embedding._newest.samples, bench.frames[-1], bench.page.scatter
    assert np.array_equal(scatter._groups, samples.targets)
    assert np.array_equal(scatter._wrong, frame.guesses != samples.targets)
    bench.page.colouring.setCurrentText("Network's guess")
    assert np.array_equal(scatter._groups, frame.guesses)
    bench.page.wrong.setChecked(False)
    assert not scatter._wrong.any()


def test_a_network_whose_weights_are_no_numbers_is_explained_and_not_drawn(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    with torch.no_grad():
        bench.session.trainer.job.model[1].weight.fill_(torch.nan)
    with bench.qtbot.waitSignal(bench.embedding.failed, timeout=PATIENCE_MS):
        bench.session.events.emit([WeightsLoaded(1, "a file")])
    assert "NaN" in bench.hint() and not bench.page.scatter.isVisible()


def test_a_network_with_one_layer_shows_the_input_itself_and_says_so(make_bench: Callable[..., Bench]) -> None:
    def linear(config: Any, info: Any) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(tiny.SIDE**2, len(info.classes)))

    bench = make_bench(tiny.registry(networks=(tiny.network(build=linear),)))
    bench.page.show()
    bench.train(epochs=1)
    assert "the input itself" in bench.page.footer.text()


def test_a_network_that_cannot_be_mapped_says_why(make_bench: Callable[..., Bench]) -> None:
    def narrow(config: Any, info: Any) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(tiny.SIDE**2, 1), nn.Linear(1, len(info.classes)))

    bench = make_bench(tiny.registry(networks=(tiny.network(build=narrow),)))
    bench.page.show()
    bench.train(epochs=1)
    assert "single number" in bench.hint()
    before = bench.embedding.question.asked_at
    bench.session.trainer.step += 1
    bench.embedding.question.done_at -= module.RETRY_S / 2
    bench.embedding.refresh()
    assert bench.embedding.question.asked_at == before, "it is not tried again at every step"
    bench.embedding.question.done_at -= module.RETRY_S
    bench.embedding.refresh()
    bench.rest()
    assert bench.embedding.question.asked_at > before and "single number" in bench.hint()


def test_names_are_hovered_as_text_and_typed(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(tiny_names.registry(), tiny_names.config)
    bench.page.show()
    bench.train(epochs=1)
    scatter = bench.page.scatter
    scatter._go(3)
    samples = bench.embedding._newest.samples
    name = "".join(tiny_names.VOCABULARY[token] for token in samples.tokens[3])
    assert name in bench.page.card.words.text() and bench.page.card.picture.isHidden()
    with bench.qtbot.waitSignal(bench.embedding.text_chosen) as chosen:
        bench.qtbot.keyClick(scatter, Qt.Key.Key_Return)
    assert chosen.args == ["text classification", name]


def test_places_in_a_text_are_hovered_with_what_stands_around_them_and_become_the_seed(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(tiny_text.registry(), tiny_text.config)
    bench.page.show()
    bench.train(epochs=1)
    samples, stream = bench.embedding._newest.samples, bench.session.trainer.job.validation
    text = "".join(tiny_text.VOCABULARY[token] for token in TokenStream(stream.tokens).tokens)
    row, place = samples.where(20)
    at = samples.rows[row] + place
    bench.page.scatter._go(20)
    shown = bench.page.card.words.text().replace("&nbsp;", " ")
    assert f">{text[at]}</span>{text[at + 1 : at + 4]}" in shown and "next: " in shown
    assert not bench.page.wrong.isChecked()
    with bench.qtbot.waitSignal(bench.embedding.text_chosen) as chosen:
        bench.embedding.hand_over(20)
    kind, seed = chosen.args
    assert kind == "text generation" and text[: at + 1].endswith(seed) and seed.endswith(text[at])


def test_where_there_is_no_panel_to_try_it_in_a_sentence_says_so(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    job = bench.session.trainer.job
    job.task = type(job.task)("counting", "Counting", job.task.loss, job.task.metrics)
    with bench.qtbot.waitSignal(bench.embedding.looked, timeout=PATIENCE_MS):
        bench.embedding.ask()
    bench.page.scatter._go(0)
    assert "click to try it" not in bench.page.card.words.text()
    with bench.qtbot.waitSignal(bench.embedding.told) as told:
        bench.embedding.hand_over(0)
    assert told.args == [NOTHING_TO_TRY]


def test_in_a_narrow_page_the_groups_stand_below_the_map(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    page = bench.page
    assert page.legend.mapTo(page, QPoint(0, 0)).x() > page.scatter.geometry().right()
    page.resize(480, 600)
    bench.qtbot.waitUntil(lambda: page.legend.mapTo(page, QPoint(0, 0)).y() > page.scatter.geometry().bottom())
    assert page.scatter.height() > 150
