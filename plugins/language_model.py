"""The task of saying which character comes next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.api import Snapshot, TaskSpec, hookimpl

if TYPE_CHECKING:
    from torch import Tensor, nn

    from core.api import Batch

SAMPLE_LENGTH = 200
SAMPLE_TEMPERATURE = 0.8
SAMPLE_SEED = 0


def cross_entropy(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """Mean cross-entropy in nats a token, and the logits, answers×vocabulary.

    The state goes on to the next window without its history, so that the gradient ends at the window's start.
    Where one answer a sequence is asked for, it is what the model says after the last token.
    """
    from torch.nn.functional import cross_entropy

    logits, state = model(batch.inputs, batch.state)
    batch.state = detached(state)
    if batch.targets.ndim == 1:
        logits = logits[:, -1]
    logits = logits.flatten(0, -2)
    return cross_entropy(logits, batch.targets.flatten()), logits


def detached(state: Any) -> Any:
    """The same numbers, cut off from the arithmetic that made them."""
    return tuple(detached(part) for part in state) if isinstance(state, tuple) else state.detach()


def accuracy(logits: Tensor, batch: Batch) -> dict[str, Tensor]:
    """How many of the answers were the likeliest token."""
    return {"accuracy": (logits.argmax(1) == batch.targets.flatten()).sum()}


def derived(means: Mapping[str, float]) -> dict[str, float]:
    """Perplexity (among how many equally likely characters the model hesitates) and bits per character."""
    loss = means["loss"]
    return {"perplexity": math.exp(min(loss, 700.0)), "bits_per_char": loss / math.log(2)}


def sample(snapshot: Snapshot) -> str:
    """Some 200 characters, each drawn from what the model expects; the same weights write the same."""
    import torch

    if snapshot.probe.targets.ndim == 1:
        return ""  # it is trained to give one answer, not to write
    model, vocabulary, start = snapshot.model, snapshot.info.vocabulary, snapshot.probe.inputs[:1, :1]
    generator = torch.Generator().manual_seed(SAMPLE_SEED)
    token, state = start, None
    written = [vocabulary[int(start)]]
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            while len(written) < SAMPLE_LENGTH:
                logits, state = model(token, state)
                chances = (logits[0, -1].float().cpu() / SAMPLE_TEMPERATURE).softmax(0)
                token = torch.multinomial(chances, 1, generator=generator).view(1, 1).to(start.device)
                written.append(vocabulary[int(token)])
    finally:
        model.train(was_training)
    return "".join(written)


@hookimpl
def register_tasks() -> list[TaskSpec]:
    """Writing text, character by character."""
    return [
        TaskSpec(
            *("language-model", "Text, character by character", cross_entropy, accuracy),
            try_it="text generation",
            derived=derived,
            sample=sample,
        )
    ]
