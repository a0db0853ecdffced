"""The rules that no linter checks: how long things may be, what may be caught, and what no file may name."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FUNCTION = 40
LONGEST_FILE = 400

# Written so that no pattern matches itself.
FORBIDDEN_TEXT = {
    "the address of a package registry": re.compile(
        r"\b(?:pypi|pythonhosted|anaconda|conda-forge)\.org\b|download\.pytorch\.org/whl|[-]-(?:extra-)?index-url[ =]"
    ),
    "the path of somebody's machine": re.compile(
        r"(?<![\w./~-])/(?:home/\w+|Users/\w+|root\b/|work/(?:main|shared)\b)|\b[A-Z]:\\{1,2}Users\\"
    ),
}


@functools.cache
def sources() -> tuple[Path, ...]:
    folders = [path for folder in ("core", "gui", "plugins", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    return (*sorted(folders), *ROOT.glob("main.py"))


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


def long_functions(path: Path, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{where(path, node.lineno)} {node.name} has {length} lines"


def long_files(path: Path, source: str) -> Iterator[str]:
    length = len(source.splitlines())
    if length > LONGEST_FILE:
        yield f"{where(path, 1)} has {length} lines"


def catches_everything(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:  # tidies up and lets it through
        return False
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in caught
    )


def unnamed_borders(path: Path, source: str) -> Iterator[str]:
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and catches_everything(node):
            around = lines[node.lineno - 1 : node.body[0].lineno]
            if not any(re.search(r"#.*\bborder\b", line) for line in around):
                yield f"{where(path, node.lineno)} catches everything without saying at which border"


def forbidden_text(path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        for what, pattern in FORBIDDEN_TEXT.items():
            if pattern.search(line):
                yield f"{where(path, number)} names {what}"


def kept_text_files() -> Iterator[tuple[Path, str]]:
    """What git has, or would add: the lock files too, since they may name no registry either."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    for name in listing.split("\0"):
        path = ROOT / name
        if name and path.is_file():
            content = path.read_bytes()
            if b"\0" not in content[:8000]:
                yield path, content.decode("utf-8", errors="replace")


def report(faults: Iterator[str]) -> None:
    found = list(faults)
    assert not found, "\n".join(["", *found])


def test_there_is_something_to_look_at() -> None:
    assert ROOT / "core" / "display.py" in sources()


def test_no_function_is_longer_than_a_screen() -> None:
    report(fault for path in sources() for fault in long_functions(path, path.read_text("utf-8")))


def test_no_file_is_longer_than_ten_screens() -> None:
    report(fault for path in sources() for fault in long_files(path, path.read_text("utf-8")))


def test_everything_is_caught_only_at_a_border_that_is_named() -> None:
    report(fault for path in sources() for fault in unnamed_borders(path, path.read_text("utf-8")))


def test_no_file_names_a_registry_or_a_machine() -> None:
    report(fault for path, text in kept_text_files() for fault in forbidden_text(path, text))


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("try:\n    f()\nexcept Exception:\n    pass\n", 1),
        ("try:\n    f()\nexcept:\n    pass\n", 1),
        ("try:\n    f()\nexcept (OSError, BaseException) as e:\n    pass\n", 1),
        ("try:\n    f()\nexcept Exception:  # border: a plugin\n    pass\n", 0),
        ("try:\n    f()\nexcept Exception:\n    # border: a plugin\n    pass\n", 0),
        ("try:\n    f()\nexcept BaseException:\n    g()\n    raise\n", 0),
        ("try:\n    f()\nexcept OSError:\n    pass\n", 0),
    ],
)
def test_the_search_for_borders_finds_those_without_a_name(source: str, faults: int) -> None:
    assert len(list(unnamed_borders(ROOT / "x.py", source))) == faults


def test_the_search_for_long_functions_counts_from_def_to_the_last_line() -> None:
    body = "    x = 1\n" * (LONGEST_FUNCTION - 1)
    assert list(long_functions(ROOT / "x.py", "def f():\n" + body)) == []
    assert len(list(long_functions(ROOT / "x.py", "def f():\n" + body + "    y = 2\n"))) == 1


def test_the_search_for_long_files_counts_lines() -> None:
    assert list(long_files(ROOT / "x.py", "\n" * LONGEST_FILE)) == []
    assert len(list(long_files(ROOT / "x.py", "\n" * (LONGEST_FILE + 1)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "get it from https://py" + "pi.org/project/x",
        "--index" + "-url=https://x",
        "https://download.py" + "torch.org/whl/cpu",
        "open('/ho" + "me/someone/x')",
        "see /Us" + "ers/someone/x",
        "cd /wo" + "rk/main",
        "/ro" + "ot/.cache",
    ],
)
def test_the_search_for_forbidden_text_finds_it(text: str) -> None:
    assert len(list(forbidden_text(ROOT / "x", text))) == 1


@pytest.mark.parametrize("text", ["https://example.org/home/page", "~/.local/share/trainyard", "docs/home/index.md"])
def test_the_search_for_forbidden_text_lets_other_paths_be(text: str) -> None:
    assert list(forbidden_text(ROOT / "x", text)) == []
