"""Texts to learn to write from: what comes with Python, Shakespeare, and any file of the user's."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from core.api import (
    DataBundle,
    DataError,
    DataFolders,
    DatasetSpec,
    Progress,
    fetch,
    hookimpl,
    setting,
    shown_name,
    tokenise,
    tokenise_file,
)
from plugins._text import TextConfig, bundle

TASK = "language-model"
SHAKESPEARE = "tinyshakespeare.txt"
SHAKESPEARE_URL = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
SHAKESPEARE_SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
SOURCE_CHARACTERS = 2_000_000


class TextFileConfig(TextConfig):
    """Which text, and how it is read."""

    path: str = setting("", "Text file", "Any plain text: a book, a program, your notes. Drop it here, or choose it.")
    encoding: str = setting(
        "",
        "Encoding",
        "How the file writes its characters, such as utf-8 or shift_jis; empty: found out.",
        advanced=True,
    )
    most_characters: int = setting(
        *(10_000, "Vocabulary", "The most different characters that are told apart; rarer ones become one sign."),
        unit="characters",
        minimum=2,
        maximum=65_535,
        advanced=True,
    )


def python_docs(config: TextConfig, folders: DataFolders) -> DataBundle:
    """The language reference that ``help()`` shows, topic after topic."""
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise DataError("This Python came without its documentation: choose another text.") from error
    return bundle(tokenise("\n\n".join(topics[name] for name in sorted(topics))), config.window, "The documentation")


def python_source(config: TextConfig, folders: DataFolders) -> DataBundle:
    """The modules of the standard library in alphabetical order, as many as fit into two million characters."""
    return bundle(tokenise(standard_library()), config.window, "The standard library")


def standard_library() -> str:
    """Its source, two million characters at most.

    Raises:
        DataError: where there is only compiled code.
    """
    text = ""
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        try:
            text += path.read_text(encoding="utf-8") + "\n\n"
        except (OSError, UnicodeDecodeError):
            continue  # one module more or less makes no difference
        if len(text) > SOURCE_CHARACTERS:
            return text[:SOURCE_CHARACTERS]
    if not text:
        raise DataError("This Python came without the source of its library: choose another text.")
    return text


def prepare_file(config: TextFileConfig, folders: DataFolders, progress: Progress) -> None:
    """Make tokens of the file, once."""
    tokenise_file(chosen(config), encoding=config.encoding.strip(), most=config.most_characters, progress=progress)


def text_file(config: TextFileConfig, folders: DataFolders) -> DataBundle:
    """Any text; of a large one only what is being read is in memory."""
    path = chosen(config)
    text = tokenise_file(path, encoding=config.encoding.strip(), most=config.most_characters)
    return bundle(text, config.window, shown_name(path))


def chosen(config: TextFileConfig) -> Path:
    """The text file of the settings.

    Raises:
        DataError: where none is chosen.
    """
    path = config.path.strip()
    if not path:
        raise DataError("No text is chosen yet: choose a text file in the settings of the data set.")
    return Path(path)


def prepare_shakespeare(config: TextConfig, folders: DataFolders, progress: Progress) -> None:
    """Download it where it is missing."""
    if folders.find(SHAKESPEARE) is None:
        fetch([SHAKESPEARE_URL], folders.write / SHAKESPEARE, progress, sha256=SHAKESPEARE_SHA256)


def shakespeare(config: TextConfig, folders: DataFolders) -> DataBundle:
    """1,115,394 characters of his plays, 65 different ones."""
    path = folders.find(SHAKESPEARE)
    if path is None:
        raise DataError("Tiny Shakespeare is not there yet: press Start to download it.")
    return bundle(tokenise_file(path), config.window, "Tiny Shakespeare")


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """What comes with Python, Shakespeare, and a file of the user's."""
    licence = "PSF License 2.0"
    return [
        DatasetSpec(
            *("python-docs", "Python's language reference", TASK, licence, python_docs, TextConfig),
            summary="465,000 characters of documentation; comes with every Python.",
        ),
        DatasetSpec(
            *("python-source", "Python's standard library", TASK, licence, python_source, TextConfig),
            summary="Two million characters of program; comes with every Python.",
        ),
        DatasetSpec(
            *("text-file", "A text of your own", TASK, "that of your text", text_file, TextFileConfig),
            summary="Any plain text file, in any language and of any size.",
            prepare=prepare_file,
            opens="text",
        ),
        DatasetSpec(
            *("tiny-shakespeare", "Tiny Shakespeare", TASK, "public domain", shakespeare, TextConfig),
            summary="1.1 million characters of his plays: the text that char-rnn made a standard.",
            download_bytes=1_115_394,
            prepare=prepare_shakespeare,
        ),
    ]
