"""Configs that the tests of the forms share."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import model_validator
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget

from core.config import Config, setting
from gui.forms import ConfigForm

PartT = TypeVar("PartT", bound=QObject)


class Everything(Config):
    """A field of each kind."""

    whole: int = setting(3, "Whole", "A number of things.", minimum=1, maximum=9, unit="things")
    decimal: float = setting(0.9, "Decimal", minimum=0, maximum=1)
    switch: bool = setting(True, "Switch")
    choice: Literal["sgd", "adam", 3] = setting("sgd", "Choice")
    text: str = setting("", "Text")
    data_path: str = setting("", "Pictures")
    maybe_whole: int | None = setting(None, "Maybe whole", minimum=2)
    maybe_decimal: float | None = setting(0.5, "Maybe decimal", above=0)
    maybe_text: str | None = setting(None, "Maybe text")
    maybe_choice: Literal["a", "b"] | None = setting(None, "Maybe choice")
    maybe_switch: bool | None = setting(None, "Maybe switch")
    seed: int = setting(0, "Seed", advanced=True)


class Training(Config):
    """As an optimizer would declare it: live and advanced fields, and a check across two."""

    learning_rate: float = setting(1e-3, "Learning rate", "How far a step goes.", above=0, live=True)
    momentum: float = setting(0.9, "Momentum", minimum=0, below=1, live=True)
    nesterov: bool = setting(False, "Nesterov")
    batch_size: int = setting(64, "Batch size", minimum=1, unit="images")
    seed: int = setting(0, "Seed", minimum=0, advanced=True)

    @model_validator(mode="after")
    def nesterov_needs_momentum(self) -> Training:
        if self.nesterov and not self.momentum:
            raise ValueError("Nesterov needs a momentum greater than 0")
        return self


def part(form: QWidget, kind: type[PartT], name: str) -> PartT:
    """The part of ``form`` with that object name."""
    found = form.findChild(kind, name)
    assert found is not None, name
    return found


def type_into(form: ConfigForm, name: str, text: str) -> None:
    """Replace the text of a field, as typing does."""
    control: Any = part(form, QWidget, f"setting_{name}")
    line = control.lineEdit() if isinstance(control, QAbstractSpinBox) else control
    assert isinstance(line, QLineEdit)
    line.setText(text)
