"""Buttons that set the workbench up: read from a lesson, and turned into what a run is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.config import ConfigError
from core.lessons.lesson import Fault, SetUp
from core.run_config import KINDS, RunConfig, changed, run_config
from core.specs import TrainingSettings

if TYPE_CHECKING:
    from core.registry import Registry

PAGES = (
    *("training", "data", "results", "explain", "structure", "step", "health", "embedding", "queue", "runs"),
    "console",
)
"""What ``page:`` may name."""
THEN = ("start", "step", "step slowly")
"""What ``then:`` may name."""
CHOICES = (*KINDS, "preset")
GROUPS = (*KINDS, "training")
"""What may stand before the dot in ``optimizer.lr``."""
MOST_LINES = 40


def read_set_up(content: str, line: int) -> SetUp | Fault:
    """The block of ``key: value`` lines whose first line is ``line`` + 1."""
    asked: dict[str, str] = {}
    lines = content.splitlines()
    if len(lines) > MOST_LINES:
        return Fault(line, f"A setup block has at most {MOST_LINES} lines.")
    for number, text in enumerate(lines, line + 1):
        key, colon, value = (part.strip() for part in text.partition(":"))
        if not text.strip():
            continue
        fault = (
            _fault_of(key, value, asked) if colon else f"This is no line of the form key: value: {text.strip()[:60]}"
        )
        if fault:
            return Fault(number, fault)
        asked[key] = value
    label, page, then = (asked.pop(key, "") for key in ("label", "page", "then"))
    if not label:
        return Fault(line, "The setup block has no label: what shall its button say?")
    if "network" not in asked and (asked or then or not page):
        return Fault(line, "The setup block names no network.")
    return SetUp(label, tuple(asked.items()), page, then, line)


def _fault_of(key: str, value: str, asked: dict[str, str]) -> str:
    group, dot, name = key.partition(".")
    if key in asked:
        return f"{key} is there twice."
    if not value or len(value) > 200:
        return f"{key[:60]} must have 1 to 200 characters."
    if key == "page" and value not in PAGES:
        return f"There is no page {value!r}; there are: {', '.join(PAGES)}."
    if key == "then" and value not in THEN:
        return f"Nothing is pressed by {value!r}; there are: {', '.join(THEN)}."
    if key in ("label", "page", "then", *CHOICES) or (dot and name and group in GROUPS):
        return ""
    groups = ", ".join(f"{group}.…" for group in GROUPS)
    return (
        f"A setup block has nothing called {key[:60]!r}; there are: label, page, then, {', '.join(CHOICES)}, {groups}."
    )


def resolve(registry: Registry, set_up: SetUp) -> RunConfig | None:
    """What the button asks of a run; None where it only opens a page.

    Raises:
        ConfigError, UnknownId: where something of it is not there or a setting cannot be used, in one sentence.
    """
    asked = dict(set_up.asked)
    if not asked:
        return None
    network = registry.get("networks", asked.pop("network"))
    config = run_config(network, asked.pop("data", None), asked.pop("preset", ""))
    config = changed(registry, config, {_as_assigned(name): value for name, value in asked.items()})
    data = registry.get("datasets", config.data)
    if data.task != network.task:
        raise ConfigError(f"{network.title} cannot learn from {data.title}: they are for different tasks.")
    return config


def _as_assigned(name: str) -> str:
    """Settings of the run itself have no group on the command line: ``training.epochs`` is ``epochs`` there."""
    short = name.removeprefix("training.")
    return short if short in TrainingSettings.model_fields else name
