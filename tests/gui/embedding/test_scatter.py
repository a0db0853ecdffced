"""Hovering, clicking, zooming and walking through the map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.embedding import motion
from gui.embedding.marks import colour_of
from gui.embedding.scatter import NOBODY, Scatter
from gui.embedding.viewport import MARGIN, Viewport

SQUARE = np.array([[0, 0], [10, 0], [0, 10], [10, 10], [5, 5]], np.float32)


@pytest.fixture
def scatter(qtbot: QtBot) -> Iterator[Scatter]:
    made = Scatter()
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show()
    made.show_points(SQUARE)
    made.show_groups(np.array([0, 0, 1, 1, 1]), ("low", "high"))
    yield made


def at(scatter: Scatter, point: int) -> QPoint:
    return scatter.place_of(point).toPoint()


def wheel(scatter: Scatter, where: QPoint, turns: int) -> None:
    nothing = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        *(QPointF(where), QPointF(scatter.mapToGlobal(where)), QPoint(), QPoint(0, 120 * turns)),
        *(*nothing, Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(scatter, event)


def test_everything_is_in_view_with_the_same_scale_both_ways(scatter: Scatter) -> None:
    places = np.array([at(scatter, point).toTuple() for point in range(5)])
    assert places.min() >= MARGIN - 1 and places.max() <= 300 - MARGIN + 1
    assert abs(np.ptp(places[:, 0]) - np.ptp(places[:, 1])) <= 1
    assert places[2, 1] < places[0, 1], "up is up"
    scatter.resize(600, 300)
    assert abs((at(scatter, 1) - at(scatter, 0)).x() - (at(scatter, 0) - at(scatter, 2)).y()) <= 1


def test_the_point_under_the_mouse_is_pointed_at_and_a_click_chooses_it(qtbot: QtBot, scatter: Scatter) -> None:
    seen: list[int] = []
    scatter.pointed.connect(seen.append)
    qtbot.mouseMove(scatter, at(scatter, 3) + QPoint(4, -3))
    qtbot.mouseMove(scatter, at(scatter, 3) + QPoint(-80, 80))
    assert seen == [3, NOBODY]
    with qtbot.waitSignal(scatter.chosen) as chosen:
        qtbot.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=at(scatter, 4))
    assert chosen.args == [4] and scatter.point() == 4


def test_what_is_hidden_is_neither_drawn_nor_pointed_at(qtbot: QtBot, scatter: Scatter) -> None:
    def pixel() -> str:
        return scatter.grab().toImage().pixelColor(at(scatter, 0)).name()

    assert pixel() == colour_of(0, scatter.palette()).name()
    qtbot.mouseMove(scatter, at(scatter, 0))
    scatter.hide_groups(frozenset({0}))
    assert scatter.point() == NOBODY
    assert pixel() == scatter.palette().base().color().name()
    with qtbot.assertNotEmitted(scatter.chosen):
        qtbot.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=at(scatter, 0))


def test_dragging_moves_the_map_and_chooses_nothing(qtbot: QtBot, scatter: Scatter) -> None:
    before = at(scatter, 4)
    with qtbot.assertNotEmitted(scatter.chosen):
        qtbot.mousePress(scatter, Qt.MouseButton.LeftButton, pos=before)
        qtbot.mouseMove(scatter, before + QPoint(20, 10))
        qtbot.mouseMove(scatter, before + QPoint(40, 25))
        qtbot.mouseRelease(scatter, Qt.MouseButton.LeftButton, pos=before + QPoint(40, 25))
    assert (at(scatter, 4) - before - QPoint(40, 25)).manhattanLength() <= 2
    scatter.fit()
    assert at(scatter, 4) == before


def test_the_wheel_zooms_and_what_is_under_the_mouse_stays_there(scatter: Scatter) -> None:
    corner, apart = at(scatter, 3), (at(scatter, 1) - at(scatter, 0)).x()
    wheel(scatter, corner, 3)
    assert (at(scatter, 3) - corner).manhattanLength() <= 1
    assert (at(scatter, 1) - at(scatter, 0)).x() > 1.6 * apart
    wheel(scatter, corner, 500)
    wheel(scatter, corner, -1000)
    assert 0.4 * apart < (at(scatter, 1) - at(scatter, 0)).x() < 0.6 * apart, "there is an end to it"


def test_what_the_person_zoomed_to_stays_when_the_points_move(scatter: Scatter) -> None:
    wheel(scatter, at(scatter, 3), 2)
    before = at(scatter, 3)
    scatter.show_points(SQUARE + [0, 100] * (np.arange(5) == 0)[:, None])
    assert at(scatter, 3) == before
    scatter.fit()
    assert at(scatter, 3) != before


def test_arrow_keys_walk_from_neighbour_to_neighbour_and_enter_chooses(qtbot: QtBot, scatter: Scatter) -> None:
    seen: list[int] = []
    scatter.pointed.connect(seen.append)
    keys = Qt.Key
    for key in (keys.Key_Left, keys.Key_Left, keys.Key_Up, keys.Key_Right, keys.Key_Right, keys.Key_Down):
        qtbot.keyClick(scatter, key)
    assert seen[0] == 4, "first the one in the middle"
    assert seen[1:] == [0, 2, 3, 1] or seen[1:] == [2, 3, 1]
    with qtbot.waitSignal(scatter.chosen) as chosen:
        qtbot.keyClick(scatter, keys.Key_Return)
    assert chosen.args == [1]
    qtbot.keyClick(scatter, keys.Key_Escape)
    assert scatter.point() == NOBODY
    with qtbot.assertNotEmitted(scatter.chosen):
        qtbot.keyClick(scatter, keys.Key_Return)


def test_walking_beyond_the_edge_brings_the_point_into_view(qtbot: QtBot, scatter: Scatter) -> None:
    qtbot.keyClick(scatter, Qt.Key.Key_Left)
    for _ in range(4):
        qtbot.keyClick(scatter, Qt.Key.Key_Plus)
    qtbot.keyClick(scatter, Qt.Key.Key_Up)
    assert scatter.rect().contains(at(scatter, scatter.point()))
    qtbot.keyClick(scatter, Qt.Key.Key_Home)
    assert all(scatter.rect().contains(at(scatter, point)) for point in range(5))


def test_points_glide_to_where_they_go_and_arrive(
    qtbot: QtBot, scatter: Scatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        now = 0.0

        def perf_counter(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(motion, "time", clock)
    mirrored = SQUARE[[3, 2, 1, 0, 4]]
    before = at(scatter, 0)
    scatter.show_points(mirrored, glide=True)
    assert at(scatter, 0) == before
    clock.now = motion.GLIDE_S / 2
    qtbot.waitUntil(lambda: at(scatter, 0) != before)
    assert (at(scatter, 0) - QPoint(150, 150)).manhattanLength() < 6, "half of the way"
    clock.now = motion.GLIDE_S
    qtbot.waitUntil(lambda: not scatter._motion._timer.isActive())
    whole = Viewport.around(mirrored, 300, 300).pixels(mirrored)[0]
    assert (scatter.place_of(0) - QPointF(*whole)).manhattanLength() < 1e-3


def test_a_glide_that_nobody_sees_is_over_at_once(scatter: Scatter) -> None:
    scatter.show_points(SQUARE[::-1].copy(), glide=True)
    scatter.hide()
    assert not scatter._motion._timer.isActive()
    scatter.show_points(SQUARE, glide=True)
    assert not scatter._motion._timer.isActive() and np.array_equal(scatter._motion.now, SQUARE)


def test_fewer_points_let_go_of_one_that_is_gone(scatter: Scatter) -> None:
    scatter._go(4)
    scatter.show_points(SQUARE[:3])
    assert scatter.point() == NOBODY
    scatter.forget()
    scatter.grab()


def test_names_stand_where_a_group_is_thick_and_never_on_each_other(scatter: Scatter) -> None:
    chance = np.random.default_rng(0)
    left, right = chance.normal([0, 0], 0.5, (60, 2)), chance.normal([20, 0], 0.5, (90, 2))
    stray = chance.normal([20, 0], 0.5, (30, 2))
    places = np.concatenate([left, stray, right]).astype(np.float32)
    scatter.show_points(places)
    scatter.show_groups(np.repeat([0, 0, 1], [60, 30, 90]), ("left", "right"))
    titles = {title.text: title.box for title in scatter.titles()}
    assert titles.keys() == {"left", "right"}
    assert titles["left"].center().x() < 150 < titles["right"].center().x()
    scatter.show_points(np.tile(places[:1], (180, 1)))
    assert len(scatter.titles()) == 1
    scatter.set_titled(False)
    assert not scatter.titles()
    scatter.set_titled(True)
    scatter.emphasise(0)
    assert [title.text for title in scatter.titles()] == ["left"]


def test_of_very_many_groups_no_names_hide_the_points(scatter: Scatter) -> None:
    places = np.random.default_rng(0).normal(0, 1, (120, 2)).astype(np.float32)
    scatter.show_points(places)
    scatter.show_groups(np.arange(120) % 40, tuple(f"class {group}" for group in range(40)))
    assert not scatter.titles()


def test_positions_that_are_all_the_same_are_drawn_in_the_middle(scatter: Scatter) -> None:
    scatter.show_points(np.ones((7, 2), np.float32))
    assert (at(scatter, 3) - QPoint(150, 150)).manhattanLength() <= 2
    scatter.grab()
