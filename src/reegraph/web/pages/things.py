"""The page of a thing: element, firm, facility, country, product, policy, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from reegraph.table import Table, Thing
from reegraph.web.catalogue import Said
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.marks import date_row, draw_dates, ladders
from reegraph.web.pages.neighbours import column_of, directed, draw_net, neighbours, readable
from reegraph.web.pages.places import small_map
from reegraph.web.panel import Drawing, Panel, View
from reegraph.web.site import thing_ids
from reegraph.wording import figure

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
    drawn, place = small_map(ask, id_)
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
        "on": directed(depends.table, "on"),
        "by": directed(depends.table, "by"),
        "dependence_limit": _DEPENDENCE,
        **_net(ask, id_, claims, depends.table),
        "map": drawn,
        "place": place,
        "timeline": _timeline(ask, claims, id_),
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


def _timeline(ask: Ask, claims: Sequence[Said], id_: str) -> Drawing | None:
    """The dated turns of the thing and of what names it, of a firm or plant all that is dated.

    A year that is only assumed is no date.
    """
    everything = id_.startswith(("firm:", "facility:"))
    dated = [c for c in claims if not c.assumed and (everything or _is_turn(c))]
    rows = []
    for said in sorted(
        dated, key=lambda c: (c.since or c.until, c.claim.id) if c.since or c.until else (ask.today, "")
    ):
        row = date_row(ask.lang, said, _told(ask, said, id_))
        if row:
            rows.append(row)
    return draw_dates(ask.lang, ask.t("timeline"), rows[:24])


def _is_turn(said: Said) -> bool:
    return said.property.id in _DATES and not said.negative and said.material is None


def _told(ask: Ask, said: Said, id_: str) -> str:
    """What happened, in the parts of the claim and in its order, but for the thing itself."""
    of = None if _is_turn(said) else said.material or said.stage
    before, *after = (p.label(ask.lang) if p and p.id != id_ else "" for p in (said.subject, said.object, of))
    denied = ask.t("not") if said.negative else ""
    measured = figure(ask.lang, said.figure, said.unit) if said.figure else ""
    parts = (before, denied, said.property.label(ask.lang), measured, *after)
    return " · ".join(p for p in parts if p)


def _net(ask: Ask, id_: str, claims: Sequence[Said], dependence: Table) -> dict[str, Any]:
    """The neighbours with most claims, at most 25, in columns of the supply chain."""
    links = neighbours(id_, claims, dependence) if column_of(id_) is not None else []
    chosen = readable(links, _NODES, _DEEP)
    return {"net": draw_net(ask, id_, chosen), "net_shown": len(chosen), "net_total": len(links)}
