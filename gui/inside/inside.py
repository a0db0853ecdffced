"""Makes the four looks into a network, and connects them with the run and with the rest of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.events import Event
from core.run_config import RunConfig
from gui.embedding import Embedding, EmbeddingPage
from gui.health import Health
from gui.inside.page import InsidePage
from gui.inside.trying import connect_embedding
from gui.slow_step.page import SlowStepPage
from gui.slow_step.stepper import Stepper
from gui.structure import StructureFinder, StructurePage

if TYPE_CHECKING:
    from gui.workbench import Workbench


class Inside(QObject):
    """Each look is a widget and, where it has to ask for numbers, what asks for them off the GUI thread."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.page = InsidePage()
        self.structure = StructureFinder(
            workbench.session,
            StructurePage(),
            lambda config, again: workbench.preflight.info(config, again),
            lambda: workbench.setup.problems(),
        )
        slow_step = SlowStepPage()
        self.stepper = Stepper(workbench, slow_step)
        self.health = Health(workbench.session, workbench.background, workbench.window.settings)
        self.health.noticed.connect(workbench.notice.note)
        self.embedding_page = EmbeddingPage()
        self.embedding = Embedding(workbench.session, self.embedding_page)
        connect_embedding(self.embedding, workbench)
        add = self.page.add
        add("Structure", self.structure.page, "The network's layers: shapes, parameters, sums, weights")
        add("One step", slow_step, "Forward, loss, backward, update: one step taken apart (Shift+F7)")
        add("Health", self.health.page, "How each layer fares: gradients, updates, dead units, histograms")
        add("Embedding", self.embedding_page, "Where the network puts each sample, and how the classes part")
        workbench.session.events.connect(self.take)

    def offer(self, config: RunConfig | None) -> None:
        """What is chosen in the set-up is another now; None: it cannot be trained as it stands."""
        self.structure.offer(config)

    def take(self, events: list[Event]) -> None:
        """What happened in the run, thirty times a second."""
        self.stepper.take(events)
        self.health.take(events)

    def close(self) -> None:
        """Give up what is being computed, and wait for it."""
        self.structure.close()
        self.stepper.close()
        self.health.close()
        self.embedding.close()
