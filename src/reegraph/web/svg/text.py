"""Text in a drawing: how wide it is, and cut so that it fits."""

from __future__ import annotations

import unicodedata
from html import escape


def halfwidths(text: str) -> int:
    """The width of a text in half-width cells; Chinese characters take two.

    >>> halfwidths("Dy 鏑")
    5
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fit(text: str, room: float, size: float) -> str:
    """The text, cut with an ellipsis where it is wider than `room` pixels at this font size."""
    cell = size * 0.54  # measured on system-ui and Noto Sans CJK, a mean of letters
    if halfwidths(text) * cell <= room:
        return text
    kept = ""
    for c in text:
        if halfwidths(kept + c + "…") * cell > room:
            break
        kept += c
    return kept.rstrip() + "…"


def escaped(text: str) -> str:
    """Text for an attribute or element of the drawing."""
    return escape(text, quote=True)
