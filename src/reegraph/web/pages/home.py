"""The home page: the flagship answer, the questions, what disagrees, what changes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from reegraph.questions import THEMES
from reegraph.table import Thing
from reegraph.web.catalogue import Said
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.marks import draw_figures
from reegraph.web.panel import View


def home(ask: Ask) -> View:
    """The flagship answer in a sentence with its range and sources, and ways in."""
    ask.only()
    flagship = ask.site.panel("flagship")
    said = ask.site.catalogue.said(t for t in flagship.table.column("claim") if isinstance(t, Thing))
    heavy = ask.site.ask("heavy-ree-dependence", {"on": "country:CN"})
    disagreements = ask.site.ask("disagreements", {})
    clock = ask.site.ask("controls-in-force", {"date": ask.today.isoformat()})
    states = Counter(str(s) for s in clock.table.column("status"))
    shown = [0, 1, 2, 3, 4, 5, 9]  # who, on whom, stage, material, share, period, claims
    words: dict[str, Any] = {
        "said": said,
        "sentence": _sentence(ask, said),
        "drawing": draw_figures(ask.lang, ask.t("flagship"), said) if said else None,
        "heavy": [
            [r[i] for i in shown]
            for r in heavy.table.rows
            if isinstance(r[3], Thing) and r[3].id != "group:rare-earths"
        ],
        "heavy_columns": [heavy.table.columns[i] for i in shown],
        "themes": [(theme, [q for q in ask.site.questions.values() if q.theme == theme]) for theme in THEMES],
        "states": states,
        "coming": sorted(
            {(r[0].id, str(r[9])) for r in clock.table.rows if isinstance(r[0], Thing) and r[9]}
        ),
        "today": ask.today,
        "counts": {
            "claims": f"{len(ask.site.catalogue.places):,}",
            "sources": len(ask.site.catalogue.sources),
            "things": f"{len(ask.site.catalogue.classes):,}",
        },
    }
    return View("home.html", ask.t("site"), (flagship, heavy, disagreements, clock), words)


def _sentence(ask: Ask, said: list[Said]) -> str:
    """The range over all sources, open where a source leaves it open, with its years."""
    bounds = [v for c in said for v in (c.lower, c.upper, c.value) if v is not None]
    if not bounds:
        return ask.t("nothing")
    low, high = min(bounds), max(bounds)
    dash, to = ("–", "") if low != high else ("", "")
    open_low = any(c.lower == low and c.upper is None and c.value is None for c in said)
    sign = {True: {"en": "over ", "zh-Hant": "逾 "}[ask.lang], False: ""}[open_low]
    range_ = f"{sign}{low:f}{dash}{'' if low == high else f'{high:f}'}{to} %"
    years = sorted({c.when[:4] for c in said})
    span = years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"
    return ask.t("flagship_range", range=range_, years=span, sources=len({c.source.id for c in said}))
