"""Pages on which one asks: search and the questions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any, Final

from reegraph.errors import UnknownName, UsageError
from reegraph.names import fold, not_one
from reegraph.questions import THEMES, Parameter, Question, find_question
from reegraph.sentence import Sentence
from reegraph.table import Cell, Column, Table, Thing
from reegraph.web.catalogue import Said
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.flow import draw_flow
from reegraph.web.pages.marks import date_row, draw_dates, draw_figures, measured, point
from reegraph.web.panel import Drawing, Panel, View
from reegraph.wording import ORDINALS

_ROWS: Final = 100  # of a table on a page; CSV and JSON have all
_ID: Final = re.compile(r"\b[a-z]+:[\w-]+")
_LADDER: Final = 28
_ALIKE: Final = 3  # rows from which on a column of one value is said once
_TIMELINES: Final = frozenset({"control-timeline", "policy-timeline", "negotiations"})
_LADDERS: Final = frozenset({"china-share", "share-history", "reserves"})
LONGEST_WORD: Final = 200


def search(ask: Ask) -> View:
    """Things, questions and claims that have the word."""
    ask.only("q")
    asked = ask.values.get("q", "").strip()
    if len(asked) > LONGEST_WORD:
        raise UsageError(ask.t("too_long", "q", len(asked), LONGEST_WORD))
    index, catalogue = ask.site.index, ask.site.catalogue
    hits = index.things(asked)
    claims, total = index.claims(asked)
    words: dict[str, Any] = {
        "q": asked,
        "hits": [(catalogue.thing(h.id), catalogue.classes.get(h.id, ""), h) for h in hits],
        "alike": bool(hits) and hits[0].score < 0.8,
        "questions": [ask.site.questions[name] for name in index.questions(asked)],
        "claims": catalogue.said(claims),
        "scenarios": [
            (name, said)
            for name, said in ask.site.what_if.shipped.items()
            if asked and any(fold(asked) in fold(text) for one in said for text in (one.en, one.zh))
        ],
        "total": total,
    }
    title = ask.t("results_for", asked) if asked else ask.t("search")
    found = ask.site.panel("claims", claim=claims or ["claim:none"])
    return View("search.html", title, (_hits(ask, words), found), words)


def _hits(ask: Ask, words: dict[str, Any]) -> Panel:
    """All that is found, in the order of the page, as a table of data."""
    columns = (
        Column("kind", "text", "", "thing, question or claim", "類別：事物、問題、主張"),
        Column("id", "text", "", "its id or name", "代號"),
        Column("name", "text", "", "what it is called or says", "名稱或內容"),
        Column("class", "thing", "", "what it is", "分類"),
        Column("matched", "text", "", "the name that was found", "相符名稱"),
    )
    chinese = ask.lang == "zh-Hant"
    rows: list[tuple[Cell, ...]] = [
        *(
            ("thing", t.id, t.label(ask.lang), ask.site.catalogue.thing(cls) if cls else None, hit.name)
            for t, cls, hit in words["hits"]
        ),
        *(
            ("question", q.name, q.question_zh if chinese else q.question_en, None, None)
            for q in words["questions"]
        ),
        *(("claim", c.claim.id, c.claim.label(ask.lang), None, None) for c in words["claims"]),
    ]
    return Panel("hits", "What is found", "搜尋結果", "", Table(columns, tuple(rows)), ask.t("from_names"))


def questions(ask: Ask) -> View:
    """All named questions by theme."""
    ask.only()
    all_ = ask.site.questions
    themes = [(theme, [q for q in all_.values() if q.theme == theme]) for theme in THEMES]
    columns = (
        Column("theme", "text", "", "theme", "主題"),
        Column("name", "text", "", "its name", "名稱"),
        Column("question_en", "text", "", "the question in English", "英文問句"),
        Column("question_zh", "text", "", "the question in Chinese", "中文問句"),
    )
    rows = tuple((theme, q.name, q.question_en, q.question_zh) for theme, of in themes for q in of)
    told = ask.t("from_question_files")
    panel = Panel("questions", "The named questions", "具名問題", "", Table(columns, rows), told)
    return View("questions.html", ask.t("questions"), (panel,), {"themes": themes})


def question(ask: Ask) -> View:
    """A named question: parameters as controls, the drawing that fits, the table with its evidence."""
    asked = find_question(ask.name, ask.site.questions)
    known = {p.name for p in asked.parameters}
    for key in ask.values:
        if key == "known_by":
            raise UsageError(ask.t("known_by_not_here"))
        if key not in known | {"panel", "drawing", "page"}:
            listed = ", ".join(sorted(known)) or ask.t("none_of")
            remedy = Sentence(f"{asked.name} takes: {listed}.", f"{asked.name} 可用：{listed}。")
            raise UnknownName("parameter", key, known, remedy)
    values = {k: v.strip() for k, v in ask.values.items() if k in known and v.strip()}
    for parameter in asked.parameters:
        if parameter.type == "thing" and parameter.name in values:
            values[parameter.name] = _by_name(ask, values[parameter.name])
    panel = ask.site.ask(asked.name, values)
    pages = max(1, -(-len(panel) // _ROWS))
    page = ask.page(pages)
    claims = _claims(ask, panel.table)
    table = _said(ask, panel.table)
    flow = draw_flow(ask, panel)
    drawings = [*([flow] if flow else []), *_drawings(ask, asked, claims)]
    shown, same = told_once(panel.table, telling(panel.table))
    words: dict[str, Any] = {
        "question": asked,
        "controls": [_control(ask, asked, p, values) for p in asked.parameters],
        "columns": [panel.table.columns[i] for i in shown],
        "same": same,
        "rows": [[row[i] for i in shown] for row in table.rows[(page - 1) * _ROWS : page * _ROWS]],
        "page": page,
        "pages": pages,
        "values": values,
        "drawings": drawings,
        "flows": flow is not None,
        "claims_count": len(claims),
        "sources_count": len({c.source.id for c in claims}),
        "notes": asked.notes_zh if ask.lang == "zh-Hant" else asked.notes,
    }
    title = asked.title_zh if ask.lang == "zh-Hant" else asked.title_en
    return View("question.html", title, (panel,), words)


def _claims(ask: Ask, table: Table) -> list[Said]:
    ids: dict[str, None] = {}
    for row in table.rows:
        for cell in row:
            for part in cell if isinstance(cell, tuple) else (cell,):
                if isinstance(part, Thing) and part.id.startswith("claim:"):
                    ids[part.id] = None
    return ask.site.catalogue.said(ids)


def _drawings(ask: Ask, asked: Question, claims: list[Said]) -> list[Drawing]:
    if asked.name in _TIMELINES:
        rows = [
            row
            for c in sorted(claims, key=lambda c: (str(c.since or c.until), c.claim.id))
            if not c.assumed and not c.negative and (row := date_row(ask.lang, c, _turn(ask, c)))
        ]
        drawn = draw_dates(
            ask.lang, asked.title_zh if ask.lang == "zh-Hant" else asked.title_en, rows[:40], ask.today
        )
        return [drawn] if drawn else []
    if asked.name not in _LADDERS:
        return []
    groups: dict[tuple[str, ...], list[Said]] = defaultdict(list)
    figures = [c for c in measured(claims) if c.unit not in ORDINALS]
    subjects = Counter(_point(c) for c in figures)
    for said in figures:  # what is said once of each of several stands in one drawing
        groups[_point(said) if subjects[_point(said)] > 1 else _point(said)[1:]].append(said)
    told = sorted(groups.values(), key=lambda g: -len(g))[:6]
    return [draw_figures(ask.lang, point(ask.lang, g), g[:_LADDER]) for g in told]


def _point(said: Said) -> tuple[str, ...]:
    parts = (said.subject, said.property, said.stage, said.material)
    return (*(p.id if p else "" for p in parts), said.unit)


def _turn(ask: Ask, said: Said) -> str:
    """What happened, in the parts of the claim."""
    parts = (said.subject, said.property, said.object)
    return " · ".join(p.label(ask.lang) for p in parts if p)


def _by_name(ask: Ask, value: str) -> str:
    """The ids of what goes by these names; an id, and any, stay. Raises an error with the nearest names."""
    return ",".join(_id_of(ask, part.strip()) for part in value.split(","))


def _id_of(ask: Ask, name: str) -> str:
    if ":" in name or name == "any":
        return name
    called = ask.site.index.register.called(name)
    if len(called) != 1:
        near = called or [hit.id for hit in ask.site.index.things(name, limit=4)]
        raise not_one(name, map(ask.site.catalogue.thing, near), several=bool(called))
    return called[0]


def _name_of(ask: Ask, id_: str) -> str:
    """The name of a thing where the name leads back to it, else its id."""
    name = ask.site.label(id_, ask.lang)
    return name if ask.site.index.register.called(name) == [id_] else id_


def _control(ask: Ask, asked: Question, parameter: Parameter, values: dict[str, str]) -> dict[str, Any]:
    """A parameter as a form control: its value, what it means, and what the answers offer for it."""
    default = parameter.default.replace("<https://w3id.org/reegraph/id/", "").replace(">", "")
    default = "" if default == "UNDEF" else default.partition("^^")[0].strip('"')
    several = default.split() if parameter.type == "thing" and " " in default else []
    options: list[Thing] = []
    if listed := _ID.findall(parameter.en):  # the parameter's words say all that it takes
        options = [ask.site.catalogue.thing(id_) for id_ in listed]
    elif parameter.name == "source":
        options = [ask.site.catalogue.thing(id_) for id_ in ask.site.catalogue.sources]
    elif parameter.type == "thing":
        whole = ask.site.ask(asked.name, {parameter.name: "any"}).table if default == "" else None
        column = next((c.name for c in asked.columns if c.name == parameter.name), "")
        if whole is not None and column:
            found = {c.id: c for c in whole.column(column) if isinstance(c, Thing)}
            options = sorted(found.values(), key=lambda t: t.label(ask.lang))
    value = values.get(parameter.name, "" if several else default)
    if parameter.type == "thing" and not options and value:
        value = _name_of(ask, value)
    comma = "、" if ask.lang == "zh-Hant" else ", "
    return {
        "name": parameter.name,
        "type": parameter.type,
        "label": _label(parameter.zh if ask.lang == "zh-Hant" else parameter.en),
        "value": "" if value == "any" else value,
        "options": options[:150],
        "blank": comma.join(ask.site.label(id_, ask.lang) for id_ in several) or _unset(ask, options),
        "hint": ask.t(f"{'id' if parameter.type == 'thing' else parameter.type}_hint"),
    }


def _unset(ask: Ask, options: list[Thing]) -> str:
    """What a parameter left out means: the vocabulary's default among its options, else any."""
    classes = ask.site.catalogue.classes
    default = next((o for o in options if classes.get(o.id) == "ree:DefaultScheme"), None)
    return ask.t("by_default", default.label(ask.lang)) if default else ask.t("any")


def _label(words: str) -> str:
    """A parameter's words without what a form says by itself: the ids that it takes, and any.

    >>> _label("the kind of figure, such as ree:patentCount (any)"), _label("國家（含企業；any 為不限）")
    ('the kind of figure', '國家（含企業）')
    """
    words = re.sub(
        r"[:：,，]?\s*(?:a class )?(?:such as |如 ?)?\b(?:ree|scheme):\w.*?(?=\s*[(（]|$)", "", words
    )
    return re.sub(r"\s*[(（]any[^)）]*[)）]|[;；]\s*any[^)）]*(?=[)）]|$)", "", words)


def _said(ask: Ask, table: Table) -> Table:
    """The table with a claim's sentence in the page's language; the queries give the English one."""
    names = [c.name for c in table.columns]
    if not {"says", "claim"} <= set(names):
        return table
    says, claim = names.index("says"), names.index("claim")
    rows = []
    for row in table.rows:
        told = row[claim]
        rows.append(
            (*row[:says], told.label(ask.lang) if isinstance(told, Thing) else row[says], *row[says + 1 :])
        )
    return replace(table, rows=tuple(rows))


def telling(table: Table) -> list[int]:
    """The columns that tell a reader something, so that the citations stay in sight.

    Left out: what is empty, all normal, or said by a chip or by the printed figure; the twins have all.
    """
    names = {c.name for c in table.columns}
    cited = bool(names & {"claim", "claims"})
    kept = []
    for place, column in enumerate(table.columns):
        cells = {row[place] for row in table.rows}
        by_chip = cited and column.name in {"source", "sources", "place"} and column.type in {"text", "texts"}
        printed = column.name in {"lower", "upper"} and bool(names & {"share", "figure"})
        if not by_chip and not printed and cells not in ({None}, {"normal"}, {""}, {()}):
            kept.append(place)
    return kept


def told_once(table: Table, shown: list[int]) -> tuple[list[int], list[tuple[Column, Cell]]]:
    """The columns that tell rows apart, and those in which all rows say the same, with what they say."""
    if len(table) < _ALIKE:
        return shown, []
    same = [
        i
        for i in shown
        if table.columns[i].type not in {"claims", "number"}
        and table.columns[i].name != "claim"
        and len({row[i] for row in table.rows}) == 1
    ]
    apart = [i for i in shown if i not in same]
    return apart, [(table.columns[i], table.rows[0][i]) for i in same]
