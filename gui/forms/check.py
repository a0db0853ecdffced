"""Ask a config type what it thinks of what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from core.config import Config, reasons


def check(config_type: type[Config], values: Mapping[str, Any]) -> tuple[Config | None, dict[str, str]]:
    """The config made from ``values``, or ``None`` and the reasons by field.

    What concerns several fields, or comes from a check that itself failed, is under ``""``.
    """
    try:
        return config_type.model_validate(dict(values)), {}
    except ValidationError as error:
        return None, reasons(error)
    except Exception as error:  # border: validators are a plugin's code
        return None, {"": f"These settings could not be checked ({type(error).__name__}: {error})."}


def has_cross_checks(config_type: type[Config]) -> bool:
    """Whether ``config_type`` checks fields against each other."""
    return bool(config_type.__pydantic_decorators__.model_validators)
