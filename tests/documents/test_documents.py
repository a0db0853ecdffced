"""What the documents say is true: their commands exist, and their links lead somewhere."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import main
from core import cli
from core.cli.train import asked
from core.errors import UserError
from core.registry import Registry
from tests.documents.conftest import HEADING, README, ROOT, text_of

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCED_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"(?:^    |`)make((?: [\w-]+(?:=(?:\"[^\"]*\"|\S+))?)*)(?=`|$|  )", re.MULTILINE)
MAIN = re.compile(r"(?:python |`)main\.py([^`#\n]*)")
PATH = re.compile(r"`((?:core|gui|plugins|tests|docs|benchmarks|resources)/[\w./…-]*)`")


def commands(text: str, pattern: re.Pattern[str]) -> list[str]:
    """What follows ``make`` or ``main.py`` where a document shows it as a command."""
    return [found.strip() for found in pattern.findall(text)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    for found in commands(text_of(document), MAKE):
        named = [word for word in shlex.split(found) if "=" not in word]
        assert set(named) <= targets, f"{document.name}: make {found}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_is_shown_would_run(document: Path, registry: Registry) -> None:
    for command in commands(text_of(document), MAIN):
        fault = fault_of(shlex.split(command), registry)
        assert not fault, f"{document.name}: main.py {command}: {fault}"


def fault_of(arguments: list[str], registry: Registry) -> str:
    """Why this command line is wrong, or nothing: it is read, and the settings of a run are checked, but not run."""
    headless = arguments and not arguments[0].startswith("-")
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            options = (cli.parser() if headless else main.parser()).parse_args(arguments)
        if headless and options.command == "train":
            asked(options, registry)
    except SystemExit as error:
        return "" if error.code == 0 else said.getvalue()
    except UserError as error:
        return str(error)
    return ""


def test_the_command_line_loads_no_qt() -> None:
    code = "import sys, main; main.main(['networks', '--json']); sys.exit('PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"lenet"' in done.stdout


def test_the_readme_begins_with_the_two_commands_and_a_picture() -> None:
    text = text_of(README)
    assert commands(text, MAKE)[:2] == ["run", "test"]
    assert text.index("make run") < text.index("make test") < text.index("![") < text.index("## ")


def test_the_readme_shows_every_command_that_there_is() -> None:
    text = text_of(README)
    (choices,) = (action.choices for action in cli.parser()._actions if action.dest == "command")
    assert [name for name in choices if not re.search(rf"\b{name}\b", text)] == []


def test_the_lines_for_windows_and_debian_are_those_of_the_set_up() -> None:
    setup, readme = text_of(ROOT / "docs" / "setup.md"), text_of(README)
    for first in ("    py -3", "    sudo apt install"):
        block = re.search(rf"^{first}.*\n(?:    .*\n)*", readme, re.MULTILINE)
        assert block, first
        assert block[0] in setup


def test_environment_variables_that_are_named_are_read_somewhere() -> None:
    readers = (ROOT / "core" / "home.py", ROOT / "plugins" / "tensorboard_log.py")
    known = {name for reader in readers for name in re.findall(r"TRAINYARD_[A-Z]+", text_of(reader))}
    assert set(re.findall(r"TRAINYARD_[A-Z]+", "".join(map(text_of, DOCUMENTS)))) == known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    text = FENCED_BLOCK.sub("", text_of(document))
    links = [link for link in LINK.findall(text) if "://" not in link]
    assert [link for link in links if not leads_somewhere(document, link)] == []


def leads_somewhere(document: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = document.parent / name if name else document
    if not target.exists():
        return False
    return not anchor or anchor in {anchor_of(heading) for heading in HEADING.findall(text_of(target))}


def anchor_of(heading: str) -> str:
    """As code hosts make them of headings."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_exists(document: Path) -> None:
    names = [name.partition("…")[0] for name in PATH.findall(text_of(document))]
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_the_index_of_decisions_is_complete() -> None:
    folder = ROOT / "docs" / "decisions"
    numbered = sorted(path.name for path in folder.glob("0*.md"))
    assert [int(name[:4]) for name in numbered] == list(range(1, len(numbered) + 1))
    assert LINK.findall(text_of(folder / "README.md")) == numbered


def test_the_changelog_has_this_version() -> None:
    version = re.search(r'^version = "([\d.]+)"', text_of(ROOT / "pyproject.toml"), re.MULTILINE)
    assert version
    assert version[1] in text_of(ROOT / "CHANGELOG.md")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("    make run     # open", ["run"]),
        ("press `make test-all` now", ["test-all"]),
        ('    make run ARGS="--help"', ['run ARGS="--help"']),
        ("`make` alone", [""]),
        ("make the thing work", []),
    ],
)
def test_the_search_for_make_finds_commands_and_not_words(text: str, found: list[str]) -> None:
    assert commands(text, MAKE) == found


@pytest.mark.parametrize(
    "wrong", ["fly", "train nobody", "train lenet --speed 3", "train lenet --set colour=red", "--fly"]
)
def test_a_command_that_would_not_run_is_found(wrong: str, registry: Registry) -> None:
    assert fault_of(shlex.split(wrong), registry)


def test_a_link_that_leads_nowhere_is_found() -> None:
    assert leads_somewhere(README, "docs/setup.md#windows")
    assert not leads_somewhere(README, "docs/setup.md#amiga")
    assert not leads_somewhere(README, "docs/nothing.md")
