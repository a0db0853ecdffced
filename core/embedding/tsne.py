"""t-SNE of a frame's samples, in a process of its own: it can be cancelled at any moment, and holds nobody up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import numpy as np

from core.data import Cancelled
from core.embedding.frame import EmbeddingError, Floats

PERPLEXITY = 30.0
"""How many neighbours each sample tries to stay close to; the number that its authors use most."""
ITERATIONS = 1000
FEWEST = 10
_SCRIPT = Path(__file__).with_name("tsne_process.py")


class Tsne:
    """One computation. :meth:`run` waits for it, so it is called off the GUI thread; :meth:`cancel` on any."""

    def __init__(
        self, vectors: Floats, start: Floats, perplexity: float = PERPLEXITY, iterations: int = ITERATIONS
    ) -> None:
        """``vectors``: n×D. ``start``: n×2, where the samples begin: their principal components."""
        self.vectors, self.start = vectors, start
        self.perplexity = min(perplexity, largest_perplexity(len(vectors)))
        self.iterations = iterations
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        self._cancelled = False

    def run(self, told: Callable[[float], None] = lambda share: None) -> Floats:
        """The samples' places, n×2; ``told`` is called with the share of the iterations that is done.

        Raises:
            Cancelled: after :meth:`cancel`.
            EmbeddingError: where there are too few samples, or the process ended for another reason.
        """
        if len(self.vectors) < FEWEST:
            raise EmbeddingError(f"t-SNE needs {FEWEST} samples at least, and there are {len(self.vectors)}.")
        with self._lock:
            if self._cancelled:
                raise Cancelled
            self.process = _started()
        try:
            return self._answer(self.process, told)
        except OSError as error:  # a pipe without an end: the process is gone
            raise self._ended() from error
        finally:
            self.process.kill()
            for pipe in (self.process.stdin, self.process.stdout):
                _close(pipe)
            self.process.wait()

    def cancel(self) -> None:
        """End it at once."""
        with self._lock:
            self._cancelled = True
            if self.process is not None:
                self.process.kill()

    def _answer(self, process: subprocess.Popen[bytes], told: Callable[[float], None]) -> Floats:
        assert process.stdin is not None and process.stdout is not None
        rows, columns = self.vectors.shape
        asked = {"rows": rows, "columns": columns, "perplexity": self.perplexity, "iterations": self.iterations}
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        for numbers in (self.vectors, self.start):
            process.stdin.write(np.ascontiguousarray(numbers, np.float32).tobytes())
        process.stdin.flush()  # and stays open: where this process dies, the other one sees its end
        while line := process.stdout.readline():
            word, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if word == "done":
                told(float(rest))
            elif word == "failed":
                raise EmbeddingError(f"t-SNE could not be computed: {rest}")
            elif word == "places":
                found = process.stdout.read(int(rest))
                if len(found) == 8 * rows:
                    return np.frombuffer(found, np.float32).reshape(rows, 2).copy()
        raise self._ended()

    def _ended(self) -> Exception:
        if self._cancelled:
            return Cancelled()
        return EmbeddingError(
            "The process that computes t-SNE ended before it was done, perhaps for want of memory: take fewer samples."
        )


def largest_perplexity(count: int) -> float:
    """Of so many samples each has fewer neighbours than these; three times as many as are looked for must be there."""
    return max(1.0, (count - 1) / 3)


def _started() -> subprocess.Popen[bytes]:
    threads = str(max(1, (os.cpu_count() or 1) // 2))
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return subprocess.Popen(
        [sys.executable, "-P", str(_SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **dict.fromkeys(variables, threads)},
        # Windows has no niceness, but this.
        creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
    )


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined]
    except OSError:  # what was still to be written has nobody to read it
        return
