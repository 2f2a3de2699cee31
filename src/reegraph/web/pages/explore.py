"""The explore page: what is linked to a thing, as the list that the browser's graph is drawn from."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from reegraph.errors import UsageError
from reegraph.table import Thing
from reegraph.web.i18n import COLUMNS
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.neighbours import Link, column_of, draw_net, neighbours, readable
from reegraph.web.panel import View

_FIRST: Final = 24  # drawn at once
_LISTED: Final = 120
_CHIPS: Final = 4  # pieces of evidence of a link on the page; the thing's own page has all


def explore(ask: Ask) -> View:
    """The neighbours of a thing by column, each with its relations and evidence."""
    ask.only("relation")
    id_ = ask.name
    ask.site.must_exist(id_)
    claims = ask.site.panel("thing-claims", thing=[id_])
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
    return View("explore.html", title, (claims, depends), words)


def _relations(links: list[Link]) -> list[tuple[Thing, int]]:
    """The relations of all links, and how many links each has, the commonest first."""
    names = {by.id: by for link in links for by in link.relations.values()}
    counted = Counter(by for link in links for by in link.relations)
    return [(names[by], count) for by, count in sorted(counted.items(), key=lambda c: (-c[1], c[0]))]
