"""The pyramid against brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gui.plots.growing import GrowingArray
from gui.plots.pyramid import MinMaxPyramid


def filled(values: np.ndarray) -> tuple[GrowingArray, MinMaxPyramid]:
    array: GrowingArray = GrowingArray(np.float64)
    array.extend(values)
    return array, MinMaxPyramid(array)


def random_values(random: np.random.Generator, count: int) -> np.ndarray:
    values = np.round(random.normal(size=count), random.integers(0, 4))  # rounding makes ties
    values[random.random(count) < random.choice([0.0, 0.1, 0.9])] = np.nan
    return values


@pytest.mark.parametrize("seed", range(30))
def test_extremes_of_random_stretches_equal_brute_force(seed):
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 3000))
    values = random_values(random, count)
    _, pyramid = filled(values)
    starts = random.integers(0, count, 50)
    stops = starts + 1 + (random.random(50) * (count - starts)).astype(int)
    stops = np.minimum(stops, count)

    lowest, highest = pyramid.extremes(starts, stops)

    for start, stop, low, high in zip(starts, stops, lowest, highest, strict=True):
        stretch = values[start:stop]
        assert start <= low < stop and start <= high < stop
        if np.isnan(stretch).all():
            assert np.isnan(values[low]) and np.isnan(values[high])
        else:
            assert values[low] == np.nanmin(stretch)
            assert values[high] == np.nanmax(stretch)


@pytest.mark.parametrize("seed", range(10))
def test_growing_in_pieces_gives_the_same_answers_as_all_at_once(seed):
    random = np.random.default_rng(seed)
    values = random_values(random, 2000)
    growing: GrowingArray = GrowingArray(np.float64)
    pieces = MinMaxPyramid(growing)
    while len(growing) < len(values):
        growing.extend(values[len(growing) : len(growing) + int(random.integers(1, 90))])
        pieces.catch_up()
    _, whole = filled(values)
    starts = random.integers(0, 1000, 40)
    stops = random.integers(1001, 2000, 40)

    for ours, expected in zip(pieces.extremes(starts, stops), whole.extremes(starts, stops), strict=True):
        np.testing.assert_array_equal(ours, expected)


def test_catching_up_with_one_point_at_a_time_writes_less_than_one_block_a_point():
    array, pyramid = filled(np.zeros(0))
    written = []
    for count in range(1, 1025):
        array.extend([float(count)])
        pyramid.catch_up()
        written.append(sum(len(level) for level in pyramid._levels))
    assert written[-1] == 1023
    assert all(after >= before for before, after in itertools.pairwise(written))


def test_single_point():
    _, pyramid = filled(np.array([3.0]))
    lowest, highest = pyramid.extremes(np.array([0]), np.array([1]))
    assert (lowest[0], highest[0]) == (0, 0)


def test_growing_one_by_one_reallocates_a_logarithmic_number_of_times():
    array: GrowingArray = GrowingArray(np.float64)
    capacities = set()
    for number in range(20_000):
        array.extend([number])
        capacities.add(array.capacity)
    assert len(capacities) <= 8
    np.testing.assert_array_equal(array.values, np.arange(20_000))
