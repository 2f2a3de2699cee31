"""A map of the world or a part of it: land, and marks whose shape says the stage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from reegraph.web.geography import Point, countries, graticule
from reegraph.web.svg.text import escaped

WHOLE: Final = (-2.72, -1.32, 2.72, 1.05)  # no land stands south of Patagonia but Antarctica
_PITCH: Final = 17  # pixels between marks that share a place
_SHAPES: Final = (
    "M0 -7L7 6H-7Z",  # up
    "M-6 -6H6V6H-6Z",  # square
    "M0 -7.5L7.5 0L0 7.5L-7.5 0Z",  # diamond
    "M0 7L7 -6H-7Z",  # down
    "M-2.3 -7H2.3V-2.3H7V2.3H2.3V7H-2.3V2.3H-7V-2.3H-2.3Z",  # cross
    "M-7 0L-3.5 -6.5H3.5L7 0L3.5 6.5H-3.5Z",  # hexagon
    "M0 -7.5L2 -2.4L7.3 -2.3L3.1 1L4.6 6.2L0 3.2L-4.6 6.2L-3.1 1L-7.3 -2.3L-2 -2.4Z",  # star
    "M-6 0A6 6 0 1 0 6 0A6 6 0 1 0 -6 0Z",  # dot
)


@dataclass(frozen=True)
class Place:
    """A mark at a projected point: `form` is a shape by number; hollow where only the country is known."""

    at: Point
    label: str
    href: str
    form: int
    exact: bool
    country: bool = False


def world_map(
    atlas: Path | None,
    places: Sequence[Place],
    *,
    title: str,
    box: tuple[float, ...] = WHOLE,
    width: int = 1040,
) -> str:
    """A map of the box, in projected units, that many pixels wide; marks of one place stand side by side."""
    scale = width / (box[2] - box[0])
    height = round((box[3] - box[1]) * scale)
    out = [
        f'<svg class="chart map" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="group" aria-label="{escaped(title)}">{_ground(atlas, tuple(box), width, height)}'
    ]
    shared: dict[Point, list[Place]] = {}
    for place in places:
        shared.setdefault(place.at, []).append(place)
    for at, group in sorted(shared.items(), key=lambda g: g[0][1]):
        x, y = (at[0] - box[0]) * scale, (at[1] - box[1]) * scale
        if 0 <= x <= width and 0 <= y <= height:
            out += _group(group, x, y)
    return "".join([*out, "</svg>"])


def sign(form: int, *, exact: bool = True, country: bool = False) -> str:
    """A mark alone, for the legend and the table."""
    frame = 'class="sign" viewBox="-11 -11 22 22" width="22" height="22" aria-hidden="true"'
    return f"<svg {frame}>{_shape(form, exact, country)}</svg>"


@lru_cache(maxsize=64)
def _ground(atlas: Path | None, box: tuple[float, ...], width: int, height: int) -> str:
    """Meridians, parallels and land: the same for all maps of a part of the world."""
    scale = width / (box[2] - box[0])

    def pixels(line: Sequence[Point]) -> list[Point]:
        return [((x - box[0]) * scale, (y - box[1]) * scale) for x, y in line]

    grid = "".join(_path(pixels(line), (width, height)) for line in graticule())
    rings = (pixels(r) for c in (countries(atlas).values() if atlas else ()) for r in c.rings)
    land = "".join(f"{_path(ring, (width, height))}z" for ring in rings if _meets(ring, (width, height)))
    return f'<path class="grid" d="{grid}"/><path class="land" d="{land}"/>'


def _group(group: Sequence[Place], x: float, y: float) -> list[str]:
    """The marks of one place: countries ringed around it, all others in rows below one another."""
    rings = [p for p in group if p.country]
    others = [p for p in group if not p.country]
    out = [_mark(place, x, y) for place in rings]
    across = min(4, max(1, math.ceil(math.sqrt(len(others)))))
    for number, place in enumerate(others):
        row, column = divmod(number, across)
        in_row = min(across, len(others) - row * across)
        out.append(
            _mark(place, x + (column - (in_row - 1) / 2) * _PITCH, y + row * _PITCH + (20 if rings else 0))
        )
    return out


def _mark(place: Place, x: float, y: float) -> str:
    label = escaped(place.label)
    tag, start = ("a", f'a href="{escaped(place.href)}"') if place.href else ("g", 'g role="img"')
    return (
        f'<{start} aria-label="{label}" transform="translate({x:.1f} {y:.1f})">'
        f"<title>{label}</title>{_shape(place.form, place.exact, place.country)}</{tag}>"
    )


def _shape(form: int, exact: bool, country: bool) -> str:
    if country:
        return '<circle class="site land" r="9"/>'
    return f'<path class="site s{form}{"" if exact else " hollow"}" d="{_SHAPES[form]}"/>'


def _meets(ring: Sequence[Point], size: tuple[int, int]) -> bool:
    """True for an outline that is in the drawing, and no speck there."""
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    inside = max(xs) > 0 and min(xs) < size[0] and max(ys) > 0 and min(ys) < size[1]
    return inside and max(max(xs) - min(xs), max(ys) - min(ys)) > 2


def _path(points: Sequence[Point], size: tuple[int, int]) -> str:
    """A path in whole pixels, each step from the last; what lies far outside is drawn in at the edge."""
    near = [(round(min(max(x, -60), size[0] + 60)), round(min(max(y, -60), size[1] + 60))) for x, y in points]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(near)]
    way = " ".join(f"{x} {y}" for x, y in steps if x or y).replace(" -", "-")
    return f"M{near[0][0]} {near[0][1]}l{way}" if way else ""
