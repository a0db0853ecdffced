"""Samples that were clicked in a look into the network go to the "Try it" panel that fits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from core.specs import TryIt
from gui.embedding import Embedding

if TYPE_CHECKING:
    from gui.workbench import Workbench


def connect_embedding(embedding: Embedding, workbench: Workbench) -> None:
    """Pictures are answered, names typed, and texts gone on from."""
    embedding.picture_chosen.connect(workbench.try_picture)
    embedding.text_chosen.connect(lambda kind, text: _try_text(workbench, kind, text))
    embedding.told.connect(workbench.say)


def _try_text(workbench: Workbench, kind: str, text: str) -> None:
    panels = workbench.try_panels
    panels.choose(cast(TryIt, kind))
    workbench.window.docks["try_it"].show()
    if kind == "text classification":
        panels.typing.set_text(text)
    else:
        panels.text.controls.seed.set_seed(text)
