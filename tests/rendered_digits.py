"""Digits as people hand them in: rendered from real fonts in many sizes, colours, places and modes.

The fonts come with Pillow and with small packages of the dev dependency group, so a fresh machine has them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
FontAtSize = Callable[[int], "ImageFont.FreeTypeFont | ImageFont.ImageFont"]

SMALLEST_SIDE = 20
LARGEST_SIDE = 2_000
SMALLEST_DIGIT = 14
MODES = ("L", "RGB", "RGBA", "P", "LA", "RGBA on nothing", "P on nothing")
DARK_COLOURS: tuple[Colour, ...] = ((0, 0, 0), (20, 30, 110), (120, 10, 20), (60, 60, 60))
LIGHT_COLOURS: tuple[Colour, ...] = ((255, 255, 255), (250, 240, 210), (210, 235, 255), (215, 215, 215))


def _packaged(package: str, file_name: str) -> FontAtSize:
    def at_size(size: int) -> ImageFont.FreeTypeFont:
        module = import_module(package)
        assert module.__file__ is not None
        return ImageFont.truetype(str(Path(module.__file__).parent / "files" / file_name), size)

    return at_size


FONTS: dict[str, FontAtSize] = {
    "Aileron": lambda size: ImageFont.load_default(size),
    "Caladea": _packaged("font_caladea", "Caladea-Regular.ttf"),
    "Caladea Bold Italic": _packaged("font_caladea", "Caladea-BoldItalic.ttf"),
    "Fredoka One": _packaged("font_fredoka_one", "FredokaOne-Regular.ttf"),
    "Amatic SC": _packaged("font_amatic_sc", "AmaticSC-Regular.ttf"),
    "Amatic SC Bold": _packaged("font_amatic_sc", "AmaticSC-Bold.ttf"),
    "Manrope Light": _packaged("font_manrope", "Manrope-Light.ttf"),
    "Manrope Bold": _packaged("font_manrope", "Manrope-Bold.ttf"),
}


def rendered_digits(seed: int, fonts: tuple[str, ...] = tuple(FONTS)) -> list[tuple[Image.Image, int]]:
    """Each digit once in each font: (picture, label). The same ``seed`` gives the same pictures."""
    chance = random.Random(seed)
    return [(_any_picture(chance, FONTS[font], digit), digit) for font in fonts for digit in range(10)]


def digit_picture(
    font: str,
    digit: int,
    *,
    canvas: tuple[int, int] = (200, 200),
    height: int = 120,
    corner: tuple[float, float] = (0.5, 0.5),
    ink: Colour = (0, 0, 0),
    paper: Colour = (255, 255, 255),
    mode: str = "RGB",
) -> Image.Image:
    """One digit, ``height`` px high; ``corner`` (0…1, 0…1) says where in the room that is left it lies."""
    mask = _glyph_mask(FONTS[font], digit, height)
    left = round((canvas[0] - mask.width) * corner[0])
    top = round((canvas[1] - mask.height) * corner[1])
    coverage = Image.new("L", canvas, 0)
    coverage.paste(mask, (left, top))
    return _in_mode(coverage, ink, paper, mode)


def _glyph_mask(font_at_size: FontAtSize, digit: int, height: int) -> Image.Image:
    font = font_at_size(max(8, round(height * 1.4)))
    canvas = Image.new("L", (height * 4 + 20, height * 4 + 20), 0)
    ImageDraw.Draw(canvas).text((height, height), str(digit), fill=255, font=font)
    glyph = canvas.crop(canvas.getbbox())
    width = max(2, round(glyph.width * height / glyph.height))
    return glyph.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)


def _in_mode(coverage: Image.Image, ink: Colour, paper: Colour, mode: str) -> Image.Image:
    if mode.endswith("on nothing"):
        picture = Image.new("RGBA", coverage.size, (*ink, 0))
        picture.putalpha(coverage)
        return picture.quantize(64) if mode.startswith("P") else picture
    picture = Image.composite(Image.new("RGB", coverage.size, ink), Image.new("RGB", coverage.size, paper), coverage)
    return picture.quantize(64) if mode == "P" else picture.convert(mode)


def _any_picture(chance: random.Random, font: FontAtSize, digit: int) -> Image.Image:
    side = round(SMALLEST_SIDE * (LARGEST_SIDE / SMALLEST_SIDE) ** chance.random())
    height = max(SMALLEST_DIGIT, round(side * chance.uniform(0.3, 0.85)))
    mask = _glyph_mask(font, digit, height)
    canvas = (max(side, mask.width + 4), max(side, mask.height + 4))
    coverage = Image.new("L", canvas, 0)
    left = chance.randint(2, canvas[0] - mask.width - 2)
    top = chance.randint(2, canvas[1] - mask.height - 2)
    coverage.paste(mask, (left, top))
    ink, paper = chance.choice(DARK_COLOURS), chance.choice(LIGHT_COLOURS)
    if chance.random() < 0.5:
        ink, paper = paper, ink
    return _in_mode(coverage, ink, paper, chance.choice(MODES))
