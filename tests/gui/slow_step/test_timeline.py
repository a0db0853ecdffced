"""A step as a row of moments, and what plays them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.slow_step.records import (
    Clipping,
    LayerCall,
    OutputGradient,
    ParameterGradient,
    Phase,
    StepRecord,
    Summary,
)
from gui.slow_step.layer_table import GRADIENT, LAYER, LayerTable
from gui.slow_step.output_panel import view_of, wrapped
from gui.slow_step.player import LONGEST_MS, Player
from gui.slow_step.stage_strip import StageStrip
from gui.slow_step.timeline import Timeline
from gui.slow_step.weight_map import Places

ZEROS = np.zeros(3, np.float32)


def call(layer: str, *parameters: str) -> LayerCall:
    return LayerCall(layer, "Linear", 1, (2, 3), Summary(0.5, 1.0, -1.0, 2.0, 0.25), ZEROS, (3,), parameters)


def record(phase: Phase, **changes: object) -> StepRecord:
    """Two layers, the first of which has nothing to learn."""
    known: dict[str, object] = {}
    if phase != "ready":
        known |= {"calls": (call("flatten"), call("fc", "fc.weight", "fc.bias")), "loss": 2.5}
    if phase in ("gradients", "clipped", "updated"):
        gradients = (ParameterGradient("fc.bias", (3,), 3.0), ParameterGradient("fc.weight", (3, 2), 4.0))
        known["arrivals"] = (OutputGradient(1, 1.0, ZEROS), *gradients)
    shapes = {"fc.weight": (3, 2), "fc.bias": (3,)}
    return StepRecord(7, phase, 2, ZEROS, (3,), shapes, "SGD", 0.1, **{**known, **changes})  # type: ignore[arg-type]


def test_what_is_known_grows_moment_by_moment() -> None:
    timeline = Timeline(record("updated"))
    assert timeline.end == 7
    assert [timeline.calls(position) for position in range(8)] == [0, 1, 2, 2, 2, 2, 2, 2]
    assert [timeline.loss_known(position) for position in range(4)] == [False, False, False, True]
    assert [timeline.arrivals(position) for position in range(8)] == [0, 0, 0, 0, 1, 2, 3, 3]
    assert [timeline.updated(position) for position in (6, 7)] == [False, True]
    assert [timeline.has_gradient("fc.bias", position) for position in (4, 5)] == [False, True]
    stages = [timeline.stage(position) for position in range(8)]
    assert stages == ["forward"] * 3 + ["loss"] + ["backward"] * 3 + ["update"]
    ends = [timeline.end_of_stage(position) for position in (0, 2, 3, 6, 7)]
    assert ends == [2, 3, 6, 7, 7]


def test_the_moments_are_told_in_words() -> None:
    timeline = Timeline(record("updated", clipping=Clipping(5.0, 1.0, 0.2)))
    words = [timeline.words(position) for position in range(timeline.end + 1)]
    assert words[0] == "A batch of 2 is about to go through the network; all gradients are None."
    assert words[2] == "fc gives 2×3: mean 0.5, standard deviation 1"
    assert words[3] == "The loss of the batch of 2 is 2.5"
    assert words[5] == "fc.bias.grad was None and is there now: 3, norm 3"
    assert words[7] == "All gradients together have norm 5, more than 1: each is multiplied by 0.2"
    assert words[8] == "SGD has changed the weights, at rate 0.1"


def test_layers_left_out_are_told_of() -> None:
    timeline = Timeline(record("loss", calls_left_out=1234))
    assert "1,234 more uses of layers are not listed" in timeline.words(timeline.end)


def test_layers_appear_and_their_gradients_after_them(qtbot: QtBot) -> None:
    table = LayerTable()
    qtbot.addWidget(table)

    def column(number: int) -> list[str]:
        return [table.layers.index(row, number).data() for row in range(table.layers.rowCount())]

    timeline = Timeline(record("updated"))
    seen = []
    for position in (0, 1, 2, 5, 6, 7, 2, 0):
        table.show_step(timeline, position)
        seen.append((column(LAYER), column(GRADIENT)))
    assert seen[0] == seen[-1] == ([], [])
    assert seen[1] == (["flatten"], ["–"])
    assert seen[2] == seen[6] == (["flatten", "fc"], ["–", "None"])
    assert [gradient for _, gradient in seen[3:6]] == [["–", "3"], ["–", "5"], ["–", "5"]]


def test_a_step_that_is_begun_anew_replaces_its_rows(qtbot: QtBot) -> None:
    table = LayerTable()
    qtbot.addWidget(table)
    table.show_step(Timeline(record("loss")), 2)
    table.show_step(Timeline(record("loss", calls=(call("other"),))), 1)
    assert [table.layers.index(row, LAYER).data() for row in range(table.layers.rowCount())] == ["other"]


@pytest.fixture
def player(qtbot: QtBot) -> Player:
    return Player()


def test_what_is_new_is_played_to_its_end(qtbot: QtBot, player: Player) -> None:
    seen: list[int] = []
    player.moved.connect(seen.append)
    player.set_speed("Fast")
    with qtbot.waitSignal(player.playing_changed, check_params_cb=lambda on: not on):
        player.grow(3)
    assert seen == [0, 1, 2, 3]
    assert not player.playing


def test_at_once_nothing_is_waited_for(player: Player) -> None:
    player.set_speed("At once")
    player.grow(500)
    assert player.position == 500


def test_hundreds_of_moments_do_not_take_minutes(player: Player) -> None:
    player.set_speed("Slowly")
    player.grow(2000)
    assert player._timer.interval() * 2000 <= LONGEST_MS
    player.pause()


def test_going_to_and_fro_stands_still_and_stays_within(player: Player) -> None:
    player.set_speed("At once")
    player.grow(4)
    moves: list[tuple[Callable[[], None], int]] = [
        (lambda: player.go_to(2), 2),
        (lambda: player.go_to(-3), 0),
        (lambda: player.go_to(99), 4),
        (lambda: player.grow(1), 1),
    ]
    for move, position in moves:
        move()
        assert player.position == position
        assert not player.playing


def test_the_strip_says_where_the_step_is(qtbot: QtBot) -> None:
    strip = StageStrip()
    qtbot.addWidget(strip)
    assert strip.accessibleName() == "No step is taken apart"
    strip.show_stage("loss", {"loss": "2.5"})
    assert strip.accessibleName() == "The step is at: Loss 2.5"
    strip.resize(120, 40)
    assert not strip.grab().isNull()


@pytest.mark.parametrize("shape", [(), (5,), (100,), (4, 3), (2, 3, 4, 4)])
def test_every_number_of_a_parameter_has_a_place_and_back(shape: tuple[int, ...]) -> None:
    numbers = np.arange(int(np.prod(shape)), dtype=np.float32).reshape(shape)
    places = Places(shape)
    matrix = places.matrix(numbers)
    found = {}
    for row, column in np.ndindex(*matrix.shape):
        at = places.index(row, column)
        if at is not None:
            found[at] = matrix[row, column]
            assert numbers[at] == matrix[row, column]
        else:
            assert np.isnan(matrix[row, column])
    assert len(found) == numbers.size
    assert places.index(matrix.shape[0], 0) is None


@pytest.mark.parametrize(
    ("shape", "kind"),
    [((), "BarChart"), ((10,), "BarChart"), ((400,), "Heatmap"), ((7, 9), "Heatmap"), ((6, 8, 8), "ImageGrid")],
)
def test_an_output_is_drawn_by_what_fits_its_shape(shape: tuple[int, ...], kind: str) -> None:
    assert type(view_of(np.ones(shape, np.float32), symmetric=False)).__name__ == kind


def test_a_long_row_is_wrapped_and_filled_with_nothing() -> None:
    lines = wrapped(np.arange(5, dtype=np.float32), 3)
    assert lines.shape == (2, 3)
    assert lines[0].tolist() == [0, 1, 2]
    assert np.isnan(lines[1, 2])
