"""Where things are: the world map by stage and material, and the small map of one thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reegraph.errors import UsageError
from reegraph.table import Thing
from reegraph.web.catalogue import Said
from reegraph.web.geography import Point, countries, project
from reegraph.web.links import href
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import Drawing, Panel, View
from reegraph.web.svg.world import Place, sign, world_map

# In the order of the chain, which is that of the shapes; what has another stage or none is a dot.
STAGES: Final = (
    "stage:mining", "stage:beneficiation", "stage:separation", "stage:refining", "stage:processing",
    "stage:metal-making", "stage:magnet-making",
)  # fmt: skip
_DOT: Final = len(STAGES)
_CLASSES: Final = {"facility": "ree:Facility", "deposit": "ree:Deposit", "country": "ree:Jurisdiction"}
_FAR: Final = 0.42  # radii of the globe on each side of a place on its small map
# Parts of the world for a phone, in projected units.
_PARTS: Final = (
    ("asia_pacific", (-1.6, -1.0, 0.5, 0.85)),
    ("americas", (0.75, -1.15, 2.7, 0.7)),
    ("europe", (-2.7, -1.3, -1.5, -0.3)),
)


@dataclass
class Site:
    """A thing with a place: what is done there, for what, on which claims; how well it is known."""

    thing: Thing
    kind: str
    country: Thing | None
    at: Point | None
    exact: bool
    stages: dict[str, Thing] = field(default_factory=dict)
    materials: dict[str, Thing] = field(default_factory=dict)
    claims: dict[str, Thing] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)

    @property
    def planned(self) -> bool:
        """True where all that is said of the stages is a plan, target or forecast."""
        return bool(self.said) and all(said.forward() for said in self.said)

    def form(self) -> int:
        """The shape of its mark: the first stage of the chain that is carried out here."""
        return next((i for i, stage in enumerate(STAGES) if stage in self.stages), _DOT)


def world(ask: Ask) -> View:
    """Plants, mines, deposits and countries on the map, by stage and material, and in a table."""
    ask.only("stage", "material", "kind")
    found = sites(ask)
    stages = _named(site.stages for site in found)
    materials = _named(site.materials for site in found)
    stage = _chosen(ask, "stage", stages)
    material = _chosen(ask, "material", materials)
    kind = _chosen(ask, "kind", _CLASSES)
    asked = {"of_stage": stage, "of_material": material, "class": _CLASSES.get(kind, "")}
    bound = {name: [id_] for name, id_ in asked.items() if id_}
    if not kind:  # a country of which nothing is said has its mark only where one asks for countries
        bound["silent"] = ["ree:Facility", "ree:Deposit"]
    panel = ask.site.panel("places", **bound)
    shown = sites(ask, panel)
    placed = [s for s in shown if s.at is not None]
    named = [ask.t(f"on_map_{kind}")] if kind else []
    named += [ask.site.label(i, ask.lang) for i in (stage, material) if i]
    heading = f"{ask.t('map')}{ask.t('colon')}{' · '.join(named)}" if named else ask.t("map_heading")
    words: dict[str, Any] = {
        "stage": stage,
        "material": material,
        "kind": kind,
        "stages": [ask.site.catalogue.thing(i) for i in sorted(stages, key=_along)],
        "materials": sorted(
            (ask.site.catalogue.thing(i) for i in materials), key=lambda t: t.label(ask.lang)
        ),
        "sites": shown,
        "placed": len(placed),
        "exact": sum(s.exact for s in placed),
        "sign": lambda s: sign(s.form(), exact=s.exact, country=s.kind == "country"),
        "drawing": draw_world(ask, _marks(ask, placed), heading),
    }
    return View("map.html", ask.t("map"), (panel,), words)


def small_map(ask: Ask, id_: str) -> tuple[Drawing | None, Site | None]:
    """The surroundings of a thing that has a place, as a drawing; None without land or place."""
    site = next((s for s in sites(ask) if s.thing.id == id_), None)
    if site is None or site.at is None or ask.site.assets.atlas() is None:
        return None, site
    x, y = site.at
    box = (x - _FAR, y - _FAR * 0.6, x + _FAR, y + _FAR * 0.6)
    title = f"{site.thing.label(ask.lang)}{ask.t('colon')}{ask.t('place')}"
    drawn = world_map(ask.site.assets.atlas(), _marks(ask, [site]), title=title, box=box, width=420)
    return Drawing(title, drawn, key=_key(ask, _marks(ask, [site]))), site


def sites(ask: Ask, panel: Panel | None = None) -> list[Site]:
    """The things with a place, each with its rows of queries/pages/places.rq: all, or those of an answer."""
    found: dict[str, Site] = {}
    for row in (panel or ask.site.panel("places")).cells():
        thing = row["thing"]
        parts = {k: v for k in ("stage", "material", "claim") if isinstance(v := row[k], Thing)}
        if not isinstance(thing, Thing):
            continue
        site = found.get(thing.id) or found.setdefault(thing.id, _site(ask, thing, row))
        for key, kept in (("stage", site.stages), ("material", site.materials), ("claim", site.claims)):
            if key in parts:
                kept[parts[key].id] = parts[key]
    for site in found.values():
        site.said = ask.site.catalogue.said(site.claims)
    return list(found.values())


def _site(ask: Ask, thing: Thing, row: dict[str, Any]) -> Site:
    kind = thing.id.partition(":")[0]
    country = row["country"] if isinstance(row["country"], Thing) else None
    if row["latitude"] is not None and row["longitude"] is not None:
        return Site(
            thing, kind, country, project(float(row["longitude"]), float(row["latitude"])), exact=True
        )
    atlas = ask.site.assets.atlas()
    outline = countries(atlas).get(str(row["iso"])) if atlas and row["iso"] else None
    return Site(thing, kind, country, outline.middle if outline else None, exact=False)


def draw_world(ask: Ask, places: Sequence[Place], heading: str) -> Drawing:
    """These marks on the world, and for a phone on those parts of it that have any."""
    land = ask.site.assets.atlas()
    wide = world_map(land, places, title=heading)
    parts = [
        (ask.t(name), world_map(land, inside, title=ask.t(name), box=box, width=360))
        for name, box in _PARTS
        if (inside := [p for p in places if _within(p.at, box)])
    ]
    return Drawing(heading, wide, parts=tuple(parts), key=_key(ask, places))


def _key(ask: Ask, places: Sequence[Place]) -> tuple[tuple[str, str], ...]:
    """The signs that the marks of a map are read by; a dot is explained only beside other shapes."""
    forms = sorted({p.form for p in places if not p.country})
    key = [(sign(f), ask.site.label(STAGES[f], ask.lang)) for f in forms if f != _DOT]
    if key and _DOT in forms:
        key.append((sign(_DOT), ask.t("other_stage")))
    if any(not p.exact and not p.country for p in places):
        key.append((sign(forms[0], exact=False), ask.t("known_country")))
    if any(p.country for p in places):
        key.append((sign(_DOT, country=True), ask.t("on_map_country")))
    return tuple(key)


def _marks(ask: Ask, found: Iterable[Site]) -> list[Place]:
    return [
        Place(s.at, _label(ask, s), href(ask.lang, s.thing), s.form(), s.exact, country=s.kind == "country")
        for s in found
        if s.at is not None
    ]


def _label(ask: Ask, site: Site) -> str:
    parts = [site.thing.label(ask.lang), ", ".join(t.label(ask.lang) for t in site.stages.values())]
    if not site.exact and site.kind != "country":
        parts.append(ask.t("country_only", site.country.label(ask.lang) if site.country else ""))
    return ("；" if ask.lang == "zh-Hant" else "; ").join(p for p in parts if p)


def _named(groups: Iterable[dict[str, Thing]]) -> set[str]:
    return {id_ for group in groups for id_ in group}


def _along(stage: str) -> tuple[int, str]:
    return (STAGES.index(stage) if stage in STAGES else _DOT, stage)


def _within(point: Point, box: tuple[float, ...]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _chosen(ask: Ask, name: str, known: Iterable[str]) -> str:
    """The value of a filter; UsageError for one that no row has."""
    value = ask.values.get(name, "").strip()
    if value and value not in known:
        raise UsageError(ask.t("bad_choice", name, value, ", ".join(sorted(known))))
    return value
