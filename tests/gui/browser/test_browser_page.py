"""The page: what it loads, when, and what can be done with what it shows."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.data import DataBundle, DataInfo, Progress, Split
from core.registry import Registry
from core.run_config import RunConfig
from gui.browser import BrowserPage
from gui.browser.page import UNSEEN
from tests.gui.browser.conftest import WAIT_MS, Source, asked, opened


def test_a_hidden_page_loads_nothing_and_a_shown_one_what_was_asked_for_last(
    qtbot: QtBot, page: BrowserPage, source: Source
) -> None:
    page.offer(asked())
    assert not page._settling.isActive()
    assert source.loads == 0
    opened(qtbot, page, asked(levels=3))
    assert source.loads == 1
    assert page.pictures.isVisible()
    assert page.pictures.count.text() == "300 samples"


def test_the_same_settings_are_loaded_once(qtbot: QtBot, page: BrowserPage, source: Source) -> None:
    opened(qtbot, page)
    page.hide()
    page.offer(asked().model_copy(update={"epochs": 99}))
    page.show()
    page.offer(asked())
    assert not page._settling.isActive()
    assert source.loads == 1


def test_a_wrong_field_in_the_set_up_leaves_the_page_as_it_is(qtbot: QtBot, page: BrowserPage) -> None:
    opened(qtbot, page)
    page.offer(None)
    assert page.pictures.isVisible()


def test_another_setting_keeps_place_and_filter_and_shows_other_variants(qtbot: QtBot, page: BrowserPage) -> None:
    opened(qtbot, page, asked(levels=10))
    view = page.pictures
    view.filter.choose_label(1)
    view.grid.go_to(31)
    qtbot.waitUntil(lambda: variant_level(page) == 31 + 10)
    page.offer(asked(levels=90))
    qtbot.waitUntil(lambda: variant_level(page) == 31 + 90, timeout=WAIT_MS)
    assert view.grid.current_row() == 31
    assert view.filter.wanted_label() == 1


def variant_level(page: BrowserPage) -> int:
    pictures = page.pictures.inspector._pictures
    return -1 if pictures is None else int(pictures[1:].max())


def test_again_draws_other_variants(qtbot: QtBot, page: BrowserPage, registry: Registry) -> None:
    config = RunConfig(network="lenet", data="digits")
    opened(qtbot, page, config)
    inspector = page.pictures.inspector
    qtbot.waitUntil(lambda: inspector._pictures is not None, timeout=WAIT_MS)
    before = inspector._pictures
    assert before is not None and len(before) == 16
    inspector.again.click()
    qtbot.waitUntil(lambda: inspector._pictures is not before)
    assert (inspector._pictures[0] == before[0]).all() and (inspector._pictures[1:] != before[1:]).any()


def test_without_augmentation_the_page_says_why_there_are_no_variants(qtbot: QtBot, page: BrowserPage) -> None:
    opened(qtbot, page, asked(levels=5).model_copy(update={"augment": False}))
    inspector = page.pictures.inspector
    assert "switched off in the set-up" in inspector.caption.text()
    assert not inspector.variants.isVisible()
    page.offer(asked(levels=5))
    qtbot.waitUntil(lambda: inspector.variants.isVisible(), timeout=WAIT_MS)


def test_a_download_waits_for_the_button(qtbot: QtBot, page: BrowserPage, registry: Registry) -> None:
    source = Source(download=170_498_071, there=False)
    registry.datasets["far"] = source.spec("far")
    with qtbot.waitSignal(page.loader.not_prepared, timeout=WAIT_MS):
        page.offer(asked("far"))
        page.show()
    assert not source.there
    assert page.waiting.load.text() == "Load Set far (170 MB download)"
    assert "CC0" in page.waiting.words.text()
    with qtbot.waitSignal(page.loader.measured, timeout=WAIT_MS):
        page.waiting.load.click()
    assert source.there and page.pictures.isVisible()


def test_what_a_run_downloaded_meanwhile_is_shown_without_a_question(
    qtbot: QtBot, page: BrowserPage, registry: Registry
) -> None:
    source = Source(download=1_000_000, there=False)
    registry.datasets["far"] = source.spec("far")
    with qtbot.waitSignal(page.loader.not_prepared, timeout=WAIT_MS):
        page.offer(asked("far"))
        page.show()
    source.there = True
    with qtbot.waitSignal(page.loader.loaded, timeout=WAIT_MS):
        page.look_again()
    page.look_again()
    assert source.loads == 2


def test_of_two_wishes_the_newer_one_is_shown(qtbot: QtBot, page: BrowserPage, registry: Registry) -> None:
    held, goes_on = threading.Event(), threading.Event()

    def hold(progress: Progress) -> None:
        held.set()
        goes_on.wait(60)
        progress(0, None, "Decoding")

    slow = Source(hold=hold)
    registry.datasets["slow"] = slow.spec("slow")
    page.offer(asked("slow"))
    page.show()
    qtbot.waitUntil(held.is_set, timeout=WAIT_MS)
    with qtbot.waitSignal(page.loader.loaded, timeout=WAIT_MS):
        page.offer(asked())
        page._load_unasked()
        goes_on.set()
    assert slow.loads == 0
    assert page.pictures.overview.title.text() == "Set test"


def test_a_long_preparation_shows_its_progress_and_can_be_cancelled(
    qtbot: QtBot, page: BrowserPage, registry: Registry
) -> None:
    cancelled = threading.Event()

    def hold(progress: Progress) -> None:
        try:
            while True:
                progress(3, 4, "Decoding the pictures")
        finally:
            cancelled.set()

    registry.datasets["long"] = Source(download=1_000_000, there=False, hold=hold).spec("long")
    with qtbot.waitSignal(page.loader.not_prepared, timeout=WAIT_MS):
        page.offer(asked("long"))
        page.show()
    page.waiting.load.click()
    qtbot.waitUntil(lambda: page.waiting.progress.value() == 750, timeout=WAIT_MS)
    assert page.waiting.words.text() == "Decoding the pictures…"
    assert page.waiting.cancel.isVisible()
    page.waiting.cancel.click()
    qtbot.waitUntil(cancelled.is_set)
    assert page.waiting.words.text() == "Loading was cancelled."
    assert page.waiting.load.isVisible() and not page.waiting.progress.isVisible()


def test_a_setting_that_does_not_concern_it_does_not_give_a_long_loading_up(
    qtbot: QtBot, page: BrowserPage, registry: Registry
) -> None:
    goes_on = threading.Event()
    source = Source(download=1_000_000, there=False, hold=lambda progress: goes_on.wait(60) and None)
    registry.datasets["long"] = source.spec("long")
    with qtbot.waitSignal(page.loader.not_prepared, timeout=WAIT_MS):
        page.offer(asked("long"))
        page.show()
    page.waiting.load.click()
    page.offer(asked("long", levels=7))
    page._load_unasked()
    with qtbot.waitSignal(page.loader.loaded, timeout=WAIT_MS):
        goes_on.set()
    qtbot.waitUntil(lambda: page._tried_key == page._key())  # the new setting is loaded afterwards
    qtbot.waitUntil(lambda: variant_level(page) == 7, timeout=WAIT_MS)


def test_a_fault_is_told_in_its_own_sentence_and_can_be_tried_again(qtbot: QtBot, page: BrowserPage) -> None:
    with qtbot.waitSignal(page.loader.failed, timeout=WAIT_MS):
        page.offer(RunConfig(network="lenet", data="image-folder"))
        page.show()
    assert page.waiting.words.text().startswith("No pictures are chosen yet")
    assert page.waiting.load.text() == "Try again"


def test_a_plugin_that_breaks_is_named_and_the_next_data_set_is_shown(
    qtbot: QtBot, page: BrowserPage, registry: Registry, source: Source
) -> None:
    broken = Source()
    broken.load = lambda config, folders: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    registry.datasets["broken"] = broken.spec("broken")
    with qtbot.waitSignal(page.loader.failed, timeout=WAIT_MS):
        page.offer(asked("broken"))
        page.show()
    assert "ZeroDivisionError" in page.waiting.words.text()
    opened(qtbot, page)
    assert page.pictures.isVisible()


def test_filters_work_together_and_can_be_cleared(qtbot: QtBot, page: BrowserPage) -> None:
    view = opened(qtbot, page).pictures
    view.filter.part.setCurrentIndex(view.filter.part.findData("validation"))
    assert view.count.text() == "50 of 300 samples"
    view.filter.choose_label(0)
    assert view.count.text() == "17 of 300 samples"
    view.filter.text.setText("zebra")
    qtbot.keyClick(view.filter.text, Qt.Key.Key_Return)
    assert view.clear.isVisible()
    assert view._nothing.text() == "No sample matches “zebra” in cat in validation."
    assert view.sample() is None
    view.clear.click()
    assert view.count.text() == "300 samples" and view.grid.isVisible()


def test_typing_finds_a_file(qtbot: QtBot, page: BrowserPage) -> None:
    view = opened(qtbot, page).pictures
    view.filter.text.setText("0123")
    qtbot.waitUntil(lambda: view.count.text() == "1 of 300 samples")
    sample = view.sample()
    assert sample is not None and sample.name == "cat/0123.png"
    assert view.inspector.file.text() == "cat/0123.png"
    assert view.inspector.details.text() == "Training sample 123\n8 × 8 px, RGB"


def test_a_click_on_a_bar_shows_its_class_and_a_second_one_all_again(qtbot: QtBot, page: BrowserPage) -> None:
    view = opened(qtbot, page).pictures
    view.tabs.setCurrentWidget(view.overview)
    bars = view.overview.bars
    layout = bars.bar_layout()
    assert layout is not None
    middle = QPoint(round(layout.zero) + 5, round(layout.top + 1.5 * layout.row_height))
    qtbot.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert view.filter.wanted_label() == 1 and view.count.text() == "100 of 300 samples"
    qtbot.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert view.filter.wanted_label() is None


def test_the_overview_tells_size_balance_and_brightness(qtbot: QtBot, page: BrowserPage) -> None:
    overview = opened(qtbot, page).pictures.overview
    assert overview.facts.text() == "300 samples: 200 training, 50 validation, 50 test\n8 × 8 px, RGB; 3 classes"
    assert overview.channels.itemAtPosition(1, 1).widget().text() == f"{24.5 / 255:.4f}"
    assert "normalises with mean 0.1 and std 0.2" in overview.normalised.text()


def test_a_sample_goes_to_try_it_without_loss(qtbot: QtBot, page: BrowserPage) -> None:
    view = opened(qtbot, page).pictures
    view.grid.go_to(37)
    with qtbot.waitSignal(page.picture_chosen) as chosen:
        view.inspector.try_it.click()
    png, name = chosen.args
    assert name == "0037.png"
    assert np.unique(np.asarray(Image.open(io.BytesIO(png)))).tolist() == [37]


def test_a_variant_goes_to_try_it_when_it_is_clicked(qtbot: QtBot, page: BrowserPage) -> None:
    view = opened(qtbot, page, asked(levels=40)).pictures
    qtbot.waitUntil(lambda: variant_level(page) == 40, timeout=WAIT_MS)
    variants = view.inspector.variants
    with qtbot.waitSignal(page.picture_chosen) as chosen:
        qtbot.mouseClick(variants, Qt.MouseButton.LeftButton, pos=variants._cell(6).center().toPoint())
    assert np.unique(np.asarray(Image.open(io.BytesIO(chosen.args[0])))).tolist() == [40]


def test_a_picture_can_be_copied(qtbot: QtBot, page: BrowserPage) -> None:
    view = opened(qtbot, page).pictures
    view._copy()
    assert QGuiApplication.clipboard().image().width() == 8


def test_a_sample_can_be_shown_from_elsewhere(qtbot: QtBot, page: BrowserPage) -> None:
    opened(qtbot, page)
    page.pictures.filter.choose_label(2)
    assert page.show_sample("test", 9)
    sample = page.pictures.sample()
    assert sample is not None and (sample.part, sample.index) == ("test", 9)
    assert not page.show_sample("test", 9_999)


def test_notes_of_the_data_set_are_shown_and_open(qtbot: QtBot, page: BrowserPage, source: Source) -> None:
    source.notes = ("Two pictures cannot be read.", "a.png is empty; b.png is no picture.")
    opened(qtbot, page)
    assert page.notes.isVisible() and not page.notes.all.isVisible()
    assert page.notes.words.text() == "Two pictures cannot be read. (and 1 more)"
    page.notes.details.click()
    assert page.notes.all.toPlainText() == "\n".join(source.notes)


def test_a_wide_page_shows_overview_and_sample_beside_the_grid(qtbot: QtBot, page: BrowserPage) -> None:
    view = opened(qtbot, page).pictures
    assert not (view.overview.isVisible() and view.inspector.isVisible())
    page.resize(1200, 700)
    qtbot.waitUntil(lambda: view.overview.isVisible() and view.inspector.isVisible())
    page.resize(700, 700)
    qtbot.waitUntil(lambda: view.tabs.count() == 2)


def test_a_text_shows_its_beginning_and_its_tokens(qtbot: QtBot, page: BrowserPage) -> None:
    opened(qtbot, page, RunConfig(network="char_rnn", data="hello"))
    assert page.text.isVisible()
    assert page.text.text.toPlainText().startswith("hell  →  ello")
    assert "Vocabulary:" in page.text.facts.text()


def test_data_that_is_neither_picture_nor_text_gets_a_hint(qtbot: QtBot, page: BrowserPage, registry: Registry) -> None:
    rows = Split(np.zeros((4, 7), np.uint8), np.zeros(4, np.int64))
    registry.datasets["table"] = Source(DataBundle(DataInfo((7,), ("a",)), rows, rows, None)).spec("table")
    with qtbot.waitSignal(page.loader.loaded, timeout=WAIT_MS):
        page.offer(asked("table"))
        page.show()
    assert page._unseen.isVisible() and page._unseen.text() == UNSEEN


@pytest.mark.real_data
def test_mnist_is_found_without_a_question(qtbot: QtBot, page: BrowserPage, data_folder: Path) -> None:
    opened(qtbot, page, RunConfig(network="lenet", data="mnist"))
    assert page.pictures.count.text() == "70,000 samples"
