"""t-SNE as the page has it: one at a time, waited for on a thread of its own, and given up at a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.data import Cancelled
from core.embedding.frame import Floats, Frame
from core.embedding.tsne import Tsne
from core.errors import UserError
from core.worker import Background

if TYPE_CHECKING:
    from core.embedding.samples import Samples


@dataclass(frozen=True)
class Reduced:
    """Where t-SNE put the samples of a frame, n×2."""

    samples: Samples
    frame: Frame
    positions: Floats
    perplexity: float


class Reduction(QObject):
    """Keeps the newest result until the samples are others."""

    moved = Signal(float)
    """The share of the work that is done."""
    done = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._tsne: Tsne | None = None
        self._result: Reduced | None = None
        self.share = -1.0
        """Of the work that goes on; below 0: scikit-learn is still being loaded."""
        self.moved.connect(self._on_moved)

    @property
    def busy(self) -> bool:
        """Whether something is being computed."""
        return self._tsne is not None

    @property
    def tsne(self) -> Tsne | None:
        """What is being computed."""
        return self._tsne

    def result(self, samples: Samples) -> Reduced | None:
        """The newest result, if it is of these samples."""
        return self._result if self._result is not None and self._result.samples is samples else None

    def begin(self, samples: Samples, frame: Frame, positions: Floats, perplexity: float) -> None:
        """Compute it, in place of what is being computed."""
        self.cancel()
        tsne = self._tsne = Tsne(frame.vectors, positions, perplexity)
        self.share = -1.0

        def told(share: float) -> None:
            if tsne is self._tsne:
                self.moved.emit(share)  # a signal crosses over to the GUI thread by itself

        self._background.submit(
            lambda: tsne.run(told),
            lambda places: self._on_done(tsne, Reduced(samples, frame, places, tsne.perplexity)),
            lambda error: self._on_failed(tsne, error),
        )
        self.moved.emit(-1.0)

    def cancel(self) -> None:
        """Give up what is being computed; a result that is there stays."""
        if self._tsne is not None:
            self._tsne.cancel()
            self._tsne = None

    def forget(self) -> None:
        """The samples are others now."""
        self.cancel()
        self._result = None

    def close(self) -> None:
        """End the process, and wait for the thread."""
        self.cancel()
        self._background.close()

    def _on_moved(self, share: float) -> None:
        self.share = share

    def _on_done(self, tsne: Tsne, result: Reduced) -> None:
        if tsne is self._tsne:
            self._tsne, self._result = None, result
            self.done.emit()

    def _on_failed(self, tsne: Tsne, error: Exception) -> None:
        if tsne is not self._tsne:
            return  # it was cancelled, or another one was begun
        self._tsne = None
        if not isinstance(error, Cancelled):
            self.failed.emit(str(error) if isinstance(error, UserError) else f"t-SNE could not be computed: {error}")
