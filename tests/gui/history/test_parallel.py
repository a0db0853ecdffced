"""Parallel coordinates: where each run lies on each axis."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from core.history import Differences
from gui.history.parallel import ParallelPlot, axis_of


def test_numbers_lie_by_size_and_by_their_logarithm_where_they_span_much() -> None:
    assert axis_of("epochs", [1, 3, 2]).places == (0, 1, 0.5)
    wide = axis_of("lr", [1e-4, 1e-2, 1e-3])
    assert wide.log
    assert wide.places == pytest.approx((0, 1, 0.5))


def test_words_lie_in_their_order_and_what_is_missing_nowhere() -> None:
    assert axis_of("optimizer", ["sgd", "adamw", "sgd"]).places == (1, 0, 1)
    assert axis_of("val_loss", [1.0, "", 3.0]).places == (0, None, 1)
    assert axis_of("val_loss", [float("nan"), 1.0, 3.0]).places[0] is None
    assert axis_of("augment", [True, False]).ticks == ((0.0, "False"), (1.0, "True"))


def test_a_line_goes_from_axis_to_axis_and_is_found_under_the_mouse(qtbot: QtBot) -> None:
    plot = ParallelPlot()
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show_runs(["a", "b"], Differences(("lr",), ("val_loss",), ((0.1, 2.0), (0.2, 1.0))))
    first, last = plot.points(0)
    assert first.x() < last.x()
    assert first.y() > last.y()  # the smaller rate below, the larger loss above
    assert plot.run_at(first + QPointF(1, 0)) == 0
    assert plot.run_at(plot.points(1)[1] - QPointF(1, 0)) == 1
    assert plot.run_at(QPointF(1, 1)) == -1
    assert not plot.grab().isNull()


def test_runs_that_do_not_differ_show_a_hint(qtbot: QtBot) -> None:
    plot = ParallelPlot()
    qtbot.addWidget(plot)
    plot.show_runs(["a", "b"], Differences((), ("val_loss",), ((2.0,), (1.0,))))
    assert plot.axes == ()
    assert plot.run_at(QPointF(10, 10)) == -1
    assert not plot.grab().isNull()
