"""Nothing is downloaded, and nothing long is prepared, unasked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.config import ConfigError
from core.data import Cancelled, DataBundle, DataError, DataFolders, DataInfo, Progress, Split
from core.discovery import discover
from core.home import data_folders
from core.registry import Registry
from core.run_config import RunConfig
from core.specs import DatasetSpec
from core.survey import NotPrepared, load_what_is_there

PART = Split(np.zeros((4, 1, 8, 8), np.uint8), np.zeros(4, np.int64))
BUNDLE = DataBundle(DataInfo((1, 8, 8), ("a",)), PART, PART, None)


def quiet(done: int, total: int | None, text: str) -> None:
    """Nobody waits."""


class Source:
    """A data set whose files are there or not."""

    def __init__(self, *, there: bool) -> None:
        self.there, self.prepared = there, 0

    def prepare(self, config: object, folders: DataFolders, progress: Progress) -> None:
        self.prepared += 1
        if not self.there:
            for done in range(3):
                progress(done, 3, "Decoding the pictures")
            self.there = True

    def load(self, config: object, folders: DataFolders) -> DataBundle:
        if not self.there:
            raise DataError("It is not there yet.")
        return BUNDLE


def asked(source: Source, download: int) -> tuple[Registry, RunConfig]:
    registry = discover("plugins", None)
    registry.datasets["test"] = DatasetSpec(
        *("test", "Test set", "image-classification", "none", source.load),
        download_bytes=download,
        prepare=source.prepare,
    )
    return registry, RunConfig(network="lenet", data="test")


def test_a_download_is_not_begun_unasked() -> None:
    source = Source(there=False)
    with pytest.raises(NotPrepared, match="Test set") as told:
        load_what_is_there(*asked(source, 170_000_000), data_folders(), quiet)
    assert source.prepared == 0
    assert told.value.download_bytes == 170_000_000


@pytest.mark.parametrize(("download", "prepared"), [(170_000_000, 0), (0, 1)])
def test_whether_it_is_a_download_may_depend_on_the_settings(download: int, prepared: int) -> None:
    source = Source(there=False)
    registry, config = asked(source, 0)
    registry.datasets["test"] = replace(registry.datasets["test"], downloads=lambda config: download)
    try:
        load_what_is_there(registry, config, data_folders(), quiet)
    except NotPrepared as told:
        assert told.download_bytes == download
    assert source.prepared == prepared


def test_what_was_downloaded_before_is_loaded_at_once() -> None:
    source = Source(there=True)
    assert load_what_is_there(*asked(source, 170_000_000), data_folders(), quiet) is BUNDLE
    assert source.prepared == 0


def test_a_short_preparation_is_done() -> None:
    source = Source(there=False)
    assert load_what_is_there(*asked(source, 0), data_folders(), quiet) is BUNDLE


def test_a_long_preparation_is_broken_off_and_named() -> None:
    source = Source(there=False)
    with pytest.raises(NotPrepared, match="decoding the pictures takes a while") as told:
        load_what_is_there(*asked(source, 0), data_folders(), quiet, patience_s=-1.0)
    assert not source.there and told.value.download_bytes == 0


def test_it_can_be_cancelled() -> None:
    def cancel(done: int, total: int | None, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        load_what_is_there(*asked(Source(there=False), 0), data_folders(), cancel)


def test_a_network_for_another_task_is_refused_as_in_a_run() -> None:
    registry, config = asked(Source(there=True), 1)
    with pytest.raises(ConfigError, match="choose another"):
        load_what_is_there(registry, config.model_copy(update={"network": "lstm"}), data_folders(), quiet)
