"""``load_data``: a data set for a cell."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from core.config import validated
from core.data import DataBundle, DataFolders
from core.registry import Registry

EVERY_S = 1.0
"""So often, at most, the progress of a download is printed."""


def data_loader(registry: Registry, folders: DataFolders) -> Callable[..., DataBundle]:
    """The function that is called ``load_data`` in the console."""

    def load_data(id: str, **settings: Any) -> DataBundle:
        """Load a data set, such as ``load_data("digits")``; downloads it first where it has to be.

        ``settings``: those of the data set, as in its form: ``load_data("shapes", pictures=600)``.
        The bundle's ``train``, ``validation`` and ``test`` have ``inputs`` and ``targets``, NumPy arrays;
        ``info`` knows the shape of a sample and the names of the classes.

        Raises:
            UnknownId, ConfigError, DataError: with one sentence on what to do.
        """
        spec = registry.get("datasets", id)
        config = validated(spec.config, settings)
        spec.prepare(config, folders, _Printed())
        bundle: DataBundle = spec.load(config, folders)
        return bundle

    return load_data


class _Printed:
    """Prints how far a long preparation is."""

    def __init__(self) -> None:
        self._told, self._text = time.monotonic(), ""

    def __call__(self, done: int, total: int | None, text: str) -> None:
        now = time.monotonic()
        if now - self._told < EVERY_S and text == self._text:
            return
        self._told, self._text = now, text
        print(f"{text}: {done / total:.0%}" if total else f"{text}…")  # noqa: T201  (into the cell)
