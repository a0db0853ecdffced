"""A character-level language model on the plainest recurrent network.

After Karpathy, "The Unreasonable Effectiveness of Recurrent Neural Networks" (2015), and the network of Elman (1990).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.api import Config, DataInfo, NetworkSpec, Recipe, hookimpl
from plugins._text import dropout_share, hello_recipe, hidden_size, layer_count, long_memory_recipe

if TYPE_CHECKING:
    from torch import Tensor, nn

LARGEST_ONE_HOT = 16_384


class CharRNNConfig(Config):
    """How large the network is."""

    hidden: int = hidden_size()
    layers: int = layer_count()
    dropout: float = dropout_share(0.0)


def rnn_step(x: Tensor, h: Tensor, W_xh: Tensor, W_hh: Tensor, b: Tensor) -> Tensor:
    """The next hidden state, from the input ``x`` and the hidden state ``h`` of before.

    ``x`` has as many numbers as the vocabulary has characters, all 0 but a 1 for the one that was read, so that
    ``W_xh @ x`` is a column of ``W_xh``: H×V. ``W_hh``: H×H. ``h`` and ``b``: H.
    """
    return (W_hh @ h + W_xh @ x + b).tanh()


def scores(h: Tensor, W_hy: Tensor, b: Tensor) -> Tensor:
    """The score of each character as the next one, V: the softmax of it is its probability."""
    return W_hy @ h + b


def build(config: CharRNNConfig, info: DataInfo) -> nn.Module:
    """``torch.nn.RNN``, which takes :func:`rnn_step` for a whole window at once, and a linear layer for the scores."""
    from plugins._recurrent import TokenModel

    return TokenModel("RNN", len(info.vocabulary), config.hidden, config.layers, dropout=config.dropout)


def refuses(config: CharRNNConfig, info: DataInfo) -> str | None:
    """It reads characters and says which one comes next."""
    if not info.vocabulary or info.classes != info.vocabulary:
        return "The character RNN asks which character comes next, and this data set does not: choose a text."
    if len(info.vocabulary) > LARGEST_ONE_HOT:
        return (
            f"The character RNN has an input for every character there is, {LARGEST_ONE_HOT:,} at most, and these are "
            f"{len(info.vocabulary):,}: choose the LSTM, or a smaller vocabulary in the data set."
        )
    return None


@hookimpl
def register_networks() -> list[NetworkSpec]:
    """The character RNN."""
    text = Recipe(
        data="python-docs",
        data_settings={"window": 32},
        epochs=15,
        batch_size=32,
        gradient_clip=1.0,
        optimizer_settings={"lr": 4e-3},
        schedule_settings={"warmup": 0.1},
    )
    return [
        NetworkSpec(
            id="char_rnn",
            title="Character RNN",
            summary="The plainest network with a memory: h = tanh(W·h + W·x + b), character by character.",
            task="language-model",
            build=build,
            config=CharRNNConfig,
            refuses=refuses,
            recipe=text,
            recipes={
                **dict.fromkeys(("python-source", "tiny-shakespeare"), text.model_copy(update={"epochs": 10})),
                "text-file": text,
                "hello": hello_recipe({"hidden": 3, "dropout": 0.0}),
                "long-memory": long_memory_recipe({"hidden": 64, "dropout": 0.0}),
            },
            evaluation_batch=32,
        )
    ]
