"""A small residual network for small photos, quick enough for a processor and able to grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.api import Config, DataInfo, NetworkSpec, Preset, Recipe, hookimpl, setting
from plugins._convolutions import TASK, picture_refusal

if TYPE_CHECKING:
    from torch import nn

SMALLEST_SIDE = 8


class ResidualConfig(Config):
    """How large the network is."""

    width: int = setting(
        *(32, "Width", "Channels of the first stage; the second has twice, the third four times as many."),
        unit="channels",
        minimum=4,
        maximum=512,
    )
    blocks: int = setting(
        *(1, "Blocks", "Residual blocks in each of the three stages, of two convolutions each."),
        unit="blocks",
        minimum=1,
        maximum=32,
    )
    dropout: float = setting(
        *(0.0, "Dropout", "Share of the last layer's inputs that is left out at random in training."),
        unit="of 1",
        minimum=0.0,
        below=1.0,
        advanced=True,
    )


def build(config: ResidualConfig, info: DataInfo) -> nn.Module:
    """For 3×32×32 pictures of ten classes and with the defaults: about 0.3 million parameters."""
    from plugins._residual import residual_network

    return residual_network(info.input_shape[0], len(info.classes), config.width, config.blocks, config.dropout)


def refuses(config: ResidualConfig, info: DataInfo) -> str | None:
    """The picture is halved three times."""
    return picture_refusal("The residual network", info, SMALLEST_SIDE)


def photos(epochs: int, **more: object) -> Recipe:
    """Stochastic gradient descent as on CIFAR-10 it is done most: Nesterov, one cycle, crop and flip."""
    return Recipe.model_validate(
        {
            "data": "cifar10",
            "data_settings": {"crop": 4, "flip": True},
            "epochs": epochs,
            "batch_size": 128,
            "optimizer": "sgd",
            "optimizer_settings": {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4},
            "schedule": "one-cycle",
            "schedule_settings": {"warmup": 0.25, "start_divisor": 10.0},
            **more,
        }
    )


@hookimpl
def register_networks() -> list[NetworkSpec]:
    """The residual network."""
    ten_minutes = photos(12)
    shapes = photos(10, data="shapes", batch_size=64)
    return [
        NetworkSpec(
            id="cifar_resnet",
            title="CIFAR ResNet",
            summary="A small residual network for small photos: over 80% on CIFAR-10 in minutes, and room to grow.",
            task=TASK,
            build=build,
            config=ResidualConfig,
            refuses=refuses,
            recipe=shapes,
            recipes={"cifar10": ten_minutes, "image-folder": ten_minutes},
            presets={
                "long": Preset(
                    title="Wide and long",
                    summary="Twice as wide, 40 epochs, with a hole in each picture: for a night to spare.",
                    recipe=photos(
                        40,
                        data_settings={"crop": 4, "flip": True, "cutout": 8},
                        network_settings={"width": 64, "blocks": 2},
                    ),
                    datasets=("image-folder",),
                )
            },
        )
    ]
