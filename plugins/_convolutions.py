"""What the convolutional networks share: the layers of the tutorials' network, and what they cannot see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.api import DataInfo

if TYPE_CHECKING:
    from torch import nn

TASK = "image-classification"
SMALLEST_SIDE = 16


def tutorial_network(info: DataInfo) -> nn.Sequential:
    """Two convolutions, two poolings and three linear layers, for C×H×W pictures of at least 16×16 px.

    The PyTorch tutorials "Neural Networks" (1×32×32: 61,706 parameters) and "Training a Classifier" (3×32×32: 62,006)
    both have it, after LeCun et al. 1998, with ReLU and max-pooling.
    """
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


def picture_refusal(name: str, info: DataInfo, smallest: int = SMALLEST_SIDE) -> str | None:
    """Why the network called ``name`` cannot look at these data, in one sentence; None where it can."""
    if len(info.input_shape) != 3:
        return f"{name} looks at pictures, and this data set has none: choose another data set."
    if min(info.input_shape[1:]) < smallest:
        return f"{name} needs pictures of at least {smallest}×{smallest} px; these are smaller."
    return None
