from __future__ import annotations

import itertools
import random

import pytest

from gui.forms.spec import Bounds, FieldSpec, Kind
from gui.forms.stepping import one_two_five, start, stepped

EVERYTHING = Bounds()
POSITIVE = Bounds(0, low_open=True)


def spec(kind: Kind, default: float | None, bounds: Bounds = EVERYTHING) -> FieldSpec:
    return FieldSpec(name="x", title="X", help="", unit="", kind=kind, default=default, bounds=bounds)


def walk(field: FieldSpec, value: float, steps: int, count: int) -> list[float]:
    seen = []
    for _ in range(count):
        value = stepped(field, value, steps)
        seen.append(value)
    return seen


@pytest.mark.parametrize(
    ("field", "value", "up", "down"),
    [
        (spec("float", 1e-3, POSITIVE), 1e-3, [2e-3, 5e-3, 1e-2], [5e-4, 2e-4, 1e-4]),
        (spec("float", 1e-3, POSITIVE), 3e-3, [5e-3, 1e-2, 2e-2], [2e-3, 1e-3, 5e-4]),
        (spec("float", 0.0, Bounds(0)), 0.0, [1e-4, 2e-4, 5e-4], [0.0, 0.0, 0.0]),
        (spec("float", 1e-4, Bounds(0)), 1e-6, [2e-6, 5e-6, 1e-5], [0.0, 0.0, 0.0]),
        (spec("float", 1.0), -1.0, [-0.5, -0.2, -0.1], [-2.0, -5.0, -10.0]),
        (spec("float", 0.5, Bounds(0, 1)), 0.5, [0.55, 0.6, 0.65], [0.45, 0.4, 0.35]),
        (spec("float", 0.0, Bounds(0, 1)), 0.0, [0.05, 0.1, 0.15], [0.0, 0.0, 0.0]),
        (spec("float", 0.9, Bounds(0, 1, high_open=True)), 0.9, [0.95, 0.98, 0.99], [0.8, 0.5, 0.0]),
        (spec("int", 10, Bounds(1)), 2, [3, 4, 5], [1, 1, 1]),
        (spec("int", 64, Bounds(1)), 64, [128, 256, 512], [32, 16, 8]),
        (spec("int", 64, Bounds(1)), 100, [128, 256, 512], [64, 32, 16]),
        (spec("int", 64), 1, [2, 4, 8], [0, -1, -2]),
        (spec("int", 1000, Bounds(1)), 1000, [1100, 1200, 1300], [900, 800, 700]),
        (spec("int", 0), 0, [1, 2, 3], [-1, -2, -3]),
    ],
)
def test_steps_suit_the_field(field, value, up, down):
    assert walk(field, value, 1, 3) == up
    assert walk(field, value, -1, 3) == down


def test_page_up_is_a_factor_of_ten():
    assert stepped(spec("float", 1e-3, POSITIVE), 1e-3, 10) == 1e-2
    assert stepped(spec("int", 5), 5, 10) == 15


@pytest.mark.parametrize(
    ("field", "sensible"),
    [
        (spec("int", 7), 7),
        (spec("int", None), 1),
        (spec("int", None, Bounds(2)), 2),
        (spec("int", None, Bounds(2, low_open=True)), 3),
        (spec("int", None, Bounds(high=-5)), -5),
        (spec("int", None, Bounds(high=-5, high_open=True)), -6),
        (spec("float", None, Bounds(0, 1, True, True)), 0.5),
        (spec("float", None, POSITIVE), 1.0),
    ],
)
def test_a_field_without_a_number_starts_with_an_allowed_one(field, sensible):
    assert start(field) == sensible
    assert stepped(field, None, 1) == sensible
    assert stepped(field, float("inf"), 1) == sensible


def test_a_step_from_any_number_ends_within_the_bounds_and_keeps_the_type():
    random_ = random.Random(2)
    for _ in range(2000):
        whole = random_.random() < 0.5
        low, high = sorted(random_.sample(range(-50, 50), 2))
        bounds = Bounds(
            random_.choice([None, low]), random_.choice([None, high]), random_.random() < 0.4, random_.random() < 0.4
        )
        allowed = [number for number in range(-60, 60) if bounds.allow(number)]
        if not allowed:
            continue
        field = spec("int" if whole else "float", random_.choice(allowed), bounds)
        value = random_.randint(-99, 99) if whole else random_.uniform(-99, 99)
        wanted = stepped(field, value, random_.choice([-10, -1, 1, 10]))
        assert bounds.allow(wanted), (field, value, wanted)
        assert isinstance(wanted, int) == whole


def test_the_ladder_goes_up_and_down_the_same_rungs_over_all_magnitudes():
    rungs = [float(f"{digit}e{exponent}") for exponent in range(-300, 300) for digit in (1, 2, 5)]
    for low, high in itertools.pairwise(rungs):
        assert one_two_five(low, up=True) == high
        assert one_two_five(high, up=False) == low


@pytest.mark.parametrize("value", [5e-324, 1.7e308])
def test_the_ladder_ends_where_the_numbers_do(value):
    assert one_two_five(value, up=True) > 0
    assert one_two_five(value, up=False) > 0
    assert one_two_five(value, up=True) < float("inf")
