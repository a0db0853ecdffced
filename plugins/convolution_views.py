"""What the first layer of any convolutional network looks for, and what it finds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.api import Cadence, ImageGrid, Snapshot, TextList, View, VisualizationSpec, activations, hookimpl
from plugins._convolutions import TASK

if TYPE_CHECKING:
    from torch import nn

BRIGHTEST = 0.995
"""Share of the answers that is not drawn in full white."""
NO_CONVOLUTION = TextList(entries=(), caption="This view is for networks with a convolution; this one has none.")
MOST_MAPS = 15
"""Maps that are shown beside the picture: more would be too small to look at."""
MOST_WORDS = 16
"""Of more filters than that, the labels are numbers alone, since words would be cut off."""


def first_convolution(model: nn.Module) -> tuple[str, nn.Conv2d] | None:
    """The name and the layer of the first two-dimensional convolution, in the order of definition."""
    from torch import nn

    return next(((name, layer) for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)), None)


def first_layer_filters(snapshot: Snapshot) -> View:
    """The kernels of the first convolution: of three channels in colour, otherwise the mean over the channels."""
    found = first_convolution(snapshot.model)
    if found is None:
        return NO_CONVOLUTION
    kernels = found[1].weight.detach().to("cpu", copy=True).float().numpy()
    word = "filter " if len(kernels) <= MOST_WORDS else ""
    labels = [f"{word}{index}" for index in range(1, len(kernels) + 1)]
    if kernels.shape[1] == 3 and snapshot.info.input_shape[0] == 3:
        return ImageGrid(
            images=_coloured(kernels),
            labels=labels,
            columns=_columns(len(kernels), least=3),
            caption="What each filter of the first layer looks for: the colours that excite it; grey does not matter.",
        )
    return ImageGrid(
        images=kernels.mean(axis=1),
        labels=labels,
        symmetric=True,
        columns=_columns(len(kernels), least=3),
        caption="What each filter of the first layer looks for: red where light helps, blue where it hurts.",
    )


def feature_maps(snapshot: Snapshot) -> View:
    """The first probe picture and what the first convolution makes of it, after the ReLU where one follows."""
    found = first_convolution(snapshot.model)
    if found is None:
        return NO_CONVOLUTION
    maps = _answers(snapshot, found[0])
    count = min(len(maps), MOST_MAPS)
    raw = snapshot.probe.raw[0]
    steps = [max(1, round(side / answer)) for side, answer in zip(raw.shape[1:], maps.shape[1:], strict=True)]
    # The few strongest answers would leave the rest in the dark.
    bright = max(float(np.quantile(maps[:count], BRIGHTEST)), 1e-6)
    shown = np.clip(maps[:count] / bright, 0, 1).repeat(steps[0], axis=1).repeat(steps[1], axis=2)
    side = (min(raw.shape[1], shown.shape[1]), min(raw.shape[2], shown.shape[2]))
    name = snapshot.info.classes[int(snapshot.probe.targets[0])]
    of_all = f" The first {count} of {len(maps)}." if count < len(maps) else ""
    return ImageGrid(
        images=_beside(_middle(raw, side), _middle(shown, side)),
        labels=[f"input: {name}", *(f"map {index}" for index in range(1, count + 1))],
        columns=_columns(count + 1, least=4),
        caption=f"Where each first-layer filter answers to the probe picture: the brighter, the stronger.{of_all}",
    )


def _answers(snapshot: Snapshot, name: str) -> NDArray[np.float32]:
    """K×H×W: the convolution's output for the first probe picture, after the first ReLU of the same shape, if any."""
    from torch import nn

    outputs = activations(snapshot.model, snapshot.probe.inputs[:1])
    shape, names = outputs[name].shape, list(outputs)
    following = names[names.index(name) + 1 :]
    modules = dict(snapshot.model.named_modules())
    relus = (other for other in following if isinstance(modules[other], nn.ReLU) and outputs[other].shape == shape)
    answers: NDArray[np.float32] = outputs[next(relus, name)][0]
    return answers


def _coloured(kernels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """N×3×H×W kernels as N×H×W×3 colours around a middle grey, all on one scale."""
    scale = max(float(np.abs(kernels).max()), 1e-12)
    colours: NDArray[np.uint8] = np.rint(127.5 + 127.5 * kernels / scale).astype(np.uint8).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(colours)


def _beside(seen: NDArray[Any], maps: NDArray[Any]) -> NDArray[Any]:
    """The picture (C×H×W, uint8) and the maps (K×H×W, 0..1) in one stack: in colour where the picture has colours."""
    if len(seen) == 3:
        grey = np.rint(255 * maps).astype(np.uint8)
        return np.concatenate([seen.transpose(1, 2, 0)[None], np.repeat(grey[..., None], 3, axis=3)])
    return np.concatenate([seen.astype(np.float32).mean(axis=0)[None] / 255, maps])


def _middle(pictures: NDArray[Any], side: tuple[int, int]) -> NDArray[Any]:
    """The middle of N×H×W pictures: a convolution without padding sees no further."""
    top, left = ((have - wanted) // 2 for have, wanted in zip(pictures.shape[1:], side, strict=True))
    return pictures[:, top : top + side[0], left : left + side[1]]


def _columns(count: int, least: int) -> int:
    """A grid that is a little wider than high."""
    return max(least, round(math.sqrt(1.5 * count)))


@hookimpl
def register_visualizations() -> list[VisualizationSpec]:
    """First-layer filters and feature maps, of every network that sorts pictures."""
    every = Cadence("steps", 10)
    return [
        VisualizationSpec(
            *("feature-maps", "Feature maps", feature_maps),
            task=TASK,
            cadence=every,
            summary="What the first layer makes of one fixed picture.",
        ),
        VisualizationSpec(
            *("first-layer-filters", "First-layer filters", first_layer_filters),
            task=TASK,
            cadence=every,
            summary="The kernels that the first layer slides over a picture.",
        ),
    ]
