"""A dossier: answers picked by their addresses, in one page or file with evidence, queries and citations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from reegraph.errors import ReegraphError, UsageError
from reegraph.table import LANGS, Column, Thing
from reegraph.web.catalogue import Said
from reegraph.web.cite import Cited
from reegraph.web.pages.ask import Ask, values_of
from reegraph.web.pages.asking import LONGEST_WORD, telling
from reegraph.web.pages.claims import cited
from reegraph.web.panel import Panel, View

MOST: Final = 20  # picks
LONGEST: Final = 10_000  # characters of all picks in the address
_ROWS: Final = {"": 12, "html": 400}  # of a table, on the page and in the file
_CLAIMS: Final = {"": 15, "html": 400}
_HITS: Final = 8
ENDINGS: Final = (".json", ".csv", ".rq", ".svg", ".html", ".xlsx")


@dataclass(frozen=True)
class Rows:
    """A panel as the dossier prints it."""

    panel: Panel
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Picked:
    """An answer in the dossier, or why it cannot be had; `without` are the picks that stay when it goes."""

    pick: str
    without: str
    view: View | None
    lede: str
    tables: tuple[Rows, ...]
    claims: tuple[Said, ...]
    claims_total: int
    error: str = ""


def dossier(ask: Ask, view_of: Callable[[Ask, str], View]) -> View:
    """The picks of the address, each with its answer; `view_of` draws the page of a path."""
    ask.only("pick", "add", "find")
    picks = _picks(ask.values)
    if len(picks) > MOST:
        raise UsageError(ask.t("too_many_picks", len(picks), MOST))
    if (length := len(" ".join(picks))) > LONGEST:
        raise UsageError(ask.t("picks_too_long", length, LONGEST))
    word = ask.values.get("find", "").strip()
    if len(word) > LONGEST_WORD:
        raise UsageError(ask.t("too_long", "find", len(word), LONGEST_WORD))
    picked = [_picked(ask, pick, picks, view_of) for pick in picks]
    said = {c.claim.id: c for p in picked for c in p.claims}
    words: dict[str, Any] = {
        "picks": " ".join(picks),
        "picked": picked,
        "sources": _sources(ask, said.values()),
        "scenarios": ask.site.what_if.shipped,
        "find": word,
        "hits": _hits(ask, word) if word else [],
        "most": MOST,
    }
    panels = tuple(
        replace(panel, name=f"{n}-{panel.name}")
        for n, p in enumerate(picked, 1)
        for panel in (p.view.panels if p.view else ())
    )
    return View("dossier.html", ask.t("dossier"), panels, words)


def _picks(values: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(picks_of(" ".join(values.get(k, "") for k in ("pick", "add")))))


def typed_picks(values: Mapping[str, str]) -> list[str]:
    """The queries among the picks of an address, those that its dossier answers."""
    asked = (pick.partition("?") for pick in _picks(values)[:MOST])
    found = (dict(parse_qsl(query)).get("query", "") for path, _, query in asked if path == "sparql")
    return list(dict.fromkeys(q for q in found if q.strip()))


def picks_of(text: str) -> list[str]:
    """The pages that addresses name, without host, language and ending; those of a dossier are its picks.

    >>> picks_of("/en/thing/firm:lynas http://localhost:8765/en/question/china-share.csv?place=country:CN")
    ['thing/firm:lynas', 'question/china-share?place=country:CN']
    """
    found = []
    for address in text.split():
        parts = urlsplit(address)
        path = unquote(parts.path).strip("/")
        for lang in LANGS:
            path = "" if path == lang else path.removeprefix(f"{lang}/")
        for ending in ENDINGS:
            path = path.removesuffix(ending)
        if path == "dossier":
            found += picks_of(" ".join(v for k, v in parse_qsl(parts.query) if k == "pick"))
        else:
            query = "&".join(
                p for p in parts.query.split("&") if p.partition("=")[0] not in {"panel", "drawing"}
            )
            found.append((path or "home") + (f"?{query}" if query else ""))
    return found


def _picked(ask: Ask, pick: str, picks: Sequence[str], view_of: Callable[[Ask, str], View]) -> Picked:
    without = " ".join(p for p in picks if p != pick)
    path, _, query = pick.partition("?")
    try:
        asked = replace(ask, name=path.partition("/")[2], values=values_of(parse_qsl(query)))
        view = view_of(asked, path)
        if not view.panels:
            typed = view.words.get("typed")
            raise UsageError((typed and typed.refusal) or ask.t("no_answer_there"))
        if view.status == 202:
            raise UsageError(ask.t("working"))
    except ReegraphError as error:
        return Picked(pick, without, None, "", (), (), 0, error.told(ask.lang))
    claims = list(dict.fromkeys(c for panel in view.panels for c in _claims(panel)))
    most = _CLAIMS[ask.twin if ask.twin in _CLAIMS else ""]
    said = ask.site.catalogue.said(claims[: most * 2])
    return Picked(pick, without, view, _lede(ask, view), _tables(ask, view), tuple(said[:most]), len(claims))


def _tables(ask: Ask, view: View) -> tuple[Rows, ...]:
    most = _ROWS[ask.twin if ask.twin in _ROWS else ""]
    found = []
    for panel in view.panels if ask.twin == "html" else view.panels[:1]:
        shown = telling(panel.table)
        if shown and len(panel):
            rows = [[row[i] for i in shown] for row in panel.table.rows[:most]]
            found.append(Rows(panel, [panel.table.columns[i] for i in shown], rows))
    return tuple(found)


def _lede(ask: Ask, view: View) -> str:
    """The question that the answer answers, where there is one."""
    question = view.words.get("question")
    if question is not None:
        return str(question.question_zh if ask.lang == "zh-Hant" else question.question_en)
    outcome = view.words.get("outcome")
    return outcome.scenario.question.label(ask.lang) if outcome else ""


def _claims(panel: Panel) -> Iterable[str]:
    for row in panel.table.rows:
        for cell in row:
            for part in cell if isinstance(cell, tuple) else (cell,):
                if isinstance(part, Thing) and part.id.startswith("claim:"):
                    yield part.id


def _sources(ask: Ask, said: Iterable[Said]) -> list[Cited]:
    table = ask.site.panel("sources").table
    ids = sorted({c.source.id for c in said})
    return [cited(ask, table, ask.site.catalogue.thing(i), None, 0) for i in ids]


def _hits(ask: Ask, word: str) -> list[tuple[str, str]]:
    """Pages that the word finds, as pick and name."""
    index, lang = ask.site.index, ask.lang
    questions = [ask.site.questions[n] for n in index.questions(word)[:_HITS]]
    things = [ask.site.catalogue.thing(h.id) for h in index.things(word)[:_HITS]]
    claims = ask.site.catalogue.said(index.claims(word)[0][:_HITS])
    return [
        *((f"question/{q.name}", q.question_zh if lang == "zh-Hant" else q.question_en) for q in questions),
        *((f"thing/{t.id}", t.label(lang)) for t in things if not t.id.startswith("ree:")),
        *((f"claim/{c.claim.id.partition(':')[2]}", c.claim.label(lang)) for c in claims),
    ]
