"""The strip above the pages."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.notice_strip import NoticeStrip


def test_an_offer_is_made_once_and_the_strip_goes_when_it_is_taken(qtbot: QtBot) -> None:
    strip, done = NoticeStrip(), []
    qtbot.addWidget(strip)
    assert not strip.isVisible()
    strip.say(
        "It broke off.", {"Resume": lambda: done.append("resumed"), "Forget it": lambda: done.append("forgotten")}
    )
    assert strip.isVisible()
    strip.buttons[0].click()
    assert (done, strip.isVisible()) == (["resumed"], False)
    strip.say("Another.", {})
    assert strip.buttons == []


def test_notes_stand_below_each_other_each_once(qtbot: QtBot) -> None:
    strip = NoticeStrip()
    qtbot.addWidget(strip)
    for words in ("Two files were left out.", "Few pictures.", "Few pictures."):
        strip.note(words)
    assert strip.words.text() == "Two files were left out.\nFew pictures."
    strip.say("It broke off.", {"Resume": strip.hide})
    strip.note("Few pictures.")
    assert strip.words.text() == "Few pictures."
