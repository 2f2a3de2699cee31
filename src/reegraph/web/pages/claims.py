"""Pages of evidence: a claim, a source, a conclusion with its proof."""

from __future__ import annotations

from typing import Any, Final

from reegraph.curation.anchors import ArticleText
from reegraph.errors import ReegraphError
from reegraph.table import Cell, Table, Thing
from reegraph.web.cite import Cited
from reegraph.web.pages.ask import Ask
from reegraph.web.panel import View

PAGE: Final = 80  # claims of a source on one page


def claim(ask: Ask) -> View:
    """A claim: its sentence, its anchor, its parts, what it leads to, who else speaks, how to cite it."""
    ask.only()
    id_ = f"claim:{ask.name}"
    site, catalogue = ask.site, ask.site.catalogue
    if id_ not in catalogue.places:
        site.must_exist(id_)
    anchor = site.panel("anchor", claim=[id_])
    full = site.panel("claims", claim=[id_])
    concluded = site.panel("claim-conclusions", claim=[id_])
    companions = site.panel("claim-companions", this=[id_])
    sources = site.panel("sources")
    place = _record(anchor.table)
    source = place["source"]
    assert isinstance(source, Thing)
    text = site.article(source.id, str(place["document"]))
    cited_as = cited(ask, sources.table, source, catalogue.thing(id_), int(str(place["paragraph"] or 0)))
    others = catalogue.said(t for t in companions.table.column("claim") if isinstance(t, Thing))
    words: dict[str, Any] = {
        "claim": catalogue.thing(id_),
        "said": catalogue.claims.get(id_),
        "anchor": place,
        "quote": _quote(text, int(str(place["start"])), int(str(place["end"]))),
        "page_in_source": _page_of(ask, source.id, id_),
        "cited": cited_as,
        "companions": others,
    }
    return View("claim.html", f"{ask.t('claim')} {ask.name}", (full, anchor, concluded, companions), words)


def source(ask: Ask) -> View:
    """An article: its data, its claims in reading order by paragraph, the errors found in it."""
    ask.only("page")
    id_ = f"source:{ask.name}"
    site, catalogue = ask.site, ask.site.catalogue
    if id_ not in catalogue.sources:
        site.must_exist(id_)
    about = site.panel("sources", source=[id_])
    said = site.panel("source-claims", source=[id_])
    errors = site.ask("source-errors", {"source": id_})
    pages = max(1, -(-len(said) // PAGE))
    page = ask.page(pages)
    data = _record(about.table)
    text = site.article(id_, str(data.get("document", "")))
    paragraphs: dict[int, list[dict[str, Cell]]] = {}
    for row in said.table.cells()[(page - 1) * PAGE : page * PAGE]:
        paragraphs.setdefault(int(str(row["paragraph"])), []).append(row)
    words: dict[str, Any] = {
        "source": catalogue.thing(id_),
        "data": data,
        "paragraphs": [(n, r, _marked(text, r)) for n, r in sorted(paragraphs.items())],
        "page": page,
        "pages": pages,
        "cited": cited(ask, about.table, catalogue.thing(id_), None, 0),
        "has_text": text is not None,
    }
    return View("source.html", catalogue.thing(id_).label(ask.lang), (said, about, errors), words)


def sources(ask: Ask) -> View:
    """All sources."""
    ask.only()
    panel = ask.site.panel("sources")
    return View("sources.html", ask.t("sources"), (panel,), {"rows": panel.table.cells()})


def conclusion(ask: Ask) -> View:
    """A dependency with its whole proof."""
    ask.only()
    id_ = f"dependency:{ask.name}"
    ask.site.must_exist(id_)
    panel = ask.site.panel("proof", node=[id_])
    return View(
        "conclusion.html",
        ask.site.label(id_, ask.lang),
        (panel,),
        {"proof": ask.site.why(id_), "thing": ask.site.catalogue.thing(id_)},
    )


def _record(table: Table) -> dict[str, Cell]:
    if not table.rows:
        raise ReegraphError("the graph holds the node without its parts; run `reegraph check`.")
    return table.cells()[0]


def cited(ask: Ask, table: Table, source: Thing, claim: Thing | None, paragraph: int) -> Cited:
    """How to cite a source, or a claim in it, by the rows of queries/pages/sources.rq."""
    data = next(
        (r for r in table.cells() if isinstance(r["source"], Thing) and r["source"].id == source.id), {}
    )
    return Cited(
        source=source,
        creator_en=str(data.get("creator_en") or ""),
        creator_zh=str(data.get("creator_zh") or ""),
        publisher_en=str(data.get("publisher_en") or ""),
        publisher_zh=str(data.get("publisher_zh") or ""),
        issued=str(data.get("issued") or ""),
        claim=claim,
        paragraph=paragraph,
        version=ask.site.version,
    )


def _quote(text: ArticleText | None, start: int, end: int) -> dict[str, str] | None:
    """The anchored words with what stands around them on their line."""
    if text is None:
        return None
    before = text.text.rfind("\n", 0, start) + 1
    after = text.text.find("\n", end)
    after = len(text.text) if after < 0 else after
    return {
        "before": text.text[before:start],
        "said": " ".join(text.text[start:end].split("\n")),
        "after": text.text[end:after],
    }


def _marked(text: ArticleText | None, rows: list[dict[str, Cell]]) -> list[tuple[str, bool]]:
    """The paragraph's text in pieces, True for what a claim is anchored in."""
    if text is None:
        return []
    spans = sorted((int(str(r["start"])), int(str(r["end"]))) for r in rows)
    start = text.text.rfind("\n", 0, spans[0][0]) + 1
    end = text.text.find("\n", max(e for _, e in spans))
    end = len(text.text) if end < 0 else end
    pieces, at = [], start
    for low, high in spans:
        if low > at:
            pieces.append((text.text[at:low], False))
        if high > max(low, at):
            pieces.append((text.text[max(low, at) : high], True))
        at = max(high, at)
    return [*pieces, (text.text[at:end], False)]


def _page_of(ask: Ask, source: str, claim: str) -> int:
    """On which page of its source a claim stands."""
    ids = [
        c.id
        for c in ask.site.panel("source-claims", source=[source]).table.column("claim")
        if isinstance(c, Thing)
    ]
    return ids.index(claim) // PAGE + 1 if claim in ids else 1
