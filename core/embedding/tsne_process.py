"""The process in which t-SNE is computed. It is run as a script, and knows nothing of Trainyard.

On its standard input comes a line of JSON (rows, columns, perplexity, iterations), then the samples and the places that
they begin at, both as float32. On its standard output go lines ``done SHARE``, and in the end ``places BYTES`` and
these, or ``failed WORDS``.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import threading
from contextlib import redirect_stdout
from typing import Any, BinaryIO

KEPT = 50
"""Components that t-SNE is given of more columns, as its authors do it: what is left out is mostly noise."""
_NICENESS = 10
_ITERATION = re.compile(r"Iteration (\d+)")


class Teller(io.TextIOBase):
    """Stands in for the standard output: what scikit-learn prints there becomes a share of what is to be done."""

    def __init__(self, out: BinaryIO, iterations: int) -> None:
        self._out, self._iterations = out, iterations

    def write(self, text: str) -> int:
        """Pass on how far it is."""
        found = _ITERATION.search(text)
        if found:
            tell(self._out, f"done {min(1.0, int(found[1]) / self._iterations):.3f}")
        return len(text)


def tell(out: BinaryIO, line: str) -> None:
    """One line, at once."""
    out.write(line.encode("utf-8", "replace") + b"\n")
    out.flush()


def places(asked: dict[str, Any], vectors: Any, start: Any, out: BinaryIO) -> Any:
    """The samples in the plane, rows×2 (van der Maaten and Hinton 2008; Barnes-Hut: van der Maaten 2014)."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    if vectors.shape[1] > KEPT and len(vectors) > KEPT:
        vectors = PCA(KEPT, random_state=0).fit_transform(vectors)
    # From where principal components have put them, which keeps what is far apart far apart (Kobak and Linderman 2021).
    start = start / max(float(start[:, 0].std()), 1e-12) * 1e-4
    method = TSNE(
        perplexity=asked["perplexity"], max_iter=asked["iterations"], init=start, random_state=0, verbose=2, n_jobs=1
    )
    with redirect_stdout(Teller(out, asked["iterations"])):
        return method.fit_transform(vectors)


def end_with_the_parent() -> None:
    """Nobody waits for the places any more once the input is closed."""
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    """Read, compute, write."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    out, given = sys.stdout.buffer, sys.stdin.buffer
    asked = json.loads(given.readline())
    rows, columns = asked["rows"], asked["columns"]
    numbers, first = given.read(4 * rows * columns), given.read(4 * rows * 2)
    threading.Thread(target=end_with_the_parent, daemon=True).start()
    import numpy as np

    vectors = np.frombuffer(numbers, np.float32).reshape(rows, columns)
    start = np.frombuffer(first, np.float32).reshape(rows, 2)
    try:
        found = places(asked, vectors, start, out).astype(np.float32).tobytes()
    except Exception as error:  # border: the process that asked tells the person
        tell(out, f"failed {' '.join(str(error).split())}")
        return
    tell(out, f"places {len(found)}")
    out.write(found)
    out.flush()


if __name__ == "__main__":
    main()
