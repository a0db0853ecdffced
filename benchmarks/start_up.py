"""Time from the start of the process to the first paint, over that of a bare PySide6 window."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.report import Check, Section, spread

HOW = (
    "Each round starts two processes one after the other, in alternating order: `python main.py`, and a program that "
    "does nothing but show an empty `QMainWindow`. The clock runs from before the process is made until Qt has dealt "
    "with the window's first paint event. A first round, which may have to compile bytecode, is left out. "
    "“Start can be pressed” is when the plugins are read and all panels filled; “PyTorch is warm” when a run "
    "would begin without a delay. In brackets: quartiles."
)
HEADER = ("From the start of the process to", "Trainyard, s", "Bare window, s", "Ratio", "n")
ROUNDS = 15
ROUNDS_TO_READY = 3
SCRIPT = Path(__file__).with_name("first_paint.py")
TIMEOUT_S = 120


def measure() -> Section:
    """Start processes, again and again."""
    rounds = [_round(number) for number in range(ROUNDS + 1)][1:]
    ours, bare = ([pair[side]["painted"] for pair in rounds] for side in ("trainyard", "bare"))
    ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    torch_loaded = any(pair["trainyard"]["torch when painted"] for pair in rounds)
    ready = [_start("trainyard", "ready") for _ in range(ROUNDS_TO_READY)]
    rival = statistics.median(bare)
    rows = [("first paint", spread(ours, 3), spread(bare, 3), spread(ratios), str(ROUNDS))]
    for name, words in (("loaded", "Start can be pressed"), ("ready", "PyTorch is warm")):
        seconds = [found[name] for found in ready]
        ratio = f"{statistics.median(seconds) / rival:.1f}"
        rows.append((words, spread(seconds, 3), "as above", ratio, str(ROUNDS_TO_READY)))
    checks = [
        Check("First paint over that of a bare window", statistics.median(ratios), 4, at_least=False),
        Check("Starts with torch imported at the first paint", float(torch_loaded), 0, at_least=False),
    ]
    return Section("start_up", "Start-up", HOW, HEADER, rows, checks)


def _round(number: int) -> dict[str, dict[str, float]]:
    sides = ["trainyard", "bare"] if number % 2 else ["bare", "trainyard"]
    return {side: _start(side, "painted") for side in sides}


def _start(side: str, goal: str) -> dict[str, float]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(SCRIPT), side, goal, str(time.monotonic())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if done.returncode != 0 or not done.stdout:
        raise RuntimeError(f"{side} did not get to {goal}: {done.stderr.strip() or 'it said nothing'}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
