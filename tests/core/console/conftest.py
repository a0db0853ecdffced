from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.console.kernel import Kernel


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    assert kernel.close(), "the kernel's thread had to be given up"
