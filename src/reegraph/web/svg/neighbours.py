"""A thing's neighbourhood in columns of the supply chain, from policy and raw material to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.web.svg.text import escaped, fit

_WIDTH: Final = 1040
_NARROW: Final = 340
_PITCH: Final = 38
_HEAD: Final = 36
_SIZE: Final = 13


@dataclass(frozen=True)
class Neighbour:
    """A thing beside the centre: its column, and what links the two, in words."""

    label: str
    href: str
    column: int
    relation: str
    outward: bool
    derived: bool = False


def neighbourhood(
    centre: str, column: int, others: Sequence[Neighbour], headings: Sequence[str], title: str
) -> str:
    """Links from the centre to its neighbours; empty columns are left out.

    At most 26 nodes read well.
    """
    if not others:
        return ""
    used = sorted({column, *(n.column for n in others)})
    step = _WIDTH / len(used)
    wide = min(step - 26, 250)
    stacks = {c: [n for n in others if n.column == c] for c in used}
    tallest = max(len(s) + (1 if c == column else 0) for c, s in stacks.items())
    height = _HEAD + max(tallest, 2) * _PITCH + 8

    def left(c: int) -> float:
        return used.index(c) * step + (step - wide) / 2

    middle = len(stacks[column]) // 2
    cy = _HEAD + ((tallest - len(stacks[column]) - 1) / 2 + middle) * _PITCH + _PITCH / 2
    out = [
        f'<svg class="chart net wide" viewBox="0 0 {_WIDTH} {height:.0f}" '
        f'width="{_WIDTH}" height="{height:.0f}" role="group" aria-label="{escaped(title)}">'
    ]
    edges, nodes = [], []
    for c in used:
        out.append(
            f'<text class="column" x="{left(c) + wide / 2:.1f}" y="16" text-anchor="middle">'
            f"{escaped(headings[c])}</text>"
        )
        stack = stacks[c]
        rows = len(stack) + (1 if c == column else 0)
        for place, other in enumerate(stack):
            slot = place + (1 if c == column and place >= middle else 0)
            y = _HEAD + ((tallest - rows) / 2 + slot) * _PITCH + _PITCH / 2
            edges.append(_edge(other, left(column), cy, left(c), y, wide, used.index(c) - used.index(column)))
            nodes.append(_node(other.label, other.href, left(c), y, wide, f"{other.relation}: {other.label}"))
    out += edges + nodes
    out.append(
        f'<rect class="node centre" x="{left(column):.1f}" y="{cy - 14:.1f}" width="{wide:.1f}" '
        f'height="28" rx="4"/>'
        f'<text class="name centre" x="{left(column) + wide / 2:.1f}" y="{cy + 5:.1f}" text-anchor="middle">'
        f"{escaped(fit(centre, wide - 12, _SIZE))}</text></svg>"
    )
    return "".join(out)


def neighbour_list(others: Sequence[Neighbour], headings: Sequence[str], title: str) -> str:
    """The same neighbours for a narrow screen: under the heading of each column, two beside each other.

    One with a long name has a line of its own. An arrow says which way the link goes, a dashed frame
    that it is derived.
    """
    out, y, wide = [], 0.0, (_NARROW - 12) / 2
    for c in sorted({n.column for n in others}):
        y += 24
        out.append(f'<text class="column" x="0" y="{y - 7:g}">{escaped(headings[c])}</text>')
        x = 0.0
        for other in (n for n in others if n.column == c):
            said = f"{'→' if other.outward else '←'} {other.label}"
            room = wide if fit(said, wide - 12, _SIZE) == said else float(_NARROW)
            if x + room > _NARROW:
                x, y = 0.0, y + 34
            hint = f"{other.relation}: {other.label}"
            out.append(_node(said, other.href, x, y + 14, room, hint, other.derived))
            x += room + 12
        y += 34
    return (
        f'<svg class="chart narrow" viewBox="0 0 {_NARROW} {y + 4:g}" width="{_NARROW}" height="{y + 4:g}" '
        f'role="group" aria-label="{escaped(title)}">{"".join(out)}</svg>'
    )


def _edge(other: Neighbour, cx: float, cy: float, x: float, y: float, wide: float, side: int) -> str:
    kind = "edge derived" if other.derived else "edge"
    if side == 0:
        path = f"M{cx:.1f} {cy:.1f}C{cx - 22:.1f} {cy:.1f} {cx - 22:.1f} {y:.1f} {x:.1f} {y:.1f}"
        return f'<path class="{kind}" d="{path}"/>'
    start, end = (cx + wide, x) if side > 0 else (cx, x + wide)
    way = 1 if side > 0 else -1
    if abs(side) == 1:
        bend = (start + end) / 2
        curve = f"M{start:.1f} {cy:.1f}C{bend:.1f} {cy:.1f} {bend:.1f} {y:.1f} {end:.1f} {y:.1f}"
    else:  # a straight way would run behind the nodes between and look like a chain through them
        lane = _HEAD - (7 if other.derived else 2)
        near, far = start + way * 11, end - way * 11
        curve = f"M{start:.1f} {cy:.1f}H{near:.1f}V{lane}H{far:.1f}V{y:.1f}H{end:.1f}"
    at, tip, way = (end, y, way) if other.outward else (start, cy, -way)
    points = f"{at:.1f},{tip:.1f} {at - way * 8:.1f},{tip - 4:.1f} {at - way * 8:.1f},{tip + 4:.1f}"
    return f'<path class="{kind}" d="{curve}"/><polygon class="tip" points="{points}"/>'


def _node(label: str, href: str, x: float, y: float, wide: float, hint: str, derived: bool = False) -> str:
    kind = "node derived" if derived else "node"
    return (
        f'<a href="{escaped(href)}" aria-label="{escaped(hint)}"><title>{escaped(hint)}</title>'
        f'<rect class="{kind}" x="{x:.1f}" y="{y - 14:.1f}" width="{wide:.1f}" height="28" rx="4"/>'
        f'<text class="name" x="{x + wide / 2:.1f}" y="{y + 5:.1f}" text-anchor="middle">'
        f"{escaped(fit(label, wide - 12, _SIZE))}</text></a>"
    )
