"""The parts of a report that are tables, and the look of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from core.characters import harmless
from core.judgement import Report

MOST_CLASSES = 25
MOST_CONFUSED = 12

STYLE = """
:root { color-scheme: light dark; --ground: #ffffff; --text: #1b2420; --muted: #55625c; --line: #d3dad6;
  --c0: #0e7c66; --c1: #c2571a; --c2: #3563b8; --c3: #8a4fa3; }
@media (prefers-color-scheme: dark) { :root { --ground: #151a18; --text: #e4eae7; --muted: #9eaba5; --line: #3a4541;
  --c0: #4cc7a8; --c1: #f0945c; --c2: #7fa8f0; --c3: #c792dd; } }
@media print { :root { color-scheme: light; } section { break-inside: avoid; } }
body { background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; max-width: 780px;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.hint, .number, caption, footer { color: var(--muted); }
table { border-collapse: collapse; } th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); }
th { text-align: left; font-weight: 600; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } .matrix td, .matrix th { padding: .15rem .35rem; text-align: right; border: 0; }
.big { display: flex; flex-wrap: wrap; gap: 1.5rem; margin: 1rem 0; } .big b { display: block; font-size: 1.5rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); padding: .75rem; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--text); } svg .number { fill: var(--muted); }
svg .grid { stroke: var(--line); } svg polyline, svg g line { fill: none; stroke-width: 1.8; }
svg polygon { opacity: .2; stroke: none; }
""" + "\n".join(
    f".curve{n} line, .curve{n} polyline {{ stroke: var(--c{n % 4}); }} "
    f".curve{n} polygon, .curve{n} circle {{ fill: var(--c{n % 4}); }}"
    for n in range(8)
)


def text(value: object) -> str:
    """Anything, harmless in a page."""
    return escape(harmless(str(value)), quote=True)


def section(title: str, *content: str) -> str:
    """A heading with what belongs to it."""
    return "\n".join([f"<section><h2>{text(title)}</h2>", *content, "</section>"])


def pairs(values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> str:
    """A table of names and values."""
    items = values.items() if isinstance(values, Mapping) else values
    rows = "\n".join(f"<tr><th>{text(name)}</th><td>{text(_shown(value))}</td></tr>" for name, value in items)
    return f"<table>{rows}</table>"


def big_numbers(values: Iterable[tuple[str, str]]) -> str:
    """What one looks at first."""
    return "<div class='big'>" + "".join(f"<div><b>{text(v)}</b>{text(name)}</div>" for name, v in values) + "</div>"


def class_table(rows: Sequence[Sequence[Any]]) -> str:
    """Name, samples, precision, recall and F1 of each class."""
    head = "".join(f"<th class='n'>{title}</th>" for title in ("Samples", "Precision", "Recall", "F1"))
    body = "\n".join(
        f"<tr><th>{text(name)}</th><td class='n'>{samples:,}</td>"
        + "".join(f"<td class='n'>{'–' if share is None else f'{share:.1%}'}</td>" for share in shares)
        + "</tr>"
        for name, samples, *shares in rows
    )
    return f"<div class='wide'><table><tr><th>Class</th>{head}</tr>{body}</table></div>"


def confusion(report: Report) -> str:
    """The matrix, row: true class; of very many classes the most frequent mistakes alone."""
    if len(report.classes) > MOST_CLASSES:
        return _most_confused(report)
    heads = "".join(f"<th title='{text(name)}'>{text(name[:8])}</th>" for name in report.classes)
    lines = []
    for k, name in enumerate(report.classes):
        most = max(int(report.support[k]), 1)
        cells = "".join(_cell(int(count), int(count) / most, k == j) for j, count in enumerate(report.confusion[k]))
        lines.append(f"<tr><th title='{text(name)}'>{text(name[:20])}</th>{cells}</tr>")
    caption = "<caption>Row: what it is. Column: what the model said.</caption>"
    return f"<div class='wide'><table class='matrix'>{caption}<tr><td></td>{heads}</tr>{''.join(lines)}</table></div>"


def _cell(count: int, share: float, right: bool) -> str:
    colour = "var(--c0)" if right else "var(--c1)"
    shade = f"background: color-mix(in srgb, {colour} {60 * share:.0f}%, transparent)"
    return f"<td style='{shade}'>{count or ''}</td>"


def _most_confused(report: Report) -> str:
    wrong = [
        (int(count), report.classes[k], report.classes[j])
        for k, row in enumerate(report.confusion)
        for j, count in enumerate(row)
        if k != j and count
    ]
    worst = sorted(wrong, key=lambda found: -found[0])[:MOST_CONFUSED]
    rows = "".join(
        f"<tr><td class='n'>{n:,}</td><td>{text(is_)}</td><td>{text(said)}</td></tr>" for n, is_, said in worst
    )
    head = "<tr><th class='n'>Times</th><th>It is</th><th>The model said</th></tr>"
    return f"<p>The most frequent mistakes:</p><table>{head}{rows}</table>"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
