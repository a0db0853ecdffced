"""How a benchmark says what it found: a table on the terminal, and a section of ``docs/results.md``."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RESULTS = Path(__file__).parent.parent / "docs" / "results.md"
PREFACE = """# Results

What `make bench` measured last. Each section is written by the script of the same name in `benchmarks/`, and by
nothing else. A ratio compares two sides that took turns in one run on one machine, so that whatever else the machine
did hit both.
"""
VERSIONS = ("torch", "PySide6-Essentials", "pyqtgraph")


@dataclass(frozen=True)
class Check:
    """A figure that has a limit. ``at_least``: whether the limit is the smallest allowed value or the largest."""

    what: str
    value: float
    limit: float
    at_least: bool
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure keeps to its limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        relation = "at least" if self.at_least else "at most"
        unit = f" {self.unit}" if self.unit else ""
        verdict = "holds" if self.holds else "**missed**"
        return f"{self.what}: {self.value:.4g}{unit}, should be {relation} {self.limit:g}{unit}: {verdict}"


@dataclass(frozen=True)
class Section:
    """What one benchmark found. ``rows`` have as many cells as ``header``.

    ``appendix``: Markdown for the document alone, such as another table.
    """

    name: str
    title: str
    how: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    checks: Sequence[Check] = ()
    notes: Sequence[str] = ()
    appendix: str = ""

    def terminal(self) -> str:
        """Title, table with aligned columns, checks, notes."""
        table = [self.header, *self.rows]
        widths = [max(len(row[column]) for row in table) for column in range(len(self.header))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
        ]
        remarks = [str(check).replace("**", "") for check in self.checks] + list(self.notes)
        return "\n".join([self.title, *(f"  {line}" for line in lines), *(f"  - {remark}" for remark in remarks)])

    def markdown(self, circumstances: str) -> str:
        """The same for ``docs/results.md``, with when and where it was measured."""
        table = [self.header, ["---"] * len(self.header), *self.rows]
        lines = [f"| {' | '.join(row)} |" for row in table]
        remarks = [f"- {remark}" for remark in (*self.checks, *self.notes)]
        parts = [f"## {self.title}", circumstances, self.how, "\n".join(lines), "\n".join(remarks), self.appendix]
        return "\n\n".join(part for part in parts if part)


def write(section: Section, path: Path = RESULTS) -> None:
    """Put the section into the document in place of its predecessor; the other sections stay as they are."""
    document = path.read_text(encoding="utf-8") if path.exists() else PREFACE
    path.write_text(replaced(document, section.name, section.markdown(circumstances())), encoding="utf-8")


def replaced(document: str, name: str, body: str) -> str:
    """``document`` with ``body`` between the markers of ``name``, which are added at its end where they are missing.

    Raises:
        ValueError: where only one of the two markers is there, or they are the wrong way round.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    section = f"{begin}\n{body.strip()}\n{end}"
    if begin not in document and end not in document:
        return f"{document.rstrip()}\n\n{section}\n"
    before, found_begin, rest = document.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"The section {name} of the results has lost a marker: put {begin} … {end} around it.")
    return before + section + after


def circumstances() -> str:
    """Date, machine and versions in one line; nothing that tells whose machine it is."""
    versions = [f"Python {platform.python_version()}", *(f"{name} {_version(name)}" for name in VERSIONS)]
    machine = f"{os.cpu_count()} cores, {processor()}, {platform.system()}"
    return f"*Measured on {time.strftime('%Y-%m-%d')}: {machine}; {', '.join(versions)}.*"


def processor() -> str:
    """The processor's model name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median with the quartiles behind it: ``0.97 (0.95–0.98)``; of fewer than four values the range."""
    low, high = min(values), max(values)
    if len(values) >= 4:
        low, _, high = statistics.quantiles(values, n=4)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
