"""A flow diagram (Sankey): who supplies whom, one ribbon a statement, never a sum or an average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.web.svg.text import escaped, fit

_FULL: Final = 26.0  # pixels of a ribbon of 100 percent
_LEAST: Final = 4.0  # of one whose amount is not said, which is dashed
_GAP: Final = 26.0  # with room for the next name
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
    width, before, after = (1040, 230, 400) if wide else (340, 78, 184)
    x1, x2 = float(before), float(width - after)
    starts = list(dict.fromkeys(r.start for r in ribbons))
    ends = list(dict.fromkeys(r.end for r in ribbons))
    left, low = _stack(starts, [(r.start, r) for r in ribbons])
    right, low2 = _stack(ends, [(r.end, r) for r in ribbons])
    high = max(low, low2) + 6
    out = [
        f'<svg class="chart {"wide" if wide else "narrow"}" viewBox="0 0 {width} {high:g}" '
        f'width="{width}" height="{high:g}" role="group" aria-label="{escaped(title)}">'
    ]
    out += [_end(name, x1 - 8, *left[name], (x1 - 14, before - 36), "end") for name in starts]
    out += [_end(name, x2, *right[name], (x2 + 14, after - 20), "start") for name in ends]
    used = {("l", n): left[n][0] for n in starts} | {("r", n): right[n][0] for n in ends}
    for ribbon in sorted(ribbons, key=lambda r: (starts.index(r.start), ends.index(r.end))):
        y1, y2 = (used[key] + _row(ribbon) / 2 for key in (("l", ribbon.start), ("r", ribbon.end)))
        used["l", ribbon.start] += _row(ribbon)
        used["r", ribbon.end] += _row(ribbon)
        hint, kind = escaped(ribbon.hint), "ribbon unsaid" if ribbon.share is None else "ribbon"
        bend = (x1 + x2) / 2
        path = f"M{x1:.1f} {y1:.1f}C{bend:.1f} {y1:.1f} {bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        said = escaped(fit(ribbon.text, after - 20, _SIZE))
        out.append(
            f'<a href="{escaped(ribbon.href)}" aria-label="{hint}"><title>{hint}</title>'
            f'<path class="{kind}" d="{path}" stroke-width="{_thick(ribbon):.1f}"/>'
            f'<text class="name end" x="{x2 + 14:.1f}" y="{y2 + 4:.1f}">{said}</text></a>'
        )
    out.append("</svg>")
    return "".join(out)


def _end(name: str, x: float, top: float, bottom: float, words: tuple[float, float], anchor: str) -> str:
    """A bar for who supplies or receives, under the name."""
    at, room = words
    down = top - 5 if anchor == "start" else (top + bottom) / 2 + 4
    shown = escaped(fit(name, room, _SIZE))
    return (
        f'<rect class="node flow" x="{x:.1f}" y="{top:.1f}" width="8" height="{bottom - top:.1f}"/>'
        f'<text class="end" x="{at:.1f}" y="{down:.1f}" text-anchor="{anchor}" font-weight="600">'
        f"<title>{escaped(name)}</title>{shown}</text>"
    )


def _thick(ribbon: Ribbon) -> float:
    return _LEAST if ribbon.share is None else max(2.0, min(ribbon.share, 100.0) / 100 * _FULL)


def _row(ribbon: Ribbon) -> float:
    """The room of a ribbon: its own width, and enough for the words beside it."""
    return max(_thick(ribbon) + 3, 19.0)


def _stack(
    names: Sequence[str], ribbons: Sequence[tuple[str, Ribbon]]
) -> tuple[dict[str, tuple[float, float]], float]:
    """Where each name's bar begins and ends, and where the last one ends."""
    top, found = 22.0, {}
    for name in names:
        bottom = top + sum(_row(r) for n, r in ribbons if n == name)
        found[name] = (top, bottom)
        top = bottom + _GAP
    return found, top - _GAP
