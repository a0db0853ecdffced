"""Makes the four looks into a network, and connects them with the run and with the rest of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.events import Event
from core.run_config import RunConfig
from gui.health import Health
from gui.inside.page import InsidePage

if TYPE_CHECKING:
    from gui.workbench import Workbench


class Inside(QObject):
    """Each look is a widget and, where it has to ask for numbers, what asks for them off the GUI thread."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.page = InsidePage()
        self.health = Health(workbench.session, workbench.background, workbench.window.settings)
        self.health.noticed.connect(workbench.notice.note)
        self.page.add("Health", self.health.page, "How each layer fares: gradients, updates, dead units, histograms")
        workbench.session.events.connect(self.take)

    def offer(self, config: RunConfig | None) -> None:
        """What is chosen in the set-up is another now; None: it cannot be trained as it stands."""

    def take(self, events: list[Event]) -> None:
        """What happened in the run, thirty times a second."""
        self.health.take(events)

    def close(self) -> None:
        """Give up what is being computed, and wait for it."""
        self.health.close()
