"""Where a computation left the numbers: the first layer that made infinity or "not a number" of finite input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from core.errors import UserError
from core.run_config import RunConfig

SMALLER = 0.1
"""How much of a learning rate that was too high is tried next."""


class TrainingError(UserError):
    """Training cannot go on; the message is one sentence for the user."""


class NumbersGone(TrainingError):
    """A loss is no number any more. ``retry_lr``: a learning rate that may do better."""

    def __init__(self, sentence: str, retry_lr: float | None = None, retry_step: int = 0) -> None:
        super().__init__(sentence)
        self.retry_lr, self.retry_step = retry_lr, retry_step


def numbers_gone(what: str, rate: float, config: RunConfig, last_step: int | None, *, retry: bool) -> NumbersGone:
    """The error that says ``what`` happened, at which learning rate, and what can be done about it.

    ``last_step``: of the last good checkpoint, None: there is none. ``retry``: the run is kept, and can be resumed.
    """
    why = f"{what}, probably because the learning rate ({rate:.3g}) is too high"
    advice = "start again with a smaller one"
    if last_step:
        advice = f"go back to step {last_step:,} with a smaller one, or start again"
    asked = config.optimizer_settings.get("lr")
    retry_lr = float(asked) * SMALLER if retry and asked else None
    return NumbersGone(f"{why}; {advice}.", retry_lr, last_step or 0)


def bad_weights(model: nn.Module) -> str:
    """The name of the first parameter that is not finite, or "". Buffers may be infinite: masks are, for example."""
    bad = (name for name, parameter in model.named_parameters() if not bool(torch.isfinite(parameter).all()))
    return next(bad, "")


def where_it_began(model: nn.Module, forward: Callable[[], object], inputs: Tensor) -> str:
    """In words, for which layer to look at: ", in the layer “conv1” (Conv2d)"; "" where all is finite this time.

    ``forward`` computes the loss of ``inputs`` once more; it may raise what it likes.
    """
    if not _finite(inputs):
        return ", in the data"
    parameter = bad_weights(model)
    if parameter:
        layer = parameter.rpartition(".")[0]
        return f", in the weights of {_named(layer, model.get_submodule(layer))}"
    found: list[str] = []
    with ExitStack() as hooks:
        for name, module in model.named_modules():
            handle = module.register_forward_hook(partial(_look, found, name))
            hooks.callback(handle.remove)
        try:
            with torch.no_grad():
                loss = forward()
        except Exception:  # border: a plugin's forward or loss, shown numbers that it may not expect
            return found[0] if found else ""
    if found:
        return found[0]
    return ", in the loss itself" if not _finite(loss) else ""


def _look(found: list[str], name: str, module: nn.Module, inputs: Any, outputs: Any) -> None:
    """Hooks are called in the order in which modules are done, the parts of one before itself."""
    if not found and _finite(inputs) and not _finite(outputs):
        found.append(f", in {_named(name, module)}")


def _named(name: str, module: nn.Module) -> str:
    return f"the layer “{name}” ({type(module).__name__})" if name else "what the network does between its layers"


def _finite(value: Any) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in _tensors(value))


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _tensors(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _tensors(part)
