"""One run with all defaults, for all tests of the command line that need a trained network."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Trained:
    """A home with a run of LeNet in it, the status of the command, and the JSON on its last line."""

    home: Path
    status: int
    result: dict[str, Any]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    from core.cli import main

    home, said = tmp_path_factory.mktemp("trained"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setenv("TRAINYARD_HOME", str(home))
        status = main(["train", "lenet", "--json"], "plugins")
    yield Trained(home, status, json.loads(said.getvalue().splitlines()[-1]))
