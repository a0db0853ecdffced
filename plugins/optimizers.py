"""The optimizers of ``torch.optim`` that the tutorials use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from core.api import Config, OptimizerSpec, hookimpl, model_validator, setting

if TYPE_CHECKING:
    from torch import nn, optim


def rate(default: float) -> Any:
    """The field of the learning rate."""
    return setting(default, "Learning rate", "How far each update goes.", above=0.0, maximum=10.0, live=True)


def decay(default: float = 0.0) -> Any:
    """The field of the weight decay."""
    text = "Pulls the weights towards zero at each update, so that less is learnt by heart."
    return setting(default, "Weight decay", text, minimum=0.0, maximum=1.0, live=True, advanced=True)


def share(default: float, title: str, text: str) -> Any:
    """A field for how much of an average is kept from step to step."""
    return setting(default, title, text, minimum=0.0, below=1.0, advanced=True)


class SGDConfig(Config):
    """Stochastic gradient descent, as in ``torch.optim.SGD``."""

    lr: float = rate(0.01)
    momentum: float = setting(
        0.9, "Momentum", "How much of the last update the next one keeps.", minimum=0.0, below=1.0, live=True
    )
    nesterov: bool = setting(
        False, "Nesterov", "Look ahead: take the gradient where the momentum leads (Nesterov 1983). Needs momentum."
    )
    weight_decay: float = decay()

    @model_validator(mode="after")
    def _nesterov_needs_momentum(self) -> SGDConfig:
        if self.nesterov and self.momentum == 0:
            raise ValueError("Nesterov needs a momentum above 0")
        return self


class AdamConfig(Config):
    """Adam (Kingma and Ba 2015), as in ``torch.optim.Adam``."""

    lr: float = rate(1e-3)
    beta1: float = share(0.9, "Beta 1", "How much of the gradient's running mean is kept at each step.")
    beta2: float = share(0.999, "Beta 2", "How much of the squared gradient's running mean is kept at each step.")
    weight_decay: float = decay()


class AdamWConfig(AdamConfig):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019), as in ``torch.optim.AdamW``."""

    weight_decay: float = decay(0.01)


class RMSpropConfig(Config):
    """RMSprop (Hinton's lecture 6e, 2012), as in ``torch.optim.RMSprop``."""

    lr: float = rate(1e-3)
    alpha: float = share(0.99, "Alpha", "How much of the squared gradient's running mean is kept at each step.")
    momentum: float = setting(
        0.0, "Momentum", "How much of the last update the next one keeps.", minimum=0.0, below=1.0, live=True
    )
    weight_decay: float = decay()


class AdagradConfig(Config):
    """Adagrad (Duchi, Hazan and Singer 2011), as in ``torch.optim.Adagrad``."""

    lr: float = rate(0.01)
    lr_decay: float = setting(0.0, "Rate decay", "Shrinks the rate as steps go by.", minimum=0.0, advanced=True)
    weight_decay: float = decay()


def builder(name: str, *, fused: bool) -> Callable[[Iterable[nn.Parameter], Config], optim.Optimizer]:
    """Builds ``torch.optim.<name>``; ``fused`` updates all tensors in one pass where torch can."""

    def build(parameters: Iterable[nn.Parameter], config: Config) -> optim.Optimizer:
        from torch import optim

        settings = config.model_dump()
        if "beta1" in settings:
            settings["betas"] = (settings.pop("beta1"), settings.pop("beta2"))
        trained = list(parameters)
        if fused and {parameter.device.type for parameter in trained} <= {"cpu", "cuda"}:
            settings["fused"] = True
        found: optim.Optimizer = getattr(optim, name)(trained, **settings)
        return found

    return build


@hookimpl
def register_optimizers() -> list[OptimizerSpec]:
    """SGD, Adam, AdamW, RMSprop and Adagrad."""
    return [
        OptimizerSpec(
            *("adamw", "AdamW", builder("AdamW", fused=True), AdamWConfig),
            summary="Adam with a weight decay that does not interfere: a good first choice.",
        ),
        OptimizerSpec(
            *("adam", "Adam", builder("Adam", fused=True), AdamConfig),
            summary="Gives each weight a pace of its own, from running means of its gradient.",
        ),
        OptimizerSpec(
            *("sgd", "SGD", builder("SGD", fused=True), SGDConfig),
            summary="Plain steps down the gradient, with momentum: what the tutorials begin with.",
        ),
        OptimizerSpec(
            *("rmsprop", "RMSprop", builder("RMSprop", fused=False), RMSpropConfig),
            summary="Divides each gradient by its recent size.",
        ),
        OptimizerSpec(
            *("adagrad", "Adagrad", builder("Adagrad", fused=False), AdagradConfig),
            summary="Divides each gradient by all its past: paces only ever shrink.",
        ),
    ]
