"""The text panel in a window of its own, into which text streams."""

from __future__ import annotations

import time

from benchmarks.delay_probe import DelayProbe
from benchmarks.window import spin, wait_for
from core.desk import KeptModel
from core.generation import TextModel
from core.registry import Registry
from gui.app import make_application
from gui.session import Session
from gui.theme import apply_theme
from gui.try_it.text_panel import TextPanel
from gui.writer import Writer

CHARACTERS = 10_000
TIMES = 6
SETTLE_S = 0.5


def delays(model: TextModel) -> list[float]:
    """The event loop's delays in ms while that model writes, several times over."""
    apply_theme(make_application(), "system")
    panel = TextPanel()
    writer = Writer(Session(Registry(), panel), panel)
    panel.resize(panel.sizeHint())
    panel.show()
    panel.controls.length.setValue(CHARACTERS)
    writer.use(lambda: KeptModel(model))
    probe = DelayProbe()
    found = []
    for _ in range(TIMES):
        spin(SETTLE_S)
        began = time.monotonic()
        panel.controls.write.click()
        wait_for(writer.finished)
        ended = time.monotonic()
        spin(0.1)  # what was sent last is still to be read
        found += probe.milliseconds(began, ended)
    probe.close()
    writer.close()
    panel.close()
    return found
