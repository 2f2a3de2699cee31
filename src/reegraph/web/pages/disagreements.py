"""Where sources disagree: side by side, the kind, the gap, the likely reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reegraph.errors import UsageError
from reegraph.table import Cell, Table, Thing
from reegraph.web.catalogue import Said
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.marks import draw_figures, measured
from reegraph.web.panel import Drawing, View
from reegraph.wording import figure

KINDS: Final = ("contradiction", "unsettled", "difference", "history")


@dataclass(frozen=True)
class Ladder:
    """A disagreement: its claims side by side, and their figures drawn where they have some."""

    thing: Thing
    kind: str
    gap: str
    differs_in: str
    reason: str
    claims: tuple[Said, ...]
    drawing: Drawing | None


def disagreements(ask: Ask) -> View:
    """All of them by kind, or those of one kind."""
    ask.only("kind")
    kind = ask.values.get("kind", "")
    if kind and kind not in KINDS:
        raise UsageError(ask.t("bad_choice", "kind", kind, ", ".join(KINDS)))
    panel = ask.site.panel("disagreements", **({"kind": [f"ree:{kind.capitalize()}"]} if kind else {}))
    all_ = ladders_of(ask, panel.table)
    by_kind = [(k, [d for d in all_ if d.kind == k]) for k in KINDS if kind in ("", k)]
    return View(
        "disagreements.html",
        ask.t("disagreements"),
        (panel,),
        {"by_kind": by_kind, "kinds": KINDS, "kind": kind},
    )


def disagreement(ask: Ask) -> View:
    """One disagreement."""
    ask.only()
    id_ = f"disagreement:{ask.name}"
    ask.site.must_exist(id_)
    panel = ask.site.panel("disagreements", disagreement=[id_])
    return View(
        "disagreement.html",
        ask.site.label(id_, ask.lang),
        (panel,),
        {"ladder": ladders_of(ask, panel.table)[0]},
    )


def ladders_of(ask: Ask, table: Table) -> list[Ladder]:
    """The rows of queries/pages/disagreements.rq as disagreements."""
    names = [c.name for c in table.columns]
    rows: dict[str, list[dict[str, Cell]]] = {}
    for row in table.rows:
        cells = dict(zip(names, row, strict=True))
        node = cells["disagreement"]
        if isinstance(node, Thing):
            rows.setdefault(node.id, []).append(cells)
    return [_ladder(ask, id_, group) for id_, group in rows.items()]


def _ladder(ask: Ask, id_: str, rows: Sequence[dict[str, Cell]]) -> Ladder:
    first = rows[0]
    kind = first["kind"]
    ids = dict.fromkeys(c.id for r in rows if isinstance(c := r["claim"], Thing))
    claims = tuple(ask.site.catalogue.said(ids))
    numbers = measured(claims)
    thing = ask.site.catalogue.thing(id_)
    return Ladder(
        thing=thing,
        kind=kind.id.removeprefix("ree:").lower() if isinstance(kind, Thing) else "",
        gap=figure(ask.lang, str(first["gap"] or ""), str(first["gap_unit"] or "")),
        differs_in=str(first["differs_in"] or ""),
        reason=str(first["reason_zh" if ask.lang == "zh-Hant" else "reason_en"] or ""),
        claims=claims,
        drawing=draw_figures(ask.lang, thing.label(ask.lang), numbers) if len(numbers) > 1 else None,
    )
