"""Answers that are flows: who supplies whom, drawn as ribbons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from reegraph.table import Cell, Thing, cell_text
from reegraph.web.links import href
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import Drawing, Panel
from reegraph.web.svg import Ribbon, flows
from reegraph.wording import figure, spoken

MOST: Final = 22  # ribbons that read well
# Of each question: from whom, to whom, and how much.
_ENDS: Final = {
    "exports": ("who", "object", "figure"),
    **dict.fromkeys(
        (
            "import-dependence",
            "dependents-of",
            "heavy-ree-dependence",
            "sector-exposure",
            "product-exposure",
            "taiwan-exposure",
        ),
        ("on", "dependent", "share"),
    ),
}


def draw_flow(ask: Ask, panel: Panel) -> Drawing | None:
    """The rows that say who supplies whom, those with a printed share first; None where none does."""
    ends = _ENDS.get(panel.name)
    names = {c.name for c in panel.table.columns}
    if not ends or not names.issuperset(ends):
        return None
    found = [r for row in panel.cells() if (r := _ribbon(ask, row, *ends))]
    if not found:
        return None
    shown = sorted(found, key=lambda r: (r.share is None, -(r.share or 0)))[:MOST]
    heading = ask.t("flow_heading")
    if len(found) > len(shown):
        heading = f"{heading} ({ask.t('shown_of', len(shown), len(found))})"
    return Drawing(heading, *(flows(shown, title=heading, wide=wide) for wide in (True, False)))


def _ribbon(ask: Ask, row: Mapping[str, Cell], start: str, end: str, amount: str) -> Ribbon | None:
    giver, taker, claims = row[start], row[end], row.get("claims") or row.get("claim")
    claim = claims[0] if isinstance(claims, tuple) and claims else claims
    if not (isinstance(giver, Thing) and isinstance(taker, Thing) and isinstance(claim, Thing)):
        return None
    lang = ask.lang
    printed = str(row[amount] or "")
    share = least(printed) if row.get("basis") != "structural" else None
    parts = [
        figure(lang, printed, "percent") if amount == "share" else spoken(lang, printed),
        *(cell.label(lang) for c in ("material", "stage") if isinstance(cell := row.get(c), Thing)),
        cell_text(row.get("period") or row.get("when"), lang),
    ]
    text = " · ".join(p for p in parts if p)
    who = f"{giver.label(lang)} → {taker.label(lang)}"
    return Ribbon(giver.label(lang), taker.label(lang), href(lang, claim), share, text, f"{who}: {text}")


def least(printed: str) -> float | None:
    """The least that a printed share says, in percent; None where it says only a word or a most.

    >>> least("85..90"), least(">=80 percent"), least("all"), least("<5"), least("some")
    (85.0, 80.0, 100.0, None, None)
    """
    if printed == "all":
        return 100.0
    match = re.match(r"[>=~]*(\d+(?:\.\d+)?)(?:\.\.\d+(?:\.\d+)?)?(?: percent)?$", printed)
    return float(match[1]) if match else None
