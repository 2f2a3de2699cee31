"""Which pages are drawn ahead after the start, so that their first reader does not wait for their queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from reegraph.table import Thing
from reegraph.web.site import Site

_THINGS: Final = 40  # those of which most is said; the first page of any other takes under 50 ms
_PLAIN: Final = (
    "home", "questions", "elements", "map", "controls", "dependence", "disagreements", "sources", "ontology",
    "sparql", "compare", "dossier", "search",
)  # fmt: skip


def pages_ahead(site: Site) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Paths below /LANG/ with their parameters, those that readers come to first at the front."""
    yield from ((path, {}) for path in _PLAIN)
    yield from ((f"question/{name}", {}) for name in site.questions)
    yield from (("dependence", {"if": name}) for name in site.what_if.shipped)
    about = site.catalogue.about
    most_said = sorted(about, key=lambda i: (-len(about[i]), i))[:_THINGS]
    yield from ((f"thing/{i}", {}) for i in most_said)
    yield from (("question/claims-about", {"thing": i}) for i in most_said)
    yield from ((f"source/{_local(i)}", {}) for i in site.catalogue.sources)
    for kind, ids in (
        ("claim", site.catalogue.claims),
        ("dependency", site.dependence.all),
        (
            "disagreement",
            [t.id for t in site.panel("disagreements").table.column("disagreement") if isinstance(t, Thing)],
        ),
        ("ontology", ["ree:Firm"]),
    ):
        yield from ((f"{kind}/{_local(i)}", {}) for i in list(ids)[:1])
    suppliers = sorted({d.on for d in site.dependence.all.values()})
    yield from (("question/dependents-of", {"on": i}) for i in suppliers)
    yield from (("controls", {"date": day}) for day in _turns(site))


def _local(id_: str) -> str:
    return id_.partition(":")[2]


def _turns(site: Site) -> list[str]:
    """The days that the control clock offers."""
    claims = site.ask("control-timeline", {}).table.column("claim")
    said = site.catalogue.said(c for c in claims if isinstance(c, Thing))
    return sorted({c.since.isoformat() for c in said if c.since and not c.assumed})
