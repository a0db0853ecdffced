"""From where pictures lie to what they are: the part of the data set, and the class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.data import DataError
from core.picture_folders.found import Path

Part: TypeAlias = Literal["train", "validation", "test"]

PARTS: tuple[Part, ...] = ("train", "validation", "test")
PART_NAMES: dict[str, Part] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
MOST_CLASSES = 1_000


@dataclass(frozen=True)
class Placed:
    """A picture with the part of the data set and the class that its folders say."""

    path: Path
    part: Part
    label: str


@dataclass(frozen=True)
class Layout:
    """``pictures`` by part and class. ``remarks``: what was left out because of where it lies, in sentences."""

    pictures: tuple[Placed, ...]
    classes: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def laid_out(paths: Sequence[Path], name: str) -> Layout:
    """What each picture is, by the folders it lies in: ``CLASS/…`` or ``train/CLASS/…``, perhaps in one folder more.

    A picture deeper down belongs to the class at the top.

    Raises:
        DataError: where the folders make no classes to learn, with a sentence for the user.
    """
    if not paths:
        raise DataError(
            f"There are no pictures in {name}: put them in one folder a class, and choose the folder above."
        )
    inside = _unwrapped(paths)
    sort = _in_parts if _has_parts(inside.values()) else _in_classes
    placed, remarks = sort(inside, name)
    return settled(placed, {picture.label for picture in placed}, remarks, name)


def settled(placed: Iterable[Placed], expected: Iterable[str], remarks: Sequence[str], name: str) -> Layout:
    """A layout of the classes that can be learnt; of those ``expected`` it is told which have nothing to learn from.

    Raises:
        DataError: where there are no two classes, or far too many.
    """
    placed = list(placed)
    known = {picture.label for picture in placed if picture.part == "train"}
    classes = tuple(sorted(known))
    _check_classes(classes, name)
    gone = [
        f"The class “{label}” has no pictures to learn from, so it was left out." for label in set(expected) - known
    ]
    pictures = sorted((picture for picture in placed if picture.label in known), key=_in_order)
    return Layout(tuple(pictures), classes, (*remarks, *shortened(sorted(gone), "classes")))


def shortened(remarks: Sequence[str], what: str, most: int = 5) -> list[str]:
    """The first few of many remarks alike, and how many more there are."""
    more = len(remarks) - most
    return list(remarks) if more <= 0 else [*remarks[:most], f"So it is with {more:,} more {what}."]


def _in_order(picture: Placed) -> tuple[int, str, Path]:
    return PARTS.index(picture.part), picture.label, picture.path


def _unwrapped(paths: Iterable[Path]) -> dict[Path, Path]:
    """Each path -> itself without the folders that hold all others, such as the one that an archive was made of."""
    inside = {path: path for path in paths}
    while True:
        tops = {path[0] for path in inside.values() if len(path) > 1}
        if len(tops) != 1 or PART_NAMES.get(next(iter(tops)).lower()) == "train":
            return inside
        if not any(len(path) > 2 for path in inside.values()):
            return inside
        inside = {whole: path[1:] or path for whole, path in inside.items()}


def _has_parts(paths: Iterable[Path]) -> bool:
    """Whether the top folders are parts: classes may be called "test" and "train", too, but then hold pictures."""
    paths = list(paths)
    depths = {part: [len(path) for path in paths if PART_NAMES.get(path[0].lower()) == part] for part in PARTS}
    if depths["train"]:
        return all(depth > 2 for depth in depths["train"])
    tops = {path[0].lower() for path in paths if len(path) > 1}
    return len(tops) > 1 and tops <= set(PART_NAMES)


def _in_parts(inside: Mapping[Path, Path], name: str) -> tuple[list[Placed], list[str]]:
    placed, outside, loose = [], Counter[str](), 0
    for whole, path in inside.items():
        part = PART_NAMES.get(path[0].lower())
        if part is None and len(path) > 1:
            outside[path[0]] += 1
        elif part is None or len(path) < 3:
            loose += 1
        else:
            placed.append(Placed(whole, part, path[1]))
    if not any(picture.part == "train" for picture in placed):
        raise DataError(f"{name} has a part to test with, but none to learn from: it needs a folder “train”.")
    remarks = [
        f"The folder “{other}” beside “train” was left out ({counted(number)})." for other, number in outside.items()
    ]
    return placed, shortened(remarks, "folders") + _loose(loose)


def _in_classes(inside: Mapping[Path, Path], name: str) -> tuple[list[Placed], list[str]]:
    placed = [Placed(whole, "train", path[0]) for whole, path in inside.items() if len(path) > 1]
    return placed, _loose(len(inside) - len(placed))


def _check_classes(classes: Sequence[str], name: str) -> None:
    if not classes:
        raise DataError(f"The pictures in {name} lie in no folders: put them in one folder a class.")
    if len(classes) == 1:
        raise DataError(
            f"All pictures in {name} are of one class, “{classes[0]}”: there is nothing to tell apart, "
            "so put the others in a second folder beside it."
        )
    if len(classes) > MOST_CLASSES:
        raise DataError(
            f"{name} has {len(classes):,} folders of pictures: at most {MOST_CLASSES:,} classes can be told apart, "
            "so choose a folder with fewer."
        )


def _loose(number: int) -> list[str]:
    return [f"{counted(number).capitalize()} in no class folder {_was(number)} left out."] if number else []


def counted(number: int) -> str:
    """ "1 picture", "1,200 pictures"."""
    return f"{number:,} picture{'' if number == 1 else 's'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
