"""Text of a lesson, made into HTML that is safe to show: no raw HTML, no picture or page from anywhere but here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.lessons.lesson import Fault, Prose

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
LARGEST_PICTURE = 8 * 2**20
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def markdown() -> MarkdownIt:
    """A reader of Markdown with tables, for which HTML is text like any other."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.validateLink = _may_be_kept  # type: ignore[method-assign]
    return reader


def prose(reader: MarkdownIt, tokens: Sequence[Token], line: int, folder: Path | None) -> list[Prose | Fault]:
    """``tokens`` as one piece of text, and behind it what of it had to be left out."""
    anchors: list[str] = []
    pictures: list[Path] = []
    faults: list[Fault] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        place = (token.map[0] + 1) if token.map else line
        if token.type == "heading_open" and following is not None:
            anchors.append(anchor(following.content))
        if token.children:
            token.children = list(_checked(token.children, place, folder, pictures, faults))
    html = reader.renderer.render(tokens, reader.options, {})
    return [Prose(html, line, tuple(anchors), tuple(pictures)), *faults]


def anchor(heading: str) -> str:
    """The name by which a link finds a heading: "In place" is ``#in-place``."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def _may_be_kept(url: str) -> bool:
    """Asked by the reader: what is refused here stays text."""
    return url.lower().startswith(("http://", "https://")) or not _SCHEME.match(url)


def _checked(
    tokens: Sequence[Token], line: int, folder: Path | None, pictures: list[Path], faults: list[Fault]
) -> Iterator[Token]:
    for token in tokens:
        if token.type == "image":
            yield _picture(token, line, folder, pictures, faults)
        elif token.type == "link_open" and not _leads_out_or_here(str(token.attrs.get("href", ""))):
            faults.append(
                Fault(line, f"A link leads to {str(token.attrs['href'])[:80]!r}: only http(s):// and #heading.")
            )
            token.attrs = {}
            yield token
        else:
            yield token


def _leads_out_or_here(url: str) -> bool:
    return url.startswith("#") or url.lower().startswith(("http://", "https://"))


def _picture(token: Token, line: int, folder: Path | None, pictures: list[Path], faults: list[Fault]) -> Token:
    """The picture with the whole path of its file, or its description where it cannot be shown."""
    source = str(token.attrs.get("src", ""))
    path = _file_in(folder, unquote(source))
    if path is not None:
        pictures.append(path)
        token.attrs["src"] = path.as_uri()
        return token
    kinds = ", ".join(PICTURES)
    words = f"The picture {source[:80]!r} cannot be shown: it must be a file ({kinds}) in the folder of the lesson."
    faults.append(Fault(line, words))
    return Token("text", "", 0, content=token.content)


def _file_in(folder: Path | None, name: str) -> Path | None:
    if folder is None or not name or _SCHEME.match(name):
        return None
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve()) and path.is_file()
        if inside and path.suffix.lower() in PICTURES and path.stat().st_size <= LARGEST_PICTURE:
            return path
    except (OSError, ValueError):  # a name that no file can have
        pass
    return None
