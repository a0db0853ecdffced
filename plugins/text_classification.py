"""The task of saying to which class a short text belongs: the language of a name, the mood of a sentence."""

from __future__ import annotations

from core.api import TaskSpec, hookimpl
from plugins.classification import accuracy, cross_entropy


@hookimpl
def register_tasks() -> list[TaskSpec]:
    """Classification of texts: inputs are tokens, B×T, and targets classes, B."""
    return [
        TaskSpec(
            *("text-classification", "Text classification", cross_entropy, accuracy),
            try_it="text classification",
            classifies=True,
        )
    ]
