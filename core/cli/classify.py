"""``classify``: what a kept run says to pictures, or to texts."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from core.config import ConfigError
from core.home import runs_folder
from core.pictures import PictureError
from core.registry import Registry
from core.runs import Run, RunStore


def add_commands(commands: Any) -> None:
    """``classify RUN IMAGE...`` or ``classify RUN --text NAME``."""
    command = commands.add_parser("classify", help="say what pictures show, or of what kind texts are")
    command.add_argument("name", metavar="RUN", help="a run's id, the beginning of one, or last")
    command.add_argument("images", metavar="IMAGE", nargs="*", type=Path)
    command.add_argument(
        "--text", action="append", default=[], metavar="TEXT", help="a text in place of pictures, as often as you like"
    )
    command.add_argument("--top", type=_count, default=3, metavar="K", help="how many classes to name (default 3)")
    command.add_argument("--json", action="store_true", help="print one JSON list")
    command.set_defaults(run=run)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of classes: 1 is the least")
    return int(text)


def run(options: argparse.Namespace, registry: Registry) -> int:
    """Classify each picture or text; one that cannot be answered is one line on stderr and makes the status 1."""
    if bool(options.images) == bool(options.text):
        raise ConfigError("Name either pictures (classify RUN IMAGE…) or texts (classify RUN --text TEXT).")
    kept = RunStore(runs_folder()).find(options.name)
    classify = _texts if options.text else _pictures
    answers, failed = classify(kept, options, registry)
    _print(answers, as_json=options.json)
    return int(failed)


def _pictures(kept: Run, options: argparse.Namespace, registry: Registry) -> tuple[list[dict[str, Any]], bool]:
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
    return answers, failed


def _texts(kept: Run, options: argparse.Namespace, registry: Registry) -> tuple[list[dict[str, Any]], bool]:
    from core.inference import NotReady
    from core.typed_answers import TextClassifier

    classifier = TextClassifier.of_run(kept, registry)
    answers, failed = [], False
    for text in options.text:
        try:
            answer = classifier.answer(text)
        except NotReady as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        if answer.note:
            print(answer.note, file=sys.stderr)
        best = [[answer.classes[index], round(float(answer.final[index]), 6)] for index in answer.order()]
        answers.append({"text": text, "top": best[: options.top]})
    return answers, failed


def _print(answers: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answers))
        return
    from core.characters import harmless

    for answer in answers:
        what = harmless(answer.get("image") or " ".join(answer["text"].split()))
        line = f"{what}: {', '.join(f'{label} {p:.1%}' for label, p in answer['top'])}"
        encoding = sys.stdout.encoding or "utf-8"
        print(line.encode(encoding, "replace").decode(encoding))
