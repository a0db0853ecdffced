"""The colours of curves can be told from the ground and from each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtGui import QColor

from gui.plots.palette import CURVE_COLORS, curve_color, curve_pen_style

# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB.
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
)


def linear(colour: QColor) -> np.ndarray:
    channels = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour: QColor) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    relative = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("ground", ["#ffffff", "#1e1e1e"])
@pytest.mark.parametrize("index", range(len(CURVE_COLORS)))
def test_every_colour_stands_out_on_light_and_on_dark(index, ground):
    bright, dim = sorted((luminance(curve_color(index)), luminance(QColor(ground))), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 3.0


@pytest.mark.parametrize("vision", [np.eye(3), PROTANOPIA, DEUTERANOPIA], ids=["full", "no red", "no green"])
def test_first_four_colours_are_far_apart_for_the_colour_blind_too(vision):
    seen = [lab(vision @ linear(curve_color(index))) for index in range(4)]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) > 25


def test_colours_come_round_again_with_another_line():
    assert curve_color(len(CURVE_COLORS)) == curve_color(0)
    assert curve_pen_style(len(CURVE_COLORS)) != curve_pen_style(0)
    assert len({(curve_color(i).name(), curve_pen_style(i)) for i in range(18)}) == 18
