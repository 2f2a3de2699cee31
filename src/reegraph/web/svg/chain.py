"""The chain from mine to use: a node a stage, a bar a hop, and a gap where nobody says anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.web.svg.rows import Row, draw_row
from reegraph.web.svg.text import escaped, fit

_WIDE: Final = (1040, 200, 620)  # whole width, where names begin, where the axis begins
_NARROW: Final = (340, 30, 30)
_SPINE: Final = 12
_SIZE: Final = 14


@dataclass(frozen=True)
class Step:
    """A stage of the chain: its hops, or the words of its gap; `part` says that it lies within another, `loose` that it is no
    link of the chain: of its hops nobody says the stage."""

    name: str
    hops: tuple[Row, ...]
    gap: str = ""
    more: str = ""
    part: bool = False
    loose: bool = False


def chain(steps: Sequence[Step], *, title: str, axis: str, wide: bool = True) -> str:
    """Stages down a spine; beside each its hops on an axis from 0 to 100 percent.

    The spine is whole where a claim carries the stage and broken where none does.
    """
    width, names, left = _WIDE if wide else _NARROW
    right = width - (90 if wide else 40)
    lines = [_lines(step, wide) for step in steps]
    high = 34 + sum(lines) + 8

    def x(value: float) -> float:
        return left + value / 100 * (right - left)

    out = [
        f'<svg class="chart {"wide" if wide else "narrow"}" viewBox="0 0 {width} {high:g}" '
        f'width="{width}" height="{high:g}" role="group" aria-label="{escaped(title)}">'
    ]
    for tick in (0, 50, 100) if not wide else (0, 25, 50, 75, 100):
        out.append(f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="24" y2="{high - 8:g}"/>')
        out.append(f'<text class="tick" x="{x(tick):.1f}" y="16" text-anchor="middle">{tick}%</text>')
    if wide:
        out.append(f'<text class="tick" x="{names}" y="16">{escaped(axis)}</text>')
    top = 34.0
    for number, (step, height) in enumerate(zip(steps, lines, strict=True)):
        last = number == len(steps) - 1 or steps[number + 1].loose
        out += _step(step, top, height, last, wide, (width, names, left, right), x)
        top += height
    out.append("</svg>")
    return "".join(out)


def _lines(step: Step, wide: bool) -> float:
    """How high a step is."""
    if wide:
        return max(1, len(step.hops) + bool(step.more)) * 28 + 10
    return 24 + (len(step.hops) * 44 if step.hops else 22) + (22 if step.more else 0) + 8


def _step(step: Step, top: float, height: float, last: bool, wide: bool, box, x) -> list[str]:  # type: ignore[no-untyped-def]
    width, names, left, right = box
    y = top + 14
    kind = "spine" if step.hops else "spine gap"
    out = []
    if not last:
        out.append(f'<line class="{kind}" x1="{_SPINE}" x2="{_SPINE}" y1="{y:g}" y2="{y + height:g}"/>')
    out.append(f'<circle class="{kind}" cx="{_SPINE}" cy="{y:g}" r="{5 if step.part else 7}"/>')
    room = (names - 40) if wide else width - 40
    weight = "" if step.part else ' font-weight="600"'
    out.append(
        f'<text class="stage" x="{_SPINE + 16}" y="{y + 5:g}"{weight}>{escaped(fit(step.name, room, _SIZE))}</text>'
    )
    if step.gap:
        at = (names, y + 5) if wide else (_SPINE + 16, y + 27)
        room = width - at[0] - 8
        out.append(
            f'<text class="tick" x="{at[0]}" y="{at[1]:g}"><title>{escaped(step.gap)}</title>'
            f"{escaped(fit(step.gap, room, 12))}</text>"
        )
    for place, hop in enumerate(step.hops):
        down = y + place * 28 if wide else y + 50 + place * 44
        name = (names, down + 5, left - names - 12) if wide else (_SPINE + 16, down - 21, width - 40)
        out += draw_row(hop, x, down, (left, right), name)
    if step.more:
        down = y + len(step.hops) * 28 + 5 if wide else top + height - 12
        out.append(f'<text class="tick" x="{names}" y="{down:g}">{escaped(step.more)}</text>')
    return out
