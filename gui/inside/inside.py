"""Makes the four looks into a network, and connects them with the run and with the rest of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.events import Event
from core.run_config import RunConfig
from gui.embedding import Embedding, EmbeddingPage
from gui.inside.page import InsidePage
from gui.inside.trying import connect_embedding

if TYPE_CHECKING:
    from gui.workbench import Workbench


class Inside(QObject):
    """Each look is a widget and, where it has to ask for numbers, what asks for them off the GUI thread."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.page = InsidePage()
        self.embedding_page = EmbeddingPage()
        self.page.add("Embedding", self.embedding_page, "Where the network puts each sample, and how the classes part")
        self.embedding = Embedding(workbench.session, self.embedding_page)
        connect_embedding(self.embedding, workbench)
        workbench.session.events.connect(self.take)

    def offer(self, config: RunConfig | None) -> None:
        """What is chosen in the set-up is another now; None: it cannot be trained as it stands."""

    def take(self, events: list[Event]) -> None:
        """What happened in the run, thirty times a second."""

    def close(self) -> None:
        """Give up what is being computed, and wait for it."""
        self.embedding.close()
