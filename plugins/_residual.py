"""The residual network for small pictures; needs torch at the top, so import it inside functions."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

STAGES = 3


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions beside a shortcut (He et al. 2015, "Deep residual learning for image recognition").

    N×inputs×H×W becomes N×outputs×H×W; with ``halve``, H and W are halved (rounded up), and the shortcut averages
    2×2 px before its 1×1 convolution, so that no pixel is left out (He et al. 2018, "Bag of tricks": ResNet-D).
    """

    def __init__(self, inputs: int, outputs: int, *, halve: bool) -> None:
        super().__init__()
        stride = 2 if halve else 1
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if halve or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True) if halve else nn.Identity(),
                nn.Conv2d(inputs, outputs, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )
        self.relu2 = nn.ReLU()

    def forward(self, inputs: Tensor) -> Tensor:
        """See the class."""
        found = self.relu1(self.norm1(self.conv1(inputs)))
        added: Tensor = self.norm2(self.conv2(found)) + self.shortcut(inputs)
        result: Tensor = self.relu2(added)
        return result


def residual_network(channels: int, classes: int, width: int, blocks: int, dropout: float) -> nn.Sequential:
    """N×C×H×W pictures of at least 8×8 px to N×classes logits.

    The stem's 4×4 kernels halve the picture at once: what is done at full size costs most of the time and adds little.
    Three stages of ``blocks`` blocks follow, of ``width``, twice and four times as many channels, the second and
    the third halving the picture again; then the mean over all places, and one linear layer.
    """
    parts: OrderedDict[str, nn.Module] = OrderedDict(
        stem=nn.Sequential(
            OrderedDict(
                conv=nn.Conv2d(channels, width, 4, stride=2, padding=1, bias=False),
                norm=nn.BatchNorm2d(width),
                relu=nn.ReLU(),
            )
        )
    )
    inputs = width
    for stage in range(STAGES):
        outputs = width * 2**stage
        rows = []
        for block in range(blocks):
            rows.append(ResidualBlock(inputs, outputs, halve=stage > 0 and block == 0))
            inputs = outputs
        parts[f"stage{stage + 1}"] = nn.Sequential(*rows)
    parts["pool"] = nn.AdaptiveAvgPool2d(1)
    parts["flatten"] = nn.Flatten()
    parts["dropout"] = nn.Dropout(dropout)
    parts["fc"] = nn.Linear(inputs, classes)
    # With the channels of a pixel side by side, a processor does the convolutions in half the time.
    return nn.Sequential(parts).to(memory_format=torch.channels_last)
