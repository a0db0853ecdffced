"""How far the small residual network with all defaults gets on CIFAR-10 in ten minutes."""

from __future__ import annotations

from benchmarks.cifar import MISSING, archive, train
from benchmarks.report import Check, Section

HOW = (
    "`python main.py train cifar_resnet --data image-folder --set path=cifar10.zip --json` with all defaults, seed 0: "
    "trained on 45,000 pictures, validated on 5,000 after each epoch, tested on 5,000 at the end. Seconds are those "
    "since the first step, validation included."
)
HEADER = ("Epoch", "After, s", "Training accuracy", "Validation accuracy")
LEAST = 0.80
LONGEST_S = 600.0


def measure() -> Section:
    """One run, epoch by epoch."""
    pictures = archive()
    if pictures is None:
        return Section("cifar_resnet", "Ten minutes of CIFAR-10", HOW, HEADER, [], [], [MISSING])
    learnt = train("cifar_resnet", pictures)
    ends = [event for event in learnt.events if event["event"] == "EpochEnded"]
    rows = [
        (str(event["epoch"]), f"{seconds:.0f}", f"{event['train']['accuracy']:.4f}", f"{accuracy:.4f}")
        for event, (seconds, accuracy) in zip(ends, learnt.curve("accuracy"), strict=True)
    ]
    checks = [
        Check("Test accuracy", learnt.summary["test_accuracy"], LEAST, at_least=True),
        Check("Training", learnt.summary["seconds"], LONGEST_S, at_least=False, unit="s"),
    ]
    return Section("cifar_resnet", "Ten minutes of CIFAR-10", HOW, HEADER, rows, checks, [])
