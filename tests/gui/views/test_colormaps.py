from __future__ import annotations

import numpy as np
import pytest

from gui.views.colormaps import MISSING, diverging, finite_range, grey, scale_for, sequential


def luminances(table):
    channels = table / 255.0
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def test_the_sequential_map_grows_lighter_evenly():
    lightness = 116.0 * np.cbrt(luminances(sequential())) - 16.0
    steps = np.diff(lightness[::15])
    assert steps.min() > 0
    assert steps.max() < 2.0 * steps.min()


def test_the_sequential_map_has_no_jumps():
    assert np.abs(np.diff(sequential().astype(int), axis=0)).max() <= 6


def test_the_diverging_map_is_blue_then_nearly_white_then_red():
    table = diverging().astype(int)
    assert table[0][2] > table[0][0] + 80
    assert table[128].min() > 235
    assert table[255][0] > table[255][2] + 80


def test_a_symmetric_scale_has_zero_in_the_middle():
    scale = scale_for(np.array([-1.0, 4.0]), symmetric=True)
    assert (scale.low, scale.high) == (-4.0, 4.0)
    assert (scale.colours(np.array([0.0])) == diverging()[128]).all()


def test_the_ends_of_a_scale_are_the_finite_extremes():
    values = np.array([np.nan, 2.0, 5.0, np.inf, -np.inf])
    scale = scale_for(values, symmetric=False)
    assert (scale.low, scale.high) == (2.0, 5.0)
    colours = scale.colours(values)
    assert (colours[1] == sequential()[0]).all()
    assert (colours[3] == sequential()[255]).all()
    assert (colours[4] == sequential()[0]).all()


def test_nan_is_hatched_in_two_colours_of_its_own():
    values = np.full((2, 2), np.nan)
    colours = scale_for(values, symmetric=False).colours(values)
    assert tuple(colours[0, 0]) == MISSING[0]
    assert tuple(colours[0, 1]) == MISSING[1]
    assert tuple(colours[1, 1]) == MISSING[0]


def test_a_missing_value_in_a_grey_picture_is_not_grey():
    values = np.array([[np.nan, 1.0]])
    red, _, blue = (int(channel) for channel in scale_for(values, symmetric=False, table=grey()).colours(values)[0, 0])
    assert red - blue > 50


@pytest.mark.parametrize("values", [np.ones((2, 2)), np.zeros((1, 1)), np.array([[-1.7e308, 1.7e308]])])
def test_constant_and_enormous_values_have_colours(values, recwarn):
    assert scale_for(values, symmetric=False).colours(values).shape == (*values.shape, 3)
    assert not recwarn.list


def test_there_is_no_range_without_a_finite_value():
    assert finite_range(np.array([])) is None
    assert finite_range(np.array([np.nan, np.inf])) is None
    assert finite_range(np.array([True, False])) == (0.0, 1.0)
