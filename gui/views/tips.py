"""Hover texts."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """``text`` for a tooltip, as it stands: labels are data, and as rich text they could load pictures."""
    return f"<span style='white-space:pre'>{html.escape(text[:2000])}</span>" if text else ""
