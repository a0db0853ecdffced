"""Names: what folders hold, however odd, becomes tokens in three parts that share no name."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from core.api import DataBundle, DataError, DataFolders, Split
from core.discovery import discover
from core.spelling import places_of, spell
from plugins._names import ENOUGH_NAMES, PADDING, UNKNOWN, plain, small
from plugins.names import NamesConfig, load

NOWHERE = DataFolders((), Path("nowhere"))
GREEK = [f"{start}{end}" for start in ("Papa", "Kara", "Theo", "Niko", "Stavr") for end in ("dis", "kis", "pulos", "u")]
IRISH = [f"O'{start}{end}" for start in ("Bri", "Con", "Don", "Lea", "Sul") for end in ("an", "nell", "ry", "van")]


def written(folder: Path, **files: bytes | str | list[str]) -> Path:
    for name, content in files.items():
        text = "\n".join(content) if isinstance(content, list) else content
        (folder / f"{name}.txt").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def loaded(path: Path | str = "", length: int = 24) -> DataBundle:
    return load(NamesConfig(path=str(path), length=length), NOWHERE)


def parts(bundle: DataBundle) -> list[Split]:
    found = [bundle.train, bundle.validation, bundle.test]
    assert all(isinstance(part, Split) for part in found)
    return found  # type: ignore[return-value]


def read(bundle: DataBundle, tokens: np.ndarray) -> str:
    return "".join(bundle.info.vocabulary[token] for token in tokens)


def refusal(path: Path | str) -> str:
    with pytest.raises(DataError) as caught:
        loaded(path)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path, Greek=GREEK, Irish=IRISH)


def test_without_a_folder_the_embedded_names_of_eight_languages_are_there() -> None:
    bundle = loaded()
    count = len({each for part in parts(bundle) for each in zip(part.names, part.targets.tolist(), strict=True)})
    assert len(bundle.info.classes) == 8
    spec = discover("plugins", installed=False).get("datasets", "names")
    assert spec.summary.startswith(f"{count} surnames of eight languages")


def test_few_names_are_gone_through_several_times_an_epoch_and_it_is_said() -> None:
    bundle = loaded()
    train, validation, test = parts(bundle)
    times = Counter(zip(train.names, train.targets.tolist(), strict=True))
    assert len(train) >= ENOUGH_NAMES
    assert len(set(times.values())) == 1
    assert any(f"each is gone through {next(iter(times.values()))} times" in note for note in bundle.notes)
    assert len(validation) + len(test) < 60


def test_the_files_of_a_folder_are_the_languages(folder: Path) -> None:
    bundle = loaded(folder)
    assert bundle.info.classes == ("Greek", "Irish")
    for part in parts(bundle):
        for tokens, target, name in zip(part.inputs, part.targets, part.names, strict=True):
            assert read(bundle, tokens).replace(UNKNOWN, "") in (name.lower(), name.lower().replace("v", ""))
            assert (name.startswith("O'")) == (target == 1)


def test_each_language_has_a_tenth_in_validation_and_test_and_it_is_the_same_each_time(folder: Path) -> None:
    first, second = loaded(folder), loaded(folder)
    for part, other in zip(parts(first), parts(second), strict=True):
        assert np.array_equal(part.inputs, other.inputs)
        assert np.array_equal(part.targets, other.targets)
        assert part.names == other.names
    for part in parts(first)[1:]:
        assert Counter(part.targets.tolist()) == {0: 2, 1: 2}


def test_no_name_is_in_two_parts_however_it_is_written_or_wherever_it_is_from(tmp_path: Path) -> None:
    shared = [f"Name{letter}" for letter in "abcdefghijklmnopqrst"]
    accented = [name.replace("a", "ä") for name in shared]
    bundle = loaded(written(tmp_path, One=shared, Two=accented, Three=[name.upper() for name in shared]))
    names = [{plain(name) for name in part.names} for part in parts(bundle)]
    assert not (names[0] & names[1] or names[0] & names[2] or names[1] & names[2])
    assert all(len(set(part.targets.tolist())) == 3 for part in parts(bundle))


def test_a_name_counts_once_a_language(tmp_path: Path) -> None:
    bundle = loaded(written(tmp_path, Greek=GREEK * 30 + [name.upper() for name in GREEK], Irish=IRISH))
    train, *held_out = parts(bundle)
    assert sum(len(set(part.names)) for part in (train, *held_out)) == len(GREEK) + len(IRISH)


def test_common_accents_are_letters_and_rare_ones_are_left_out(tmp_path: Path) -> None:
    common = [f"Mü{end}" for end in "abcdefghijklmnopqrstuvw"]
    bundle = loaded(written(tmp_path, German=[*common, "Zőa"], Irish=IRISH))
    assert "ü" in bundle.info.vocabulary
    assert "ő" not in bundle.info.vocabulary
    where = [(part, row) for part in parts(bundle) for row, name in enumerate(part.names) if name == "Zőa"]
    part, row = where[0]
    assert read(bundle, part.inputs[row]).endswith(("oa", f"{UNKNOWN}a"))


def test_the_vocabulary_comes_from_the_training_names_alone(folder: Path) -> None:
    bundle = loaded(folder)
    train = parts(bundle)[0]
    assert bundle.info.vocabulary[:2] == (PADDING, UNKNOWN)
    assert set(bundle.info.vocabulary[2:]) <= {sign for name in train.names for sign in small(name)}


@pytest.mark.parametrize("source", ["embedded", pytest.param("real", marks=pytest.mark.real_data)])
def test_what_is_typed_becomes_the_tokens_that_were_learnt(source: str, request: pytest.FixtureRequest) -> None:
    bundle = loaded() if source == "embedded" else loaded(request.getfixturevalue("data_folder") / "names")
    places = places_of(bundle.info.vocabulary)
    for part in parts(bundle):
        for tokens, name in zip(part.inputs, part.names, strict=True):
            found = spell(name, places, 24).tokens
            assert tokens.tolist() == [*found, *[0] * (24 - len(found))], name


@pytest.mark.real_data
def test_the_real_names_are_of_18_languages(data_folder: Path) -> None:
    bundle = loaded(data_folder / "names")
    assert len(bundle.info.classes) == 18
    assert not bundle.notes
    assert len(parts(bundle)[2]) == pytest.approx(1800, abs=60)


def test_long_names_are_cut_and_endless_lines_do_no_harm(tmp_path: Path) -> None:
    bundle = loaded(written(tmp_path, Greek=[*GREEK, "x" * 10_000, "y" * 3_000_000], Irish=IRISH), length=12)
    assert bundle.info.input_shape == (12,)
    assert all(part.inputs.shape[1] == 12 for part in parts(bundle))
    assert max(len(name) for part in parts(bundle) for name in part.names) <= 200


def test_of_a_huge_file_the_beginning_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins._names.MOST_BYTES", 2**20)
    lines = [f"{number:x}" for number in range(200_000)]
    bundle = loaded(written(tmp_path, Hex=lines, Irish=IRISH))
    assert "only the first 1 MiB" in " ".join(bundle.notes)
    assert sum(len(part) for part in parts(bundle)) < 200_000


def test_a_file_in_an_older_encoding_is_read_and_it_is_said(tmp_path: Path) -> None:
    latin = "\n".join(f"Mü{end}er" for end in "abcdefghijklmnopqrst").encode("cp1252")
    bundle = loaded(written(tmp_path, German=latin, Irish=IRISH))
    assert "“German.txt” is not UTF-8" in " ".join(bundle.notes)
    assert "ü" in bundle.info.vocabulary


def test_marks_of_encodings_are_obeyed(tmp_path: Path) -> None:
    texts = {"Greek": "\n".join(GREEK).encode("utf-16"), "Irish": "\ufeff".encode() + "\n".join(IRISH).encode()}
    bundle = loaded(written(tmp_path, **texts))
    assert not [note for note in bundle.notes if "times an epoch" not in note]
    assert {name for part in parts(bundle) for name in part.names} == {*GREEK, *IRISH}


def test_files_without_names_and_no_texts_at_all_are_left_out(folder: Path) -> None:
    written(folder, Empty=b"", Blank=b" \n\n\t\n", Program=b"\x7fELF\0\0\0\1")
    (folder / "Folder.txt").mkdir()
    (folder / "notes.md").write_text("# names")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "Pipe.txt")
    bundle = loaded(folder)
    assert bundle.info.classes == ("Greek", "Irish")
    said = " ".join(bundle.notes)
    assert "“Empty.txt” has no names" in said and "“Blank.txt” has no names" in said
    assert "“Program.txt” is not a plain text" in said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "has no .txt files"),
        ({"Irish": IRISH}, "names of 1 language,"),
        ({"Irish": IRISH, "Empty": b""}, "names of 1 language,"),
        ({"Empty": b"", "Blank": b"\n"}, "names of no languages"),
        ({"One": ["a", "b"], "Two": ["c"]}, "has 3 names"),
    ],
)
def test_a_folder_with_too_little_is_a_sentence(tmp_path: Path, files: dict[str, list[str] | bytes], said: str) -> None:
    assert said in refusal(written(tmp_path, **files))


def test_what_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    assert "is not there" in refusal(tmp_path / "nothing")
    assert "is a file" in refusal(written(tmp_path, Irish=IRISH) / "Irish.txt")
    assert "its name is not allowed" in refusal("a\0b") or "is not there" in refusal("a\0b")


def test_too_many_files_are_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins._names.MOST_FILES", 1)
    assert "more than 1" in refusal(folder)


def test_names_in_other_scripts_keep_their_letters(tmp_path: Path) -> None:
    korean = [f"{first}{second}" for first in "김이박최" for second in "가나다라마"]
    japanese = [f"{first}{second}" for first in "がぎぐげ" for second in "たなかまや"]
    bundle = loaded(written(tmp_path, Korean=korean, Japanese=japanese))
    assert {"김", "が"} <= set(bundle.info.vocabulary)
