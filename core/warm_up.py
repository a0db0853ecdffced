"""Pays, off the GUI thread, what the first step of a training would otherwise pay while a person waits."""

from __future__ import annotations


def warm_up() -> dict[str, str]:
    """Import torch and all that a run needs, take one tiny step; returns the devices there are, name -> title."""
    import torch
    from torch import nn

    import core.launch  # noqa: F401  (imported for its imports)
    from core.devices import devices

    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(2 * 36, 2))
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    # A generator of its own: the random state of a run that has already begun must not move.
    inputs = torch.rand(4, 1, 8, 8, generator=torch.Generator())
    nn.functional.cross_entropy(model(inputs), torch.zeros(4, dtype=torch.int64)).backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return devices()
