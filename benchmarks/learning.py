"""How well LeNet with all defaults reads digits it has not seen, and how long it learns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Check, Section
from core.data import Split

HOW = (
    "`python main.py train lenet --json` with all defaults but the seed, on the whole training split, scored on the "
    "whole test split. The rival, k-nearest neighbours (k = 3, scikit-learn, on the pixels), gets the same splits. "
    "Seconds are those of training, the validation passes included; the rival's are those of its answers. "
    "Medians over the seeds; in brackets, the worst seed."
)
HEADER = ("Data", "Test accuracy", "Rival's", "Wrong answers, over the rival's", "Training, s", "Rival, s", "n")
ROOT = Path(__file__).parent.parent
LEAST = {"digits": 0.97, "mnist": 0.99}
SEEDS = {"digits": 3, "mnist": 1}
LONGEST_S = 30.0
NEIGHBOURS = 3


def measure() -> Section:
    """Train and score; MNIST only where ``TRAINYARD_DATA`` says where it is."""
    there = bool(os.environ.get("TRAINYARD_DATA"))
    rows: list[tuple[str, ...]] = []
    checks: list[Check] = []
    for data in ("digits", *(["mnist"] if there else [])):
        results = [_train(data, seed) for seed in range(SEEDS[data])]
        accuracies = [result["test_accuracy"] for result in results]
        seconds = [result["seconds"] for result in results]
        rival, rival_seconds = _nearest_neighbours(data)
        wrong = (1 - statistics.median(accuracies)) / (1 - rival)
        rows.append(
            (
                *(data, f"{statistics.median(accuracies):.4f} ({min(accuracies):.4f})", f"{rival:.4f}", f"{wrong:.2f}"),
                *(f"{statistics.median(seconds):.1f} ({max(seconds):.1f})", f"{rival_seconds:.1f}", str(len(results))),
            )
        )
        checks.append(Check(f"Test accuracy on {data}, worst seed", min(accuracies), LEAST[data], at_least=True))
        if data == "digits":
            checks.append(Check("Training on digits, slowest", max(seconds), LONGEST_S, at_least=False, unit="s"))
    notes = [] if there else ["MNIST was left out: `TRAINYARD_DATA` is not set."]
    return Section("learning", "Learning", HOW, HEADER, rows, checks, notes)


def _train(data: str, seed: int) -> dict[str, float]:
    command = [sys.executable, "main.py", "train", "lenet", "--data", data, "--seed", str(seed), "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _nearest_neighbours(data: str) -> tuple[float, float]:
    """Test accuracy of the rival, and the seconds it took to answer."""
    from sklearn.neighbors import KNeighborsClassifier

    from benchmarks.training_runs import bundle

    found = bundle(data)
    inputs, targets = _flat(found.train)
    questions, answers = _flat(found.test)
    began = time.perf_counter()
    rival = KNeighborsClassifier(NEIGHBOURS, algorithm="brute").fit(inputs, targets)
    right = float((rival.predict(questions) == answers).mean())
    return right, time.perf_counter() - began


def _flat(part: object) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    if not isinstance(part, Split):
        raise TypeError("The rival knows pictures alone.")
    return part.inputs.reshape(len(part), -1).astype(np.float32), part.targets
