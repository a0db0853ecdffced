"""What a form says about a field: its tooltip, its range, its default."""

from __future__ import annotations

from html import escape
from typing import Any

from core.config import number_text
from gui.forms.spec import Bounds, FieldSpec

LIVE = "Can be changed while training: press Enter to apply it at the next step."
PRESS_ENTER = "press Enter to apply"
LOCKED = "Cannot be changed while training. Stop the run to change it."
NO_EDITOR = "Cannot be edited in the window."


def value_in_words(value: Any) -> str:
    """``value`` as a person would say it: "on", "none", "0.9"."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return number_text(value)
    return str(value).replace("_", " ") or "empty"


def range_in_words(bounds: Bounds) -> str:
    """The allowed range as a sentence: "From 0 to 1.", or nothing where every number is allowed."""
    low = "" if bounds.low is None else number_text(bounds.low)
    high = "" if bounds.high is None else number_text(bounds.high)
    if low and high:
        if bounds.low_open:
            return f"Greater than {low} and {'less than' if bounds.high_open else 'at most'} {high}."
        return f"At least {low} and less than {high}." if bounds.high_open else f"From {low} to {high}."
    if low:
        return f"{'Greater than' if bounds.low_open else 'At least'} {low}."
    return f"{'Less than' if bounds.high_open else 'At most'} {high}." if high else ""


def default_in_words(spec: FieldSpec) -> str:
    """The default as a sentence: "Default 32 px."."""
    unit = f" {spec.unit}" if spec.unit and spec.default is not None else ""
    shown = str(spec.default) if spec.kind in ("str", "path") and spec.default else value_in_words(spec.default)
    return f"Default {shown}{unit}."


def complaint(title: str, why: str) -> str:
    """What is wrong with a field, with its name: "Momentum must be less than 1"."""
    return f"{title} {why}" if why.startswith("must ") else f"{title}: {why}"


def tooltip(spec: FieldSpec, *, locked: bool = False, why: str = "") -> str:
    """The tooltip of a field, as rich text so that Qt wraps it.

    Args:
        spec: the field; its texts come from a plugin and are escaped.
        locked: a run goes on and the field may not change.
        why: what is wrong with the value at the moment, if anything.
    """
    lines = [f"<b>{escape(spec.title)}</b>"]
    if why:
        lines.append(escape(complaint(spec.title, why)))
    if spec.help:
        lines.append(escape(spec.help))
    lines.append(escape(f"{default_in_words(spec)} {range_in_words(spec.bounds)}".strip()))
    if spec.kind == "other":
        lines.append(NO_EDITOR)
    elif locked:
        lines.append(LOCKED)
    elif spec.live:
        lines.append(LIVE)
    return "<qt>" + "<br>".join(lines) + "</qt>"
