"""Pictures are read out of the data of a run as they were loaded, and in the order that was asked for."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from core.data import DataError
from core.job import Job
from core.samples import pictures_of
from tests.core.tiny import job as make_job
from tests.core.tiny import split


@pytest.fixture
def job() -> Job:
    return make_job()


@pytest.mark.parametrize(("part", "seed"), [("val", 2), ("test", 3)])
def test_they_are_those_of_the_part_in_the_order_asked_for(job: Job, part: str, seed: int) -> None:
    np.testing.assert_array_equal(pictures_of(job, part, [7, 0, 19]), split(seed, 20).inputs[[7, 0, 19]])


def test_they_may_be_asked_for_with_an_array_and_for_none(job: Job) -> None:
    assert pictures_of(job, "val", np.array([], np.int64)).shape == (0, 1, 8, 8)


def test_a_part_that_is_not_there_is_told(job: Job) -> None:
    job.test = None
    with pytest.raises(DataError, match="test part of this run holds no pictures"):
        pictures_of(job, "test", [0])


def test_samples_that_are_no_pictures_are_told() -> None:
    job = SimpleNamespace(validation=SimpleNamespace(tokens=[1, 2]), test=None)
    with pytest.raises(DataError, match="holds no pictures"):
        pictures_of(job, "val", [0])  # type: ignore[arg-type]
