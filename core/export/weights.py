"""The weights alone: safetensors, or a state_dict for ``torch.load``."""

from __future__ import annotations

from pathlib import Path

from core.export.request import Request
from core.weights_files import as_safetensors, as_state_dict


def write(request: Request, path: Path) -> None:
    """Write the run's newest weights to ``path``."""
    kept = request.kept
    weights = kept.model.state_dict()
    about = {"run": kept.run.id, "network": kept.network.id, "data": kept.config.data, "step": str(kept.step)}
    content = as_state_dict(weights) if request.format == "pth" else as_safetensors(weights, about)
    request.progress(0, None, "Writing the weights")
    path.write_bytes(content)
