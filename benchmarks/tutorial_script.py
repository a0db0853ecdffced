"""The rival of `tutorial_cifar`: the program that the PyTorch tutorial "Training a Classifier" leads to.

``python -m benchmarks.tutorial_script FOLDER`` trains on ``FOLDER/train/CLASS/*``, tests on ``FOLDER/test/CLASS/*`` and
prints what it took as one line of JSON. Network, loss, optimizer, batch size, loader and loop are the tutorial's; the
pictures come from a folder, by torchvision's own class for that. It knows nothing of Trainyard.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn, optim
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

EPOCHS = 2
BATCH = 4
WORKERS = 2


class Net(nn.Module):
    """Two convolutions, two poolings, three linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, pictures: Tensor) -> Tensor:
        """N×3×32×32 to N×10."""
        found = self.pool(functional.relu(self.conv1(pictures)))
        found = torch.flatten(self.pool(functional.relu(self.conv2(found))), 1)
        found = functional.relu(self.fc2(functional.relu(self.fc1(found))))
        logits: Tensor = self.fc3(found)
        return logits


def loader(folder: Path, *, shuffle: bool) -> DataLoader[tuple[Tensor, Tensor]]:
    """Batches of four, read and decoded by two processes."""
    steps = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])
    return DataLoader(ImageFolder(str(folder), steps), batch_size=BATCH, shuffle=shuffle, num_workers=WORKERS)


def train(net: Net, batches: DataLoader[tuple[Tensor, Tensor]]) -> float:
    """The tutorial's loop; returns the seconds it took."""
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    began = time.perf_counter()
    for _ in range(EPOCHS):
        running_loss = 0.0
        for inputs, labels in batches:
            optimizer.zero_grad()
            loss = criterion(net(inputs), labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
    return time.perf_counter() - began


def accuracy(net: Net, batches: DataLoader[tuple[Tensor, Tensor]]) -> float:
    """The share of right answers."""
    right = total = 0
    with torch.no_grad():
        for inputs, labels in batches:
            right += int((net(inputs).argmax(1) == labels).sum())
            total += len(labels)
    return right / total


def main(folder: Path) -> None:
    """Train, test, tell."""
    torch.manual_seed(0)
    net = Net()
    seconds = train(net, loader(folder / "train", shuffle=True))
    found = accuracy(net, loader(folder / "test", shuffle=False))
    print(json.dumps({"seconds": seconds, "accuracy": found, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
