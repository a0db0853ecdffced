"""CIFAR-10: a small archive of the same format, from a server on this machine; nothing unverified is ever read."""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.api import Cancelled, DataBundle, DataError, DataFolders, DatasetSpec
from core.discovery import discover
from plugins import cifar10
from tests.core.tiny import no_progress
from tests.loopback import Site, serving

SPEC: DatasetSpec = discover("plugins", installed=False).datasets["cifar10"]
BASE = "cifar-10-batches-py"
ARCHIVE = "cifar-10-python.tar.gz"
BATCHES = [f"data_batch_{number}" for number in range(1, 6)]
NAMES = [*BATCHES, "test_batch", "batches.meta"]
PER_BATCH = 40


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def pixels(name: str) -> NDArray[np.uint8]:
    return np.random.default_rng(NAMES.index(name)).integers(0, 256, (PER_BATCH, 3072), dtype=np.uint8)


def contents() -> dict[str, bytes]:
    """The seven files as torchvision reads them."""
    labels = [index % 10 for index in range(PER_BATCH)]
    files = {name: {"data": pixels(name), "labels": labels} for name in NAMES[:-1]}
    files["batches.meta"] = {"label_names": list(cifar10.CLASSES)}
    return {name: pickle.dumps(found, protocol=2) for name, found in files.items()}


def packed(files: dict[str, bytes]) -> bytes:
    """In an archive, not in order, as the official one."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, content in sorted(files.items(), key=lambda file: md5(file[1])):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return whole.getvalue()


def official() -> dict[str, bytes]:
    return {**{f"{BASE}/{name}": content for name, content in contents().items()}, f"{BASE}/readme.html": b"<p>"}


def expect(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes], archive: bytes) -> None:
    """Have torchvision's class take these files for the official ones."""
    kind = cifar10.source()
    sums = {name: md5(content) for name, content in files.items()}
    monkeypatch.setattr(kind, "train_list", [[name, sums[name]] for name in BATCHES])
    monkeypatch.setattr(kind, "test_list", [["test_batch", sums["test_batch"]]])
    monkeypatch.setattr(kind, "meta", {**kind.meta, "md5": sums["batches.meta"]})
    monkeypatch.setattr(kind, "tgz_md5", md5(archive))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serves a small archive where torchvision's class looks for the large one."""
    archive = packed(official())
    expect(monkeypatch, contents(), archive)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Site({f"/{ARCHIVE}": archive})) as site:
        monkeypatch.setattr(cifar10.source(), "url", f"{site.url}/{ARCHIVE}")
        yield site


def place(folder: Path, files: dict[str, bytes]) -> DataFolders:
    (folder / BASE).mkdir(parents=True)
    for name, content in files.items():
        (folder / BASE / name).write_bytes(content)
    return DataFolders((folder,), folder)


def load(folders: DataFolders, **settings: object) -> DataBundle:
    return SPEC.load(SPEC.config.model_validate(settings), folders)


def prepare_and_load(folders: DataFolders, progress: Any = no_progress) -> DataBundle:
    SPEC.prepare(SPEC.config(), folders, progress)
    return load(folders)


def test_the_first_use_downloads_and_unpacks_and_the_second_does_not(site: Site, tmp_path: Path) -> None:
    folders = DataFolders((tmp_path / "data",), tmp_path / "data")
    told: list[str] = []
    bundle = prepare_and_load(folders, lambda done, total, text: told.append(text))
    assert [path.name for path in folders.write.iterdir()] == [BASE], "the archive and all that was temporary is gone"
    assert {path.name for path in (folders.write / BASE).glob("*batch*")} == set(NAMES)
    assert set(told) == {f"Downloading {ARCHIVE}", f"Unpacking files of {ARCHIVE}"}
    assert np.array_equal(prepare_and_load(folders).train.inputs, bundle.train.inputs)
    assert len(site.asked) == 1, "it was asked for again"


def test_a_cancelled_download_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    folders = DataFolders((tmp_path,), tmp_path)

    def cancel(done: int, total: int | None, text: str) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        prepare_and_load(folders, cancel)
    assert [path.name for path in tmp_path.iterdir()] == [f"{ARCHIVE}.part"]
    with pytest.raises(DataError, match="press Start to download it"):
        load(folders)
    prepare_and_load(folders)
    assert [wanted for _, wanted in site.asked] == ["", "bytes=65536-"]


def test_a_cancelled_unpacking_leaves_the_archive_and_no_part_of_the_data(site: Site, tmp_path: Path) -> None:
    folders = DataFolders((tmp_path,), tmp_path)

    def cancel(done: int, total: int | None, text: str) -> None:
        if done == 3 and "Unpacking" in text:
            raise Cancelled

    with pytest.raises(Cancelled):
        prepare_and_load(folders, cancel)
    assert [path.name for path in tmp_path.iterdir()] == [ARCHIVE]
    prepare_and_load(folders)
    assert len(site.asked) == 1


def test_a_site_that_sends_something_else_is_refused_and_nothing_is_kept(site: Site, tmp_path: Path) -> None:
    site.files[f"/{ARCHIVE}"] = packed({f"{BASE}/data_batch_1": b"something else"})
    with pytest.raises(DataError, match="checksum is wrong"):
        prepare_and_load(DataFolders((tmp_path,), tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_somebody_put_into_a_data_folder_is_used_and_left_there(site: Site, tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    (theirs / ARCHIVE).write_bytes(site.files[f"/{ARCHIVE}"])
    prepare_and_load(DataFolders((theirs,), ours))
    assert site.asked == []
    assert [path.name for path in theirs.iterdir()] == [ARCHIVE]
    assert [path.name for path in ours.iterdir()] == [BASE]


def test_an_archive_that_is_not_the_official_one_is_not_even_opened(site: Site, tmp_path: Path) -> None:
    (tmp_path / ARCHIVE).write_bytes(packed({f"{BASE}/data_batch_1": b"something else"}))
    with pytest.raises(DataError, match=r"not the official archive .*: delete it and try again"):
        prepare_and_load(DataFolders((tmp_path,), tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [ARCHIVE]


def test_of_an_archive_only_the_seven_files_are_unpacked(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = packed({**official(), "../evil": b"1", f"{BASE}/evil": b"2", "/evil": b"3"})
    monkeypatch.setattr(cifar10.source(), "tgz_md5", md5(archive))
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / ARCHIVE).write_bytes(archive)
    prepare_and_load(DataFolders((folder,), folder))
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]


def test_an_archive_that_lacks_a_file_is_named_in_a_sentence(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = packed({f"{BASE}/data_batch_1": b"1"})
    monkeypatch.setattr(cifar10.source(), "tgz_md5", md5(archive))
    (tmp_path / ARCHIVE).write_bytes(archive)
    with pytest.raises(DataError, match=r"cannot be unpacked .*: delete it"):
        prepare_and_load(DataFolders((tmp_path,), tmp_path))


class Evil:
    """A pickle of this makes a file when it is read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.mark), "w"))


def test_a_planted_pickle_runs_when_it_is_read(tmp_path: Path) -> None:
    """Without this the next test would show nothing."""
    pickle.loads(pickle.dumps(Evil(tmp_path / "ran"))).close()  # noqa: S301
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_planted_pickle_is_refused_and_nothing_of_it_runs(site: Site, tmp_path: Path, name: str) -> None:
    folders = place(tmp_path / "data", {**contents(), name: pickle.dumps(Evil(tmp_path / "ran"))})
    with pytest.raises(DataError, match=r"are damaged \(.*\): delete them and try again"):
        prepare_and_load(folders)
    assert not (tmp_path / "ran").exists()


def test_files_are_checked_each_time_even_when_they_were_right_before(site: Site, tmp_path: Path) -> None:
    folders = place(tmp_path / "data", contents())
    load(folders)
    (tmp_path / "data" / BASE / "test_batch").write_bytes(pickle.dumps(Evil(tmp_path / "ran")))
    with pytest.raises(DataError, match="a checksum is wrong"):
        load(folders)
    assert not (tmp_path / "ran").exists()


def kept_file(folder: Path) -> Path:
    (path,) = (folder / BASE).glob("decoded-*")
    return path


def same(one: DataBundle, other: DataBundle) -> bool:
    pairs = ((one.train, other.train), (one.validation, other.validation), (one.test, other.test))
    return all(np.array_equal(a.inputs, b.inputs) and np.array_equal(a.targets, b.targets) for a, b in pairs)


def test_pickles_are_read_once_and_what_was_in_them_is_kept(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = place(tmp_path, contents())
    first = load(folders)
    monkeypatch.setattr(cifar10, "split_of", None)
    assert same(load(folders), first)


@pytest.mark.parametrize("damage", [lambda kept: b"", lambda kept: kept[:-1], lambda kept: b"\xff" + kept[1:]])
def test_what_was_kept_is_made_again_where_it_is_damaged(site: Site, tmp_path: Path, damage: Any) -> None:
    folders = place(tmp_path, contents())
    first = load(folders)
    whole = kept_file(tmp_path).read_bytes()
    kept_file(tmp_path).write_bytes(damage(whole))
    assert same(load(folders), first)
    assert kept_file(tmp_path).read_bytes() == whole


def test_of_other_files_nothing_that_was_kept_is_used(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = place(tmp_path, contents())
    load(folders)
    before = kept_file(tmp_path)
    other = {**contents(), "test_batch": pickle.dumps({"data": pixels("data_batch_1"), "labels": [3] * PER_BATCH})}
    expect(monkeypatch, other, b"")
    (tmp_path / BASE / "test_batch").write_bytes(other["test_batch"])
    assert load(folders).test.targets.tolist() == [3] * PER_BATCH
    assert kept_file(tmp_path) != before


def test_where_nothing_can_be_kept_the_pictures_are_there_all_the_same(site: Site, tmp_path: Path) -> None:
    read, write = tmp_path / "read", tmp_path / "write"
    place(read, contents())
    write.write_text("a file where a folder should be")
    folders = DataFolders((read,), write)
    assert same(load(folders), load(folders))


def test_pictures_are_what_was_pickled_and_validation_is_taken_class_by_class(site: Site, tmp_path: Path) -> None:
    bundle = load(place(tmp_path, contents()), validation_share=0.1)
    assert bundle.info.input_shape == bundle.train.inputs.shape[1:] == (3, 32, 32)
    assert bundle.info.classes[:2] == ("airplane", "automobile")
    assert bundle.info.picture == "photo"
    assert np.bincount(bundle.train.targets).tolist() == [18] * 10
    assert np.bincount(bundle.validation.targets).tolist() == [2] * 10
    assert np.array_equal(bundle.test.inputs.reshape(-1, 3072), pixels("test_batch"))
    assert bundle.test.targets.tolist() == [index % 10 for index in range(PER_BATCH)]
    ours = [picture.tobytes() for part in (bundle.train, bundle.validation) for picture in part.inputs]
    assert sorted(ours) == sorted(row.tobytes() for name in BATCHES for row in pixels(name))


def test_without_a_share_the_test_part_validates_as_in_the_tutorial(site: Site, tmp_path: Path) -> None:
    bundle = load(place(tmp_path, contents()), validation_share=0, normalise="half")
    assert bundle.validation is bundle.test
    assert len(bundle.train) == 5 * PER_BATCH
    assert bundle.info.mean == bundle.info.std == (0.5, 0.5, 0.5)


def test_a_share_of_nothing_is_refused(site: Site, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no picture to validate with"):
        load(place(tmp_path, contents()), validation_share=0.01)


def test_files_that_hold_something_else_are_named_in_a_sentence(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {"data": pixels("test_batch"), "labels": [10] * PER_BATCH}
    files = {**contents(), "test_batch": pickle.dumps(many)}
    expect(monkeypatch, files, b"")
    with pytest.raises(DataError, match="ten classes"):
        load(place(tmp_path, files))
