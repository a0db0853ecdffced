"""The page "Structure" with the real registry and, where it matters, a real run behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from torch import nn

from core.api import Config, setting
from core.data import DataInfo
from core.registry import Registry
from core.run_config import RunConfig
from core.structure import LayerLook, Structure
from core.survey import NotPrepared
from gui.structure import StructureFinder, StructurePage, finder
from gui.structure.layer_panel import CLICK
from gui.structure.page import NOTHING
from tests.core import tiny
from tests.core.structure import odd_networks as odd
from tests.gui.session_bench import PATIENCE_MS, SessionBench


def blocks(config: Any, info: DataInfo) -> nn.Module:
    first = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())
    return nn.Sequential(first, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, len(info.classes)))


class Bench(SessionBench[StructurePage]):
    """A session, a page and a finder, as the workbench puts them together."""

    def __init__(self, qtbot: QtBot, registry: Registry) -> None:
        super().__init__(qtbot, registry, StructurePage(), tiny.config)
        self.page.resize(720, 640)
        self.known: Any = tiny.bundle().info
        self.again: list[bool] = []
        self.problems: list[str] = []
        self.finder = self.closing(StructureFinder(self.session, self.page, self._what_is_known, lambda: self.problems))
        self.structures: list[Structure] = []
        self.looks: list[LayerLook] = []
        self.finder.found.connect(self.structures.append)
        self.finder.looked.connect(self.looks.append)

    def _what_is_known(self, config: RunConfig, again: bool) -> Any:
        self.again.append(again)
        return self.known

    def structure(self, ask: Callable[[], object]) -> Structure:
        with self.qtbot.waitSignal(self.finder.found, timeout=PATIENCE_MS):
            ask()
        return self.structures[-1]

    def open(self) -> Structure:
        def ask() -> None:
            self.finder.offer(self.config())
            self.page.show()

        return self.structure(ask)

    def look(self, ask: Callable[[], object]) -> LayerLook:
        with self.qtbot.waitSignal(self.finder.looked, timeout=PATIENCE_MS):
            ask()
        return self.looks[-1]

    def hint(self) -> str:
        return self.page.hint.text() if self.page.structure() is None else ""


@pytest.fixture
def make_bench(qtbot: QtBot, closing: Callable[[Bench], Bench]) -> Callable[..., Bench]:
    def make(build: Callable[..., nn.Module] = blocks, **changes: Any) -> Bench:
        return closing(Bench(qtbot, tiny.registry(networks=(tiny.network(build=build, **changes),))))

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


def rows_of(bench: Bench) -> list[str]:
    structure = bench.page.structure()
    return [row.id for row in structure.rows] if structure else []


def test_opened_it_shows_graph_table_and_totals(bench: Bench) -> None:
    structure = bench.open()
    assert rows_of(bench) == ["0", "0.0", "0.1", "1", "2", "3"]
    assert bench.page.totals.text().startswith("151 parameters · 1,404 multiply-adds · 0.00 MB · ")
    assert "151 parameters in 4 tensors" in bench.page.totals.toolTip()
    assert set(bench.page.graph._items) == {node.id for node in structure.graph({"0"}).nodes}
    assert bench.page.layer.hint.text() == CLICK


def test_before_anything_is_picked_it_says_what_to_do(bench: Bench) -> None:
    assert bench.hint() == NOTHING
    bench.problems = ["Batch size must be at least 1"]
    bench.page.show()
    bench.finder.offer(None)
    bench.qtbot.waitUntil(lambda: bench.hint().endswith("Batch size must be at least 1."))


def test_another_setting_redraws_it_and_known_ones_come_from_memory(make_bench: Callable[..., Bench]) -> None:
    class Sized(Config):
        units: int = setting(5, "Units", minimum=1)

    def build(config: Any, info: DataInfo) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(64, config.units))

    bench = make_bench(build, config=Sized)
    assert bench.open().parameters == 65 * 5
    bench.page.choose("1")
    assert bench.structure(lambda: bench.finder.offer(bench.config(network_settings={"units": 7}))).parameters == 65 * 7
    assert bench.page.chosen() == "1" and "7 = outputs" in bench.page.layer.sums.text(), "the choice stays"
    first = bench.structures[0]
    assert bench.structure(lambda: bench.finder.offer(bench.config())) is first


def test_a_wrong_setting_and_refused_data_are_told_and_nothing_stale_stays(make_bench: Callable[..., Bench]) -> None:
    def refuses(config: Any, info: DataInfo) -> str | None:
        return None if info.input_shape[0] == 1 else "Tiny looks at grey pictures alone."

    bench = make_bench(refuses=refuses)
    bench.open()
    bench.known = DataInfo((3, 8, 8), ("a", "b", "c"))
    with bench.qtbot.waitSignal(bench.finder.failed, timeout=PATIENCE_MS):
        bench.finder.offer(bench.config())
    assert bench.hint() == "Tiny looks at grey pictures alone." and not bench.page.hint.is_problem()
    assert bench.page.structure() is None
    bench.known = tiny.bundle().info
    bench.structure(lambda: bench.finder.offer(bench.config()))
    assert rows_of(bench), "and comes back"


def test_what_a_plugin_raises_is_a_sentence_with_the_details_in_the_tooltip(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(lambda config, info: odd.Raises())
    bench.finder.offer(bench.config())
    with bench.qtbot.waitSignal(bench.finder.failed, timeout=PATIENCE_MS):
        bench.page.show()
    assert "RuntimeError: the cat sat on" in bench.hint() and bench.page.hint.is_problem()
    assert "odd_networks.py" in bench.page.hint.toolTip()


def test_data_that_would_have_to_be_downloaded_are_not(bench: Bench) -> None:
    bench.known = NotPrepared("Cats are not on this computer yet.", 12_000_000)
    bench.finder.offer(bench.config())
    bench.page.show()
    bench.qtbot.waitUntil(lambda: "page Data (12 MB download)" in bench.hint())
    assert bench.hint().startswith("Cats are not on this computer yet.")
    assert True in bench.again, "it is looked whether they have come meanwhile"
    bench.page.hide()
    bench.known = tiny.bundle().info
    bench.structure(bench.page.show)


def test_while_nobody_knows_the_data_it_says_so_and_goes_on_by_itself(bench: Bench) -> None:
    bench.known = None
    bench.finder.offer(bench.config())
    bench.page.show()
    bench.qtbot.waitUntil(lambda: bench.hint() == finder.WAITING)
    bench.known = tiny.bundle().info
    bench.structure(lambda: bench.finder.offer(bench.config()))


def test_it_is_found_ahead_while_the_page_is_hidden(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finder, "AHEAD_MS", 0)
    bench.structure(lambda: bench.finder.offer(bench.config()))
    submitted: list[object] = []
    monkeypatch.setattr(bench.finder._background, "submit", lambda *work: submitted.append(work))
    bench.structure(bench.page.show)
    assert not submitted, "what is known needs no work"


class TestSelection:
    def test_table_and_drawing_choose_the_same_layer(self, bench: Bench) -> None:
        bench.open()
        page = bench.page
        bench.look(lambda: page.graph.node_clicked.emit("0.0"))
        assert page.table.current() == page.chosen() == "0.0"
        assert page.graph._items["0.0"].marked()
        bench.look(lambda: page.table.choose("3"))
        assert page.graph._items["3"].marked() and not page.graph._items["0.0"].marked()
        page.graph.node_clicked.emit("<input>")
        assert page.chosen() == "3"

    def test_a_layer_in_a_closed_block_marks_the_block_and_a_second_click_opens_it(self, bench: Bench) -> None:
        bench.open()
        page = bench.page
        page.close_all.click()
        assert set(page.graph._items) == {"<input>", "0", "1", "2", "3", "<output>"}
        bench.look(lambda: page.graph.node_clicked.emit("0"))
        assert page.graph._items["0"].marked() and page.layer.title.text().startswith("0  Sequential")
        page.graph.node_clicked.emit("0")
        assert "0.0" in page.graph._items and page.table.opened() == {"0"}
        page.table.set_opened("0", False)
        assert "0.0" not in page.graph._items

    def test_the_keyboard_walks_the_table_and_closes_blocks(self, bench: Bench) -> None:
        bench.open()
        table = bench.page.table
        table.choose("0")
        bench.qtbot.keyClick(table, Qt.Key.Key_Down)
        assert bench.page.chosen() == "0.0"
        bench.qtbot.keyClick(table, Qt.Key.Key_Up)
        bench.qtbot.keyClick(table, Qt.Key.Key_Left)
        assert not table.opened() and "0.0" not in bench.page.graph._items
        bench.qtbot.keyClick(table, Qt.Key.Key_Right)
        assert table.opened() == {"0"}

    def test_the_table_is_copied_as_text_and_as_csv(self, bench: Bench) -> None:
        bench.open()
        table = bench.page.table
        table.choose("3")
        bench.qtbot.keySequence(table, QKeySequence(QKeySequence.StandardKey.Copy))
        lines = QApplication.clipboard().text().splitlines()
        assert lines[0].split("\t")[:2] == ["Layer", "Kind"] and len(lines) == 7
        assert lines[2].split("\t")[:6] == ["0.0", "Conv2d", "1×8×8", "4×6×6", "40", "1296"]
        table.copy(as_csv=True)
        assert '"111 parameters' not in QApplication.clipboard().text()
        assert QApplication.clipboard().text().splitlines()[0].startswith("Layer,Kind,Input,Output,Parameters,")
        table.selectAll()
        assert len(table.selected()) == 6

    def test_every_cell_has_a_tip_with_units_and_every_heading_one(self, bench: Bench) -> None:
        bench.open()
        model = bench.page.table.rows
        tip = model.data(model.index_of("0.0", 4), Qt.ItemDataRole.ToolTipRole)
        assert "1×8×8 → 4×6×6, for one sample" in tip and "40 parameters, 1,296 multiply-adds" in tip
        assert all(
            model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
            for column in range(model.columnCount())
        )


class TestLooking:
    def test_before_a_run_the_weights_are_random_ones_and_it_says_so(self, bench: Bench) -> None:
        bench.open()
        look = bench.look(lambda: bench.page.choose("0.0"))
        assert look.source == "Random weights: nothing is trained yet." == bench.page.layer.source.text()
        assert look.weights is not None and look.activation is not None and look.gradient is not None
        assert bench.page.layer.words["activation"].text().startswith("For the first sample of the validation part")

    def test_after_a_run_they_are_the_runs_own(self, bench: Bench) -> None:
        bench.open()
        bench.look(lambda: bench.page.choose("3"))
        bench.train(epochs=1)
        trainer = bench.session.trainer
        assert trainer is not None
        final = f"Tiny after {trainer.step:,} steps."
        bench.qtbot.waitUntil(lambda: bench.looks[-1].source == final, timeout=PATIENCE_MS)
        assert bench.page.layer.source.text() == final
        assert "as the last step left it" in bench.looks[-1].gradient_words

    def test_while_it_trains_they_follow(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(finder, "REFRESH_S", 0.0)
        bench.open()
        bench.look(lambda: bench.page.choose("3"))
        with bench.qtbot.waitSignal(bench.session.started, timeout=PATIENCE_MS):
            bench.session.start(bench.config(epochs=100_000))
        bench.qtbot.waitUntil(
            lambda: len({look.source for look in bench.looks if "after" in look.source}) >= 3, timeout=PATIENCE_MS
        )
        assert bench.session.state == "running"
        bench.page.hide()
        bench.qtbot.waitUntil(lambda: not bench.finder._looking, timeout=PATIENCE_MS)
        seen, step = len(bench.looks), bench.session.trainer.step
        bench.qtbot.waitUntil(lambda: bench.session.trainer.step > step + 30, timeout=PATIENCE_MS)
        assert len(bench.looks) == seen

    def test_at_a_pause_they_are_those_of_the_last_step(self, bench: Bench) -> None:
        bench.open()
        bench.look(lambda: bench.page.choose("3"))
        with bench.qtbot.waitSignal(bench.session.started, timeout=PATIENCE_MS):
            bench.session.start(bench.config(epochs=100_000))
        session, trainer = bench.session, bench.session.trainer
        session.pause()
        bench.qtbot.waitUntil(lambda: session.state == "paused", timeout=PATIENCE_MS)
        for further in (0, 1, 1):
            if further:
                step = trainer.step
                session.step()
                bench.qtbot.waitUntil(lambda step=step: trainer.step == step + 1, timeout=PATIENCE_MS)
            words = f"Tiny after {trainer.step:,} steps."
            bench.qtbot.waitUntil(lambda words=words: bench.page.layer.source.text() == words, timeout=PATIENCE_MS)

    def test_of_another_network_than_the_runs_random_weights_are_shown(self, make_bench: Callable[..., Bench]) -> None:
        class Sized(Config):
            units: int = setting(5, "Units", minimum=1)

        def build(config: Any, info: DataInfo) -> nn.Module:
            return nn.Sequential(nn.Flatten(), nn.Linear(64, config.units), nn.Linear(config.units, 3))

        bench = make_bench(build, config=Sized)
        bench.open()
        bench.train(epochs=1)
        bench.page.choose("1")
        bench.qtbot.waitUntil(lambda: bool(bench.looks) and bench.looks[-1].source.startswith("Tiny after"))
        bench.structure(lambda: bench.finder.offer(bench.config(network_settings={"units": 7})))
        bench.qtbot.waitUntil(lambda: bench.looks[-1].source.startswith("Random"), timeout=PATIENCE_MS)

    def test_of_what_is_clicked_meanwhile_only_the_last_counts(self, bench: Bench) -> None:
        bench.open()

        def in_a_hurry() -> None:
            for row in ("0.0", "1", "2", "3"):
                bench.page.choose(row)

        assert bench.look(in_a_hurry).row == "3" and len(bench.looks) == 1


def test_of_what_is_asked_meanwhile_only_the_newest_is_shown(bench: Bench) -> None:
    bench.open()
    bench.known = DataInfo((1, 12, 12), ("a", "b"))
    bench.finder.offer(bench.config())
    bench.finder._ask()
    bench.known = tiny.bundle().info
    bench.finder.offer(bench.config())
    bench.qtbot.waitUntil(lambda: not bench.finder._asked and not bench.finder._soon.isActive())
    assert bench.page.structure() is bench.structures[0]


def test_a_run_that_is_started_meanwhile_comes_first_and_the_structure_after_it(bench: Bench) -> None:
    bench.page.show()
    bench.finder.offer(bench.config())
    bench.finder._ask()
    assert bench.finder._asked
    with bench.qtbot.waitSignal(bench.session.started, timeout=PATIENCE_MS):
        bench.session.start(bench.config(epochs=100_000))
    bench.qtbot.waitUntil(lambda: bool(bench.structures), timeout=PATIENCE_MS)
    assert bench.session.state == "running" and rows_of(bench)


def test_small_and_wide_it_keeps_all_its_parts(bench: Bench) -> None:
    bench.open()
    bench.page.choose("0.0")
    for width, height, turn in ((420, 420, Qt.Orientation.Vertical), (900, 640, Qt.Orientation.Horizontal)):
        bench.page.resize(width, height)
        QApplication.processEvents()
        assert bench.page.upper.orientation() == turn
        for part in (bench.page.graph, bench.page.layer, bench.page.table):
            assert bench.page.rect().contains(part.mapTo(bench.page, QPoint(part.width() - 1, part.height() - 1)))
