"""The chain from mine to use: a node a stage, a bar a hop, and a gap where nobody says anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.web.svg.rows import Row, draw_row
from reegraph.web.svg.text import escaped, fit

_SPINE: Final = 12
_SIZE: Final = 14


@dataclass(frozen=True)
class Step:
    """A stage of the chain: its hops, or the words of its gap.

    `part` says that it lies within another, `loose` that it is no link of the chain: of its hops nobody
    says the stage.
    """

    name: str
    hops: tuple[Row, ...]
    gap: str = ""
    more: str = ""
    part: bool = False
    loose: bool = False


@dataclass(frozen=True)
class _Frame:
    """Where things stand across the drawing: names begin at `names`, the axis runs from `left` to `right`."""

    wide: bool
    width: int
    names: int
    left: int
    right: int

    def x(self, value: float) -> float:
        return self.left + value / 100 * (self.right - self.left)

    def height(self, step: Step) -> float:
        lines = len(step.hops) + bool(step.more)
        if self.wide:
            return max(1, lines) * 28 + 10
        return 32 + (len(step.hops) * 48 if step.hops else 22) + (28 if step.more else 0)


_WIDE: Final = _Frame(True, 1040, 200, 680, 970)
_NARROW: Final = _Frame(False, 340, 30, 30, 300)


def chain(steps: Sequence[Step], *, title: str, axis: str, wide: bool = True) -> str:
    """Stages down a spine; beside each its hops on an axis from 0 to 100 percent.

    The spine is whole where a claim carries the stage and broken where none does.
    """
    frame = _WIDE if wide else _NARROW
    high = 42 + sum(frame.height(s) for s in steps)
    out = [
        f'<svg class="chart {"wide" if wide else "narrow"}" viewBox="0 0 {frame.width} {high:g}" '
        f'width="{frame.width}" height="{high:g}" role="group" aria-label="{escaped(title)}">'
    ]
    for tick in (0, 25, 50, 75, 100) if wide else (0, 50, 100):
        at = f"{frame.x(tick):.1f}"
        out.append(f'<line class="grid" x1="{at}" x2="{at}" y1="24" y2="{high - 8:g}"/>')
        out.append(f'<text class="tick" x="{at}" y="16" text-anchor="middle">{tick}%</text>')
    if wide:
        out.append(f'<text class="tick" x="{frame.names}" y="16">{escaped(axis)}</text>')
    top = 34.0
    for step, after in zip(steps, (*steps[1:], None), strict=True):
        out += _step(step, top, frame, joined=after is not None and not after.loose)
        top += frame.height(step)
    return "".join([*out, "</svg>"])


def _step(step: Step, top: float, frame: _Frame, *, joined: bool) -> list[str]:
    y, height = top + 14, frame.height(step)
    kind = "spine" if step.hops else "spine gap"
    out = [f'<circle class="{kind}" cx="{_SPINE}" cy="{y:g}" r="{5 if step.part else 7}"/>']
    if joined:
        out.insert(0, f'<line class="{kind}" x1="{_SPINE}" x2="{_SPINE}" y1="{y:g}" y2="{y + height:g}"/>')
    room = (frame.names if frame.wide else frame.width) - 40
    name, weight = fit(step.name, room, _SIZE), "" if step.part else ' font-weight="600"'
    out.append(f'<text class="stage" x="{_SPINE + 16}" y="{y + 5:g}"{weight}>{escaped(name)}</text>')
    if step.gap:
        at, down = (frame.names, y + 5) if frame.wide else (_SPINE + 16, y + 27)
        said = escaped(fit(step.gap, frame.width - at - 8, 12))
        out.append(
            f'<text class="tick" x="{at}" y="{down:g}"><title>{escaped(step.gap)}</title>{said}</text>'
        )
    for place, hop in enumerate(step.hops):
        down = y + place * 28 if frame.wide else y + 48 + place * 48
        wide_name = (frame.names, down + 5, frame.left - frame.names - 12)
        label = wide_name if frame.wide else (_SPINE + 16, down - 18, frame.width - 40)
        out += draw_row(hop, frame.x, down, (frame.left, frame.right), label)
    if step.more:
        down = y + len(step.hops) * 28 + 5 if frame.wide else top + height - 12
        out.append(f'<text class="tick" x="{frame.names}" y="{down:g}">{escaped(step.more)}</text>')
    return out
