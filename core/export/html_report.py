"""A run on one page that needs nothing else: curves, results, settings, and where it was trained."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.config import ConfigError, validated
from core.errors import UserError
from core.event_log import recorded_events
from core.export.html_parts import STYLE, big_numbers, class_table, confusion, pairs, section, text
from core.export.request import Request
from core.export.svg_curves import Curve, chart
from core.history import RunCurves, RunLine, line_of, read_curves
from core.run_config import KINDS

MOST_SAMPLES = 3
LONGEST_SAMPLE = 2_000
BIG = {"test_accuracy": "Test accuracy", "val_accuracy": "Validation accuracy", "test_loss": "Test loss"}
LATER = {"val_loss": "Validation loss", "epochs": "Epochs", "steps": "Steps", "seconds": "Seconds"}


def write(request: Request, path: Path) -> None:
    """One HTML file without script and without anything from elsewhere."""
    line, curves = line_of(request.run), read_curves(request.run)
    request.progress(0, None, "Drawing the curves")
    parts = [_head(request, line), _results(line), *_curves(curves), *_answers(request), *_samples(request)]
    parts += [section("Settings", pairs(_settings(request))), section("Machine", pairs(_machine(request)))]
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    page = (
        f"<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>{policy}\n"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{text(line.title)}</title><style>{STYLE}</style></head>\n<body>\n"
    )
    path.write_text(page + "\n".join(parts) + "\n</body></html>\n", encoding="utf-8", errors="replace")


def _head(request: Request, line: RunLine) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(line.created))
    network, data = (
        getattr(spec, "title", id)
        for id, spec in (
            (line.network, request.registry.networks.get(line.network)),
            (line.data, request.registry.datasets.get(line.data)),
        )
    )
    about = f"{network} on {data}, {line.state}, begun {when}; run {line.id}"
    tags = "".join(f" · {text(tag)}" for tag in line.notes.tags)
    note = f"<pre>{text(line.notes.note)}</pre>" if line.notes.note else ""
    return f"<h1>{text(line.title)}</h1><p class='hint'>{text(about)}{tags}</p>{note}"


def _results(line: RunLine) -> str:
    shown = [
        (words, _number(name, line.summary[name])) for name, words in {**BIG, **LATER}.items() if name in line.summary
    ]
    error = line.summary.get("error")
    return big_numbers(shown) + (f"<p>{text(error)}</p>" if error else "")


def _number(name: str, value: Any) -> str:
    if name.endswith("accuracy"):
        return f"{value:.2%}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def _curves(curves: RunCurves) -> Iterator[str]:
    """Loss, accuracy and learning rate against the epoch."""
    for name, title in (("loss", "Loss"), ("accuracy", "Accuracy"), ("lr", "Learning rate")):
        lines = {}
        if name in curves.metrics:
            lines["training" if name != "lr" else "rate"] = Curve(curves.epochs, curves.metrics[name], dense=True)
        if name in curves.validation:
            _, epochs, _, values = curves.validation[name]
            lines["validation"] = Curve(epochs, values)
        if lines:
            yield section(title, chart(lines, "epoch", title.lower()))
    if curves.marks:
        yield section("Changed while it ran", pairs((f"after step {step:,}", words) for step, words in curves.marks))


def _answers(request: Request) -> Iterator[str]:
    """How the model answers to the part that was held out; where that cannot be had, why."""
    from core.class_rows import class_rows
    from core.judgement import report
    from core.kept_evaluation import evaluate_kept

    try:
        found = evaluate_kept(request.kept, request.registry, request.folders, request.progress)
    except UserError as error:
        yield section("Class by class", f"<p>{text(error)}</p>")
        return
    if found.judged is None:
        return
    numbers = report(found.judged.logits, found.judged.targets, found.classes)
    low, high = numbers.interval
    words = f"{numbers.accuracy:.2%} of {numbers.total:,} samples ({found.part}) are right; on endless data of this "
    words += f"kind it would be {low:.1%} to {high:.1%} (95% confidence)."
    yield section("Class by class", f"<p>{text(words)}</p>", class_table(class_rows(numbers)))
    yield section("Confusion", confusion(numbers))


def _samples(request: Request) -> Iterator[str]:
    """What a language model wrote, the newest first."""
    written = [event for event in _texts(request.run.folder / "events.jsonl") if event.get("text")]
    if written:
        newest = written[: -MOST_SAMPLES - 1 : -1]
        texts = [f"<p class='hint'>After epoch {text(e.get('epoch'))}</p><pre>{_shortened(e)}</pre>" for e in newest]
        yield section("What it wrote", *texts)


def _texts(path: Path) -> Iterator[Mapping[str, Any]]:
    with suppress(OSError):
        yield from (event for event in recorded_events(path, "TextSampled") if isinstance(event.get("text"), str))


def _shortened(event: Mapping[str, Any]) -> str:
    return text(event["text"][:LONGEST_SAMPLE])


def _settings(request: Request) -> dict[str, Any]:
    """All that was asked for; where a network or the like is still known, with what nobody chose."""
    config = dict(request.run.asked()["config"])
    shown: dict[str, Any] = {}
    for name, value in config.items():
        if name.endswith("_settings"):
            continue
        shown[name] = value
        if name in KINDS:
            settings = _all_settings(request, name, value, config.get(f"{name}_settings"))
            shown |= {f"{name}.{key}": setting for key, setting in settings.items()}
    return {name: value for name, value in shown.items() if value != ""}


def _all_settings(request: Request, group: str, id: Any, given: Any) -> dict[str, Any]:
    chosen = given if isinstance(given, dict) else {}
    spec = getattr(request.registry, KINDS[group]).get(id)
    if spec is None:
        return chosen
    try:
        found: dict[str, Any] = validated(spec.config, chosen).model_dump()
    except ConfigError:  # the plugin has changed since
        return chosen
    return found


def _machine(request: Request) -> dict[str, Any]:
    machine = request.run.asked().get("machine")
    if not isinstance(machine, dict):
        return {"": "not recorded"}
    versions = machine.get("versions")
    named = versions if isinstance(versions, dict) else {}
    rest = {name: value for name, value in machine.items() if name != "versions"}
    return {**rest, **named}
