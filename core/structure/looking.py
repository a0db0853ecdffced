"""A close look at one layer: its weights, what it gave out last, and its gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.batches import Batch
from core.data import DataInfo
from core.errors import message
from core.explain.live import LiveModel
from core.snapshot import Probe
from core.structure.apart import OwnGenerator
from core.structure.look import LayerLook
from core.structure.observing import Observer
from core.structure.pictures import activation_view, norms_view, weights_view
from core.structure.rows import LayerRow
from core.structure.tracing import Question, failed, observed
from core.survey.texts import readable
from core.trainer import Trainer
from core.views import View

NO_WEIGHTS = "This layer has no weights: it has nothing to learn."
NOT_CALLED = "Nothing calls this layer, so it gives nothing out."
NO_GRADIENT = "No gradient reaches it."


def look(
    question: Question,
    row: LayerRow,
    model: nn.Module,
    probe: Probe,
    source: str,
    last_gradients: Mapping[str, NDArray[np.float32]] | None = None,
) -> LayerLook:
    """Look at ``row`` of ``model``, which is at rest, on the processor and nobody else's (its gradients are lost).

    ``last_gradients``: those of the weights that the last step of a run left, by their names in the model; without
    them, and for layers without weights, the gradient of the loss of one sample is computed.
    """
    batch, sample, tokens = one_sample(probe, question.info)
    observer, problem = _followed(question, model, batch, row.id)
    if row.kind in ("RNN", "LSTM", "GRU") and observer.values:  # of a packed text, what fills it up is left out
        tokens = tokens[: observer.values[0].shape[-2]]
    named = dict(model.named_parameters(remove_duplicate=False))
    held = {name.removeprefix(f"{row.module}."): named[name] for name, _ in row.tensors}
    weights = {name: _array(tensor) for name, tensor in held.items()}
    names = question.info.classes if question.info.classes != question.info.vocabulary else ()
    # Of a recurrent layer the answers alone: the states behind them are the last of these, or feed them.
    activation = activation_view(_sample_array(observer.values[0]), names, tokens) if observer.values else None
    gradient, words = _gradient(row, held, observer, sample, last_gradients, tokens)
    model.zero_grad(set_to_none=True)
    return LayerLook(
        row=row.id,
        source=source,
        weights=(norms_view(weights, "weights") if row.is_block else weights_view(weights)) if weights else None,
        weights_words="" if weights else NO_WEIGHTS,
        activation=activation,
        activation_words=f"For {sample}." if activation else (problem or NOT_CALLED),
        gradient=gradient,
        gradient_words=words if gradient else (problem or words),
    )


def look_live(question: Question, row: LayerRow, live: LiveModel) -> tuple[LayerLook, int]:
    """The same of a run, with the weights and the gradients that it has now; and after how many steps.

    Waits for a safe point, so it must not be called on the GUI thread.
    """
    trainer = live.trainer
    gradients = trainer.control.at_safe_point(lambda: _last_gradients(trainer, row)).result()
    model = live.newest()
    probe = trainer.job.probe
    at_hand = Probe(probe.inputs.detach().to("cpu"), probe.raw, probe.targets)
    return look(question, row, model, at_hand, f"{live.title}.", gradients), live.step


def one_sample(probe: Probe, info: DataInfo) -> tuple[Batch, str, Sequence[str]]:
    """The first sample of the probe with its answer, what it is called, and the tokens that are read of it."""
    inputs, targets = probe.inputs[:1], torch.from_numpy(np.ascontiguousarray(probe.targets[:1], np.int64))
    if info.vocabulary:
        if targets.ndim == 2 and targets.shape[1] == inputs.shape[1] - 1:  # a text, whose answers are its next tokens
            length = min(info.input_shape[0], targets.shape[1])
            inputs, targets = inputs[:, :length], targets[:, :length]
        tokens = [readable(info.vocabulary[token]) for token in inputs[0].tolist()]
        return Batch(inputs, targets), "the first text of the validation part", tokens
    answer = int(targets[0]) if targets.ndim == 1 else -1
    name = f" (“{info.classes[answer]}”)" if 0 <= answer < len(info.classes) else ""
    return Batch(inputs, targets), f"the first sample of the validation part{name}", ()


def _followed(question: Question, model: nn.Module, batch: Batch, wanted: str) -> tuple[Observer, str]:
    """The sample followed through the network, and back; why there is no gradient, where that fails."""
    observer = Observer(model, wanted)
    task = question.task
    trainable = [parameter.requires_grad for parameter in model.parameters()]
    try:
        model.requires_grad_(True)
        with torch.enable_grad(), OwnGenerator(question.seed), observer.watching(count=False):
            if task is None:
                raise LookupError(f"there is no task {question.network.task!r}")
            loss = task.loss(model, batch)[0]
        loss.backward()  # type: ignore[no-untyped-call]
        return observer, ""
    except Exception as error:  # border: network and task are a plugin's code
        problem = f"The gradient cannot be computed: {message(error) or type(error).__name__}"
        try:
            found = observer if observer.done else observed(model, question, batch, wanted=wanted)
        except Exception as again:  # border: the same
            raise failed(question, again) from again
        return found, problem
    finally:
        for parameter, was in zip(model.parameters(), trainable, strict=False):
            parameter.requires_grad_(was)


def _gradient(
    row: LayerRow,
    held: Mapping[str, Tensor],
    observer: Observer,
    sample: str,
    last: Mapping[str, NDArray[np.float32]] | None,
    tokens: Sequence[str],
) -> tuple[View | None, str]:
    full = dict(zip(held, (name for name, _ in row.tensors), strict=True))
    if held:
        found = {name: last[full[name]] for name in held if last and full[name] in last}
        words = "Of the loss by these weights, as the last step left it."
        if not found:
            found = {name: _array(each.grad) for name, each in held.items() if each.grad is not None}
            words = f"Of the loss by these weights, for {sample}."
        if found:
            return (norms_view(found, "gradients") if row.is_block else weights_view(found)), words
        return None, NO_GRADIENT
    gradients = [_sample_array(each.grad) for each in observer.kept if each.grad is not None]
    if not gradients:
        return None, NO_GRADIENT
    return activation_view(gradients[0], (), tokens), f"Of the loss by what this layer gives out, for {sample}."


def _last_gradients(trainer: Trainer, row: LayerRow) -> dict[str, NDArray[np.float32]]:
    """At a safe point."""
    named = dict(trainer.job.model.named_parameters(remove_duplicate=False))
    found = ((name, named[name].grad) for name, _ in row.tensors if name in named)
    return {name: _array(gradient).copy() for name, gradient in found if gradient is not None}


def _array(tensor: Any) -> NDArray[np.float32]:
    numbers: NDArray[np.float32] = tensor.detach().to("cpu", torch.float32).numpy()
    return numbers


def _sample_array(tensor: Tensor) -> NDArray[np.float32]:
    numbers = _array(tensor)
    return numbers[0] if numbers.ndim > 1 and numbers.shape[0] == 1 else numbers
