"""Typed settings: one declaration gives the form, the command line and the JSON of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from core.errors import UserError

ConfigT = TypeVar("ConfigT", bound="Config")

# How pydantic's kinds of fault read behind a label. Its own messages speak of "input" and "parsing".
_REASONS = {
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a number with fewer digits",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be a text",
    "missing": "must be given",
    "extra_forbidden": "is not a setting here",
}
_LIMITS = {"gt": "greater than", "ge": "at least", "lt": "less than", "le": "at most"}


class ConfigError(UserError):
    """A setting that cannot be used; the message is one sentence for the user."""


class Config(BaseModel):
    """Base of every settings class: immutable, and unknown names are refused.

    Subclasses declare each field with :func:`setting`. Supported types are ``int``, ``float``,
    ``bool``, ``str``, ``Literal[...]`` and ``X | None``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


class NoSettings(Config):
    """The settings of something that has none."""


def setting(
    default: Any,
    title: str,
    help: str = "",
    *,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
    below: float | None = None,
    live: bool = False,
    advanced: bool = False,
    slider: bool = False,
) -> Any:
    """Declare one field of a :class:`Config`.

    Args:
        default: the value when the user chooses nothing.
        title: the label beside the field.
        help: one sentence for the tooltip and ``--help``.
        unit: what the number counts, shown behind it ("px", "steps").
        minimum, maximum: inclusive bounds.
        above, below: exclusive bounds.
        live: may be changed while a run goes on, applied at the next safe point.
        advanced: folded away in the form until asked for.
        slider: a whole number with a minimum and a maximum that is worth dragging.
    """
    extra: JsonDict = {"unit": unit, "live": live, "advanced": advanced, "slider": slider}
    return Field(
        default, title=title, description=help, ge=minimum, le=maximum, gt=above, lt=below, json_schema_extra=extra
    )


def extra(field: FieldInfo, key: str) -> Any:
    """What :func:`setting` recorded for ``field`` under ``key``: "unit", "live", "advanced" or "slider"."""
    recorded = field.json_schema_extra
    return recorded.get(key) if isinstance(recorded, dict) else None


def choices(annotation: Any) -> tuple[Any, ...]:
    """The values of a ``Literal`` annotation, else an empty tuple."""
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def number_text(number: float) -> str:
    """``number`` as a person writes it, and exact: "0.001", "1e-5", "30" rather than "1e-05", "30.0"."""
    text = repr(number)
    if isinstance(number, int) or "e" not in text:
        return text.removesuffix(".0")
    digits, _, exponent = text.partition("e")
    return f"{digits.removesuffix('.0')}e{int(exponent)}"


def reason(fault: Mapping[str, Any]) -> str:
    """One fault of a :class:`pydantic.ValidationError`, in words that follow a label: "must be at least 1".

    What a validator of a config raised itself is handed on as it was written.
    """
    kind, given, context = fault["type"], fault.get("input"), fault.get("ctx") or {}
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error") or "does not fit the other settings")
    if given == "" and kind in _REASONS:
        return "must not be empty"
    if kind == "float_parsing" and _is_number(str(given).replace(",", ".")):
        return "must use a decimal point, no comma"
    if kind in _REASONS:
        return _REASONS[kind]
    for limit, words in _LIMITS.items():
        if limit in context:
            return f"must be {words} {number_text(context[limit])}"
    if kind == "literal_error":
        return f"must be {context.get('expected', 'one of the choices')}"
    message = re.sub(r"^(Input|String|Value|Data) should ", "must ", fault["msg"])
    return message[:1].lower() + message[1:]


def reasons(error: ValidationError) -> dict[str, str]:
    """The first reason of each field that is wrong; what concerns several fields is under ``""``."""
    found: dict[str, str] = {}
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        found.setdefault(name, reason(fault))
    return found


def sentence(error: ValidationError) -> str:
    """The first fault of a validation error, in words: "batch_size must be at least 1, not 0"."""
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{name!r} is not a setting here"
    why = reason(first)
    if not name:
        return why
    if not why.startswith("must "):
        return f"{name}: {why}"
    given = "" if first["input"] == "" else f", not {_shortened(first['input'])}"
    return f"{name} {why}{given}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shortened(value: object, length: int = 40) -> str:
    shown = repr(value)
    return shown if len(shown) <= length else shown[: length - 1] + "…"


def validated(config: type[ConfigT], values: Mapping[str, Any]) -> ConfigT:
    """``config`` made from ``values``; strings from a command line are converted.

    Raises:
        ConfigError: with the reason in one sentence.
    """
    try:
        return config.model_validate(dict(values))
    except ValidationError as error:
        known = ", ".join(config.model_fields) or "none"
        raise ConfigError(f"{sentence(error)} (settings: {known}).") from error


def parse_assignments(assignments: Sequence[str]) -> dict[str, str]:
    """``["momentum=0.9"]`` as ``{"momentum": "0.9"}``.

    Raises:
        ConfigError: where a text has no ``=`` or no name.
    """
    values = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name.strip():
            raise ConfigError(f"{assignment!r} is not of the form key=value.")
        values[name.strip()] = value.strip()
    return values
