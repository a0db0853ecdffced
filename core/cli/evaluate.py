"""``evaluate``: how good a kept run's model is, overall and class by class."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from core.characters import harmless
from core.class_rows import class_rows
from core.config import parse_assignments
from core.home import data_folders, runs_folder
from core.registry import Registry
from core.runs import RunStore, plain

if TYPE_CHECKING:
    from core.judgement import Report
    from core.kept_evaluation import Evaluation

PARTS = ("test", "validation", "train")


def add_commands(commands: Any) -> None:
    """``evaluate RUN``."""
    command = commands.add_parser("evaluate", help="say how good a kept run is, class by class")
    command.add_argument("name", metavar="RUN", help="a run's id, the beginning of one, or last")
    command.add_argument("--data", help="another data set with the same classes (default: the run's own)")
    command.add_argument(
        "--set", action="append", default=[], metavar="key=value", help="a setting of the data set, say path=pictures"
    )
    command.add_argument("--part", choices=PARTS, help="which part (default test; validation where there is none)")
    command.add_argument("--json", action="store_true", help="print one JSON object, with the confusion matrix")
    command.set_defaults(run=run)


def run(options: argparse.Namespace, registry: Registry) -> int:
    """Evaluate; what should be known of the data is a line on stderr."""
    kept_run = RunStore(runs_folder()).find(options.name)
    from core.cli.progress import shown_progress
    from core.devices import use_threads
    from core.kept import kept_model
    from core.kept_evaluation import evaluate_kept, with_data

    kept = kept_model(kept_run, registry)
    use_threads(kept.config.threads)
    config = with_data(kept, registry, options.data, parse_assignments(options.set))
    with shown_progress() as progress:
        found = evaluate_kept(kept, registry, data_folders(), progress, options.part, config)
    if found.note:
        print(found.note, file=sys.stderr)
    report = _report(found)
    if options.json:
        print(json.dumps(plain({"run": kept_run.id, "network": kept.network.id, **as_dict(found, report)})))
    else:
        _print(kept_run.id, found, report)
    return 0


def _report(found: Evaluation) -> Report | None:
    from core.judgement import report

    return report(found.judged.logits, found.judged.targets, found.classes) if found.judged else None


def as_dict(found: Evaluation, report: Report | None) -> dict[str, Any]:
    """All that is known, for JSON."""
    about = {"data": found.data, "part": found.part, "step": found.step, "samples": found.samples}
    overall = {**about, **found.means}
    if report is None:
        return overall
    classes = [
        dict(zip(("class", "samples", "precision", "recall", "f1"), row, strict=True)) for row in class_rows(report)
    ]
    more = {"interval_95": list(report.interval), "unanswered": report.unanswered, "classes": classes}
    return {**overall, **more, "confusion": report.confusion.tolist()}


def _print(run: str, found: Evaluation, report: Report | None) -> None:
    print(f"{run}: {found.part} of {found.data}, {found.samples:,} samples, after {found.step:,} steps")
    print("  ".join(_words(name, value) for name, value in found.means.items()))
    if report is None:
        return
    low, high = report.interval
    print(f"95% confidence: {low:.2%} to {high:.2%}  ({report.right:,} of {report.total:,} right)")
    if report.fault:
        print(report.fault, file=sys.stderr)
    _print_classes(report)


def _print_classes(report: Report) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("class")
    for title in ("samples", "precision", "recall", "F1"):
        table.add_column(title, justify="right")
    for name, samples, *shares in class_rows(report):
        # As Text: in a str rich would read square brackets as markup.
        table.add_row(Text(harmless(name)), f"{samples:,}", *("–" if s is None else f"{s:.2%}" for s in shares))
    Console(width=None if sys.stdout.isatty() else 200).print(table, highlight=False)


def _words(name: str, value: float) -> str:
    return f"{name} {value:.2%}" if name == "accuracy" else f"{name.replace('_', ' ')} {value:.4f}"
