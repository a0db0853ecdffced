"""The area on which views are drawn: what it hands its content to lie in."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.views.canvas import Canvas


class Tall(Canvas):
    """As tall as it is told to be; remembers for how much room it was laid out last."""

    def __init__(self, needed: int) -> None:
        self.needed, self.laid_out = needed, (0, 0)
        super().__init__()

    def lay_out(self, width: int, height: int) -> int:
        self.laid_out = width, height
        return self.needed


def test_with_a_scroll_bar_the_content_lies_beside_it_however_often_it_is_arranged(qtbot: QtBot) -> None:
    canvas = Tall(1000)
    qtbot.addWidget(canvas)
    canvas.resize(300, 200)
    canvas.show()
    for _ in range(3):
        canvas.refresh()
        assert canvas.laid_out == (300 - canvas.verticalScrollBar().sizeHint().width(), 200)
        assert canvas.viewport().width() == canvas.laid_out[0]
    canvas.needed = 200
    canvas.refresh()
    assert canvas.laid_out == (300, 200)


@pytest.mark.parametrize("needed", [10, 200])
def test_what_fits_has_all_the_room_and_no_scroll_bar(qtbot: QtBot, needed: int) -> None:
    canvas = Tall(needed)
    qtbot.addWidget(canvas)
    canvas.resize(300, 200)
    canvas.show()
    assert canvas.laid_out == (300, 200)
    assert not canvas.verticalScrollBar().isVisible()
