"""What a form needs to know of one field of a config, read once from its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from core.config import Config, choices, extra

Kind: TypeAlias = Literal["int", "float", "bool", "str", "path", "choice", "other"]

_KINDS: dict[Any, Kind] = {int: "int", float: "float", bool: "bool", str: "str"}
_PATH_WORDS = ("file", "folder", "directory")


@dataclass(frozen=True)
class Bounds:
    """The range of a number; ``low_open`` and ``high_open`` exclude the bound itself."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    def allow(self, value: float) -> bool:
        """Whether ``value`` lies within."""
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below


@dataclass(frozen=True)
class FieldSpec:
    """One field: its words, its kind, and what values it takes."""

    name: str
    title: str
    help: str
    unit: str
    kind: Kind
    default: Any
    optional: bool = False
    choices: tuple[Any, ...] = ()
    bounds: Bounds = Bounds()
    live: bool = False
    advanced: bool = False
    slider: bool = False

    @property
    def wide(self) -> bool:
        """Whether the editor needs a line of its own below the label."""
        return self.kind == "path"


def specs_of(config_type: type[Config], defaults: Mapping[str, Any] | None = None) -> list[FieldSpec]:
    """The fields of ``config_type`` in the order of their declaration; ``defaults`` replaces their own."""
    specs = [_spec(name, field) for name, field in config_type.model_fields.items()]
    return [replace(spec, default=(defaults or {}).get(spec.name, spec.default)) for spec in specs]


def _spec(name: str, field: FieldInfo) -> FieldSpec:
    annotation, optional = _without_none(field.annotation)
    default = field.get_default(call_default_factory=True, validated_data={})
    return FieldSpec(
        name=name,
        title=field.title or name.replace("_", " ").capitalize(),
        help=field.description or "",
        unit=extra(field, "unit") or "",
        kind=_kind(name, annotation),
        default=None if default is PydanticUndefined else default,
        optional=optional,
        choices=choices(annotation),
        bounds=_bounds(field),
        live=bool(extra(field, "live")),
        advanced=bool(extra(field, "advanced")),
        slider=bool(extra(field, "slider")),
    )


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    members = [member for member in get_args(annotation) if member is not NoneType]
    optional = len(members) < len(get_args(annotation))
    return (members[0], optional) if len(members) == 1 else (annotation, False)


def _kind(name: str, annotation: Any) -> Kind:
    if choices(annotation):
        return "choice"
    kind = _KINDS.get(annotation, "other")
    names_a_path = name.endswith("path") or name.rsplit("_", 1)[-1] in _PATH_WORDS
    return "path" if kind == "str" and names_a_path else kind


def _bounds(field: FieldInfo) -> Bounds:
    keys = ("ge", "gt", "le", "lt")
    limits = {key: getattr(rule, key) for rule in field.metadata for key in keys if hasattr(rule, key)}
    low_open, high_open = "gt" in limits, "lt" in limits
    return Bounds(limits.get("gt", limits.get("ge")), limits.get("lt", limits.get("le")), low_open, high_open)
