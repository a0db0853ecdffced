"""A data set as far as it can be had at once: nothing is downloaded, and nothing long is begun, unasked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from core.config import validated
from core.data import DataBundle, DataError, DataFolders, Progress

if TYPE_CHECKING:
    from core.registry import Registry
    from core.run_config import RunConfig
    from core.specs import DatasetSpec

PATIENCE_S = 6.0
"""What may be done unasked: a small folder is decoded in it, and a large one whose pictures are kept is opened."""


class NotPrepared(DataError):
    """The data set has to be downloaded or decoded first; ``download_bytes``: how much, 0 for nothing."""

    def __init__(self, sentence: str, download_bytes: int = 0) -> None:
        super().__init__(sentence)
        self.download_bytes = download_bytes


def load_what_is_there(
    registry: Registry, config: RunConfig, folders: DataFolders, progress: Progress, patience_s: float = PATIENCE_S
) -> DataBundle:
    """As ``core.job.load_data``, but only where that takes no download and little preparation.

    Raises:
        NotPrepared: where it would take more than that.
        DataError, Cancelled, ConfigError: as ``load_data``.
    """
    from core.job import load_data

    spec: DatasetSpec = registry.get("datasets", config.data)
    if size := spec.bytes_for(validated(spec.config, config.data_settings)):
        unprepared = cast("Registry", _With(registry, replace(spec, prepare=_nothing)))
        try:
            return load_data(unprepared, config, folders, progress)
        except DataError as error:
            raise NotPrepared(f"{spec.title} is not on this computer yet.", size) from error
    return load_data(registry, config, folders, _impatient(progress, spec.title, patience_s))


def _impatient(progress: Progress, title: str, patience_s: float) -> Progress:
    began = time.monotonic()

    def tell(done: int, total: int | None, text: str) -> None:
        if time.monotonic() - began > patience_s:
            doing = text[:1].lower() + text[1:]
            raise NotPrepared(f"{title}: {doing} takes a while. It is done only once.")
        progress(done, total, text)

    return tell


def _nothing(config: Any, folders: DataFolders, progress: Callable[..., None]) -> None:
    """Prepare nothing."""


class _With:
    """A registry in which one data set is another."""

    def __init__(self, registry: Registry, spec: DatasetSpec) -> None:
        self._registry, self._spec = registry, spec

    def get(self, kind: str, id: str) -> Any:
        return self._spec if (kind, id) == ("datasets", self._spec.id) else self._registry.get(kind, id)
