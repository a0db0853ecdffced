"""File menu: save the weights of the open run, or let it go on from others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from core.errors import UserError
from core.worker import Background
from gui.session import Session

if TYPE_CHECKING:
    from core.trainer import Trainer

SAVE_FILTERS = {"Safetensors (*.safetensors)": ".safetensors", "PyTorch state_dict (*.pth)": ".pth"}
LOAD_FILTER = "Weights (*.safetensors *.pth *.pt);;All files (*)"
NOTHING_OPEN = "There is no network yet: press Start first."
WHAT_FOLLOWS = (
    "The network goes on from the weights in this file, and those that it has now are replaced. What the optimizer "
    "remembers of earlier gradients (momentum, running means) belongs to them and is forgotten; learning rate, "
    "schedule and the place in the data stay. The file cannot run any code."
)


class WeightsDialogs(QObject):
    """Asks for files; the work is done off the GUI thread, and touches weights at safe points alone."""

    said = Signal(str)
    """Words for the status bar."""
    loaded = Signal(int)
    """The open run has other weights now, after that many steps."""

    def __init__(self, session: Session, background: Background, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._background, self._window = session, background, window

    def save(self) -> None:
        """Ask where to, and write the weights as they are at the next safe point."""
        trainer = self._open_run()
        if trainer is None:
            return
        name = f"{trainer.job.config.network}-{trainer.job.config.data}-step-{trainer.step}.safetensors"
        text, chosen = QFileDialog.getSaveFileName(self._window, "Save weights", name, ";;".join(SAVE_FILTERS))
        if text:
            self.save_to(_with_suffix(Path(text), SAVE_FILTERS.get(chosen, ".safetensors")))

    def save_to(self, path: Path) -> None:
        """Write the weights to ``path``, whatever is there."""
        trainer = self._open_run()
        if trainer is not None:
            self.said.emit(f"Saving the weights to {path.name}…")
            self._background.submit(lambda: _save(trainer, path), self.said.emit, lambda e: self._fail("saved", e))

    def load(self) -> None:
        """Ask for a file, say what follows, and put its weights into the open run at the next safe point."""
        if self._open_run() is None:
            return
        text, _ = QFileDialog.getOpenFileName(self._window, "Load weights", "", LOAD_FILTER)
        if text and self._agreed(Path(text)):
            self.load_from(Path(text))

    def load_from(self, path: Path) -> None:
        """Put the weights in ``path`` into the open run."""
        trainer = self._open_run()
        if trainer is not None:
            self.said.emit(f"Reading {path.name}…")
            self._background.submit(
                lambda: _load(trainer, path),
                lambda step: self._on_loaded(path, step),
                lambda e: self._fail("loaded", e),
            )

    def _open_run(self) -> Trainer | None:
        trainer = self._session.trainer
        if self._session.state == "preparing":
            self.said.emit("The run is still being prepared: wait until it has begun.")
            return None
        if trainer is None:
            self.said.emit(NOTHING_OPEN)
        return trainer

    def _agreed(self, path: Path) -> bool:
        box = QMessageBox(QMessageBox.Icon.Question, "Load weights", f"Load {path.name}?", parent=self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(WHAT_FOLLOWS)
        load = box.addButton("Load", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        return box.clickedButton() is load

    def _on_loaded(self, path: Path, step: int) -> None:
        self.said.emit(f"The network goes on from {path.name} since step {step:,}.")
        self.loaded.emit(step)

    def _fail(self, done: str, error: Exception) -> None:
        sentence = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
        box = QMessageBox(QMessageBox.Icon.Warning, "Weights", f"The weights were not {done}.", parent=self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(sentence)
        details = getattr(error, "details", "")
        if details:
            box.setDetailedText(details)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
        self.said.emit(sentence)


def _with_suffix(path: Path, suffix: str) -> Path:
    """A name without an ending gets that of the kind that was picked."""
    return path if path.suffix.lower() in (".safetensors", ".pth", ".pt") else path.with_name(path.name + suffix)


def _save(trainer: Trainer, path: Path) -> str:
    """On the background thread; returns what was done, in words."""
    from core.inference import weights_copy
    from core.weights_files import save_weights

    job = trainer.job
    at_rest = trainer.control.at_safe_point(lambda: (weights_copy(job.model), trainer.step))
    weights, step = at_rest.result()
    about = {"network": job.network.id, "data": job.config.data, "step": str(step)}
    save_weights(path, weights, about, force=True)
    return f"The weights after {step:,} steps are in {path.name}."


def _load(trainer: Trainer, path: Path) -> int:
    """On the background thread; returns after which step they were put in."""
    from core.weights_files import load_into, read_weights

    weights = read_weights(path)
    return trainer.control.at_safe_point(lambda: load_into(trainer, weights, path.name)).result()
