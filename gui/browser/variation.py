"""Has the variants of a sample made off the GUI thread; only the newest wish is answered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.data import DataBundle
from core.worker import Background


class Variation(QObject):
    """While variants are being made, only the newest of the other wishes waits."""

    made = Signal(object)
    """uint8 N×C×H×W."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._busy = False
        self._waiting: tuple[DataBundle, NDArray[np.uint8], int, int] | None = None
        self._withdrawn = False

    def ask(self, bundle: DataBundle, picture: NDArray[np.uint8], count: int, draw: int) -> None:
        """``count`` variants of C×H×W ``picture``; the same ``draw`` gives the same ones."""
        self._waiting, self._withdrawn = (bundle, picture, count, draw), False
        if not self._busy:
            self._next()

    def withdraw(self) -> None:
        """Nothing is wanted any more."""
        self._waiting, self._withdrawn = None, True

    def close(self) -> None:
        """Wait for what is being made."""
        self.withdraw()
        self._background.close()

    def _next(self) -> None:
        if self._waiting is None:
            return
        (bundle, picture, count, draw), self._waiting, self._busy = self._waiting, None, True

        def work() -> NDArray[np.uint8]:
            from core.survey.variants import varied  # imports torch

            return varied(picture, bundle.info, bundle.augmentations, count, draw)

        self._background.submit(work, self._on_made, self._on_failed)

    def _on_made(self, varied: NDArray[np.uint8]) -> None:
        self._busy = False
        if self._waiting is None and not self._withdrawn:
            self.made.emit(varied)
        self._next()

    def _on_failed(self, error: Exception) -> None:
        self._busy = False
        if self._waiting is None and not self._withdrawn:
            self.failed.emit(f"The variants cannot be made ({type(error).__name__}: {error}).")
        self._next()
