"""What is linked to a thing by claims and conclusions, in columns of the supply chain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from reegraph.table import Cell, Lang, Table, Thing
from reegraph.web.catalogue import Said
from reegraph.web.i18n import COLUMNS
from reegraph.web.links import href
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import Drawing
from reegraph.web.svg import Neighbour, neighbour_list, neighbourhood

_DEPENDS: Final = {  # relations that are concluded, by direction
    "on": Thing("depends-on", "depends on", "依賴"),
    "by": Thing("depended-on-by", "is depended on by", "被依賴"),
}
CONCLUDED: Final = {"depends-on": "ree:dependent", "depended-on-by": "ree:on"}  # the thing's side in each
_COLUMN: Final = {
    "policy": 0, "provision": 0, "agreement": 0, "event": 0, "negotiation": 0, "concession": 0,
    "hypothesis": 0,
    "element": 1, "group": 1, "deposit": 1, "scheme": 1,
    "material": 2, "technology": 2, "stockpile": 2, "flow": 2, "stage": 2,
    "facility": 3, "firm": 4, "org": 4, "person": 4, "work": 4, "product": 5, "sector": 6, "concept": 6,
    "country": 7, "bloc": 7, "region": 7,
}  # fmt: skip


@dataclass
class Link:
    """A thing beside another: by which relations, on which claims or conclusions, and which way."""

    thing: Thing
    outward: bool
    relations: dict[str, Thing] = field(default_factory=dict)
    evidence: list[Thing] = field(default_factory=list)
    weight: int = 0

    @property
    def column(self) -> int:
        """The column it stands in; only things that have one are linked."""
        return column_of(self.thing.id) or 0

    @property
    def derived(self) -> bool:
        """True where nobody states it: it is concluded."""
        return set(self.relations) <= {by.id for by in _DEPENDS.values()}

    def relation(self, lang: Lang) -> str:
        """The relations in words."""
        return ("、" if lang == "zh-Hant" else ", ").join(
            dict.fromkeys(r.label(lang) for r in self.relations.values())
        )


def column_of(id_: str) -> int | None:
    """The column of the supply chain that a thing stands in, from policy (0) to places (7)."""
    return _COLUMN.get(id_.partition(":")[0])


def neighbours(id_: str, claims: Sequence[Said], dependence: Table, relation: str = "") -> list[Link]:
    """The links of a thing, of one relation where it is named, those with most evidence first."""
    found: dict[str, Link] = {}

    def link(other: Thing, outward: bool, by: Thing, on: Thing) -> None:
        if other.id == id_ or column_of(other.id) is None or relation not in ("", by.id):
            return
        known = found.setdefault(other.id, Link(other, outward))
        known.weight += 1
        known.evidence.append(on)
        known.relations[by.id] = by

    for said in claims:
        end = (said.object or said.material) if said.subject.id == id_ else said.subject
        if end and not said.negative and said.rank != "deprecated":
            link(end, said.subject.id == id_, said.property, said.claim)
    for way, by in _DEPENDS.items():
        for row in directed(dependence, way):
            other, conclusion = row["other"], row["dependency"]
            if isinstance(other, Thing) and isinstance(conclusion, Thing):
                link(other, way == "on", by, conclusion)
    return sorted(found.values(), key=lambda n: (-n.weight, n.thing.id))


def readable(links: Sequence[Link], most: int, deep: int) -> list[Link]:
    """The first `most` of the links, no column deeper than `deep`, in the order of columns."""
    columns: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        if len(columns[link.column]) < deep:
            columns[link.column].append(link)
    kept = sorted((n for c in columns.values() for n in c), key=lambda n: (-n.weight, n.thing.id))[:most]
    return sorted(kept, key=lambda n: (n.column, -n.weight, n.thing.id))


def draw_net(ask: Ask, id_: str, links: Sequence[Link]) -> Drawing | None:
    """A thing among these links of it, in columns of the supply chain; None without a link."""
    lang, centre = ask.lang, ask.site.label(id_, ask.lang)
    others = [
        Neighbour(n.thing.label(lang), href(lang, n.thing), n.column, n.relation(lang), n.outward, n.derived)
        for n in links
    ]
    headings = [c[lang == "zh-Hant"] for c in COLUMNS]
    heading = f"{centre}{ask.t('colon')}{ask.t('neighbourhood')}"
    drawn = neighbourhood(centre, column_of(id_) or 0, others, headings, heading)
    return Drawing(heading, drawn, neighbour_list(others, headings, heading)) if drawn else None


def directed(table: Table, direction: str) -> list[dict[str, Cell]]:
    """The conclusions in which the thing depends ("on") or is depended on ("by")."""
    names = [c.name for c in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows if row[0] == direction]
