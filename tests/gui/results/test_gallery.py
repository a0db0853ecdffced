"""The gallery reads only what is in view, and hands on what is selected."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.results.gallery import NOBODY, Gallery
from gui.results.picture_store import MOST_BYTES, PictureStore, image_of
from tests.gui.results.made import click, judgement, pictures

MANY = 3000


@pytest.fixture
def gallery(qtbot: QtBot) -> Gallery:
    made = Gallery()
    qtbot.addWidget(made)
    made.resize(460, 420)
    made.show()
    qtbot.waitExposed(made)
    return made


def show(gallery: Gallery, count: int = 60, epoch: int = 1) -> list[int]:
    made = judgement(epoch, count=count)
    gallery.show_samples(made, made.mistakes(), "Nothing.")
    return gallery.samples()


def test_only_pictures_in_view_and_close_to_it_are_asked_for(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.waitSignal(gallery.wanted) as told:
        shown = show(gallery, MANY)
    assert 0 < len(told.args[0]) < 40
    assert told.args[0] == shown[: len(told.args[0])]


def test_scrolling_asks_for_the_pictures_that_come_into_view(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.waitSignal(gallery.wanted):
        shown = show(gallery, MANY)
    with qtbot.waitSignal(gallery.wanted) as told:
        gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum())
    assert told.args[0][-1] == shown[-1]


def test_pictures_that_came_are_not_asked_for_again(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.waitSignal(gallery.wanted) as told:
        show(gallery)
    gallery.take(told.args[0], pictures()[told.args[0]])
    with qtbot.assertNotEmitted(gallery.wanted, wait=50):
        gallery.grab()
    assert gallery.pictures.missing(told.args[0]) == []


def test_the_worst_is_selected_in_each_epoch_until_a_person_selects_another(qtbot: QtBot, gallery: Gallery) -> None:
    for epoch in (1, 2):
        shown = show(gallery, epoch=epoch)
        assert gallery.selection() == shown[0]
    place = next(place for place, row in enumerate(shown) if place > 1 and row in judgement(3).mistakes())
    for _ in range(place):
        qtbot.keyClick(gallery, Qt.Key.Key_Right)
    show(gallery, epoch=3)
    assert gallery.selection() == shown[place]
    gallery.let_go()
    assert show(gallery, epoch=2)[0] == gallery.selection()


def test_keys_walk_through_the_pictures_and_enter_tries_one(qtbot: QtBot, gallery: Gallery) -> None:
    shown, layout = show(gallery), gallery.gallery_layout()
    assert layout is not None
    for key, place in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + layout.columns),
        (Qt.Key.Key_Left, layout.columns),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_End, len(shown) - 1),
        (Qt.Key.Key_Down, len(shown) - 1),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(gallery, key)
        assert gallery.selection() == shown[place]
    with qtbot.waitSignal(gallery.try_asked) as told:
        qtbot.keyClick(gallery, Qt.Key.Key_Return)
    assert told.args == [shown[0]]


def test_what_is_selected_is_scrolled_into_view(qtbot: QtBot, gallery: Gallery) -> None:
    show(gallery, 600)
    qtbot.keyClick(gallery, Qt.Key.Key_End)
    assert gallery.verticalScrollBar().value() == gallery.verticalScrollBar().maximum()
    qtbot.keyClick(gallery, Qt.Key.Key_Home)
    assert gallery.verticalScrollBar().value() == 0


def test_a_click_selects_and_a_double_click_tries(qtbot: QtBot, gallery: Gallery) -> None:
    shown, layout = show(gallery), gallery.gallery_layout()
    assert layout is not None
    middle = layout.card(2).center()
    with qtbot.waitSignal(gallery.touched):
        click(qtbot, gallery, middle)
    assert gallery.selection() == shown[2]
    with qtbot.waitSignal(gallery.try_asked) as told:
        qtbot.mouseDClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=middle.toPoint())
    assert told.args == [shown[2]]


def test_the_hover_text_has_the_true_class_and_the_guesses(gallery: Gallery) -> None:
    shown, layout = show(gallery), gallery.gallery_layout()
    assert layout is not None
    words = gallery.tip_at(layout.card(0).center().toPoint())
    made = judgement()
    assert words.startswith(f"Truly “{made.classes[made.targets[shown[0]]]}”, loss ")
    assert len(words.splitlines()) == 4


def test_an_empty_gallery_says_so_and_selects_nobody(gallery: Gallery) -> None:
    gallery.show_samples(judgement(), np.zeros(0, np.int64), "Not one mistake.")
    assert (gallery.notice(), gallery.selection()) == ("Not one mistake.", NOBODY)
    gallery.grab()


def test_the_store_forgets_what_was_not_asked_for_longest() -> None:
    store, side = PictureStore(), 1024
    large = np.zeros((1, 3, side, side), np.uint8)
    fitting = MOST_BYTES // large.nbytes
    for row in range(fitting):
        store.put([row], large)
    store.get(0)
    store.put([fitting], large)
    assert store.missing(range(3)) == [1]


@pytest.mark.parametrize(("channels", "grey"), [(1, True), (2, True), (3, False), (5, False)])
def test_pictures_of_any_number_of_channels_can_be_shown(channels: int, grey: bool) -> None:
    image = image_of(np.arange(channels * 6, dtype=np.uint8).reshape(channels, 2, 3))
    assert (image.width(), image.height(), image.isGrayscale()) == (3, 2, grey)
    assert image.pixelColor(2, 1).red() == 5
