"""The SPARQL page: any query, and its answer as table, chart, map or graph."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from reegraph.errors import UsageError
from reegraph.questions import THEMES, find_question
from reegraph.table import Cell, Column, Table, Thing
from reegraph.terms import KINDS, PREFIXES, short
from reegraph.web.endpoint import Binding, Typed
from reegraph.web.geography import Point, project
from reegraph.web.links import href
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.places import STAGES, draw_world, sites
from reegraph.web.panel import Drawing, Panel, View
from reegraph.web.site import Site
from reegraph.web.svg.bars import Bar, bars
from reegraph.web.svg.world import Place

VIEWS: Final = ("table", "chart", "map", "graph")
_BARS: Final = 40
_MARKS: Final = 200
_CELLS: Final = 450  # of a table on the page, which keeps it under 150 kB; CSV and JSON have all
_TOLD: Final = 80  # characters of a query in the title of its answer
_SHARED: Final = 6000  # characters of a query that an address is given for
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_LATITUDE: Final = re.compile(r"lat(itude)?", re.IGNORECASE)
_LONGITUDE: Final = re.compile(r"lon(g|gitude)?", re.IGNORECASE)
_ELSEWHERE: Final = frozenset(PREFIXES) - KINDS.keys() - {"ree"}  # prefixes of what has no page here


@dataclass(frozen=True)
class Shown:
    """A cell of the answer: its text, the id behind it, and the page it leads to."""

    text: str
    id: str = ""
    href: str = ""


def sparql(ask: Ask) -> View:
    """A box for any query, examples for it, and the answer of the one that was asked."""
    ask.only("query", "example", "view")
    example = ask.values.get("example", "")
    query = ask.values.get("query", "")
    if example and not query:
        query = _example(ask, example)
    typed = ask.typed.get(query)
    able = _able(ask, typed) if typed else {}
    view = ask.values.get("view", "") or ("graph" if typed and typed.is_graph else "table")
    if view not in VIEWS:
        raise UsageError(ask.t("bad_choice", "view", view, ", ".join(VIEWS)))
    if view not in able:
        view = "table"
    words: dict[str, Any] = {
        "query": query,
        "asked": typed is not None,
        "typed": typed or Typed(),
        "view_as": view,
        "views": list(able),
        "drawing": able.get(view),
        "rows": _rows(ask, typed) if typed and view in {"table", "graph"} else [],
        "sharable": len(query) < _SHARED,
        "wrong_line": _line(query, typed.line) if typed else "",
        "examples": [(t, [q for q in ask.site.questions.values() if q.theme == t]) for t in THEMES],
        "example": example,
    }
    panels = (_panel(ask, query, typed),) if typed and not typed.refusal else ()
    return View("sparql.html", _title(ask, query) if typed else ask.t("sparql"), panels, words)


def _rows(ask: Ask, typed: Typed) -> list[list[Shown | None]]:
    """The first rows as cells."""
    most = max(20, _CELLS // max(1, len(typed.variables)))
    return [[_shown(ask, row[v]) if v in row else None for v in typed.variables] for row in typed.rows[:most]]


def _title(ask: Ask, query: str) -> str:
    """What the query says of itself in a comment at its head, else its first words."""
    line = next((line.strip() for line in query.splitlines() if line.strip()), "")
    told = line.lstrip("# ") if line.startswith("#") else " ".join(query.split())
    return f"{ask.t('sparql')}{ask.t('colon')}{told[:_TOLD]}{'…' if len(told) > _TOLD else ''}"


def _panel(ask: Ask, query: str, typed: Typed) -> Panel:
    """The answer as a table of data, to cite and to keep."""
    if typed.boolean is not None:
        table = Table((Column("answer", "boolean", "", "yes or no", "是或否"),), ((typed.boolean,),))
    else:
        columns = tuple(Column(v, _kind(typed.rows, v)) for v in typed.variables)
        rows = (tuple(_cell(ask, row.get(c.name), c.type) for c in columns) for row in typed.rows)
        table = Table(columns, tuple(rows))
    cut = typed.found if typed.found > len(typed.rows) else 0
    return Panel("answer", "Answer to a typed query", "自訂查詢的答案", query, table, cut_from=cut)


def _kind(rows: Sequence[dict[str, Binding]], variable: str) -> str:
    """The type of a column: of numbers, of names of things, else of text."""
    if _numeric(rows, variable):
        return "number"
    return "thing" if all(row[variable]["type"] == "uri" for row in rows if variable in row) else "text"


def _cell(ask: Ask, binding: Binding | None, kind: str) -> Cell:
    if binding is None:
        return None
    if kind == "number":
        return Decimal(binding["value"])
    id_ = short(binding["value"]) if binding["type"] == "uri" else binding["value"]
    return ask.site.catalogue.thing(id_) if kind == "thing" else id_


def names(site: Site) -> str:
    """What the editor completes, as JSON: prefixes, and terms and things with names in both languages."""
    catalogue = site.catalogue
    terms = site.panel("ontology-terms").table
    kinds = {t.id: kind for t, kind, *_ in terms.rows if isinstance(t, Thing)}
    rows = [[id_, kind, thing.en, thing.zh] for id_, kind in kinds.items() if (thing := catalogue.thing(id_))]
    for id_ in (*catalogue.classes, *catalogue.sources):
        thing = catalogue.thing(id_)
        rows.append([id_, "thing", thing.en, thing.zh])
    return json.dumps({"prefixes": PREFIXES, "names": rows}, ensure_ascii=False, separators=(",", ":"))


def _example(ask: Ask, name: str) -> str:
    """A named question's query under its question, without the head that its file has."""
    question = find_question(name, ask.site.questions)
    lines = [line for line in question.query.splitlines() if not line.startswith("#+")]
    asked = question.question_zh if ask.lang == "zh-Hant" else question.question_en
    return "\n".join([f"# {asked}", *lines])


def _able(ask: Ask, typed: Typed) -> dict[str, Drawing | None]:
    """The forms in which an answer can be shown, each with its drawing."""
    if not typed.found:
        return {}
    able: dict[str, Drawing | None] = {"table": None}
    chart = _chart(ask, typed)
    if chart:
        able["chart"] = chart
    drawn = None if typed.is_graph else _map(ask, typed)
    if drawn:
        able["map"] = drawn
    if typed.is_graph:
        able["graph"] = None
    return able


def _chart(ask: Ask, typed: Typed) -> Drawing | None:
    """Bars of the first column of numbers, labelled by the first other column."""
    numbers = next((v for v in typed.variables if _numeric(typed.rows, v)), "")
    if not numbers:
        return None
    named = next((v for v in typed.variables if v != numbers and any(v in row for row in typed.rows)), "")
    rows = []
    for place, row in enumerate(typed.rows[:_BARS], 1):
        if numbers in row:
            shown = _shown(ask, row[named]) if named in row else Shown(f"{place}")
            printed = row[numbers]["value"]
            rows.append(Bar(shown.text, float(printed), printed, shown.href))
    title = f"{numbers} · {named}" if named else numbers
    return Drawing(title, bars(rows, title=title), bars(rows, title=title, wide=False))


def _numeric(rows: Sequence[dict[str, Binding]], variable: str) -> bool:
    cells = [row[variable] for row in rows if variable in row]
    return bool(cells) and all(c["type"] != "uri" and _NUMBER.fullmatch(c["value"]) for c in cells)


def _map(ask: Ask, typed: Typed) -> Drawing | None:
    """The rows that have coordinates, or name a thing whose place is known: the one known best."""
    lat = next((v for v in typed.variables if _LATITUDE.fullmatch(v)), "")
    long = next((v for v in typed.variables if _LONGITUDE.fullmatch(v)), "")
    known = {s.thing.id: s for s in sites(ask) if s.at}
    places: dict[tuple[str, Point], Place] = {}
    for row in typed.rows[:_MARKS]:
        shown = [_shown(ask, row[v]) for v in typed.variables if v in row]
        if not shown:
            continue
        spot = _spot(row[lat]["value"], row[long]["value"]) if lat in row and long in row else None
        named, exact = shown[0], True
        if spot is None:
            candidates = [(c, s) for c in shown if (s := known.get(c.id))]
            if not candidates:
                continue
            named, site = max(candidates, key=lambda c: (c[1].exact, c[1].kind != "country"))
            spot, exact = site.at, site.exact
        assert spot
        label = " · ".join(dict.fromkeys(s.text for s in shown))[:160]
        country = not exact and named.id.startswith("country:")
        mark = Place(spot, label, named.href, len(STAGES), exact, country=country)
        places.setdefault((named.id, spot), mark)
    return draw_world(ask, list(places.values()), ask.t("map")) if places else None


def _spot(latitude: str, longitude: str) -> Point | None:
    if not _NUMBER.fullmatch(latitude) or not _NUMBER.fullmatch(longitude):
        return None
    north, east = float(latitude), float(longitude)
    return project(east, north) if abs(north) <= 90 and abs(east) <= 360 else None


def _shown(ask: Ask, binding: Binding) -> Shown:
    if binding["type"] != "uri":
        return Shown(binding["value"])
    id_ = short(binding["value"])
    if id_ == binding["value"] or "/" in id_ or id_.partition(":")[0] in _ELSEWHERE:
        return Shown(id_, id_)
    return Shown(ask.site.label(id_, ask.lang), id_, href(ask.lang, id_))


def _line(query: str, number: int) -> str:
    lines = query.splitlines()
    return lines[number - 1][:300] if 0 < number <= len(lines) else ""
