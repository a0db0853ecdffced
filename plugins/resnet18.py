"""ResNet-18 (He et al. 2015), from random weights or those learnt from ImageNet, for pictures of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from core.api import Config, DataFolders, DataInfo, NetworkSpec, Preset, Progress, Recipe, hookimpl, setting
from plugins._convolutions import TASK, picture_refusal

if TYPE_CHECKING:
    from torch import Tensor, nn

SMALL_PICTURE = 64
SMALLEST_SIDE = {"small": 8, "original": 32}


class ResNet18Config(Config):
    """Where it begins, what is trained, and how it takes pictures in."""

    pretrained: bool = setting(
        *(False, "Pretrained", "Begin with weights learnt from 1.3 million photos (ImageNet): a download of 45 MB."),
    )
    freeze: bool = setting(
        *(
            False,
            "Freeze",
            "Train the last layer alone and leave the others as they are: right for few pictures.",
        ),
    )
    stem: Literal["auto", "small", "original"] = setting(
        "auto",
        "Stem",
        "Small looks closer, for pictures below 64 px; the original divides their size by four at once.",
        advanced=True,
    )


def stem_of(config: ResNet18Config, info: DataInfo) -> Literal["small", "original"]:
    """The first layers: pretrained weights fit the original ones alone."""
    if config.stem != "auto":
        return config.stem
    small = min(info.input_shape[1:]) < SMALL_PICTURE and not config.pretrained
    return "small" if small else "original"


def build(config: ResNet18Config, info: DataInfo) -> nn.Module:
    """With ten classes and the original stem: 11,181,642 parameters."""
    from plugins._resnet18 import picture_resnet

    small = stem_of(config, info) == "small"
    return picture_resnet(info.input_shape[0], len(info.classes), small_stem=small, freeze=config.freeze)


def initial_weights(
    config: ResNet18Config, info: DataInfo, folders: DataFolders, progress: Progress
) -> Mapping[str, Tensor] | None:
    """Those from ImageNet for all layers but the last, where they are asked for."""
    if not config.pretrained:
        return None
    from plugins._resnet18 import pretrained_weights

    return pretrained_weights(info.input_shape[0], folders, progress)


def refuses(config: ResNet18Config, info: DataInfo) -> str | None:
    """The picture is halved three times, by the original stem five times."""
    stem = stem_of(config, info) if len(info.input_shape) == 3 else "small"
    refusal = picture_refusal("ResNet-18", info, SMALLEST_SIDE[stem])
    if refusal or not config.pretrained:
        return refusal
    if stem == "small":
        return "The pretrained weights are for the original stem: choose it, or switch Pretrained off."
    if info.input_shape[0] not in (1, 3):
        return f"The pretrained weights are for colour or grey pictures; these have {info.input_shape[0]} channels."
    return None


def recipe(data: str, rate: float, **more: object) -> Recipe:
    """AdamW with one cycle."""
    return Recipe.model_validate({"data": data, "batch_size": 32, "optimizer_settings": {"lr": rate}, **more})


def presets() -> dict[str, Preset]:
    """With the weights from ImageNet, for pictures of one's own."""
    large = {"size": 128, "crop": 8}
    begun, frozen = {"pretrained": True}, {"pretrained": True, "freeze": True}
    return {
        "last-layer": Preset(
            title="Pretrained, last layer only",
            summary="What ImageNet taught stays; one new layer learns your classes, from a few dozen pictures.",
            recipe=recipe("image-folder", 2e-3, epochs=10, data_settings=large, network_settings=frozen),
        ),
        "fine-tune": Preset(
            title="Pretrained, fine-tuned",
            summary="Begins with what ImageNet taught and adapts all layers at a small rate: slower, better.",
            recipe=recipe("image-folder", 2e-4, epochs=10, data_settings=large, network_settings=begun),
        ),
    }


@hookimpl
def register_networks() -> list[NetworkSpec]:
    """ResNet-18."""
    shapes = recipe("shapes", 1e-3, epochs=10, network_settings={"stem": "original"})
    recipes = {
        "image-folder": recipe("image-folder", 1e-3, epochs=20),
        "cifar10": recipe("cifar10", 1e-3, epochs=10, batch_size=128),
    }
    return [
        NetworkSpec(
            id="resnet18",
            title="ResNet-18",
            summary="The network for photos of one's own: 11 million weights, random or learnt from ImageNet.",
            task=TASK,
            build=build,
            config=ResNet18Config,
            initial_weights=initial_weights,
            refuses=refuses,
            recipe=shapes,
            recipes=recipes,
            presets=presets(),
            evaluation_batch=128,
        )
    ]
