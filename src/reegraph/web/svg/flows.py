"""A flow diagram (Sankey): who supplies whom, one ribbon a statement, never a sum or an average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.web.svg.text import escaped, fit, halfwidths

_FULL: Final = 26.0  # pixels of a ribbon of 100 percent
_LEAST: Final = 4.0  # of one whose amount is not said, which is dashed
_GAP: Final = 20.0
_SIZE: Final = 13


@dataclass(frozen=True)
class Ribbon:
    """A flow from one to another; `share` in percent gives its width, None is an amount not said."""

    start: str
    end: str
    href: str
    share: float | None
    text: str
    hint: str


def flows(ribbons: Sequence[Ribbon], *, title: str, wide: bool = True) -> str:
    """Suppliers on the left, receivers on the right, a ribbon for each statement with what it says."""
    if not ribbons:
        return ""
    width, side = (1040, 230) if wide else (340, 92)
    starts = list(dict.fromkeys(r.start for r in ribbons))
    ends = list(dict.fromkeys(r.end for r in ribbons))
    left, low = _stack(starts, [(r.start, r) for r in ribbons])
    right, low2 = _stack(ends, [(r.end, r) for r in ribbons])
    high = max(low, low2) + 6
    out = [
        f'<svg class="chart {"wide" if wide else "narrow"}" viewBox="0 0 {width} {high:g}" '
        f'width="{width}" height="{high:g}" role="group" aria-label="{escaped(title)}">'
    ]
    used = {("l", n): left[n][0] for n in starts} | {("r", n): right[n][0] for n in ends}
    order = sorted(ribbons, key=lambda r: (starts.index(r.start), ends.index(r.end)))
    labels = []
    for ribbon in order:
        thick = _thick(ribbon)
        y1, y2 = used["l", ribbon.start] + _row(ribbon) / 2, used["r", ribbon.end] + _row(ribbon) / 2
        used["l", ribbon.start] += _row(ribbon)
        used["r", ribbon.end] += _row(ribbon)
        out.append(_ribbon(ribbon, side + 8, y1, width - side - 8, y2, thick, wide))
        at = width - side - 16
        if wide and halfwidths(ribbon.text) < 44:
            labels.append(
                f'<text class="value" x="{at}" y="{y2 + 4:.1f}" text-anchor="end">{escaped(ribbon.text)}</text>'
            )
    out += labels
    for names, place, at, anchor in ((starts, left, side, "end"), (ends, right, width - side, "start")):
        for name in names:
            top, bottom = place[name]
            edge = at if anchor == "end" else at - 8
            out.append(f'<rect class="node flow" x="{edge}" y="{top:.1f}" width="8" height="{bottom - top:.1f}"/>')
            words = at - 6 if anchor == "end" else at + 6
            out.append(
                f'<text class="end" x="{words}" y="{(top + bottom) / 2 + 5:.1f}" text-anchor="{anchor}">'
                f"<title>{escaped(name)}</title>{escaped(fit(name, side - 10, _SIZE))}</text>"
            )
    out.append("</svg>")
    return "".join(out)


def _thick(ribbon: Ribbon) -> float:
    return _LEAST if ribbon.share is None else max(2.0, min(ribbon.share, 100.0) / 100 * _FULL)


def _row(ribbon: Ribbon) -> float:
    """The room of a ribbon: its own width, and enough for the words beside it."""
    return max(_thick(ribbon), 19.0)


def _stack(names: Sequence[str], ribbons: Sequence[tuple[str, Ribbon]]) -> tuple[dict[str, tuple[float, float]], float]:
    """Where each name's bar begins and ends, and where the last one ends."""
    top, found = 6.0, {}
    for name in names:
        bottom = top + sum(_row(r) for n, r in ribbons if n == name)
        found[name] = (top, bottom)
        top = bottom + _GAP
    return found, top - _GAP


def _ribbon(ribbon: Ribbon, x1: float, y1: float, x2: float, y2: float, thick: float, wide: bool) -> str:
    bend = (x1 + x2) / 2
    path = f"M{x1:.1f} {y1:.1f}C{bend:.1f} {y1:.1f} {bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    kind = "ribbon unsaid" if ribbon.share is None else "ribbon"
    hint = escaped(ribbon.hint)
    return (
        f'<a href="{escaped(ribbon.href)}" aria-label="{hint}"><title>{hint}</title>'
        f'<path class="{kind}" d="{path}" stroke-width="{thick:.1f}"/></a>'
    )
