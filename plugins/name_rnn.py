"""A character network that reads a name, letter by letter, and says its language.

After the classic exercise of classifying names with a character-level RNN (the PyTorch tutorials); the cells are those
of Elman (1990), Hochreiter and Schmidhuber (1997) and Cho et al. (2014), read in both directions as Schuster and
Paliwal (1997) do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.api import Config, DataInfo, NetworkSpec, Recipe, hookimpl, setting
from plugins._text import dropout_share, layer_count

if TYPE_CHECKING:
    from torch import nn


class NameRNNConfig(Config):
    """Which memory, and how large the network is."""

    cell: Literal["RNN", "LSTM", "GRU"] = setting(
        "GRU", "Cell", "RNN: the plainest memory. GRU and LSTM learn what to keep of it and what to forget."
    )
    hidden: int = setting(
        *(128, "Hidden size", "Numbers in the memory that goes from letter to letter, in each direction."),
        unit="units",
        minimum=1,
        maximum=1024,
    )
    layers: int = layer_count()
    bidirectional: bool = setting(
        True, "Both directions", "Also read the name from its end to its beginning, with a memory of its own."
    )
    embedding: int = setting(
        *(32, "Embedding", "Numbers that stand for a letter, and are learnt."), unit="units", minimum=1, maximum=512
    )
    dropout: float = dropout_share(0.3)


def build(config: NameRNNConfig, info: DataInfo) -> nn.Module:
    """Embedding, recurrent layers, and scores for the languages from the memory at a name's end."""
    from plugins._name_rnn import NameModel

    return NameModel(
        *(config.cell, len(info.vocabulary), len(info.classes), config.hidden, config.layers),
        embedding=config.embedding,
        bidirectional=config.bidirectional,
        dropout=config.dropout,
        padding=info.vocabulary.index("") if "" in info.vocabulary else None,
    )


def refuses(config: NameRNNConfig, info: DataInfo) -> str | None:
    """It reads short texts and says of what class each is."""
    if not info.vocabulary or info.classes == info.vocabulary:
        return "The name RNN says of what language a name is, and this data set has no names: choose Surnames."
    return None


@hookimpl
def register_networks() -> list[NetworkSpec]:
    """The name RNN."""
    return [
        NetworkSpec(
            id="name_rnn",
            title="Name RNN",
            summary="Reads a surname letter by letter and says its language.",
            task="text-classification",
            build=build,
            config=NameRNNConfig,
            refuses=refuses,
            recipe=Recipe(
                data="names",
                epochs=8,
                batch_size=64,
                gradient_clip=1.0,
                optimizer_settings={"lr": 4e-3},
                schedule_settings={"warmup": 0.1},
            ),
        )
    ]
