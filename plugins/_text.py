"""What the texts and their networks share: settings, the window, what is held out, recipes for the small ones."""

from __future__ import annotations

from typing import Any

from core.api import Config, DataBundle, DataError, DataInfo, Recipe, TokenisedText, TokenStream, setting

HELD_OUT = 0.1
MOST_HELD_OUT = 2**19
"""Characters: to be validated with more than that, after each epoch, would take longer than it tells."""
SHORTEST = 20
"""Characters: of fewer, a tenth is not even one that follows another."""


def hidden_size() -> Any:
    """The field of the hidden size."""
    text = "Numbers in the memory that goes from character to character."
    return setting(256, "Hidden size", text, unit="units", minimum=1, maximum=2048)


def layer_count() -> Any:
    """The field of the number of layers."""
    text = "Networks on top of each other, each reading the hidden states of the one below."
    return setting(1, "Layers", text, minimum=1, maximum=4)


def dropout_share(default: float) -> Any:
    """The field of the dropout."""
    text = "Share of the hidden states that is left out at random while it trains."
    return setting(default, "Dropout", text, minimum=0.0, below=1.0)


def hello_recipe(network_settings: dict[str, Any]) -> Recipe:
    """Slow enough to be watched, and over in a second or two."""
    return Recipe(
        data="hello",
        network_settings=network_settings,
        epochs=20,
        batch_size=1,
        gradient_clip=1.0,
        optimizer_settings={"lr": 0.05},
    )


def long_memory_recipe(network_settings: dict[str, Any]) -> Recipe:
    """The same budget for every network, since they are to be compared."""
    return Recipe(
        data="long-memory",
        network_settings=network_settings,
        epochs=8,
        batch_size=64,
        gradient_clip=1.0,
        optimizer_settings={"lr": 5e-3},
    )


class TextConfig(Config):
    """How a text is read."""

    window: int = setting(
        *(64, "Window", "How far back the gradient reaches: so many characters are read in one step."),
        unit="characters",
        minimum=1,
        maximum=4096,
    )


def bundle(text: TokenisedText, window: int, name: str) -> DataBundle:
    """The beginning of a text to train on, its last tenth to validate with.

    Raises:
        DataError: where the text is too short.
    """
    tokens, vocabulary = text.tokens, text.vocabulary
    if len(tokens) < SHORTEST:
        count = f"{len(tokens)} character{'s' * (len(tokens) != 1)}"
        raise DataError(f"{name} has {count}, and at least {SHORTEST} are needed: choose a longer text.")
    edge = max(int(len(tokens) * (1 - HELD_OUT)), len(tokens) - MOST_HELD_OUT)
    info = DataInfo(input_shape=(window,), classes=vocabulary, vocabulary=vocabulary)
    return DataBundle(info, TokenStream(tokens[:edge]), TokenStream(tokens[edge:]), test=None)
