"""The names to download: a small archive from a server on this machine; whatever else comes is a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.api import Cancelled, DataBundle, DataError, DataFolders, DatasetSpec
from core.discovery import discover
from core.run_config import run_config
from core.survey import NotPrepared, load_what_is_there
from plugins import _names_archive
from plugins._names_archive import ARCHIVE, DOWNLOAD_BYTES, FOLDERS, LANGUAGES, URL
from tests.core.tiny import no_progress
from tests.loopback import Site, serving

REGISTRY = discover("plugins", installed=False)
SPEC: DatasetSpec = REGISTRY.datasets["names"]
PATH = "/tutorial/data.zip"


def listed(language: str) -> str:
    return "\n".join(f"{language[:4]}{letter}" for letter in "abcdefghijklmnopqrstuvwxy")


def contents() -> dict[str, bytes]:
    """What the real archive holds, in small."""
    files = {f"data/names/{language}.txt": listed(language).encode() for language in LANGUAGES}
    return {"data/eng-fra.txt": b"Go.\tVa !\n", **files}


def packed(files: dict[str, bytes], **settings: Any) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, **settings) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return archive.getvalue()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Site({PATH: packed(contents())})) as site:
        monkeypatch.setattr(_names_archive, "URL", site.url + PATH)
        yield site


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders((tmp_path / "data",), tmp_path / "data")


def load(folders: DataFolders, **settings: object) -> DataBundle:
    return SPEC.load(SPEC.config.model_validate({"source": "download", **settings}), folders)


def prepare_and_load(folders: DataFolders, progress: Any = no_progress, **settings: object) -> DataBundle:
    SPEC.prepare(SPEC.config.model_validate({"source": "download", **settings}), folders, progress)
    return load(folders, **settings)


def refused(folders: DataFolders) -> str:
    with pytest.raises(DataError) as caught:
        prepare_and_load(folders)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_first_use_downloads_and_the_second_does_not(site: Site, folders: DataFolders) -> None:
    told: list[str] = []
    bundle = prepare_and_load(folders, lambda done, total, text: told.append(text))
    assert bundle.info.classes == LANGUAGES
    assert below(folders.write) == [FOLDERS[0]], "the archive and all that was temporary is gone"
    assert below(folders.write / FOLDERS[0]) == [f"{language}.txt" for language in LANGUAGES]
    assert set(told) == {f"Downloading {ARCHIVE}", "Unpacking the languages"}
    assert prepare_and_load(folders).train.names == bundle.train.names
    assert len(site.asked) == 1, "it was asked for again"


def test_every_language_keeps_its_own_names(site: Site, folders: DataFolders) -> None:
    bundle = prepare_and_load(folders)
    pairs = zip(bundle.train.names, bundle.train.targets, strict=True)
    assert all(name.startswith(LANGUAGES[target][:4]) for name, target in pairs)


def test_a_cancelled_download_goes_on_where_it_was(site: Site, folders: DataFolders) -> None:
    site.files[PATH] = packed({**contents(), "data/eng-fra.txt": bytes(range(256)) * 1024}, compresslevel=0)

    def cancel(done: int, total: int | None, text: str) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        prepare_and_load(folders, cancel)
    assert below(folders.write) == [f"{ARCHIVE}.part"]
    with pytest.raises(DataError, match="press Start to download them"):
        load(folders)
    prepare_and_load(folders)
    assert [wanted for _, wanted in site.asked] == ["", "bytes=65536-"]


def test_a_cancelled_unpacking_leaves_no_part_of_the_names(site: Site, folders: DataFolders) -> None:
    def cancel(done: int, total: int | None, text: str) -> None:
        if "Unpacking" in text and done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        prepare_and_load(folders, cancel)
    assert below(folders.write) == []
    assert prepare_and_load(folders).info.classes == LANGUAGES


@pytest.mark.parametrize("settings", [{"source": "embedded"}, {"path": "mine"}])
def test_nothing_is_downloaded_for_the_embedded_names_or_a_folder(
    site: Site, folders: DataFolders, tmp_path: Path, settings: dict[str, str]
) -> None:
    (tmp_path / "mine").mkdir()
    for language in ("Here", "There"):
        (tmp_path / "mine" / f"{language}.txt").write_text(listed(language))
    if "path" in settings:
        settings = {"path": str(tmp_path / "mine")}
    bundle = prepare_and_load(folders, **settings)
    assert len(bundle.info.classes) in (2, 8)
    assert site.asked == []


def test_names_that_lie_in_a_data_folder_are_used(site: Site, folders: DataFolders, tmp_path: Path) -> None:
    shared = tmp_path / "shared" / "names"
    shared.mkdir(parents=True)
    for language in LANGUAGES:
        (shared / f"{language}.txt").write_text(listed(language))
    assert prepare_and_load(DataFolders((shared.parent,), folders.write)).info.classes == LANGUAGES
    assert site.asked == [] and not folders.write.exists()


def test_a_folder_of_the_persons_own_is_not_written_to(site: Site, folders: DataFolders) -> None:
    own = folders.write / "names"
    own.mkdir(parents=True)
    (own / "Arabic.txt").write_text("mine")
    assert prepare_and_load(folders).info.classes == LANGUAGES
    assert (own / "Arabic.txt").read_text() == "mine" and below(own) == ["Arabic.txt"]


def test_an_archive_that_somebody_put_into_a_data_folder_is_used_and_left_there(
    site: Site, folders: DataFolders, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / ARCHIVE).write_bytes(site.files[PATH])
    assert prepare_and_load(DataFolders((theirs,), folders.write)).info.classes == LANGUAGES
    assert site.asked == [] and below(theirs) == [ARCHIVE]


def damaged() -> bytes:
    whole = bytearray(packed(contents(), compresslevel=0))
    place = whole.index(b"Araba")
    whole[place] ^= 0xFF
    return bytes(whole)


def encrypted() -> bytes:
    whole = bytearray(packed({name: content for name, content in contents().items() if "names" in name}))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = whole.find(mark)
        whole[place + offset] |= 1
    return bytes(whole)


def without(language: str) -> dict[str, bytes]:
    return {name: content for name, content in contents().items() if language not in name}


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (b"<html>Please log in</html>", "not a zip file"),
        (b"", "not a zip file"),
        (packed(contents())[:-400], "not a zip file"),
        (damaged(), "Bad CRC"),
        (encrypted(), "encrypted"),
        (packed({**contents(), "data/names/Czech.txt": b"\xff\xfe\x00"}), "its Czech.txt is no list of names"),
        (packed(without("Czech")), "it has no data/names/Czech.txt"),
        (packed({**contents(), "data/names/Irish.txt": b""}), "its Irish.txt is no list of names"),
        (packed({**contents(), "data/names/Irish.txt": b"x" * 5000 + b"\n" * 30}), "its Irish.txt is no list"),
        (packed({**contents(), "data/names/Irish.txt": b"O'Brian\n" * 1_500_000}), "its Irish.txt is no list"),
    ],
)
def test_what_is_not_the_archive_is_refused_and_nothing_is_kept(
    site: Site, folders: DataFolders, archive: bytes, said: str
) -> None:
    site.files[PATH] = archive
    sentence = refused(folders)
    assert sentence.startswith("What came is not the archive of names (") and said in sentence
    assert below(folders.write) == []
    site.files[PATH] = packed(contents())
    assert prepare_and_load(folders).info.classes == LANGUAGES


def test_a_wrong_archive_of_the_persons_own_is_named_and_left(site: Site, folders: DataFolders) -> None:
    folders.write.mkdir()
    (folders.write / ARCHIVE).write_bytes(b"my own names")
    assert "“names.zip” is not the archive of names" in refused(folders)
    assert (folders.write / ARCHIVE).read_bytes() == b"my own names" and site.asked == []


def test_an_archive_that_is_far_too_large_is_not_opened(
    site: Site, folders: DataFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_names_archive, "MOST_ARCHIVE_BYTES", 1000)
    assert "far too large" in refused(folders)


def test_nothing_is_written_outside_the_data_folder(site: Site, folders: DataFolders, tmp_path: Path) -> None:
    evil = {
        f"{start}evil.txt": listed("Evil").encode() for start in ("../", "data/names/../../../", "/", "data/names/")
    }
    site.files[PATH] = packed({**evil, **contents()})
    prepare_and_load(folders)
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]


def test_where_nothing_can_be_written_it_is_a_sentence(site: Site, folders: DataFolders, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    assert "make room there" in refused(folders)


def test_no_answer_is_a_sentence_with_what_to_do(site: Site, folders: DataFolders) -> None:
    site.files.clear()
    assert "put the file into the data folder yourself" in refused(folders)


def test_it_looks_like_a_download_only_where_it_is_one(site: Site, folders: DataFolders, tmp_path: Path) -> None:
    network = REGISTRY.networks["name_rnn"]
    for settings, size in (({}, 0), ({"source": "download"}, DOWNLOAD_BYTES), ({"source": "download", "path": "x"}, 0)):
        assert SPEC.bytes_for(SPEC.config.model_validate(settings)) == size
    assert SPEC.download_bytes == 0
    asked = run_config(network, "names", data_settings={"source": "download"})
    with pytest.raises(NotPrepared) as told:
        load_what_is_there(REGISTRY, asked, folders, no_progress)
    assert told.value.download_bytes == DOWNLOAD_BYTES
    assert site.asked == [], "it was downloaded unasked"
    prepare_and_load(folders)
    assert load_what_is_there(REGISTRY, asked, folders, no_progress).info.classes == LANGUAGES


def test_the_address_is_encrypted() -> None:
    assert URL.startswith("https://")


@pytest.mark.real_data
def test_the_names_of_the_data_folder_are_the_languages_of_the_archive(data_folder: Path, tmp_path: Path) -> None:
    """Packed as the archive is, they pass for it: what is looked at in it holds for the real lists."""
    files = {f"data/names/{path.name}": path.read_bytes() for path in (data_folder / "names").glob("*.txt")}
    (tmp_path / ARCHIVE).write_bytes(packed(files))
    bundle = prepare_and_load(DataFolders((tmp_path,), tmp_path / "data"))
    assert bundle.info.classes == LANGUAGES
    assert len(bundle.train) > 10_000
