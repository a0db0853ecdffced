"""LeNet as the PyTorch tutorial "Neural Networks" has it, after LeCun et al. 1998, with ReLU and max-pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.api import DataInfo, NetworkSpec, NoSettings, Recipe, hookimpl
from plugins._convolutions import TASK, picture_refusal, tutorial_network

if TYPE_CHECKING:
    from torch import nn


def build(config: NoSettings, info: DataInfo) -> nn.Module:
    """For 1×32×32 pictures of ten classes: 61,706 parameters in 10 tensors."""
    return tutorial_network(info)


def refuses(config: NoSettings, info: DataInfo) -> str | None:
    """LeNet halves a picture twice after cutting its border twice: very small ones vanish."""
    return picture_refusal("LeNet", info)


@hookimpl
def register_networks() -> list[NetworkSpec]:
    """LeNet."""
    digits = Recipe(data="digits", epochs=40, batch_size=32, optimizer_settings={"lr": 4e-3})
    mnist = Recipe(data="mnist", epochs=8, batch_size=64, optimizer_settings={"lr": 4e-3})
    return [
        NetworkSpec(
            id="lenet",
            title="LeNet",
            summary="The classic that reads handwritten digits: two convolutions, two poolings, three linear layers.",
            task=TASK,
            build=build,
            refuses=refuses,
            recipe=digits,
            starter=True,
            recipes={"mnist": mnist, "fashion-mnist": mnist.model_copy(update={"epochs": 12})},
        )
    ]
