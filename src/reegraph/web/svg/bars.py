"""Bars: one number a row, from zero, each under its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.web.svg.text import escaped, fit, halfwidths

_SIZE: Final = 14
_WIDTHS: Final = {True: (1040, 300), False: (340, 0)}  # of the drawing, of its label column


@dataclass(frozen=True)
class Bar:
    """A row: its label, its number, the number as printed, and where it leads if anywhere."""

    label: str
    value: float
    text: str
    href: str = ""


def bars(rows: Sequence[Bar], *, title: str, wide: bool = True) -> str:
    """Horizontal bars from a common zero; numbers below it run to the left."""
    if not rows:
        return ""
    width, column = _WIDTHS[wide]
    pitch, drop = (30, 15) if wide else (46, 32)
    room = max(halfwidths(r.text) for r in rows) * _SIZE * 0.54 + 16
    low, high = min(0.0, *(r.value for r in rows)), max(0.0, *(r.value for r in rows))
    left, right = column + (room if low < 0 else 0), width - room
    scale = (right - left) / ((high - low) or 1)
    zero = left - low * scale
    height = 6 + pitch * len(rows) + 6
    out = [
        f'<svg class="chart {"wide" if wide else "narrow"}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="group" aria-label="{escaped(title)}">'
        f'<line class="grid" x1="{zero:.1f}" x2="{zero:.1f}" y1="4" y2="{height - 4}"/>'
    ]
    for number, row in enumerate(rows):
        y = 6 + number * pitch + drop
        start, end = sorted((zero, zero + row.value * scale))
        label = escaped(fit(row.label, column - 14 if wide else width - 8, _SIZE))
        hint = escaped(f"{row.label}: {row.text}")
        at, anchor = (start - 6, "end") if row.value < 0 else (end + 6, "start")
        drawn = (
            f"<title>{hint}</title>"
            f'<text class="name" x="0" y="{y + 5 if wide else y - 14}">{label}</text>'
            f'<rect class="mark" x="{start:.1f}" y="{y - 7}" width="{max(end - start, 1):.1f}" height="14"/>'
            f'<text class="value" x="{at:.1f}" y="{y + 5}" text-anchor="{anchor}">{escaped(row.text)}</text>'
        )
        out.append(
            f'<a href="{escaped(row.href)}" aria-label="{hint}">{drawn}</a>'
            if row.href
            else f"<g>{drawn}</g>"
        )
    return "".join([*out, "</svg>"])
