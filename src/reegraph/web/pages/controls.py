"""The control clock and the element matrix: what binds what on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from reegraph.table import Cell, Column, Table, Thing
from reegraph.web.catalogue import Said
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.clock import STATES, newest, said_of, standings
from reegraph.web.pages.marks import date_row, draw_dates
from reegraph.web.panel import Panel, View
from reegraph.web.svg import Row
from reegraph.wording import time

_STAGES: Final = (
    "mining",
    "beneficiation",
    "separation",
    "refining",
    "processing",
    "metal-making",
    "magnet-making",
    "recycling",
)
_SLID: Final = timedelta(days=4 * 366)  # the slider goes back so far, links to all key days further
_TURNS: Final = frozenset(
    f"ree:{p}"
    for p in ("announced", "enacted", "effective", "started", "occurred", "ended", "expired", "suspends")
)


def controls(ask: Ask) -> View:
    """What is bound on the day of ?date=, the chain of notices, and what is coming."""
    ask.only("date")
    day = ask.day()
    clock = ask.site.ask("controls-in-force", {"date": day.isoformat()})
    chain = ask.site.ask("control-timeline", {})
    said = _said(ask, chain)
    groups = _by_control(clock)
    turns = ask.site.turning_days
    recent = [when for when in turns if when > ask.today - _SLID]
    within = [day, ask.today, *recent]
    standing = standings(clock)
    words: dict[str, Any] = {
        "day": day,
        "standings": standing,
        "newest": newest(ask, day),
        "counts": {s.state: s.count for s in standing},
        "by_state": [(state, list(of)) for state, of in groupby(groups, itemgetter("status"))],
        "coming": _coming(ask, clock, said, day),
        "ended": said_of(clock, "ended"),
        "key_days": turns,
        "slide": (min(within), max(within)),
        "slid_to": recent,
        "drawing": _chain(ask, said, day),
    }
    return View("controls.html", ask.t("controls"), (clock, chain), words)


def elements(ask: Ask) -> View:
    """The 17 elements by stage: who carries it out on whose word, and the control on the day of ?date=."""
    ask.only("date")
    day = ask.day()
    stages = ask.site.panel("element-stages")
    clock = ask.site.ask("controls-in-force", {"date": day.isoformat()})
    matrix = ask.site.ask("control-matrix", {"date": day.isoformat()})
    cells: dict[tuple[str, str], dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
    groups: dict[str, Thing] = {}
    for row in stages.table.rows:
        element, stage, who, _, claim = row
        if (
            isinstance(element, Thing)
            and isinstance(stage, Thing)
            and isinstance(who, Thing)
            and isinstance(claim, Thing)
        ):
            cells[element.id, stage.id][who.id] += ask.site.catalogue.said([claim])
            if element.id.startswith("group:"):
                groups[element.id] = element
    status: dict[str, list[dict[str, Any]]] = defaultdict(list)
    names = [c.name for c in clock.table.columns]
    for cell_row in clock.table.rows:
        cell = dict(zip(names, cell_row, strict=True))
        if isinstance(cell["item"], Thing):
            status[cell["item"].id].append(cell)
    for bare in matrix.cells():
        if bare["status"] == "not-listed" and bare["claims"]:
            left_out = bare["exempted_by"] or (None,)
            status[bare["element"].id] += [{**bare, "control": control} for control in left_out]
    used = [s for s in _STAGES if any(stage == f"stage:{s}" for _, stage in cells)]
    words: dict[str, Any] = {
        "day": day,
        "elements": [row[0] for row in matrix.table.rows if isinstance(row[0], Thing)],
        "numbers": {row[0].id: row[1] for row in matrix.table.rows if isinstance(row[0], Thing)},
        "groups": list(groups.values()),
        "stages": [ask.site.catalogue.thing(f"stage:{s}") for s in used],
        "cells": cells,
        "status": status,
        "name": ask.site.catalogue.thing,
        "planned": lambda claims: all(c.forward() for c in claims),
    }
    return View("elements.html", ask.t("elements"), (_matrix(ask, words), stages, clock, matrix), words)


def _matrix(ask: Ask, words: Mapping[str, Any]) -> Panel:
    """The page's matrix as a table of data: who carries out each stage, and the controls of the day."""
    columns = (
        Column("element", "thing", "", "the element or group", "元素或元素群"),
        Column("number", "number", "", "atomic number", "原子序"),
        Column("status", "texts", "", "status under the controls of that day", "當日管制狀態"),
        Column("controls", "things", "", "the controls", "管制"),
        *(
            Column(s.id.partition(":")[2].replace("-", "_"), "things", "", f"who: {s.en}", f"何者：{s.zh}")
            for s in words["stages"]
        ),
        Column("claims", "claims", "", "the claims", "主張"),
    )
    rows: list[tuple[Cell, ...]] = []
    for thing in (*words["elements"], *words["groups"]):
        bound = words["status"].get(thing.id, [])
        who = [words["cells"].get((thing.id, s.id), {}) for s in words["stages"]]
        behind = [c for row in bound for c in row["claims"] or ()]
        behind += [said.claim for cell in who for claims in cell.values() for said in claims]
        rows.append(
            (
                thing,
                words["numbers"].get(thing.id),
                tuple(dict.fromkeys(str(row["status"]) for row in bound)),
                tuple(
                    dict.fromkeys(
                        row["control"] for row in bound if row["control"] and row["status"] != "not-listed"
                    )
                ),
                *(tuple(ask.site.catalogue.thing(i) for i in cell) for cell in who),
                tuple(dict.fromkeys(behind)),
            )
        )
    table = Table(columns, tuple(rows))
    return Panel("matrix", "The element matrix", "元素矩陣", "", table, ask.t("from_queries_below"))


def _said(ask: Ask, chain: Panel) -> list[Said]:
    ids = dict.fromkeys(c.id for c in chain.table.column("claim") if isinstance(c, Thing))
    return [c for c in ask.site.catalogue.said(ids) if c.property.id in _TURNS and c.rank != "deprecated"]


def _by_control(clock: Panel) -> list[dict[str, Any]]:
    """One entry a control, rule within it, status and dates, with all that it binds."""
    names = [c.name for c in clock.table.columns]
    groups: dict[tuple[Cell, ...], dict[str, Any]] = {}
    for row in clock.table.rows:
        cells: dict[str, Cell] = dict(zip(names, row, strict=True))
        control, claims = cells["control"], cells["claims"]
        if not isinstance(control, Thing):
            continue
        key = (control, cells["rule"], cells["status"], cells["since"], cells["notice"])
        group = groups.setdefault(key, {**cells, "items": [], "claims": {}})
        how = cells["binds"] if cells["binds"] in {"end-use", "made-with"} else ""
        group["items"].append({"thing": cells["item"], "how": how})
        for claim in claims if isinstance(claims, tuple) else ():
            group["claims"][claim.id if isinstance(claim, Thing) else claim] = claim
    return sorted(
        groups.values(),
        key=lambda g: (STATES.index(g["status"]), str(g["since"]), g["control"].id, str(g["rule"])),
    )


def _coming(ask: Ask, clock: Panel, said: list[Said], day: date) -> list[tuple[str, str]]:
    """What the answer says of the time after, and the turns of the chain that lie after the day."""
    coming = set(said_of(clock, "next"))
    for turn in said:
        if turn.since and turn.since > day and not turn.assumed and not turn.negative:
            coming.add((turn.subject.id, f"{turn.property.label(ask.lang)} {time(ask.lang, turn.when)}"))
    return sorted(coming)


def _chain(ask: Ask, said: list[Said], day: date) -> Any:
    dated = sorted(
        (c for c in said if not c.assumed and not c.negative),
        key=lambda c: (str(c.since or c.until), c.claim.id),
    )
    rows: list[Row] = []
    for claim in dated:
        what = (
            claim.object.label(ask.lang)
            if claim.property.id == "ree:suspends" and claim.object
            else claim.subject.label(ask.lang)
        )
        row = date_row(ask.lang, claim, f"{claim.property.label(ask.lang)} · {what}")
        if row:
            rows.append(row)
    return draw_dates(ask.lang, ask.t("chain"), rows, day)
