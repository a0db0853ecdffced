"""The ways to explain an answer, with their settings. Nothing here loads torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic import create_model, model_validator

from core.config import Config, NoSettings, setting

Cover: TypeAlias = Literal["mean", "black", "white"]
LAST_CONVOLUTION = "last convolution"
_COVER_HELP = "What stands for nothing: the mean of the training pictures, black or white."


class GradCamSettings(Config):
    """``layer``: a layer's name, or :data:`LAST_CONVOLUTION`; one that the network lacks means the same."""

    layer: str = setting(
        LAST_CONVOLUTION,
        "Layer",
        "The layer whose feature maps are weighed; last convolution: after its ReLU, if that is a layer. "
        "Early layers show more detail.",
    )


class OcclusionSettings(Config):
    """How the covering square moves."""

    window: int = setting(8, "Square", "Side of the square that covers the picture.", unit="px", minimum=1, maximum=256)
    stride: int = setting(4, "Step", "How far the square moves at a time.", unit="px", minimum=1, maximum=256)
    cover: Cover = setting("mean", "Cover with", _COVER_HELP)

    @model_validator(mode="after")
    def _covers_everything(self) -> OcclusionSettings:
        if self.stride > self.window:
            raise ValueError("the step must be at most as wide as the square, or some pixels are never covered")
        return self


class GradientSettings(Config):
    """The path that integrated gradients walk."""

    steps: int = setting(
        50, "Steps", "Pictures on the way; more make the parts add up better.", minimum=4, maximum=1000
    )
    baseline: Cover = setting("black", "Starting from", _COVER_HELP)


@dataclass(frozen=True)
class Method:
    """One way to explain. ``signed``: its map says what speaks for the class and what against it."""

    id: str
    title: str
    help: str
    config: type[Config]
    signed: bool


METHODS: Mapping[str, Method] = {
    method.id: method
    for method in (
        Method(
            "grad-cam",
            "Grad-CAM",
            "Weighs the feature maps of a layer by how much they raise the score of the class. Quick and coarse.",
            GradCamSettings,
            signed=False,
        ),
        Method(
            "saliency",
            "Saliency",
            "Shows at which pixels a small change would move the score most. Quick, fine-grained and noisy.",
            NoSettings,
            signed=False,
        ),
        Method(
            "integrated-gradients",
            "Integrated gradients",
            "Shares the score out among the pixels, on the way from an empty picture to this one.",
            GradientSettings,
            signed=True,
        ),
        Method(
            "occlusion",
            "Occlusion",
            "Covers one place after the other and looks how far the score falls. Easy to trust, slow.",
            OcclusionSettings,
            signed=True,
        ),
    )
}


def settings_type(method: str, layers: Sequence[str] = ()) -> type[Config]:
    """The settings of a method; for Grad-CAM with the network's ``layers`` to choose among."""
    config = METHODS[method].config
    if config is not GradCamSettings or not layers:
        return config
    # A choice rather than a text, so that the form offers what there is.
    offered = Literal[(LAST_CONVOLUTION, *layers)]  # type: ignore[valid-type]
    field = GradCamSettings.model_fields["layer"]
    chosen: type[Config] = create_model(
        "GradCamSettings",
        __base__=GradCamSettings,
        layer=(offered, setting(LAST_CONVOLUTION, str(field.title), str(field.description))),
    )
    return chosen


def usual_settings(method: str, height: int, width: int) -> dict[str, Any]:
    """What suits a picture of ``height``×``width`` px where it differs from the defaults."""
    if method != "occlusion":
        return {}
    window = min(256, max(1, min(height, width) // 4))
    return {"window": window, "stride": max(1, window // 2)}
