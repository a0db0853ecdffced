"""Coloured shapes on cluttered backgrounds, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.api import Progress

Floats: TypeAlias = NDArray[np.float32]
Outline: TypeAlias = Callable[[Floats, Floats], Floats]
"""How far a place (x to the right, y down) is outside of the shape, negative inside; the shape is about 1 in radius."""

SIDE = 32
CHUNK = 100
"""Pictures drawn side by side: few enough to stay in the processor's cache, a multiple of the number of shapes."""
MOST_PIECES = 12
MOST_TURN = np.pi / 3


def _ngon(corners: int, x: Floats, y: Floats) -> Floats:
    """A regular polygon with a corner at the top: behind the farthest of its sides."""
    angles = (2 * np.arange(corners) + 1) * np.pi / corners - np.pi / 2
    sides = [x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) for angle in angles]
    farthest: Floats = np.maximum.reduce(sides)
    return farthest - np.float32(np.cos(np.pi / corners))


def _box(x: Floats, y: Floats, half_width: float, half_height: float) -> Floats:
    return np.maximum(np.abs(x) - np.float32(half_width), np.abs(y) - np.float32(half_height))


def _disc(x: Floats, y: Floats, radius: float) -> Floats:
    return np.sqrt(x * x + y * y) - np.float32(radius)


def _star(x: Floats, y: Floats) -> Floats:
    """Five points: folded into the tenth between a tip and the dent beside it, a single edge is left."""
    fifth, dent = 2 * np.pi / 5, 0.45
    angle = np.arctan2(x, -y)
    folded = np.abs(angle - np.round(angle / np.float32(fifth)) * np.float32(fifth))
    distance = np.sqrt(x * x + y * y)
    dent_x, dent_y = dent * np.cos(fifth / 2), dent * np.sin(fifth / 2)
    across = np.array([dent_y, 1 - dent_x]) / np.hypot(dent_y, 1 - dent_x)
    along_tip: Floats = distance * np.cos(folded) - np.float32(1)
    beside: Floats = distance * np.sin(folded)
    return along_tip * np.float32(across[0]) + beside * np.float32(across[1])


def _heart(x: Floats, y: Floats) -> Floats:
    """A square that stands on its corner, with a half disc on each of its upper sides."""
    half, diagonal = 0.55, np.float32(np.sqrt(0.5))
    y = y - np.float32(0.2)
    right, left = (x - y) * diagonal, (-x - y) * diagonal  # towards the upper right, and the upper left
    lobes = np.minimum(_disc(right - np.float32(half), left, half), _disc(right, left - np.float32(half), half))
    return np.minimum(_box(right, left, half, half), lobes)


def _arrow(x: Floats, y: Floats) -> Floats:
    """A shaft and a head that points upwards."""
    slope, back = np.float32(np.sqrt(0.5)), np.float32(0.05)
    head = np.maximum((np.abs(x) - y - np.float32(0.95)) * slope, y + back)
    outside: Floats = np.minimum(head, _box(x, y - np.float32(0.4), 0.22, 0.6))
    return outside


OUTLINES: dict[str, Outline] = {
    "circle": lambda x, y: _disc(x, y, 0.86),
    "square": lambda x, y: _box(x, y, 0.74, 0.74),
    "triangle": lambda x, y: _ngon(3, x, y - np.float32(0.15)),
    "star": _star,
    "cross": lambda x, y: np.minimum(_box(x, y, 0.95, 0.3), _box(x, y, 0.3, 0.95)),
    "ring": lambda x, y: np.abs(_disc(x, y, 0.7)) - np.float32(0.22),
    "pentagon": lambda x, y: _ngon(5, x, y),
    "heart": _heart,
    "crescent": lambda x, y: np.maximum(_disc(x, y, 0.95), -_disc(x - np.float32(0.5), y, 0.76)),
    "arrow": _arrow,
}
NAMES = tuple(OUTLINES)


def draw(count: int, clutter: float, seed: int, progress: Progress) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """``count`` pictures (uint8 N×3×32×32) and which of :data:`NAMES` each shows, each as often as any other.

    ``clutter``: 0 (a plain background) to 1. A picture depends on seed, clutter and its own place alone, so that
    fewer pictures are the first of more.

    Raises:
        Cancelled: from ``progress``.
    """
    pictures = np.empty((count, 3, SIDE, SIDE), np.uint8)
    targets = np.empty(count, np.int64)
    for first in range(0, count, CHUNK):
        progress(first, count, "Drawing pictures")
        scene = Scene(np.random.default_rng([seed, first // CHUNK]))
        scene.lay_background()
        for _ in range(round(MOST_PIECES * clutter)):
            scene.lay_clutter()
        scene.lay_shape()
        rows = slice(first, min(first + CHUNK, count))
        pictures[rows] = scene.developed()[: rows.stop - first]
        targets[rows] = scene.labels[: rows.stop - first]
    return pictures, targets


class Scene:
    """One hundred pictures, painted layer over layer.

    ``canvas``: N×3×32×32 in about 0..1. All chance comes from ``chance.random``, whose numbers do not change from
    one release of NumPy to the next.
    """

    def __init__(self, chance: np.random.Generator) -> None:
        self.chance = chance
        self.labels = np.argsort(chance.random(CHUNK)) % len(NAMES)
        middle = (SIDE - 1) / 2
        self.y, self.x = (np.indices((SIDE, SIDE), np.float32) - np.float32(middle))[:, None]
        self.light = self.between(0.15, 0.85)
        self.canvas = np.empty((CHUNK, 3, SIDE, SIDE), np.float32)

    def between(self, low: float, high: float) -> Floats:
        """N×1×1: one number a picture."""
        return (low + (high - low) * self.chance.random((CHUNK, 1, 1))).astype(np.float32)

    def colour(self, light: Floats, hue: Floats, chroma: Floats) -> Floats:
        """N×3×1×1: of that lightness (0..1), that far from grey in the direction of ``hue`` (radians)."""
        towards = np.array([[2, -1, -1], [0, np.sqrt(3), -np.sqrt(3)]], np.float32) / np.float32(np.sqrt(6))
        turn = np.concatenate([np.cos(hue), np.sin(hue)], axis=2)[:, 0]
        colours: Floats = np.clip(light[..., None] + (chroma[:, 0] * turn @ towards)[:, :, None, None], 0, 1)
        return colours

    def paint(self, colour: Floats, cover: Floats) -> None:
        """``colour`` (N×3×…) over what is there, as far as ``cover`` (N×32×32, 0..1) says."""
        self.canvas += (colour - self.canvas) * cover[:, None]

    def lay_background(self) -> None:
        """From one colour softly to a kindred one, in waves."""
        hue, angle, phase = (self.between(0, 2 * np.pi) for _ in range(3))
        near = self.colour(self.light - self.between(0, 0.12), hue, self.between(0.02, 0.25))
        far = self.colour(self.light + self.between(0, 0.12), hue + self.between(-1.2, 1.2), self.between(0.02, 0.25))
        along, across = self._turned(angle)
        waves = np.sin(across * self.between(0.1, 0.4) + along * self.between(-0.2, 0.2) + phase)
        self.canvas[:] = near
        self.paint(far, np.clip(0.5 + along / 40 + 0.3 * waves, 0, 1))

    def lay_clutter(self) -> None:
        """One stroke or dot in each picture, of any colour and not quite as bold as the shape."""
        along, across = self._turned(self.between(0, np.pi), self.between(-16, 16), self.between(-16, 16))
        beyond = np.maximum(np.abs(along) - self.between(0, 8), 0)
        outside = np.sqrt(beyond * beyond + across * across) - self.between(0.5, 2.2)
        light = np.clip(self.light + self.between(-0.28, 0.28), 0, 1)
        colour = self.colour(light, self.between(0, 2 * np.pi), self.between(0, 0.35))
        self.paint(colour, np.clip(0.5 - outside, 0, 1) * self.between(0.3, 0.9))

    def lay_shape(self) -> None:
        """The shape: of any size, place, turn and colour, clearly lighter or darker than the background."""
        radius = self.between(8, 13)
        room = 16 - 0.9 * radius
        along, across = self._turned(
            self.between(-MOST_TURN, MOST_TURN), room * self.between(-1, 1), room * self.between(-1, 1)
        )
        outside = self._outside(along / radius, across / radius) * radius
        lighter = self.light < self.between(0.35, 0.65)
        way: Floats = np.where(lighter, 1, -1).astype(np.float32)
        light = self.light + way * self.between(0.28, 0.5)
        colour = self.colour(light, self.between(0, 2 * np.pi), self.between(0.1, 0.45))
        shadow = np.exp(-np.maximum(outside, 0) / 1.6)
        self.paint(np.zeros_like(colour), 0.4 * shadow)
        shine = (-(self.x + self.y) / 32)[:, None] * np.float32(0.3)
        self.paint(colour + shine, np.clip(0.5 - outside, 0, 1))

    def developed(self) -> NDArray[np.uint8]:
        """As uint8, with a little noise, as a camera has it."""
        noise = self.chance.random(self.canvas.shape, np.float32) - np.float32(0.5)
        seen: Floats = np.clip(self.canvas + noise * np.float32(0.06), 0, 1) * 255
        return np.rint(seen).astype(np.uint8)

    def _turned(self, angle: Floats, right: Floats | float = 0, down: Floats | float = 0) -> tuple[Floats, Floats]:
        """Each pixel's place as seen from a point that is moved and turned: N×32×32 along and across."""
        x, y = self.x - right, self.y - down
        cos, sin = np.cos(angle), np.sin(angle)
        return x * cos + y * sin, y * cos - x * sin

    def _outside(self, x: Floats, y: Floats) -> Floats:
        found = np.empty((CHUNK, SIDE, SIDE), np.float32)
        for label, name in enumerate(NAMES):
            rows = self.labels == label
            found[rows] = OUTLINES[name](x[rows], y[rows])
        return found
