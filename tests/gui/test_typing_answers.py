"""Typing with a real run behind it: before it, during it, after it, and with a kept one."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from core.registry import Registry
from core.runs import RunStore
from core.trainer import Trainer
from core.typed_answer import TypedAnswer
from core.typed_answers import LiveTextClassifier
from gui.try_it.typing_panel import TypingPanel
from gui.typing_answers import NO_READER, NOT_READY, PREPARING, TypingAnswers
from tests.core import tiny, tiny_names
from tests.gui.session_bench import PATIENCE_MS, SessionBench


class Bench(SessionBench[TypingPanel]):
    """A session, a panel and who brings the answers, as the workbench puts them together."""

    def __init__(self, qtbot: QtBot, registry: Registry) -> None:
        super().__init__(qtbot, registry, TypingPanel(), tiny_names.config)
        self.panel = self.page
        self.answers = self.closing(TypingAnswers(self.session, self.panel))
        self.session.events.connect(lambda _events: self.answers.refresh())
        self.shown: list[TypedAnswer] = []
        self.answers.answered.connect(self.shown.append)
        self.panel.show()

    def answer_to(self, text: str) -> TypedAnswer:
        self.shown.clear()
        self.panel.set_text(text)
        self.qtbot.waitUntil(lambda: any(answer.text == text for answer in self.shown), timeout=PATIENCE_MS)
        return self.shown[-1]

    def wait_for_problem(self, words: str) -> None:
        self.qtbot.waitUntil(lambda: words in self.panel.prediction_view.problem(), timeout=PATIENCE_MS)


@pytest.fixture
def make_bench(qtbot: QtBot, closing: Callable[[Bench], Bench]) -> Callable[[Registry], Bench]:
    return lambda registry: closing(Bench(qtbot, registry))


@pytest.fixture
def bench(make_bench: Callable[[Registry], Bench]) -> Bench:
    return make_bench(tiny_names.registry())


def test_before_the_first_run_it_is_said_what_to_do(bench: Bench) -> None:
    assert bench.panel.prediction_view.hint() == NOT_READY
    bench.panel.set_text("abc")
    assert bench.panel.prediction_view.problem() == NOT_READY


def test_after_a_run_each_letter_changes_the_answer(bench: Bench) -> None:
    bench.train()
    assert bench.answer_to("abc").prediction().labels[0] == "Early"
    assert bench.answer_to("abcdeff").read == tuple("abcdeff")
    assert bench.answer_to("def").prediction().labels[0] == "Late"
    assert bench.panel.prediction_view.prediction().labels[0] == "Late"
    assert bench.panel.letters.rows()[0] == "Late"


def test_what_was_typed_before_a_run_is_answered_when_it_begins_and_at_its_end(bench: Bench) -> None:
    bench.panel.set_text("abc")
    bench.train()
    bench.qtbot.waitUntil(
        lambda: bool(bench.shown) and bench.shown[-1].model == "Tiny reader after 100 steps", timeout=PATIENCE_MS
    )


def test_the_answer_follows_the_training(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui.typing_answers.REFRESH_S", 0.01)
    bench.begin(epochs=100_000)
    bench.answer_to("abc")
    bench.qtbot.waitUntil(lambda: len({answer.model for answer in bench.shown}) > 4, timeout=PATIENCE_MS)
    assert bench.session.state == "running"


def test_nobody_looks_so_nothing_is_refreshed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui.typing_answers.REFRESH_S", 0.0)
    bench.begin(epochs=100_000)
    bench.answer_to("abc")
    bench.panel.hide()
    settled: list[None] = []  # what was asked while somebody looked is answered first
    bench.answers._background.submit(lambda: None, settled.append, lambda _error: None)
    bench.qtbot.waitUntil(lambda: bool(settled), timeout=PATIENCE_MS)
    asked: list[object] = []
    monkeypatch.setattr(LiveTextClassifier, "ask", lambda self: asked.append(self))
    step = bench.session.trainer.step
    bench.qtbot.waitUntil(lambda: bench.session.trainer.step > step + 50, timeout=PATIENCE_MS)
    bench.answers.refresh()
    assert asked == []


def test_a_key_does_not_wait_for_a_step(bench: Bench) -> None:
    trainer = bench.begin(epochs=100_000)
    bench.answer_to("abc")
    go_on = Event()
    trainer.control.at_safe_point(go_on.wait)  # a step that takes as long as it likes
    try:
        assert bench.answer_to("abcd").text == "abcd"
    finally:
        go_on.set()


def test_of_those_that_wait_only_the_newest_is_answered(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.train()
    bench.answer_to("a")
    asked: list[str] = []
    answer, begun, go_on = LiveTextClassifier.answer, Event(), Event()

    def slow(self: LiveTextClassifier, text: str) -> TypedAnswer:
        asked.append(text)
        begun.set()
        go_on.wait()
        return answer(self, text)

    monkeypatch.setattr(LiveTextClassifier, "answer", slow)
    bench.panel.set_text("ab")
    bench.qtbot.waitUntil(begun.is_set, timeout=PATIENCE_MS)
    for text in ("abc", "abcd", "abcde"):
        bench.panel.set_text(text)
    bench.shown.clear()
    go_on.set()
    bench.qtbot.waitUntil(lambda: bool(bench.shown) and bench.shown[-1].text == "abcde", timeout=PATIENCE_MS)
    assert asked == ["ab", "abcde"]


def test_an_emptied_line_has_no_answer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.train()
    bench.answer_to("abc")
    bench.panel.line.clear()
    assert bench.panel.prediction_view.prediction() is None
    begun, go_on, answer = Event(), Event(), LiveTextClassifier.answer

    def slow(self: LiveTextClassifier, text: str) -> TypedAnswer:
        begun.set()
        go_on.wait()
        return answer(self, text)

    monkeypatch.setattr(LiveTextClassifier, "answer", slow)
    bench.panel.set_text("abc")
    bench.qtbot.waitUntil(begun.is_set, timeout=PATIENCE_MS)
    bench.panel.set_text("  ")
    go_on.set()
    bench.qtbot.waitUntil(lambda: not bench.answers._busy, timeout=PATIENCE_MS)
    assert bench.panel.prediction_view.prediction() is None


def test_letters_that_nobody_knows_are_a_sentence_and_the_next_name_is_answered(bench: Bench) -> None:
    bench.train()
    with bench.qtbot.waitSignal(bench.answers.failed, timeout=PATIENCE_MS):
        bench.panel.set_text("山田")
    bench.wait_for_problem("does not know 山, 田")
    bench.answer_to("fed")
    assert bench.panel.prediction_view.problem() == ""


def test_ten_thousand_letters_are_answered(bench: Bench) -> None:
    bench.train()
    assert "Only the first 8 letters" in bench.answer_to("ab" * 5000).note


def test_a_kept_run_answers_until_the_next_start(bench: Bench) -> None:
    kept = tiny_names.kept_run(RunStore(bench.session.store.folder), bench.session.registry)
    bench.answers.use_run(kept.id)
    assert bench.answer_to("abc").model == "Tiny reader after 100 steps"
    bench.begin(epochs=100_000)
    bench.qtbot.waitUntil(lambda: bench.shown[-1].model != "Tiny reader after 100 steps", timeout=PATIENCE_MS)


def test_a_kept_run_asked_during_a_training_changes_nothing_in_it(bench: Bench, qtbot: QtBot) -> None:
    found = bench.session.registry
    kept = tiny_names.kept_run(RunStore(bench.session.store.folder), found)
    untouched = Trainer(tiny_names.job(found))
    untouched.fit()
    bench.session.start(tiny_names.config(found), paused=True)
    qtbot.waitUntil(lambda: bench.session.state == "paused", timeout=PATIENCE_MS)
    bench.answers.use_run(kept.id)
    assert bench.answer_to("abc").model == "Tiny reader after 100 steps"
    with qtbot.waitSignal(bench.session.ended, timeout=PATIENCE_MS):
        bench.session.resume()
    assert tiny.same_weights(bench.session.trainer.job.model, untouched.job.model)


def test_a_run_that_is_not_there_is_a_sentence(bench: Bench) -> None:
    tiny_names.kept_run(RunStore(bench.session.store.folder), bench.session.registry)
    bench.answers.use_run("nothing")
    bench.panel.set_text("abc")
    bench.wait_for_problem("There is no run 'nothing'")


def test_while_a_run_is_prepared_no_kept_run_is_built(bench: Bench) -> None:
    bench.session.start(tiny_names.config(bench.session.registry))
    bench.answers.use_run("last")
    assert bench.panel.prediction_view.problem() == PREPARING


def test_a_run_of_another_task_is_refused_in_words(make_bench: Callable[[Registry], Bench], qtbot: QtBot) -> None:
    bench = make_bench(tiny.registry())
    with qtbot.waitSignal(bench.session.ended, timeout=PATIENCE_MS):
        bench.session.start(tiny.config(bench.session.registry))
    assert bench.panel.prediction_view.hint() == NO_READER
    bench.panel.set_text("abc")
    assert bench.panel.prediction_view.problem() == NO_READER
