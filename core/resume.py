"""What is asked when a run shall go on that is not being trained."""

from __future__ import annotations

from dataclasses import dataclass

from core.runs import Run


@dataclass(frozen=True)
class Resume:
    """Go on with ``run``, however it ended, from its last checkpoint; from its start where it has none.

    ``epochs``: how many it shall have in the end, None: as many as were asked for. ``lr``: another learning rate,
    None: the one that it had come to.
    """

    run: Run
    epochs: int | None = None
    lr: float | None = None

    @property
    def changes(self) -> dict[str, float]:
        """The settings that become others before the first step, by name."""
        asked = {"epochs": self.epochs, "lr": self.lr}
        return {name: value for name, value in asked.items() if value is not None}
