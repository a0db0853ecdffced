"""Answers of a model to something new: a picture is classified."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from core.data import DataInfo
from core.errors import UserError
from core.kept import kept_model
from core.pictures import photo, picture_note, read_picture, strokes, thumbnail
from core.prediction import Prediction
from core.registry import Registry
from core.runs import Run
from core.trainer import Trainer


class NotReady(UserError):
    """Nothing can be answered yet; the message says what to do."""


class Classifier:
    """A model of its own, on the CPU, that answers while another one is being trained."""

    def __init__(self, model: nn.Module, info: DataInfo, name: str) -> None:
        self.model = copy.deepcopy(model).to("cpu").eval()
        self.info = info
        self.name = name

    @classmethod
    def of_run(cls, run: Run, registry: Registry) -> Classifier:
        """The newest weights that a run kept.

        Raises:
            RunNotFound, UnknownId, ConfigError: where the run or its network cannot be read.
        """
        kept = kept_model(run, registry)
        return cls(kept.model, kept.info, kept.name)

    def load(self, weights: dict[str, Tensor], name: str) -> None:
        """Take over newer weights; ``name`` says whose they are."""
        self.model.load_state_dict(weights)
        self.name = name

    def classify(self, source: Path | bytes, name: str = "") -> Prediction:
        """What a picture shows: a file, or the bytes of one.

        Raises:
            PictureError: where it cannot be read, with the reason.
            NotReady: where this network does not look at pictures, or its training went wrong.
        """
        if self.info.picture == "none":
            raise NotReady(f"{self.name} does not look at pictures.")
        picture = read_picture(source)
        seen = self._seen(picture)
        probabilities = self.probabilities(seen)
        if not np.isfinite(probabilities).all():
            raise NotReady(f"{self.name} answers with no numbers: train it again, with a smaller learning rate.")
        order = np.argsort(-probabilities)
        return Prediction(
            seen=seen,
            labels=tuple(self.info.classes[index] for index in order),
            probabilities=probabilities[order],
            model=self.name,
            name=name or (source.name if isinstance(source, Path) else ""),
            thumbnail=thumbnail(picture),
            note=picture_note(picture),
        )

    def probabilities(self, seen: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The softmax of the model's outputs for one uint8 C×H×W picture: one number a class."""
        shape = (1, -1, 1, 1)
        inputs = torch.from_numpy(np.ascontiguousarray(seen)).unsqueeze(0).float().div(255)
        inputs = (inputs - torch.tensor(self.info.mean).view(shape)) / torch.tensor(self.info.std).view(shape)
        with torch.no_grad():
            found: NDArray[np.float32] = torch.softmax(self.model(inputs)[0].float(), dim=0).numpy()
        return found

    def _seen(self, picture: Image.Image) -> NDArray[np.uint8]:
        channels, height, width = self.info.input_shape
        if self.info.picture == "strokes":
            return strokes(picture, height, width)
        return photo(picture, channels, height, width)


def weights_copy(model: nn.Module) -> dict[str, Tensor]:
    """The state_dict as it is now, on the CPU; call at a safe point."""
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in model.state_dict().items()}


class LiveClassifier:
    """Answers with the weights that a trainer has at its next safe point, or with its last ones when it is done."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self._classifier: Classifier | None = None
        self.step = -1
        """After how many steps the last answer was given; -1 before the first."""

    def classify(self, source: Path | bytes, name: str = "") -> Prediction:
        """See :meth:`Classifier.classify`; waits for a safe point, so it must not be called on the GUI thread."""
        job = self.trainer.job
        if self._classifier is None:
            copied = self.trainer.control.at_safe_point(lambda: copy.deepcopy(job.model).to("cpu")).result()
            self._classifier = Classifier(copied, job.info, job.network.title)
        weights, step = self.trainer.control.at_safe_point(self._newest_weights).result()
        self._classifier.load(weights, f"{job.network.title} after {step:,} steps")
        self.step = step
        return self._classifier.classify(source, name)

    def _newest_weights(self) -> tuple[dict[str, Tensor], int]:
        return weights_copy(self.trainer.job.model), self.trainer.step
