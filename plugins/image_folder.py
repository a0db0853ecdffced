"""Pictures of one's own: a folder or .zip with a folder a class."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

from core.api import (
    Config,
    DataBundle,
    DataError,
    DataFolders,
    DatasetSpec,
    PictureFolder,
    Progress,
    hookimpl,
    model_validator,
    open_pictures,
    setting,
)
from plugins._pictures import PictureSettings, picture_bundle

SMALLEST_SIDE, LARGEST_SIDE = 8, 512
LARGEST_SHARE = 0.4


class FolderSettings(Config):
    """Which pictures, and what is made of them."""

    path: str = setting(
        *("", "Folder or .zip", "One folder a class, perhaps below “train” and “test”. Drop it here, or choose it.")
    )
    size: int = setting(
        *(0, "Size", "Side of the squares that all pictures are scaled to; 0: 32 px for small pictures, otherwise 64."),
        unit="px",
        minimum=0,
        maximum=LARGEST_SIDE,
    )
    colour: Literal["auto", "colour", "grey"] = setting(
        "auto", "Colour", "Whether colours are kept; auto: unless the pictures have none."
    )
    validation_share: float = setting(
        *(
            0.1,
            "Validation share",
            "Part of the training pictures held back to validate with; 0: the test part is used.",
        ),
        unit="of 1",
        minimum=0.0,
        maximum=LARGEST_SHARE,
    )
    test_share: float = setting(
        *(0.1, "Test share", "Part held back to test with, where the folder has neither “test” nor “val”."),
        unit="of 1",
        minimum=0.0,
        maximum=LARGEST_SHARE,
    )

    @model_validator(mode="after")
    def _check(self) -> FolderSettings:
        if 0 < self.size < SMALLEST_SIDE:
            raise ValueError(f"size must be at least {SMALLEST_SIDE} px, or 0 to have it found out")
        if self.validation_share + self.test_share >= 0.5:
            raise ValueError("validation_share and test_share must leave more than half of the pictures to learn from")
        return self


class ImageFolderConfig(PictureSettings, FolderSettings):
    """The settings of the folder, which the form shows first, and those that all colour pictures have."""


def prepare(config: ImageFolderConfig, folders: DataFolders, progress: Progress) -> None:
    """Decode the pictures, once."""
    opened(config, progress)


def load(config: ImageFolderConfig, folders: DataFolders) -> DataBundle:
    """Uint8 pictures, mapped from the disk: of a large folder only what is being looked at is in memory."""
    pictures = opened(config)
    train, validation, test = pictures.parts(config.validation_share, config.test_share)
    return replace(picture_bundle(config, pictures.classes, train, validation, test), notes=pictures.notes)


def opened(config: ImageFolderConfig, progress: Progress = lambda done, total, text: None) -> PictureFolder:
    """The pictures of the settings.

    Raises:
        DataError: where none are chosen, or they cannot be used.
    """
    path = config.path.strip()
    if not path:
        raise DataError("No pictures are chosen yet: choose a folder or a .zip in the settings of the data set.")
    return open_pictures(Path(path), side=config.size, colour=config.colour, progress=progress)


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """Any folder or .zip of pictures."""
    return [
        DatasetSpec(
            id="image-folder",
            title="Pictures of your own",
            task="image-classification",
            licence="that of your pictures",
            load=load,
            config=ImageFolderConfig,
            summary="A folder or .zip with a folder a class; pictures of any size and kind.",
            prepare=prepare,
            opens="pictures",
        )
    ]
