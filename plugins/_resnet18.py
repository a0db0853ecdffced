"""ResNet-18 for any pictures, after torchvision's; needs torch at the top, so import it inside functions."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn
from torchvision.models import ResNet18_Weights
from torchvision.models.resnet import BasicBlock, ResNet

from core.api import DataError, DataFolders, Progress, fetch

BLOCKS = [2, 2, 2, 2]
HEAD = "fc."


class PictureResNet(ResNet):  # type: ignore[misc]  # torchvision has no types
    """Torchvision's ResNet-18 with another first and last layer.

    N×C×H×W to N×classes logits. ``small_stem``: a 3×3 convolution that keeps the picture's size, and no pooling, in
    place of the 7×7 convolution and the pooling that divide it by four. ``freeze``: only the last layer is trained,
    and nothing else changes in training, not the statistics of the batch normalisation either.
    """

    def __init__(self, channels: int, classes: int, *, small_stem: bool, freeze: bool) -> None:
        super().__init__(BasicBlock, BLOCKS, num_classes=classes)
        if small_stem:
            self.conv1 = nn.Conv2d(channels, 64, 3, padding=1, bias=False)
            self.maxpool: nn.Module = nn.Identity()
        elif channels != 3:
            self.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
        nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        self.freeze = freeze
        if freeze:
            self.requires_grad_(False)
            self.fc.requires_grad_(True)

    def train(self, mode: bool = True) -> Self:
        """Training mode for the whole network, or where it is frozen for its last layer alone."""
        super().train(mode)
        if self.freeze:
            for name, layer in self.named_children():
                layer.train(mode and name == "fc")
        return self


def picture_resnet(channels: int, classes: int, *, small_stem: bool, freeze: bool) -> PictureResNet:
    """With random weights, its channels side by side in memory, which is quicker on a processor."""
    model = PictureResNet(channels, classes, small_stem=small_stem, freeze=freeze)
    model.to(memory_format=torch.channels_last)  # in place
    return model


def address() -> str:
    """Where torchvision has the weights that were learnt from ImageNet."""
    found: str = ResNet18_Weights.IMAGENET1K_V1.url
    return found


def pretrained_weights(channels: int, folders: DataFolders, progress: Progress) -> dict[str, Tensor]:
    """The weights of all layers but the last, downloaded where they are not there yet (45 MB).

    For grey pictures the kernels of the first layer are summed over their channels: a grey picture is one whose
    three channels are alike.

    Raises:
        DataError: where they cannot be had, or are not what they should be.
        Cancelled: from ``progress``.
    """
    url = address()
    name = url.rsplit("/", 1)[-1]
    path = folders.find(name) or folders.write / name
    fetch([url], path, progress)
    check_name(path)
    weights = {key: tensor for key, tensor in read(path).items() if not key.startswith(HEAD)}
    check_shapes(weights, path)
    if channels == 1:
        weights["conv1.weight"] = weights["conv1.weight"].sum(1, keepdim=True)
    return weights


def check_name(path: Path) -> None:
    """The last part of the file's name is the beginning of its checksum (SHA-256).

    Raises:
        DataError: where it is another; the file is moved out of the way, so that the next attempt fetches it anew.
    """
    beginning = path.stem.rsplit("-", 1)[-1]
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if not digest.startswith(beginning):
            path.replace(path.with_suffix(".damaged"))
            raise DataError(f"{path.name} is damaged (its checksum is wrong): press Start to download it again.")
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): delete it and try again.") from error


def read(path: Path) -> Mapping[str, Tensor]:
    """The state_dict in that file, on the processor; no code in the file is run.

    Raises:
        DataError: where the file holds something else.
    """
    try:
        found = torch.load(path, weights_only=True, map_location="cpu")
    except (OSError, EOFError, RuntimeError, ValueError, LookupError, pickle.UnpicklingError) as error:
        raise DataError(f"{path} holds no weights ({type(error).__name__}): delete it and try again.") from error
    if not isinstance(found, Mapping) or not all(isinstance(tensor, Tensor) for tensor in found.values()):
        raise DataError(f"{path} holds no weights: delete it and try again.")
    return found


def check_shapes(weights: Mapping[str, Tensor], path: Path) -> None:
    """The weights must be those of a ResNet-18 without its last layer.

    Raises:
        DataError: where they are not.
    """
    with torch.device("meta"):
        expected = ResNet(BasicBlock, BLOCKS).state_dict()
    # Files of old releases of torch do not count the batches that their normalisation has seen.
    wanted = {key: tensor.shape for key, tensor in expected.items() if not key.startswith(HEAD)}
    needed = {key for key in wanted if not key.endswith("num_batches_tracked")}
    found = {key: tensor.shape for key, tensor in weights.items()}
    if not needed <= found.keys() or any(wanted.get(key) != shape for key, shape in found.items()):
        raise DataError(f"{path} holds the weights of another network: delete it and try again.")
