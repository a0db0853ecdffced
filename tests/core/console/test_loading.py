"""``load_data`` in a cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import ConfigError
from core.console.kernel import Kernel
from core.console.loading import data_loader
from core.data import DataFolders
from core.discovery import discover
from core.registry import UnknownId
from tests.core.console.cells import run
from tests.core.tiny import NOWHERE, registry


def test_a_cell_loads_a_data_set_by_its_name_and_settings(tmp_path: Path) -> None:
    folders = DataFolders((), tmp_path)
    kernel = Kernel(lambda: {"load_data": data_loader(discover("plugins", tmp_path / "none"), folders)})
    try:
        outcome, told = run(kernel, "shapes = load_data('shapes', pictures=600)\nlen(shapes.train) > 100")
        assert (outcome.state, told.text("result")) == ("done", "True"), told.text()
    finally:
        kernel.close()


def test_what_is_asked_wrongly_is_told_in_one_sentence() -> None:
    load_data = data_loader(registry(), NOWHERE)
    with pytest.raises(UnknownId, match="there are: dots"):
        load_data("dog")
    with pytest.raises(ConfigError, match="colour"):
        load_data("dots", colour=3)
