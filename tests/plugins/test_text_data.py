from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.config import validated
from core.data import Cancelled, DataBundle, DataError, DataFolders, TokenStream
from core.discovery import discover
from core.specs import DatasetSpec
from plugins import text_data
from plugins._text import MOST_HELD_OUT, bundle
from plugins.text_data import SHAKESPEARE, SHAKESPEARE_SHA256, standard_library
from tests.core.tiny import no_progress

TEXTS = ("python-docs", "python-source", "text-file", "tiny-shakespeare")


def spec(id: str) -> DatasetSpec:
    return discover("plugins", installed=False).get("datasets", id)


def loaded(id: str, folders: DataFolders | None = None, **settings: Any) -> DataBundle:
    found = spec(id)
    config = validated(found.config, settings)
    folders = folders or DataFolders((), Path("nowhere"))
    found.prepare(config, folders, no_progress)
    return found.load(config, folders)


def spelt(data: DataBundle, part: Any) -> str:
    assert isinstance(part, TokenStream)
    return "".join(data.info.vocabulary[token] for token in part.tokens)


def whole(data: DataBundle) -> str:
    return spelt(data, data.train) + spelt(data, data.validation)


def saved(folder: Path, content: str | bytes) -> str:
    path = folder / "mine.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_the_documentation_that_comes_with_python_is_the_default() -> None:
    from pydoc_data.topics import topics

    data = loaded("python-docs")
    text = whole(data)
    assert len(text) > 100_000
    assert all(topics[name].strip() in text for name in ("if", "lambda", "try"))
    assert data.info.input_shape == (64,)
    assert data.info.classes == data.info.vocabulary == tuple(sorted(set(text)))
    assert data.test is None
    for network in ("char_rnn", "lstm"):
        assert discover("plugins", installed=False).get("networks", network).recipe.data == "python-docs"


def test_the_standard_library_is_a_bounded_part_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_data, "SOURCE_CHARACTERS", 30_000)
    text = standard_library()
    assert len(text) == 30_000
    assert "import " in text
    assert text == standard_library()


def test_a_python_without_source_or_documentation_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(text_data.sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(DataError, match="without the source"):
        loaded("python-source")
    monkeypatch.setitem(__import__("sys").modules, "pydoc_data.topics", None)
    with pytest.raises(DataError, match="without its documentation"):
        loaded("python-docs")


def test_the_last_tenth_of_a_text_is_held_out(tmp_path: Path) -> None:
    text = "".join(random.Random(1).choices("abc def\n", k=1005))
    data = loaded("text-file", path=saved(tmp_path, text))
    assert (spelt(data, data.train), spelt(data, data.validation)) == (text[:904], text[904:])


def test_of_a_very_long_text_no_more_is_held_out_than_is_worth_it() -> None:
    from core.token_files import TokenisedText

    data = bundle(TokenisedText(np.zeros(10 * MOST_HELD_OUT * 2, np.uint8), ("a",)), 64, "x")
    assert len(data.validation) == MOST_HELD_OUT


def test_chinese_and_emoji_stay_whole_and_invalid_bytes_harm_nobody(tmp_path: Path) -> None:
    text = "天地玄黄🌍宇宙洪荒👍日月盈昃\n" * 3
    data = loaded("text-file", path=saved(tmp_path, text))
    assert whole(data) == text
    data = loaded("text-file", path=saved(tmp_path, text.encode() + b"\xff"))
    assert whole(data) == text + "\ufffd"


def test_five_thousand_chinese_characters_are_all_told_apart(tmp_path: Path) -> None:
    characters = [chr(0x4E00 + index) for index in range(5000)]
    text = "".join(characters + random.Random(2).choices(characters, k=5000))
    data = loaded("text-file", path=saved(tmp_path, text))
    assert whole(data) == text
    for id in ("char_rnn", "lstm"):
        network = discover("plugins", installed=False).get("networks", id)
        assert network.refuses(network.config(), data.info) is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "“mine.txt” is empty"),
        ("x", "“mine.txt” has 1 character, and at least 20 are needed"),
        ("nineteen characters", "“mine.txt” has 19 characters"),
        (bytes(range(256)), "“mine.txt” is not a plain text"),
        (None, "“mine.txt” is not there"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_in_a_sentence(
    tmp_path: Path, content: str | bytes | None, sentence: str
) -> None:
    path = str(tmp_path / "mine.txt") if content is None else saved(tmp_path, content)
    with pytest.raises(DataError, match=sentence) as told:
        loaded("text-file", path=path)
    assert "choose" in str(told.value)


def test_twenty_characters_are_enough(tmp_path: Path) -> None:
    data = loaded("text-file", path=saved(tmp_path, "to be or not to be.\n"), window=128)
    assert (len(data.train), len(data.validation)) == (18, 2)


def test_no_file_chosen_is_a_sentence_not_a_crash() -> None:
    for path in ("", "  "):
        with pytest.raises(DataError, match="No text is chosen yet"):
            loaded("text-file", path=path)


def test_a_text_can_be_cancelled_while_it_is_read(tmp_path: Path) -> None:
    def cancel(done: int, total: int | None, text: str) -> None:
        raise Cancelled

    found = spec("text-file")
    config = validated(found.config, {"path": saved(tmp_path, "words " * 50)})
    with pytest.raises(Cancelled):
        found.prepare(config, DataFolders((), tmp_path), cancel)


def test_shakespeare_is_downloaded_only_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[str], str]] = []

    def fetch(urls: list[str], path: Path, progress: Any, *, sha256: str) -> None:
        asked.append((urls, sha256))
        path.write_text("First Citizen:\nBefore we proceed any further, hear me speak.\n")

    monkeypatch.setattr(text_data, "fetch", fetch)
    for _ in range(2):
        data = loaded("tiny-shakespeare", DataFolders((), tmp_path))
        assert whole(data).startswith("First Citizen:")
    ((urls, sha256),) = asked
    assert sha256 == SHAKESPEARE_SHA256
    assert all(url.startswith("https://") for url in urls)


def test_shakespeare_that_is_not_there_yet_is_asked_for(tmp_path: Path) -> None:
    found = spec("tiny-shakespeare")
    with pytest.raises(DataError, match="press Start to download"):
        found.load(found.config(), DataFolders((), tmp_path))


@pytest.mark.real_data
def test_shakespeare_is_the_text_that_everybody_uses(data_folder: Path) -> None:
    import hashlib

    path = data_folder / SHAKESPEARE
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SHAKESPEARE_SHA256
    data = loaded("tiny-shakespeare", DataFolders((data_folder,), Path("nowhere")))
    assert (len(data.train), len(data.validation)) == (1_003_854, 111_540)
    assert len(data.info.vocabulary) == 65
    assert whole(data) == path.read_text("utf-8")


def test_each_text_can_be_read_by_each_network_that_writes() -> None:
    registry = discover("plugins", installed=False)
    tasks = {registry.get("datasets", id).task for id in (*TEXTS, "hello", "long-memory")}
    assert tasks == {"language-model"} == {registry.get("networks", id).task for id in ("char_rnn", "lstm")}
