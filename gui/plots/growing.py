"""An array that grows at its end without copying itself at every append."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)

_FIRST_CAPACITY = 256


class GrowingArray(Generic[_Scalar]):
    """A one-dimensional numpy array with room to spare: `extend` costs amortised O(1) an element."""

    def __init__(self, dtype: type[_Scalar]) -> None:
        self._buffer: NDArray[_Scalar] = np.empty(_FIRST_CAPACITY, dtype=dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> NDArray[_Scalar]:
        """A view of the elements so far, shape (len,). Do not keep it: the next `extend` may move the elements."""
        return self._buffer[: self._length]

    @property
    def capacity(self) -> int:
        """How many elements fit before the next reallocation."""
        return len(self._buffer)

    def extend(self, added: NDArray[Any] | ArrayLike) -> None:
        """Put the elements of `added`, shape (n,), at the end."""
        elements = np.asarray(added)
        needed = self._length + len(elements)
        if needed > len(self._buffer):
            self._grow(needed)
        self._buffer[self._length : needed] = elements
        self._length = needed

    def _grow(self, needed: int) -> None:
        larger = np.empty(max(needed, 2 * len(self._buffer)), dtype=self._buffer.dtype)
        larger[: self._length] = self.values
        self._buffer = larger
