"""The bilingual reference of the ontology: every class and property with definition, use and examples."""

from __future__ import annotations

from typing import Any

from reegraph.errors import UnknownName
from reegraph.table import Cell, Thing
from reegraph.terms import REE
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import View


def ontology(ask: Ask) -> View:
    """All classes, links and values with their definitions and use counts."""
    ask.only()
    panel = ask.site.panel("ontology-terms")
    rows = _rows(ask)
    kinds = [(k, [r for r in rows.values() if r["kind"] == k]) for k in ("class", "link", "value")]
    return View("ontology.html", ask.t("ontology"), (panel,), {"kinds": kinds})


def term(ask: Ask) -> View:
    """One class, property or individual of the ontology."""
    ask.only()
    id_ = f"ree:{ask.name}"
    rows = _rows(ask)
    thing = ask.site.catalogue.thing(id_)
    if id_ not in rows and not thing.en:
        raise UnknownName("term", ask.name, [i.removeprefix("ree:") for i in rows])
    panel = ask.site.panel("term", term=[REE + ask.name])
    uses = ask.site.panel("term-uses", term=[REE + ask.name])
    about = ask.site.panel("thing-about", thing=[REE + ask.name])
    words: dict[str, Any] = {
        "thing": thing,
        "row": rows.get(id_),
        "definitions": sorted(
            (r for r in about.table.rows if r[0] == "definition"),
            key=lambda r: str(r[2]).lower() != ask.lang.lower(),
        ),
        "iri": REE + ask.name,
        "relations": panel.table.rows,
        "examples": [t for t in uses.table.column("example") if isinstance(t, Thing)],
    }
    return View("term.html", thing.label(ask.lang), (panel, uses, about), words)


def _rows(ask: Ask) -> dict[str, dict[str, Cell]]:
    found = ask.site.panel("ontology-terms").table.cells()
    return {r["term"].id: r for r in found if isinstance(r["term"], Thing)}
