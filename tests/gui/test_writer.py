"""The text panel with a real run behind it: before it, during it, paused, and after it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import torch
from pytestqt.qtbot import QtBot

from core.cli import main
from core.desk import KeptModel
from core.generation import TextModel
from core.registry import Registry
from core.runs import RunStore
from core.trainer import Trainer
from gui.try_it.text_panel import TextPanel
from gui.writer import NO_WRITER, NOT_READY, PREPARING, Writer
from tests.core import tiny, tiny_text
from tests.gui.session_bench import PATIENCE_MS, SessionBench


class Bench(SessionBench[TextPanel]):
    """A session, a panel and a writer, as the workbench puts them together."""

    def __init__(self, qtbot: QtBot, registry: Registry) -> None:
        super().__init__(qtbot, registry, TextPanel(), tiny_text.config)
        self.panel = self.page
        self.writer = self.closing(Writer(self.session, self.panel))
        self.session.events.connect(lambda _events: self.writer.refresh())
        self.controls = self.panel.controls
        self.controls.vary.setChecked(False)
        self.controls.length.setValue(200)
        self.panel.show()

    def write(self) -> str:
        with self.qtbot.waitSignal(self.writer.finished, timeout=PATIENCE_MS):
            self.controls.write.click()
        return self.panel.stage.text()

    def wait_for_look(self) -> None:
        self.qtbot.waitUntil(lambda: bool(self.panel.stage.bars.rows()), timeout=PATIENCE_MS)


@pytest.fixture
def make_bench(qtbot: QtBot, closing: Callable[[Bench], Bench]) -> Callable[[Registry], Bench]:
    return lambda registry: closing(Bench(qtbot, registry))


@pytest.fixture
def bench(make_bench: Callable[[Registry], Bench]) -> Bench:
    return make_bench(tiny_text.registry())


def test_before_the_first_run_the_panel_says_what_to_do(bench: Bench) -> None:
    assert not bench.controls.write.isEnabled()
    assert bench.panel.stage.columns[0].view.placeholderText() == NOT_READY


def test_window_and_command_line_write_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.train()
    bench.controls.seed.set_seed("the cat")
    bench.controls.random_seed.setValue(11)
    bench.controls.sliders.temperature.setValue(0.9)
    bench.controls.sliders.top_k.setValue(12)
    written = bench.write()
    monkeypatch.setattr("core.cli.discover", lambda *_: bench.session.registry)
    arguments = ["--seed", "the cat", "--length", "200", "--temperature", "0.9", "--top-k", "12", "--random-seed", "11"]
    assert main(["generate", "last", *arguments, "--json"], None) == 0
    assert written == "the cat" + json.loads(capsys.readouterr().out)["text"]


def test_it_writes_while_the_training_goes_on_and_while_it_is_paused(bench: Bench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.session.started, timeout=PATIENCE_MS):
        bench.session.start(tiny_text.config(bench.session.registry, epochs=100_000))
    assert len(bench.write()) == 200
    assert bench.session.state == "running"
    with qtbot.waitSignal(bench.session.state_changed, timeout=PATIENCE_MS):
        bench.session.pause()
    paused = bench.write()
    assert bench.write() == paused
    assert f"after {bench.session.trainer.step:,} steps" in bench.panel.status.text()


def test_the_bars_follow_the_training_while_nothing_is_written(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.writer.REFRESH_S", 0.01)
    seen: set[tuple[float, ...]] = set()
    bench.session.start(tiny_text.config(bench.session.registry, epochs=100_000))

    def changes_seen() -> bool:
        seen.add(tuple(row.learnt for row in bench.panel.stage.bars.rows()))
        return len(seen) > 3

    qtbot.waitUntil(changes_seen, timeout=PATIENCE_MS)
    assert bench.panel.stage.is_empty()


def test_typing_a_seed_shows_what_may_follow(bench: Bench) -> None:
    bench.train(epochs=20)
    bench.wait_for_look()
    bench.controls.seed.set_seed("the ca🙂")
    bench.qtbot.waitUntil(lambda: "🙂" in bench.controls.note.text(), timeout=PATIENCE_MS)
    assert bench.panel.stage.bars.rows()[0].name == "t"


def test_stepping_draws_one_character_of_the_same_text(bench: Bench) -> None:
    bench.train()
    written = bench.write()
    bench.controls.random_seed.setValue(1)
    other = bench.write()
    assert other != written
    bench.controls.random_seed.setValue(0)
    for count in range(1, 6):
        with bench.qtbot.waitSignal(bench.writer.finished, timeout=PATIENCE_MS):
            bench.controls.step.click()
        assert bench.panel.stage.text() == written[:count]
        assert bench.panel.stage.bars._outlook.drawn.character == written[count - 1]


def test_a_comparison_writes_what_each_temperature_writes_alone(bench: Bench) -> None:
    bench.train()
    bench.controls.compare.setChecked(True)
    bench.write()
    columns = [column.view.written() for column in bench.panel.stage.columns]
    bench.controls.compare.setChecked(False)
    bench.controls.sliders.temperature.setValue(1.1)
    assert bench.write() == columns[2]


def test_ten_million_characters_can_be_stopped(bench: Bench, qtbot: QtBot) -> None:
    bench.train()
    bench.controls.length.setValue(10_000_000)
    with qtbot.waitSignal(bench.writer.finished, timeout=PATIENCE_MS):
        bench.controls.write.click()
        qtbot.waitUntil(lambda: bench.panel.stage.columns[0].view.length() > 500, timeout=PATIENCE_MS)
        assert bench.controls.write.text() == "Stop"
        bench.controls.write.click()
    assert 500 < len(bench.panel.stage.text()) < 10_000_000
    assert bench.controls.write.text() == "Write"


def test_closing_ends_what_is_being_written(bench: Bench, qtbot: QtBot) -> None:
    bench.train()
    bench.controls.length.setValue(10_000_000)
    bench.controls.write.click()
    qtbot.waitUntil(lambda: not bench.panel.stage.is_empty(), timeout=PATIENCE_MS)
    bench.writer.close()
    assert bench.writer.writing  # the thread is gone; the panel will not hear of it any more


def test_however_fast_it_comes_the_panel_is_told_thirty_times_a_second(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.desk.TURN_S", 0.0)  # a page a character
    bench.train()
    shown: list[int] = []
    show_pages = bench.panel.show_pages
    monkeypatch.setattr(bench.panel, "show_pages", lambda pages: (shown.append(len(pages)), show_pages(pages)))
    bench.controls.length.setValue(3000)
    assert len(bench.write()) == 3000
    assert sum(shown) == 3001
    assert len(shown) < 1500


def test_the_last_random_numbers_of_a_broken_network_are_a_sentence(bench: Bench, qtbot: QtBot) -> None:
    broken = tiny_text.random_model()
    with torch.no_grad():
        broken.head.weight.fill_(float("nan"))
    bench.writer.use(lambda: KeptModel(TextModel(broken, tiny_text.INFO, "Broken")))
    with qtbot.waitSignal(bench.writer.failed, timeout=PATIENCE_MS) as failed:
        bench.controls.write.click()
    assert failed.args[0].startswith("The network's scores are no numbers")
    assert bench.controls.note.text() == failed.args[0]
    assert bench.controls.write.isEnabled()


def test_any_kept_run_can_write(bench: Bench) -> None:
    kept = tiny_text.kept_run(RunStore(bench.session.store.folder), bench.session.registry)
    bench.writer.use_run(kept.id)
    assert len(bench.write()) == 200
    bench.writer.use_run("nothing")
    with bench.qtbot.waitSignal(bench.writer.failed, timeout=PATIENCE_MS) as failed:
        bench.controls.write.click()
    assert "There is no run 'nothing'" in failed.args[0]


def test_a_kept_run_asked_during_a_training_changes_nothing_in_it(bench: Bench, qtbot: QtBot) -> None:
    found = bench.session.registry
    kept = tiny_text.kept_run(RunStore(bench.session.store.folder), found)
    untouched = Trainer(tiny_text.job(found))
    untouched.fit()
    bench.session.start(tiny_text.config(found), paused=True)
    qtbot.waitUntil(lambda: bench.session.state == "paused", timeout=PATIENCE_MS)
    bench.writer.use_run(kept.id)
    assert len(bench.write()) == 200
    with qtbot.waitSignal(bench.session.ended, timeout=PATIENCE_MS):
        bench.session.resume()
    assert tiny.same_weights(bench.session.trainer.job.model, untouched.job.model)


def test_while_a_run_is_prepared_no_kept_run_is_built(bench: Bench, qtbot: QtBot) -> None:
    bench.session.start(tiny_text.config(bench.session.registry))
    assert bench.session.state == "preparing"
    bench.writer.use_run("last")
    assert bench.controls.note.text() == PREPARING


def test_a_network_of_another_task_is_refused_in_words(make_bench: Callable[[Registry], Bench], qtbot: QtBot) -> None:
    bench = make_bench(tiny.registry())
    with qtbot.waitSignal(bench.session.ended, timeout=PATIENCE_MS):
        bench.session.start(tiny.config(bench.session.registry))
    assert not bench.controls.write.isEnabled()
    assert bench.panel.stage.columns[0].view.placeholderText() == NO_WRITER
