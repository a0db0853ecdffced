"""What is shown follows the training, and stays as it is once somebody looks at it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.results.choice import Choice
from gui.results.page import BEFORE, WIDE, ResultsPage
from tests.gui.results.made import judgement


@pytest.fixture
def page(qtbot: QtBot) -> ResultsPage:
    made = ResultsPage()
    qtbot.addWidget(made)
    made.resize(1000, 640)
    made.show()
    return made


def test_before_a_run_it_says_what_will_be_here(page: ResultsPage) -> None:
    assert page.hint.isVisible()
    assert page.hint.text() == BEFORE


def test_the_head_line_counts_and_gives_the_interval(page: ResultsPage) -> None:
    made = judgement(3)
    page.show_judgement(made)
    right = made.report.right
    assert page.headline.right.text() == f"{right} of 60 validation pictures right"
    assert page.headline.accuracy.text() == f"{right / 60:.1%}"
    assert page.headline.when.text().startswith("epoch 3, step 30 · 95% interval ")
    assert not page.hint.isVisible()


def test_mistakes_are_shown_first_and_follow_the_training(page: ResultsPage) -> None:
    for epoch in (1, 2):
        page.show_judgement(judgement(epoch))
        assert page.gallery.samples() == judgement(epoch).mistakes().tolist()


def test_a_cell_shows_those_very_pictures_and_the_next_epoch_leaves_them(page: ResultsPage) -> None:
    page.show_judgement(judgement(1))
    page.matrix.chosen.emit(0, 1)
    assert page.gallery.samples() == judgement(1).samples(0, 1).tolist()
    page.show_judgement(judgement(2))
    assert page.gallery.samples() == judgement(1).samples(0, 1).tolist()
    assert page.headline.when.text().startswith("epoch 2")
    assert "epoch 1" in page.pictures.title.text()
    assert page.pictures.live.text() == "Live (epoch 2 is there)"


def test_live_catches_up_with_the_same_cell(page: ResultsPage) -> None:
    page.show_judgement(judgement(1))
    page.matrix.chosen.emit(0, 1)
    page.show_judgement(judgement(2))
    page.pictures.live.setChecked(True)
    assert page.gallery.samples() == judgement(2).samples(0, 1).tolist()
    assert page.pictures.live.text() == "Live"


def test_selecting_a_picture_holds_them_all(qtbot: QtBot, page: ResultsPage) -> None:
    page.show_judgement(judgement(1))
    qtbot.keyClick(page.gallery, Qt.Key.Key_Right)
    chosen = page.gallery.selection()
    page.show_judgement(judgement(2))
    assert page.gallery.samples() == judgement(1).mistakes().tolist()
    assert page.gallery.selection() == chosen


def test_a_row_a_column_a_class_and_a_confusion_show_their_pictures(page: ResultsPage) -> None:
    made = judgement(1)
    page.show_judgement(made)
    page.matrix.chosen.emit(2, -1)
    assert page.gallery.samples() == made.samples(true=2).tolist()
    page.matrix.chosen.emit(-1, 2)
    assert page.gallery.samples() == made.samples(predicted=2).tolist()
    page.table.chosen.emit(1)
    assert sorted(page.gallery.samples()) == [row for row in range(1, 60, 3) if made.predicted[row] != 1]
    page.confusions.chosen.emit(1, 0)
    assert page.matrix.selected() == (1, 0)
    assert page.gallery.samples() == made.samples(1, 0).tolist()


def test_the_choice_of_pictures_leads_back_to_the_mistakes(page: ResultsPage) -> None:
    made = judgement(1)
    page.show_judgement(made)
    page.matrix.chosen.emit(0, 1)
    assert page.pictures.kind.currentIndex() == -1
    page.pictures.kind.activated.emit(0)
    assert page.gallery.samples() == made.mistakes().tolist()
    assert page.matrix.selected() == (-1, -1)
    page.pictures.kind.activated.emit(2)
    assert page.gallery.samples() == made.surest().tolist()


def test_another_part_shows_its_own_pictures_even_where_they_were_held(page: ResultsPage) -> None:
    page.show_judgement(judgement(1))
    page.matrix.chosen.emit(0, 1)
    page.show_judgement(judgement(1, "test", seed=5))
    assert page.gallery.samples() == judgement(1, "test", seed=5).samples(0, 1).tolist()


def test_the_selected_picture_is_told_in_large(page: ResultsPage) -> None:
    made = judgement(1)
    page.show_judgement(made)
    worst = int(made.mistakes()[0])
    truth, about = page.detail.answer.lines()
    assert truth == f"Truly “{made.classes[made.targets[worst]]}”"
    assert about.startswith(f"Validation picture {worst} · loss ")
    assert page.detail.try_button.isEnabled()


def test_the_next_run_begins_afresh(page: ResultsPage) -> None:
    page.show_judgement(judgement(1))
    page.matrix.chosen.emit(0, 1)
    page.clear("Soon.")
    assert page.hint.text() == "Soon."
    assert page.pictures.choice() == Choice()
    assert page.pictures.live.isChecked()
    assert not page.detail.try_button.isEnabled()
    page.show_judgement(judgement(1, classes=2))
    assert page.gallery.samples() == judgement(1, classes=2).mistakes().tolist()


def test_numbers_and_pictures_stand_side_by_side_only_where_there_is_room(page: ResultsPage) -> None:
    page.show_judgement(judgement(1))
    page.resize(WIDE, 640)
    assert page.splitter.orientation() == Qt.Orientation.Horizontal
    page.resize(480, 640)
    assert page.splitter.orientation() == Qt.Orientation.Vertical
    assert page.width() == 480


def test_a_broken_training_is_told_on_the_page(page: ResultsPage) -> None:
    made = judgement(1)
    made._logits[:] = float("nan")
    again = type(made)(made_of(made), made.classes).compute()
    page.show_judgement(again)
    assert page.headline.fault.isVisible()
    assert page.headline.accuracy.text() == "0.0%"
    assert len(page.gallery.samples()) == 60
    page.grab()


def made_of(made):  # type: ignore[no-untyped-def]
    from core.events import Judged

    return Judged(made.part, made.step, made.epoch, made._logits, made.targets)
