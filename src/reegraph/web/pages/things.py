"""The page of a thing: element, firm, facility, country, product, policy, agreement."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from reegraph.table import Cell, Table, Thing
from reegraph.web.catalogue import Said
from reegraph.web.i18n import COLUMNS
from reegraph.web.links import href
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.marks import date_row, draw_dates, ladders
from reegraph.web.panel import Drawing, Panel, View
from reegraph.web.site import thing_ids
from reegraph.web.svg import Neighbour, neighbourhood

PAGE: Final = 60  # claims on one page: under 150 kB of HTML
_DEPENDENCE: Final = 12
_NODES: Final = 25
_DEEP: Final = 7  # nodes of one column
_DATES: Final = frozenset(
    f"ree:{p}"
    for p in (
        "announced", "enacted", "effective", "started", "occurred", "ended", "expired", "established",
        "suspends", "signed", "imposes", "opened", "acquired", "invests", "amends", "respondsTo",
        "commissioned", "visited",
    )
)  # fmt: skip
_COLUMN: Final = {
    "policy": 0, "provision": 0, "agreement": 0, "event": 0, "negotiation": 0, "concession": 0,
    "hypothesis": 0,
    "element": 1, "group": 1, "deposit": 1, "scheme": 1,
    "material": 2, "technology": 2, "stockpile": 2, "flow": 2, "stage": 2,
    "facility": 3, "firm": 4, "org": 4, "person": 4, "work": 4, "product": 5, "sector": 6, "concept": 6,
    "country": 7, "bloc": 7, "region": 7,
}  # fmt: skip


def thing(ask: Ask) -> View:
    """Names, broader and narrower, figures, statements, disagreements, dependence, neighbours, timeline."""
    ask.only("page")
    id_ = ask.name
    ask.site.must_exist(id_)
    catalogue = ask.site.catalogue
    claims = catalogue.about.get(id_, [])
    pages = max(1, -(-len(claims) // PAGE))
    page = ask.page(pages)
    said = ask.site.panel("thing-claims", thing=[id_])
    about = ask.site.panel("thing-about", thing=[id_])
    depends = ask.site.panel("thing-dependence", thing=[id_])
    entries = ask.site.panel("thing-entries", thing=[id_])
    disagree = ask.site.panel("thing-disagreements", thing=[id_])
    filed = ask.site.panel("thing-filed", thing=[id_])
    ordered = sorted(claims, key=lambda c: _order(c, id_))
    words: dict[str, Any] = {
        "thing": catalogue.thing(id_),
        "names": _names(about, id_),
        "classes": _narrowest(ask, about),
        "definition": _definition(about, ask.lang),
        "filed": [
            (relation, [row[1:] for row in rows])
            for relation, rows in groupby(filed.table.rows, itemgetter(0))
        ],
        "ladders": ladders(ask.lang, [c for c in claims if c.subject.id == id_ or len(claims) < 200]),
        "claims": ordered[(page - 1) * PAGE : page * PAGE],
        "total": len(claims),
        "page": page,
        "pages": pages,
        "on": _directed(depends.table, "on"),
        "by": _directed(depends.table, "by"),
        "dependence_limit": _DEPENDENCE,
        "timeline": _timeline(ask, claims, id_),
        **_net(ask, id_, claims, depends.table),
    }
    return View(
        "thing.html",
        catalogue.thing(id_).label(ask.lang),
        (said, about, depends, entries, disagree, filed),
        words,
    )


def _order(said: Said, id_: str) -> tuple[int, str, str, int, str]:
    role = 0 if said.subject.id == id_ else 1 if said.object and said.object.id == id_ else 2
    role += 3 * (said.rank == "deprecated")
    return (role, said.property.id, said.source.id, said.paragraph, said.claim.id)


def _names(about: Panel, id_: str) -> list[str]:
    return sorted({str(r[1]) for r in about.table.rows if r[0] in {"name", "symbol"} and r[1]})


def _narrowest(ask: Ask, about: Panel) -> list[Thing]:
    """The classes of the thing, those left out that another of them implies."""
    classes = [c for c in about.table.column("class") if isinstance(c, Thing)]
    terms = ask.site.panel("ontology-terms").table
    above: set[str] = set()
    for term, parents in zip(terms.column("term"), terms.column("parents"), strict=True):
        if term in classes and isinstance(parents, tuple):
            above |= set(thing_ids(parents)) - {term.id if isinstance(term, Thing) else ""}
    return [c for c in classes if c.id not in above | {"ree:Entity"}]


def _definition(about: Panel, lang: str) -> str:
    wanted = [
        str(r[1]) for r in about.table.rows if r[0] == "definition" and str(r[2]).lower() == lang.lower()
    ]
    return wanted[0] if wanted else ""


def _directed(table: Table, direction: str) -> list[dict[str, Cell]]:
    names = [c.name for c in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows if row[0] == direction]


def _timeline(ask: Ask, claims: Sequence[Said], id_: str) -> Drawing | None:
    """The dated turns of the thing and of what names it; a year that is only assumed is no date."""
    dated = [
        c
        for c in claims
        if c.property.id in _DATES and not c.assumed and not c.negative and c.material is None
    ]
    rows = []
    for said in sorted(
        dated, key=lambda c: (c.since or c.until, c.claim.id) if c.since or c.until else (ask.today, "")
    ):
        other = said.subject if said.subject.id != id_ else said.object
        label = said.property.label(ask.lang) + (
            f" · {other.label(ask.lang)}" if other and other.id != id_ else ""
        )
        row = date_row(ask.lang, said, label)
        if row:
            rows.append(row)
    return draw_dates(ask.lang, ask.t("timeline"), rows[:24])


def _net(ask: Ask, id_: str, claims: Sequence[Said], dependence: Table) -> dict[str, Any]:
    """The neighbours with most claims, at most 25, in columns of the supply chain."""
    kind = id_.partition(":")[0]
    if kind not in _COLUMN:
        return {"net": None, "net_shown": 0, "net_total": 0}
    weight: Counter[str] = Counter()
    relations: dict[str, list[str]] = defaultdict(list)
    outward: dict[str, bool] = {}
    names: dict[str, Thing] = {}
    for said in claims:
        if said.negative or said.rank == "deprecated":
            continue
        ends = (said.subject, said.object or said.material)
        other = ends[1] if said.subject.id == id_ else ends[0]
        if other is None or other.id == id_ or other.id.partition(":")[0] not in _COLUMN:
            continue
        weight[other.id] += 1
        names[other.id] = other
        outward.setdefault(other.id, said.subject.id == id_)
        relations[other.id].append(said.property.label(ask.lang))
    derived = set()
    for row in _directed(dependence, "on") + _directed(dependence, "by"):
        other = row["other"] if isinstance(row["other"], Thing) else None
        if other and other.id != id_ and other.id.partition(":")[0] in _COLUMN:
            if other.id not in names:
                derived.add(other.id)
                outward[other.id] = row["direction"] == "on"
                relations[other.id].append(
                    ask.t("dependence_on" if row["direction"] == "on" else "dependence_by")
                )
            names[other.id] = other
            weight[other.id] += 1
    chosen = _chosen(weight)
    others = [
        Neighbour(
            names[i].label(ask.lang),
            href(ask.lang, i),
            _COLUMN[i.split(":")[0]],
            ", ".join(dict.fromkeys(relations[i])),
            outward[i],
            i in derived,
        )
        for i in chosen
    ]
    headings = [c[ask.lang == "zh-Hant"] for c in COLUMNS]
    centre = ask.site.label(id_, ask.lang)
    drawn = neighbourhood(centre, _COLUMN[kind], others, headings, f"{centre}: {ask.t('neighbourhood')}")
    heading = f"{centre}{ask.t('colon')}{ask.t('neighbourhood')}"
    net = Drawing(heading, drawn) if drawn else None
    return {"net": net, "net_shown": len(others), "net_total": len(weight)}


def _chosen(weight: Counter[str]) -> list[str]:
    """The heaviest neighbours, no column deeper than reads well, in the order of columns."""
    columns: dict[int, list[str]] = defaultdict(list)
    for id_ in sorted(weight, key=lambda i: (-weight[i], i)):
        column = columns[_COLUMN[id_.split(":")[0]]]
        if len(column) < _DEEP:
            column.append(id_)
    kept = sorted((i for c in columns.values() for i in c), key=lambda i: (-weight[i], i))[:_NODES]
    return sorted(kept, key=lambda i: (_COLUMN[i.split(":")[0]], -weight[i], i))
