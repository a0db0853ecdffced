"""Views of texts for the tests of the widgets that draw them."""

from __future__ import annotations

import numpy as np

from core.views import TextCells

LINE = 'say "yes" or (no)\n'
TEXT = LINE * 4


def text_cells(text: str = TEXT, *, noise: float = 0.02, seed: int = 0) -> TextCells:
    """Four cells: one follows the line, one quotes, one brackets, one nothing."""
    chance = np.random.default_rng(seed)
    position = np.array([index % len(LINE) for index in range(len(text))], float) / len(LINE)
    quotes = np.array([LINE.find('"') <= index % len(LINE) < LINE.rfind('"') for index in range(len(text))], float)
    brackets = np.array([LINE.find("(") <= index % len(LINE) < LINE.find(")") for index in range(len(text))], float)
    columns = [position * 0.5, -quotes, brackets, chance.random(len(text)) * 0.3]
    values = np.stack(columns, axis=1) + chance.normal(0, noise, (len(text), 4))
    return TextCells(
        text=text,
        values=np.clip(values, -1, 1).astype(np.float32),
        names=["line", "quote", "bracket", "other"],
        signals={"position": position, "quotes": quotes},
    )
