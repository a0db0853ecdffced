"""Reads, sample by sample, what the last layer with weights was given for a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.batches import Batch
from core.embedding.frame import EmbeddingError
from core.embedding.penultimate import Product, last_product
from core.specs import TaskSpec

MOST_NUMBERS = 4096
"""A sample: of more, neighbours are averaged, which leaves near what was near."""


@dataclass(frozen=True)
class Reading:
    """``vectors``: float32, a row a sample. ``logits``: a row a sample, or None where the outputs are none."""

    vectors: Tensor
    logits: Tensor | None
    where: str


def read_batch(model: nn.Module, task: TaskSpec, batch: Batch, mask: Tensor | None, vocabulary: int) -> Reading:
    """Let ``model``, at rest and in evaluation mode, answer ``batch``.

    ``mask``: B×T, the places that are samples; None where each row is one. ``vocabulary``: how many different tokens
    there are, of texts.

    Raises:
        EmbeddingError: where no layer is given something that belongs to single samples.
    """
    shape = _Shape(len(batch.inputs), batch.inputs.shape[1] if vocabulary else 0, mask)
    product, (_, outputs) = last_product(model, lambda: task.loss(model, batch), shape.fits)
    if product is None:
        raise EmbeddingError(
            "None of this network's layers with weights is given a row of numbers for each sample, so there is "
            "nothing to place the samples by."
        )
    logits = shape.logits(outputs)
    if not product.given.is_floating_point():
        vectors, where = _one_hot(shape.rows(product, logits)[0], vocabulary), ""
    else:
        vectors, where = shape.rows(product, logits)
    width = vectors.shape[1]
    vectors = _narrowed(vectors.float())
    return Reading(vectors, logits, _words(product, width, vectors.shape[1], where))


def _words(product: Product, width: int, kept: int, where: str) -> str:
    averaged = f", averaged to {kept:,}" if kept < width else ""
    if product.index == 0:
        return f"the input itself, {width:,} numbers{averaged}: no layer with weights comes before “{product.name}”"
    return f"the {width:,} numbers{where}{averaged} that “{product.name}”, the last layer with weights, is given"


@dataclass(frozen=True)
class _Shape:
    """What stands for samples in a tensor: ``rows`` × ``length`` (0: no texts)."""

    count: int
    length: int
    mask: Tensor | None

    def fits(self, function: str, given: Tensor) -> bool:
        """Whether ``given`` can be read sample by sample."""
        if self.mask is None:
            return given.shape[0] == self.count or self._turned(given)
        along = function.startswith("conv") and given.ndim == 3 and given.shape[::2] == (self.count, self.length)
        flat = given.shape[0] == self.count * self.length
        return along or flat or given.shape[:2] == (self.count, self.length) or self._turned(given)

    def rows(self, product: Product, logits: Tensor | None) -> tuple[Tensor, str]:
        """A row a sample, and where in the layer's input it stands, if that is not all of it."""
        given, function = product.given, product.function
        if self._turned(given):
            given = given.transpose(0, 1)
        if self.mask is not None:
            if function.startswith("conv") and given.shape[::2] == (self.count, self.length):
                given = given.transpose(1, 2)
            places = given.reshape(self.count, self.length, -1)
            return places[self.mask.to(given.device)], ""
        if function.startswith("conv") and given.ndim > 2 and product.index:
            return given.flatten(2).mean(2), " (means over all places)"
        if self.length and given.ndim > 2 and given.shape[1] == self.length and given.is_floating_point():
            return self._of_sequence(given, product.made, logits)
        return given.reshape(self.count, -1), ""

    def logits(self, outputs: Any) -> Tensor | None:
        """The outputs, where they are a row of numbers a sample."""
        if not isinstance(outputs, Tensor) or not outputs.is_floating_point() or outputs.ndim < 2:
            return None
        if self.mask is None:
            return outputs if outputs.ndim == 2 and len(outputs) == self.count else None
        flat = outputs.reshape(-1, outputs.shape[-1])
        return flat[self.mask.flatten()] if len(flat) == self.mask.numel() else None

    def _of_sequence(self, given: Tensor, made: Any, logits: Tensor | None) -> tuple[Tensor, str]:
        """Of a row for each token, the one that the answer is taken from; else their mean."""
        given = given.reshape(*given.shape[:2], -1)
        if isinstance(made, Tensor) and logits is not None and made.shape[:2] in (given.shape[:2], given.shape[1::-1]):
            answers = made.transpose(0, 1) if made.shape[:2] != given.shape[:2] else made
            if answers[:, -1].shape == logits.shape and torch.allclose(answers[:, -1].float(), logits.float()):
                return given[:, -1], " after the last character"
        return given.mean(1), " (means over all characters)"

    def _turned(self, given: Tensor) -> bool:
        """Whether the tokens come first, as recurrent layers have them unless told otherwise."""
        shape = given.shape[:2]
        return bool(self.length) and shape == (self.length, self.count) and self.length != self.count


def _one_hot(tokens: Tensor, vocabulary: int) -> Tensor:
    """B×T tokens as numbers: a single 1 among zeros for each; where that is too much, how often each token occurs."""
    hot = nn.functional.one_hot(tokens.long().clamp(0, vocabulary - 1), vocabulary)
    return (hot.flatten(1) if hot[0].numel() <= MOST_NUMBERS else hot.sum(1)).float()


def _narrowed(vectors: Tensor) -> Tensor:
    if vectors.shape[1] <= MOST_NUMBERS:
        return vectors
    return nn.functional.adaptive_avg_pool1d(vectors[:, None], MOST_NUMBERS)[:, 0]
