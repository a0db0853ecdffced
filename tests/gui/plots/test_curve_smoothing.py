"""The moving average against the plain loop."""

from __future__ import annotations

import numpy as np
import pytest

from gui.plots.curve import Curve
from gui.plots.smoothing import ExponentialAverage


def plain_loop(values: np.ndarray, weight: float) -> np.ndarray:
    last, count, averages = 0.0, 0, []
    for value in values:
        if np.isnan(value):
            averages.append(np.nan)
            continue
        last = last * weight + (1 - weight) * value
        count += 1
        averages.append(last / (1 - weight**count))
    return np.array(averages)


@pytest.mark.parametrize("weight", [0.0, 0.01, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("count", [1, 63, 64, 65, 4096, 9000])
def test_average_equals_the_plain_loop(weight, count):
    values = np.random.default_rng(count).normal(size=count) + 5
    np.testing.assert_allclose(ExponentialAverage(weight).push(values), plain_loop(values, weight), rtol=1e-11)


@pytest.mark.parametrize("seed", range(8))
def test_average_in_pieces_with_gaps_equals_the_plain_loop(seed):
    random = np.random.default_rng(seed)
    values = random.normal(size=3000)
    values[random.random(3000) < 0.2] = np.nan
    average = ExponentialAverage(0.97)
    cuts = np.sort(random.integers(0, 3000, 20))
    pieces = [average.push(piece) for piece in np.split(values, cuts)]
    np.testing.assert_allclose(np.concatenate(pieces), plain_loop(values, 0.97), rtol=1e-9, atol=1e-12)


def test_constant_curve_stays_constant_from_its_first_point():
    np.testing.assert_allclose(ExponentialAverage(0.99).push(np.full(500, 7.0)), 7.0)


@pytest.mark.parametrize("weight", [-0.1, 0.995, 1.0, float("nan")])
def test_weight_outside_its_range_is_refused(weight):
    with pytest.raises(ValueError, match="smoothing weight"):
        ExponentialAverage(weight)
    curve = Curve()
    with pytest.raises(ValueError, match="smoothing weight"):
        curve.set_smoothing(weight)
    assert curve.smoothing == 0


def test_curve_smooths_points_that_arrive_after_and_before_the_weight_was_set():
    values = np.random.default_rng(0).normal(size=400)
    curve = Curve()
    curve.append(np.arange(100), values[:100])
    curve.set_smoothing(0.8)
    curve.visible(0, 100, 1000, smoothed=True)
    for step in range(100, 400):
        curve.append(step, values[step])
    _, smoothed = curve.visible(0, 400, 1000, smoothed=True)
    np.testing.assert_allclose(smoothed, plain_loop(values, 0.8), rtol=1e-11)
    curve.set_smoothing(0.3)
    _, smoothed = curve.visible(0, 400, 1000, smoothed=True)
    np.testing.assert_allclose(smoothed, plain_loop(values, 0.3), rtol=1e-11)


def test_smoothed_curve_without_weight_is_the_curve():
    curve = Curve()
    curve.append([0, 1], [3.0, 5.0])
    np.testing.assert_array_equal(curve.visible(0, 1, 10, smoothed=True)[1], [3.0, 5.0])
