"""The documents, the plugins that they show, and a registry with those in it."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.discovery import discover
from core.registry import Registry

ROOT = Path(__file__).parents[2]
README, PLUGINS = ROOT / "README.md", ROOT / "docs" / "plugins.md"
TEMPLATE = ROOT / "resources" / "plugin_template.py"
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass
class Example:
    """A plugin that a document shows: its file name, its text, and what the document says that it adds."""

    name: str
    source: str
    adds: list[str] = field(default_factory=list)


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def examples() -> list[Example]:
    """The blocks of Python in docs/plugins.md: the first line names the file, the text behind says what it adds."""
    text = text_of(PLUGINS)
    blocks = list(PYTHON_BLOCK.finditer(text))
    ends = [*(block.start() for block in blocks[1:]), len(text)]
    found = []
    for block, end in zip(blocks, ends, strict=True):
        name = re.match(r"# (\w+\.py)\n", block[1])
        assert name, f"the first line of an example must be its file name: {block[1][:60]!r}"
        said = re.search(r"^It adds .*(?:\n.+)*", text[block.end() : end], re.MULTILINE)
        found.append(Example(name[1], block[1], re.findall(r"`(\w+: [\w-]+)`", said[0] if said else "")))
    return found


EXAMPLES = examples()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's plugin folder with every example, the one of the README and the template."""
    path = tmp_path_factory.mktemp("plugins")
    for example in EXAMPLES:
        (path / example.name).write_text(example.source, encoding="utf-8")
    (readme_example,) = PYTHON_BLOCK.findall(text_of(README))
    (path / "softmax.py").write_text(readme_example, encoding="utf-8")
    shutil.copy(TEMPLATE, path / "my_network.py")
    return path


@pytest.fixture(scope="module")
def registry(folder: Path) -> Registry:
    return discover("plugins", folder, installed=False)
