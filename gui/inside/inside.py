"""Makes the four looks into a network, and connects them with the run and with the rest of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.events import Event
from core.run_config import RunConfig
from gui.inside.page import InsidePage
from gui.slow_step.page import SlowStepPage
from gui.slow_step.stepper import Stepper

if TYPE_CHECKING:
    from gui.workbench import Workbench


class Inside(QObject):
    """Each look is a widget and, where it has to ask for numbers, what asks for them off the GUI thread."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.page = InsidePage()
        slow_step = SlowStepPage()
        self.page.add("One step", slow_step, "Forward, loss, backward, update: one step taken apart (Shift+F7)")
        self.stepper = Stepper(workbench, slow_step)
        workbench.session.events.connect(self.take)

    def offer(self, config: RunConfig | None) -> None:
        """What is chosen in the set-up is another now; None: it cannot be trained as it stands."""

    def take(self, events: list[Event]) -> None:
        """What happened in the run, thirty times a second."""
        self.stepper.take(events)

    def close(self) -> None:
        """Give up what is being computed, and wait for it."""
        self.stepper.close()
