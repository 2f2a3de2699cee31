"""The explore page: what is linked to a thing, as the list that the browser's graph is drawn from."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from reegraph.errors import UsageError
from reegraph.table import Cell, Column, Table, Thing
from reegraph.web.i18n import COLUMNS
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.neighbours import CONCLUDED, Link, column_of, draw_net, neighbours, readable
from reegraph.web.panel import Panel, View

_FIRST: Final = 24  # drawn at once
_LISTED: Final = 120
_CHIPS: Final = 4  # pieces of evidence of a link on the page; the thing's own page has all


def explore(ask: Ask) -> View:
    """The neighbours of a thing by column, each with its relations and evidence."""
    ask.only("relation")
    id_ = ask.name
    ask.site.must_exist(id_)
    depends = ask.site.panel("thing-dependence", thing=[id_])
    about = ask.site.catalogue.about.get(id_, [])
    everything = neighbours(id_, about, depends.table)
    relations = _relations(everything)
    relation = ask.values.get("relation", "")
    if relation and relation not in {r.id for r, _ in relations}:
        known = [r.id for r, _ in relations]
        raise UsageError(ask.t("bad_relation", "relation", relation, ", ".join(known) or ask.t("none_of")))
    links = neighbours(id_, about, depends.table, relation) if relation else everything
    first = readable(links, _FIRST, 6)
    listed = links[:_LISTED]
    thing = ask.site.catalogue.thing(id_)
    words: dict[str, Any] = {
        "thing": thing,
        "column": column_of(id_) or 0,
        "headings": [c[ask.lang == "zh-Hant"] for c in COLUMNS],
        "columns": [(number, [n for n in listed if n.column == number]) for number in range(len(COLUMNS))],
        "first": {link.thing.id for link in first},
        "net": draw_net(ask, id_, first),
        "total": len(links),
        "shown": len(listed),
        "chips": _CHIPS,
        "relation": relation,
        "relations": relations,
    }
    title = ask.t("explore_of", thing.label(ask.lang))
    return View("explore.html", title, (_linked(ask, links), *_behind(ask, id_, relation)), words)


def _linked(ask: Ask, links: list[Link]) -> Panel:
    """All that is linked, as a table of data: what the list and the drawing show the first of."""
    columns = (
        Column("thing", "thing", "", "what is linked", "關聯事物"),
        Column("column", "text", "", "its place in the supply chain", "供應鏈位置"),
        Column("direction", "text", "", "outward (the thing of the page is the subject) or inward", "方向"),
        Column("relations", "things", "", "by which relations", "關聯"),
        Column("basis", "text", "", "stated, or derived where nobody states it", "所述或推得"),
        Column("evidence", "things", "", "claims and conclusions", "主張與推得結論"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            link.thing,
            COLUMNS[link.column][ask.lang == "zh-Hant"],
            "outward" if link.outward else "inward",
            tuple(link.relations.values()),
            "derived" if link.derived else "stated",
            tuple(dict.fromkeys(link.evidence)),
        )
        for link in links
    ]
    command = ask.t("from_queries_below")
    return Panel("links", "What is linked", "關聯事物", "", Table(columns, tuple(rows)), command)


def _behind(ask: Ask, id_: str, relation: str) -> list[Panel]:
    """The claims and conclusions behind the links, of one relation where it is named."""
    concluded = relation in CONCLUDED
    panels = []
    if not concluded:
        panels.append(
            ask.site.panel("thing-claims", thing=[id_], **({"property": [relation]} if relation else {}))
        )
    if concluded or not relation:
        side = {"side": [CONCLUDED[relation]]} if concluded else {}
        panels.append(ask.site.panel("thing-dependence", thing=[id_], **side))
    return panels


def _relations(links: list[Link]) -> list[tuple[Thing, int]]:
    """The relations of all links, and how many links each has, the commonest first."""
    names = {by.id: by for link in links for by in link.relations.values()}
    counted = Counter(by for link in links for by in link.relations)
    return [(names[by], count) for by, count in sorted(counted.items(), key=lambda c: (-c[1], c[0]))]
