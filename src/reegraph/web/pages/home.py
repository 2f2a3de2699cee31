"""The home page: the flagship answer, the questions, what disagrees, what changes."""

from __future__ import annotations

from typing import Any

from reegraph.questions import THEMES
from reegraph.table import Thing
from reegraph.web.catalogue import Said
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.clock import newest, said_of, standings
from reegraph.web.pages.marks import draw_figures
from reegraph.web.panel import View
from reegraph.wording import figure


def home(ask: Ask) -> View:
    """The flagship answer in a sentence with its range and sources, and ways in."""
    ask.only()
    flagship = ask.site.panel("flagship")
    said = ask.site.catalogue.said(t for t in flagship.table.column("claim") if isinstance(t, Thing))
    heavy = ask.site.ask("heavy-ree-dependence", {"on": "country:CN"})
    disagreements = ask.site.ask("disagreements", {})
    clock = ask.site.ask("controls-in-force", {"date": ask.today.isoformat()})
    names = [column.name for column in heavy.table.columns]
    shown = [names.index(n) for n in ("dependent", "stage", "material", "share", "period", "claims")]
    words: dict[str, Any] = {
        "said": said,
        "sentence": _sentence(ask, said),
        "drawing": draw_figures(ask.lang, ask.t("flagship_axis"), said) if said else None,
        "heavy": [
            [r[i] for i in shown]
            for r in heavy.table.rows
            if isinstance(r[3], Thing) and r[3].id != "group:rare-earths"
        ],
        "heavy_columns": [heavy.table.columns[i] for i in shown],
        "themes": [(theme, [q for q in ask.site.questions.values() if q.theme == theme]) for theme in THEMES],
        "standings": standings(clock),
        "newest": newest(ask, ask.today),
        "scenarios": ask.site.what_if.shipped,
        "coming": said_of(clock, "next"),
        "ended": said_of(clock, "ended"),
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
    unbounded = any(c.lower is not None and c.upper is None for c in said)
    range_ = (
        ask.t("at_least", f"{low:f}") if unbounded else f"{low:f}–{high:f}%" if low < high else f"{low:f}%"
    )
    years = sorted({c.when[:4] for c in said})
    span = years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"
    printed = dict.fromkeys(figure(ask.lang, c.figure, c.unit) for c in said)
    comma = "、" if ask.lang == "zh-Hant" else ", "
    sources = len({c.source.id for c in said})
    return ask.t("flagship_range", range=range_, years=span, sources=sources, printed=comma.join(printed))
