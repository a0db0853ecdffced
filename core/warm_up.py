"""Pays, off the GUI thread, what the first step of a training would otherwise pay while a person waits."""

from __future__ import annotations

import atexit
import gc
import sys

_MANY_MODULES = 100
_settled = 0


def warm_up() -> dict[str, str]:
    """Import torch and all that a run needs, take one tiny step; returns the devices there are, name -> title."""
    import torch
    from torch import nn

    import core.launch  # noqa: F401  (imported for its imports)
    from core.devices import devices

    # Nothing in here is drawn at random: the random state of a run that has already begun must not move.
    convolution = nn.utils.skip_init(nn.Conv2d, 1, 2, 3)  # type: ignore[no-untyped-call]
    linear = nn.utils.skip_init(nn.Linear, 2 * 36, 2)  # type: ignore[no-untyped-call]
    model = nn.Sequential(convolution, nn.ReLU(), nn.Flatten(), linear)
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.1)
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    inputs = torch.full((4, 1, 8, 8), 0.5)
    nn.functional.cross_entropy(model(inputs), torch.zeros(4, dtype=torch.int64)).backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    settle()
    return devices()


def settle() -> None:
    """Have the garbage collector pass over what was imported, once many modules are new.

    Nothing of it is ever garbage, and to walk through torch's 400,000 objects takes a tenth of a second and more, in
    which no other thread runs, the window's neither.
    """
    global _settled
    if not _settled:
        atexit.register(gc.unfreeze)  # extension modules look, at the very end, whether all of theirs has gone
    if len(sys.modules) - _settled > _MANY_MODULES:
        _settled = len(sys.modules)
        gc.freeze()
