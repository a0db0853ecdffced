"""LeNet as the PyTorch tutorial "Neural Networks" has it, after LeCun et al. 1998, with ReLU and max-pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.api import (
    Cadence,
    DataInfo,
    ImageGrid,
    NetworkSpec,
    NoSettings,
    Recipe,
    Snapshot,
    VisualizationSpec,
    activations,
    hookimpl,
)

if TYPE_CHECKING:
    from torch import nn

TASK = "image-classification"
SMALLEST_SIDE = 16


def build(config: NoSettings, info: DataInfo) -> nn.Module:
    """For 1×32×32 pictures of ten classes: 61,706 parameters in 10 tensors."""
    from torch import nn

    channels, height, width = info.input_shape
    rows, columns = (((side - 4) // 2 - 4) // 2 for side in (height, width))
    layers = {
        "conv1": nn.Conv2d(channels, 6, kernel_size=5),
        "relu1": nn.ReLU(),
        "pool1": nn.MaxPool2d(2),
        "conv2": nn.Conv2d(6, 16, kernel_size=5),
        "relu2": nn.ReLU(),
        "pool2": nn.MaxPool2d(2),
        "flatten": nn.Flatten(),
        "fc1": nn.Linear(16 * rows * columns, 120),
        "relu3": nn.ReLU(),
        "fc2": nn.Linear(120, 84),
        "relu4": nn.ReLU(),
        "fc3": nn.Linear(84, len(info.classes)),
    }
    model = nn.Sequential()
    for name, layer in layers.items():
        model.add_module(name, layer)
    return model


def refuses(config: NoSettings, info: DataInfo) -> str | None:
    """LeNet halves a picture twice after cutting its border twice: very small ones vanish."""
    if len(info.input_shape) != 3:
        return "LeNet looks at pictures, and this data set has none: choose another data set."
    if min(info.input_shape[1:]) < SMALLEST_SIDE:
        return f"LeNet needs pictures of at least {SMALLEST_SIDE}×{SMALLEST_SIDE} px; these are smaller."
    return None


def first_layer_filters(snapshot: Snapshot) -> ImageGrid:
    """The six 5×5 kernels of conv1; of a colour network, the mean over its channels."""
    kernels = snapshot.model.get_parameter("conv1.weight").detach().to("cpu", copy=True).numpy().mean(axis=1)
    return ImageGrid(
        images=kernels,
        labels=[f"filter {index}" for index in range(1, len(kernels) + 1)],
        symmetric=True,
        columns=3,
        caption="What each filter of the first layer looks for: red where light helps, blue where it hurts.",
    )


def feature_maps(snapshot: Snapshot) -> ImageGrid:
    """The first probe picture and what conv1 makes of it, after the ReLU."""
    maps = activations(snapshot.model, snapshot.probe.inputs[:1])["relu1"][0]
    picture = snapshot.probe.raw[0].astype(np.float32).mean(axis=0) / 255
    top, left = (np.subtract(picture.shape, maps.shape[1:]) // 2).tolist()
    seen = picture[top : top + maps.shape[1], left : left + maps.shape[2]]
    scale = max(float(maps.max()), 1e-6)
    name = snapshot.info.classes[int(snapshot.probe.targets[0])]
    return ImageGrid(
        images=np.concatenate([seen[None], maps / scale]),
        labels=[f"input: {name}", *(f"map {index}" for index in range(1, len(maps) + 1))],
        columns=4,
        caption="Where each first-layer filter answers to the probe picture: the brighter, the stronger.",
    )


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


@hookimpl
def register_visualizations() -> list[VisualizationSpec]:
    """What the first layer looks for, and what it finds."""
    every = Cadence("steps", 10)
    return [
        VisualizationSpec(
            *("lenet-feature-maps", "Feature maps", feature_maps, ("lenet",)),
            cadence=every,
            summary="What the first layer makes of one fixed picture.",
        ),
        VisualizationSpec(
            *("lenet-filters", "First-layer filters", first_layer_filters, ("lenet",)),
            cadence=every,
            summary="The 5×5 kernels that the first layer slides over a picture.",
        ),
    ]
