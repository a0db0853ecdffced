"""``classify``: what a kept run says to pictures."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from core.home import runs_folder
from core.pictures import PictureError
from core.registry import Registry
from core.runs import RunStore


def add_commands(commands: Any) -> None:
    """``classify RUN IMAGE...``."""
    command = commands.add_parser("classify", help="say what pictures show")
    command.add_argument("name", metavar="RUN", help="a run's id, the beginning of one, or last")
    command.add_argument("images", metavar="IMAGE", nargs="+", type=Path)
    command.add_argument("--top", type=_count, default=3, metavar="K", help="how many classes to name (default 3)")
    command.add_argument("--json", action="store_true", help="print one JSON list")
    command.set_defaults(run=run)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of classes: 1 is the least")
    return int(text)


def run(options: argparse.Namespace, registry: Registry) -> int:
    """Classify each picture; one that cannot be read is one line on stderr and makes the status 1."""
    kept = RunStore(runs_folder()).find(options.name)
    from core.inference import Classifier

    classifier = Classifier.of_run(kept, registry)
    answers, failed = [], False
    for path in options.images:
        try:
            prediction = classifier.classify(path)
        except PictureError as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        best = zip(prediction.labels, prediction.probabilities.tolist(), strict=True)
        answers.append({"image": str(path), "top": [[label, round(p, 6)] for label, p in best][: options.top]})
    _print(answers, as_json=options.json)
    return int(failed)


def _print(answers: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answers))
        return
    for answer in answers:
        print(f"{answer['image']}: {', '.join(f'{label} {p:.1%}' for label, p in answer['top'])}")
