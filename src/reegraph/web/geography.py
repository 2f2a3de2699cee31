"""The outlines of the world's countries, out of TopoJSON, and the projection in which maps draw them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Final

Point = tuple[float, float]
# The middle meridian: the edge at 30° W cuts Greenland alone, and Asia faces America over the Pacific.
MIDDLE: Final = 150.0
_EQUAL_EARTH: Final = (1.340264, -0.081106, 0.000893, 0.003796)  # Šavrič, Patterson, Jenny 2018
_ANTARCTICA: Final = "010"
_SPECK: Final = 2e-5  # area under which an island is less than a pixel


@dataclass(frozen=True)
class Country:
    """A country by its ISO 3166-1 numeric code: projected outlines, and the middle of the largest of them."""

    code: str
    rings: tuple[tuple[Point, ...], ...]
    middle: Point


def project(longitude: float, latitude: float) -> Point:
    """A place in the Equal Earth projection, x to the right and y down, both in radii of the globe.

    >>> project(150, 0)
    (0.0, 0.0)
    >>> [round(v, 3) for v in project(-120, 45)]
    [1.16, -0.86]
    """
    turned = (longitude - MIDDLE + 180) % 360 - 180
    return _flat(180.0 if turned == -180 and longitude != MIDDLE - 180 else turned, latitude)


def _flat(turned: float, latitude: float) -> Point:
    a1, a2, a3, a4 = _EQUAL_EARTH
    angle = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = angle * angle
    sixth = square**3
    slope = 9 * a4 * sixth * square + 7 * a3 * sixth + 3 * a2 * square + a1
    x = 2 * math.sqrt(3) * math.radians(turned) * math.cos(angle) / (3 * slope)
    y = angle * (a4 * sixth * square + a3 * sixth + a2 * square + a1)
    return x, 0.0 - y


@cache
def countries(atlas: Path) -> dict[str, Country]:
    """The countries of a world-atlas file by code; those without one are keyed by their name."""
    topology = json.loads(atlas.read_text(encoding="utf-8"))
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    found = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = str(shape.get("id") or shape["properties"]["name"])
        if code != _ANTARCTICA:
            made = _country(code, shape, arcs)
            found[code] = made
    return found


def graticule(step: int = 30) -> Iterator[list[Point]]:
    """Meridians and parallels, the two edges of the map among the first."""
    for turned in range(-180, 181, step):
        yield [_flat(turned, latitude) for latitude in range(-90, 91, 5)]
    for latitude in range(-90 + step, 90, step):
        yield [_flat(-180, latitude), _flat(180, latitude)]


def _decoded(arc: Sequence[Sequence[int]], transform: dict[str, list[float]]) -> list[Point]:
    """An arc in degrees; the file has it as steps from point to point."""
    (kx, ky), (x0, y0) = transform["scale"], transform["translate"]
    xs, ys = accumulate(step[0] for step in arc), accumulate(step[1] for step in arc)
    return [(x * kx + x0, y * ky + y0) for x, y in zip(xs, ys, strict=True)]


def _country(code: str, shape: dict[str, Any], arcs: Sequence[list[Point]]) -> Country:
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    rings = [tuple(ring) for polygon in polygons for part in polygon[:1] for ring in _rings(part, arcs)]
    sized = sorted(((abs(_area(ring)), ring) for ring in rings), key=lambda s: -s[0])
    kept = tuple(ring for size, ring in sized if size > _SPECK) or (sized[0][1],)
    return Country(code, kept, _middle(kept[0]))


def _rings(part: Sequence[int], arcs: Sequence[list[Point]]) -> Iterator[list[Point]]:
    """The outline in projected points; twice where it runs over the edge of the map."""
    places = [p for i in part for p in (arcs[i] if i >= 0 else arcs[~i][::-1])]
    turned, last = [], 0.0
    for place, (longitude, latitude) in enumerate(places):
        at = (longitude - MIDDLE + 180) % 360 - 180
        if place:  # the short way round from the point before
            at += 360 * round((last - at) / 360)
        turned.append((at, latitude))
        last = at
    for shift in (-360, 0, 360):
        moved = [(min(180.0, max(-180.0, x + shift)), y) for x, y in turned]
        if len({x for x, _ in moved}) > 1:
            yield [_flat(x, y) for x, y in moved]


def _area(ring: Sequence[Point]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise((*ring, ring[0]))) / 2


def _middle(ring: Sequence[Point]) -> Point:
    """The centre of area."""
    x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise((*ring, ring[0])):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    size = 6 * _area(ring)
    return x / size, y / size
