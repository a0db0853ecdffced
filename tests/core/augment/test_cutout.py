from __future__ import annotations

import torch
from torch import Generator

from core.augment import Cutout


def test_a_square_of_the_mean_colour_hides_what_was_there() -> None:
    pictures = torch.rand(200, 3, 32, 32, generator=Generator().manual_seed(0))
    found = Cutout(6)(pictures, Generator().manual_seed(1))
    changed = (found != pictures).any(1)
    for picture, varied, hole in zip(pictures, found, changed, strict=True):
        rows, columns = hole.any(1).nonzero().flatten(), hole.any(0).nonzero().flatten()
        height, width = len(rows), len(columns)
        assert torch.equal(rows, torch.arange(int(rows[0]), int(rows[0]) + height)), "a hole has no gap"
        assert int(hole.sum()) == height * width, "a hole is a rectangle"
        assert max(height, width) <= 6
        inside = height == 6 or rows[0] == 0 or rows[-1] == 31
        assert inside, "only the border may cut a hole off"
        assert torch.allclose(varied[:, hole], picture.mean((1, 2))[:, None].expand(3, height * width), atol=1e-6)


def test_holes_lie_everywhere() -> None:
    pictures = torch.rand(600, 1, 16, 16, generator=Generator().manual_seed(0))
    changed = (Cutout(4)(pictures, Generator().manual_seed(1)) != pictures).float().mean(0)[0]
    assert float(changed.min()) > 0
    middle = changed[4:12, 4:12]
    assert float(middle.min()) > 0.5 * 16 / 256
    assert float(middle.max()) < 2 * 16 / 256


def test_a_square_larger_than_the_picture_hides_at_least_a_quarter_of_it() -> None:
    pictures = torch.rand(50, 1, 8, 8, generator=Generator().manual_seed(0))
    changed = (Cutout(8)(pictures, Generator().manual_seed(1)) != pictures).float().mean((1, 2, 3))
    assert float(changed.min()) >= 0.25
