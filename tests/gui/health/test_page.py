"""The parts of the page, given measurements as a run makes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.events import HealthMeasured
from core.health import EVERY, HealthSettings
from core.health.bins import BINS, KINDS, MIDDLE
from core.health.history import HealthHistory
from core.health.words import Diagnosis
from gui.health.layer_curves import MOST, spread_out
from gui.health.measures import BY_FIELD, NOTHING
from gui.health.page import BEFORE, HealthPage
from gui.health.through_time import ThroughTime
from tests.core.health.looking import measured


def healthy(steps: int = 12, **changes: Any) -> list[HealthMeasured]:
    return [measured(step, **changes) for step in range(1, steps + 1)]


def shown(qtbot: QtBot, events: Iterable[HealthMeasured], width: int = 720, height: int = 600) -> HealthPage:
    page = HealthPage()
    qtbot.addWidget(page)
    page.resize(width, height)
    page.show()
    give(page, events)
    return page


def give(page: HealthPage, events: Iterable[HealthMeasured]) -> None:
    history, diagnosis = HealthHistory(), Diagnosis()
    for event in events:
        history.take(event)
        diagnosis.take(event)
    page.show_health(history, diagnosis.findings, diagnosis.summary())
    for draw in page.drawers():
        draw()


def cells(page: HealthPage) -> list[list[str]]:
    model = page.table.layers
    return [
        [str(model.data(model.index(row, column))) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def ground(page: HealthPage, row: int, column: int) -> QColor:
    index = page.table.layers.index(row, column)
    where = page.table.visualRect(index).topRight() + QPoint(-3, 3)
    return QColor(page.table.viewport().grab().toImage().pixelColor(where))


def test_before_the_first_run_a_sentence_says_what_will_be_here(qtbot: QtBot) -> None:
    page = HealthPage()
    qtbot.addWidget(page)
    page.show()
    assert page.hint.isVisible()
    assert page.hint.text() == BEFORE
    assert page.head.watch.isVisible(), "it can be switched before a run"
    assert not page.table.isVisible()


def test_a_row_a_layer_says_how_it_fares(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy(gradient_norm=[2e-7, 3e-7, 1e-7], dead=[0.25, 0, np.nan], units=[8, 4, 0]))
    assert cells(page) == [
        ["fc1", "2.0·10⁻⁷", "0.1%", "5", "25%", NOTHING],
        ["fc2", "3.0·10⁻⁷", "0.1%", "5", "0%", NOTHING],
        ["fc3", "1.0·10⁻⁷", "0.1%", "5", NOTHING, NOTHING],
    ]
    assert page.table.isColumnHidden(5), "there is no tanh or sigmoid"
    assert page.words.text().startswith("All is well")
    assert page.head.status.text() == "12 looks, the newest at step 12"


def test_what_is_frozen_or_broken_is_said_in_its_cell(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy(gradient_norm=[np.nan, np.inf, 0.1], trained=[False, True, True]))
    assert [row[1] for row in cells(page)] == ["frozen", "NaN or ∞", "0.1"]
    assert "no finite numbers" in page.words.text()


def test_cells_that_are_ill_are_coloured(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy(dead=[0, 0, 0.95]))
    assert page.table.layers.illness(2, 4) > page.table.layers.illness(1, 4) == 0
    assert ground(page, 2, 4) != ground(page, 2, 3)
    assert page.words.text().startswith("10 of 10 units of fc3 are dead") or "fc3" in page.words.text()


def test_a_cell_chooses_the_layer_and_the_measure(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy(weight_norm=[1, 2, 3]))
    page.table.setCurrentIndex(page.table.layers.index(2, 3))
    assert page.layer == 2
    assert page.curves.field == "weight_norm"
    assert page.kind.currentData() == "weights"
    assert "fc3" in page.layer_name.text()
    page.table.setCurrentIndex(page.table.layers.index(1, 0))
    assert page.layer == 1
    assert page.curves.field == "weight_norm", "the name of a layer says nothing of a measure"


def test_the_chosen_layer_stays_while_numbers_come_and_go_with_the_network(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy())
    page.table.setCurrentIndex(page.table.layers.index(2, 1))
    give(page, healthy(20))
    assert page.layer == 2
    assert page.table.currentIndex().row() == 2
    give(page, [measured(1, layers=2)])
    assert page.layer == 0
    assert len(cells(page)) == 2


def test_sorting_keeps_the_layer_that_is_chosen(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy(gradient_norm=[0.3, 0.1, 0.2]))
    page.table.setCurrentIndex(page.table.layers.index(0, 1))
    page.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert [row[0] for row in cells(page)] == ["fc2", "fc3", "fc1"]
    give(page, healthy(20, gradient_norm=[0.3, 0.1, 0.2]))
    assert page.layer == 0
    assert page.table.currentIndex().row() == 2


def test_the_table_can_be_copied_with_its_titles(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy())
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["layer", "gradient", "update"]
    assert len(lines) == 4


def test_there_is_a_curve_a_layer_with_all_its_values(qtbot: QtBot) -> None:
    events = [measured(step, gradient_norm=[step, 2 * step, 3 * step]) for step in (1, 4, 9)]
    page = shown(qtbot, events)
    plot = page.curves.plot
    assert plot.names() == ("fc1", "fc2", "fc3")
    assert plot.curve("fc2").xs.tolist() == [1, 4, 9]
    assert plot.curve("fc2").ys.tolist() == [2, 8, 18]
    assert plot.log
    page.choose("dead")
    assert not page.curves.plot.log
    page.choose("saturated")
    assert page.curves.plot.names() == ()


def test_of_many_layers_some_are_drawn_and_the_chosen_one_always(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy(layers=40))
    plot = page.curves.plot
    assert len(plot.names()) == MOST
    assert {"fc1", "fc40"} <= set(plot.names())
    assert plot.remark() == f"{MOST} of 40 layers"
    page.table.setCurrentIndex(page.table.layers.index(20, 1))
    assert "fc21" in plot.names()
    assert len(plot.names()) <= MOST + 1


def test_layers_are_chosen_evenly() -> None:
    assert spread_out([3, 5], 0) == [3, 5]
    assert spread_out(list(range(101)), 7) == [0, 7, 20, 40, 60, 80, 100]
    assert spread_out(list(range(10)), 99) == spread_out(list(range(10)), 0)


@pytest.mark.parametrize("value", [0.0, 1e-30, 0.5, 1e30, np.nan, np.inf])
def test_every_measure_writes_every_number(value: float) -> None:
    for measure in BY_FIELD.values():
        assert 0 < len(measure.written(value)) < 16


class TestThroughTime:
    def widget(self, qtbot: QtBot, steps: list[int], shares: Any) -> ThroughTime:
        widget = ThroughTime()
        qtbot.addWidget(widget)
        widget.resize(400, 300)
        widget.show()
        widget.show_histograms(np.array(steps), np.asarray(shares, np.float32), KINDS["weights"], hint="nothing")
        return widget

    def one_bin(self, bin: int) -> list[float]:
        return [1.0 if place == bin else 0.0 for place in range(BINS)]

    def test_large_positive_values_are_above_and_early_steps_at_the_left(self, qtbot: QtBot) -> None:
        widget = self.widget(qtbot, [1, 100], [self.one_bin(MIDDLE + 20), self.one_bin(MIDDLE - 20)])
        area = widget._area
        picture = widget.viewport().grab().toImage()
        left, right = area.left() + 4, area.right() - 4
        top, bottom = area.top() + 3, area.bottom() - 3

        def strength(x: float, y: float) -> bool:
            return bool(picture.pixelColor(int(x), int(y)) != widget._ground())

        assert strength(right, bottom)
        assert not strength(right, top)
        assert strength(left, top)
        assert not strength(left, bottom)
        assert "−" in widget.tip_at(QPoint(int(right), int(bottom)))
        assert "100%" in widget.tip_at(QPoint(int(right), int(bottom)))
        assert "step 100" in widget.tip_at(QPoint(int(right), int(bottom)))
        assert "step 1" in widget.tip_at(QPoint(int(left), int(bottom)))
        assert widget.tip_at(QPoint(1, 1)) == ""

    def test_without_values_a_sentence_says_so(self, qtbot: QtBot) -> None:
        assert self.widget(qtbot, [1], [[np.nan] * BINS]).notice() == "nothing"
        assert self.widget(qtbot, [], np.empty((0, BINS))).notice() == "nothing"

    def test_one_measurement_and_all_zeros_are_drawn(self, qtbot: QtBot) -> None:
        widget = self.widget(qtbot, [7], [self.one_bin(MIDDLE)])
        assert widget.notice() == ""
        middle = widget._area.center().toPoint()
        assert "nearer to 0" in widget.tip_at(middle)
        assert not widget.viewport().grab().toImage().isNull()
        assert widget.notice() == ""


def test_words_are_text_and_never_markup(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy())
    name = "<img src='file:///etc/passwd'>"
    event = measured(dead=[0.9, 0, 0])
    events = [HealthMeasured(**{**vars(event), "layers": (name, "b", "c")}) for _ in range(4)]
    give(page, events)
    assert name in page.words.text()
    assert "<img" not in page.words.label.text()


def test_the_switch_and_the_cadence_tell_what_is_chosen(qtbot: QtBot) -> None:
    page = HealthPage()
    qtbot.addWidget(page)
    told: list[HealthSettings] = []
    page.head.changed.connect(told.append)
    assert page.head.settings() == HealthSettings(True, EVERY)
    page.head.every.setCurrentIndex(page.head.every.findData(100))
    page.head.watch.setChecked(False)
    assert told == [HealthSettings(True, 100), HealthSettings(False, 100)]
    assert not page.head.every.isEnabled()
    page.head.show_settings(HealthSettings(True, 12345))
    assert page.head.settings() == HealthSettings(True, EVERY)
    assert len(told) == 2


@pytest.mark.parametrize("size", [(360, 320), (540, 500), (720, 600), (1200, 900)])
def test_it_fits_into_any_window(qtbot: QtBot, size: tuple[int, int]) -> None:
    page = shown(qtbot, healthy(layers=30, dead=[0.9] * 30), *size)
    assert (page.width(), page.height()) == size
    assert not page.grab().isNull()
    assert page.through_time.notice() == ""


def test_clearing_leaves_nothing_of_the_run_before(qtbot: QtBot) -> None:
    page = shown(qtbot, healthy())
    page.clear("wait")
    assert page.hint.text() == "wait"
    assert cells(page) == []
    assert page.curves.plot.names() == ()
    for draw in page.drawers():
        draw()
