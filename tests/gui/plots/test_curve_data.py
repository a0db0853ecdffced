"""What a curve gives to be drawn."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gui.plots.curve import POINTS_PER_BUCKET, Curve


def curve_of(ys, xs=None) -> Curve:
    curve = Curve()
    curve.append(np.arange(len(ys)) if xs is None else xs, ys)
    return curve


def irregular_steps(random: np.random.Generator, count: int) -> np.ndarray:
    """Non-decreasing, with repeats and with long pauses."""
    return np.cumsum(random.choice([0.0, 1.0, 1.0, 50.0], size=count))


@pytest.mark.parametrize("seed", range(25))
def test_every_bucket_shows_its_lowest_and_highest_point_in_order(seed):
    random = np.random.default_rng(seed)
    count, buckets = int(random.integers(3000, 9000)), int(random.integers(5, 200))
    xs, ys = irregular_steps(random, count), random.normal(size=count)
    low, high = np.sort(random.uniform(-10, xs[-1] + 10, 2))
    shown_xs, shown_ys = curve_of(ys, xs).visible(low, high, buckets)

    assert np.all(np.diff(shown_xs) >= 0)
    points = set(zip(xs.tolist(), ys.tolist(), strict=True))
    assert points.issuperset(zip(shown_xs.tolist(), shown_ys.tolist(), strict=True))
    if np.sum((xs >= low) & (xs <= high)) > POINTS_PER_BUCKET * buckets:
        assert len(shown_xs) <= POINTS_PER_BUCKET * buckets + 2
    for left, right in itertools.pairwise(np.linspace(low, high, buckets + 1)):
        inside, shown = (xs >= left) & (xs < right), (shown_xs >= left) & (shown_xs < right)
        if inside.any():
            assert shown_ys[shown].min() == ys[inside].min()
            assert shown_ys[shown].max() == ys[inside].max()


@pytest.mark.parametrize("zoom", [1, 2, 7, 50, 400, 3000])
def test_single_spike_is_shown_at_every_zoom_that_contains_it(zoom):
    ys = np.zeros(300_000)
    ys[123_456], ys[123_460] = 9.0, -9.0
    curve = curve_of(ys)
    half = 150_000 / zoom
    _, shown = curve.visible(123_458 - half, 123_458 + half, 300)
    assert shown.max() == 9.0 and shown.min() == -9.0
    assert shown.argmax() < shown.argmin()


def test_view_with_few_points_is_exact_with_one_point_beyond_either_edge():
    ys = np.random.default_rng(0).normal(size=10_000)
    xs, shown = curve_of(ys).visible(499.5, 600.5, 101)
    np.testing.assert_array_equal(xs, np.arange(499, 602))
    np.testing.assert_array_equal(shown, ys[499:602])


def test_decimated_view_also_reaches_beyond_either_edge():
    xs, _ = curve_of(np.zeros(10_000)).visible(99.5, 9000.5, 10)
    assert (xs[0], xs[-1]) == (99, 9001)


def test_view_beside_the_curve_shows_at_most_the_nearest_point():
    curve = curve_of(np.zeros(10))
    assert len(curve.visible(20, 30, 5)[0]) == 1
    assert len(curve.visible(-30, -20, 5)[0]) == 1
    assert len(Curve().visible(0, 1, 5)[0]) == 0


@pytest.mark.parametrize(("low", "high", "buckets"), [(np.nan, 1, 5), (0, np.inf, 5), (0, 1, 0)])
def test_view_that_is_none_is_refused(low, high, buckets):
    with pytest.raises(ValueError, match="finite edges"):
        curve_of([1.0]).visible(low, high, buckets)


def test_nan_and_infinity_are_gaps_and_leave_the_range_alone():
    curve = curve_of([1.0, np.nan, np.inf, -np.inf, 2.0])
    assert curve.y_range() == (1.0, 2.0)
    np.testing.assert_array_equal(curve.visible(0, 4, 10)[1], [1.0, np.nan, np.nan, np.nan, 2.0])


def test_numbers_between_nan_survive_decimation():
    ys = np.full(100_000, np.nan)
    ys[50_001] = 4.0
    xs, shown = curve_of(ys).visible(0, 100_000, 100)
    assert (xs[shown == 4.0]).tolist() == [50_001]


def test_curve_of_nothing_but_nan_has_no_range_and_still_draws():
    curve = curve_of(np.full(10_000, np.nan))
    assert curve.y_range() is None
    assert np.isnan(curve.visible(0, 10_000, 50)[1]).all()


def test_positive_only_finds_the_lowest_positive_value_beside_zeros():
    ys = np.tile([0.0, 5.0, -3.0, 2.0], 10_000)
    ys[20_001] = 0.001
    curve = curve_of(ys)
    _, shown = curve.visible(0, 40_000, 100, positive_only=True)
    assert np.nanmin(shown) == 0.001
    assert np.nanmax(shown) == 5.0
    assert curve.y_range(positive_only=True) == (0.001, 5.0)


def test_positive_only_follows_points_that_arrive_later():
    curve = curve_of([0.0, 1.0])
    assert curve.y_range(positive_only=True) == (1.0, 1.0)
    curve.append([2, 3], [-1.0, 0.5])
    assert curve.y_range(positive_only=True) == (0.5, 1.0)


def test_curve_without_positive_values_has_no_positive_range():
    assert curve_of([0.0, -1.0]).y_range(positive_only=True) is None


@pytest.mark.parametrize(
    ("xs", "ys", "reason"),
    [
        ([1, 2], [1.0], "as many x"),
        ([[1]], [[1.0]], "as many x"),
        ([np.nan], [1.0], "finite"),
        ([6, 5], [1, 1], "back"),
    ],
)
def test_points_that_make_no_curve_are_refused_and_not_stored(xs, ys, reason):
    curve = Curve()
    with pytest.raises(ValueError, match=reason):
        curve.append(xs, ys)
    assert len(curve) == 0


def test_x_may_repeat_but_not_go_back_between_appends():
    curve = curve_of([1.0, 2.0])
    curve.append(1, 3.0)
    with pytest.raises(ValueError, match="clear the curve"):
        curve.append(0, 4.0)
    assert len(curve) == 3


def test_clear_forgets_points_and_keeps_the_smoothing():
    curve = curve_of([1.0, 2.0])
    curve.set_smoothing(0.5)
    before = curve.revision
    curve.clear()
    assert (len(curve), curve.x_range(), curve.y_range(), curve.nearest(0)) == (0, None, None, None)
    assert curve.revision != before
    curve.append(0, 9.0)
    assert curve.nearest(0).smoothed == pytest.approx(9.0)


def test_nearest_point_to_any_x():
    curve = curve_of([10.0, 20.0, np.nan], xs=[0.0, 10.0, 30.0])
    assert [curve.nearest(x).x for x in (-5, 4.9, 5.1, 19, 21, 99, np.inf, -np.inf)] == [0, 0, 10, 10, 30, 30, 30, 0]
    assert curve.nearest(9).y == 20.0 and curve.nearest(9).smoothed is None
    assert np.isnan(curve.nearest(30).y)


def test_visible_gives_arrays_that_later_points_do_not_touch():
    curve = curve_of([1.0, 2.0])
    xs, ys = curve.visible(0, 1, 10)
    curve.append(2, 3.0)
    ys[0] = 99.0
    assert curve.ys[0] == 1.0
    assert len(xs) == 2
