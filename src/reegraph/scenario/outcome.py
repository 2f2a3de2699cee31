"""What a scenario comes to, as tables in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from reegraph.questions import Labels
from reegraph.scenario.definition import Scenario
from reegraph.store import Store
from reegraph.table import LIST_TYPES, Cell, Column, Lang, Table, Thing
from reegraph.terms import iri

Row = tuple[Any, ...]  # cells as ids, which `drawn` turns into things

EFFECTS: Final[dict[str, Thing]] = {
    t.id: t
    for t in (
        Thing("lost", "lost", "中斷"),
        Thing("part", "cut in part, how much not said", "部分中斷，多少未說明"),
        Thing("exposed", "exposed, how much not said", "曝險，程度未說明"),
        Thing("licence", "needs a licence", "須經許可"),
        Thing("licence-part", "part of it needs a licence, how much not said", "部分須經許可，多少未說明"),
        Thing("hardened", "harder to replace", "更難替代"),
        Thing("eased", "no longer under this control", "不再受此管制"),
        Thing("no-claim", "no claim", "無主張"),
    )
}
CHANGES: Final[dict[str, Thing]] = {
    t.id: t
    for t in (
        Thing("vanishes", "vanishes", "消失"),
        Thing("appears", "appears", "出現"),
        Thing("loses-support", "loses a support", "失去一項依據"),
        Thing("gains-support", "gains a support", "增加一項依據"),
        Thing("gains-alternative", "gains an alternative, how much not said", "增加替代來源，多少未說明"),
        Thing("overtaken", "denied by this claim, which the start overtakes", "此主張否認之，已為啟用所推翻"),
    )
}
STATES: Final[dict[str, Thing]] = {
    t.id: t
    for t in (
        Thing("stated", "stated", "明言"),
        Thing("planned", "planned", "規劃中"),
        Thing("supposed", "supposed by the scenario", "情境假設"),
    )
}
FITS: Final[dict[str, Thing]] = {
    "full": Thing("full", "this stage and good", "同一階段與物品"),
    "part": Thing("part", "wider, how much of it not said", "範圍較廣，其中多少未說明"),
}
KINDS: Final[dict[str, Thing]] = {
    "country": Thing("country", "country", "國家或地區"),
    "bloc": Thing("region", "region", "區域"),
    "region": Thing("region", "region", "區域"),
    "firm": Thing("firm", "firm", "企業"),
    "facility": Thing("facility", "facility", "設施"),
    "product": Thing("product", "product", "產品"),
    "sector": Thing("industry", "industry", "產業"),
}
CONTROL_STATES: Final[dict[str, Thing]] = {
    "imposed": Thing("in-force", "in force", "有效"),
    "lifted": Thing("lifted", "lifted", "解除"),
}
CODES: Final = frozenset(
    t for d in (EFFECTS, CHANGES, STATES, FITS, KINDS, CONTROL_STATES) for t in d.values()
)

_ON = Column("on", "thing", "", "on whom", "被依賴者")
_STAGE = Column("stage", "thing", "", "supply-chain stage", "供應鏈階段")
_MATERIAL = Column("material", "thing", "", "element, group or material", "元素、元素群或材料")
_DEPENDENT = Column("dependent", "thing", "", "who depends", "依賴者")
_CLAIM = Column("claim", "thing", "", "the claim", "主張")
_CLAIMS = Column("claims", "claims", "", "the claims it rests on", "所依據的主張")
_SOURCES = Column("sources", "texts", "", "sources and paragraphs", "來源與段落")
_BASIS = Column("basis", "text", "", "stated, derived or structural", "明言、推得或結構性")
_SAYS = Column("says", "text", "", "what it says", "內容")
_SHARE = Column("share", "texts", "percent", "how much, as each source prints it", "各來源原文所載比率")
_SCENARIOS = Column("scenarios", "texts", "", "the scenarios that cause it", "造成此結果的情境")
_SINCE = Column("since", "texts", "", "when it holds", "適用期間")

COLUMNS: Final[dict[str, tuple[Column, ...]]] = {
    "losses": (
        Column("effect", "text", "", "what happens to the supply", "對供應的影響"),
        Column("kind", "text", "", "kind of dependent", "依賴者類別"),
        _DEPENDENT,
        _ON,
        _STAGE,
        _MATERIAL,
        _SHARE,
        Column("at_least", "number", "percent", "the least that a source gives", "來源所載最低值"),
        Column("at_most", "number", "percent", "the most that a source gives", "來源所載最高值"),
        _BASIS,
        _SINCE,
        Column("carried", "number", "year", "years carried forward (at most 3)", "沿用年數（至多3年）"),
        Column("controls", "things", "", "controls that bear on it", "相關管制"),
        _CLAIMS,
        _SOURCES,
        _SCENARIOS,
        Column("dependencies", "things", "", "the dependencies, for `why`", "依賴關係（供 why 查詢）"),
    ),
    "alternatives": (
        Column("alternative", "thing", "", "facility or firm", "設施或企業"),
        Column("place", "thing", "", "where it is", "所在地"),
        Column("operators", "things", "", "who operates or builds it", "營運或興建者"),
        _STAGE,
        _MATERIAL,
        Column("fits", "text", "", "how it meets the scenario", "與情境的相符程度"),
        Column("state", "text", "", "stated, planned or supposed", "明言、規劃中或情境假設"),
        Column("when", "texts", "", "the time it holds of", "適用時間"),
        Column("capacity", "texts", "", "figures as printed", "原文所載數量"),
        _CLAIMS,
        _SOURCES,
    ),
    "rests_on": (
        _CLAIM,
        _SAYS,
        Column("source", "thing", "", "the source", "來源"),
        Column("paragraph", "number", "", "its paragraph", "段落"),
        Column("when", "text", "", "the time it holds of", "適用時間"),
        Column("modality", "text", "", "how it is said", "陳述方式"),
        Column("losses", "number", "", "rows of the answer that use it", "使用該主張的結果列數"),
    ),
    "overturn": (
        _CLAIM,
        _SAYS,
        Column("removes", "number", "", "rows of the answer that fall with it", "隨之不成立的結果列數"),
        Column("of", "number", "", "rows in all", "結果總列數"),
        Column("which", "things", "", "what falls", "不成立者"),
        _SOURCES,
    ),
    "unknown": (
        _ON,
        _STAGE,
        _MATERIAL,
        Column("unknown", "texts", "", "on what the graph has no claim", "圖譜中無主張之處"),
    ),
    "changes": (
        Column("change", "text", "", "what becomes of it", "變化"),
        Column("by", "thing", "", "through which facility or claim", "經由何設施或主張"),
        _DEPENDENT,
        _ON,
        _STAGE,
        _MATERIAL,
        _SHARE,
        _BASIS,
        _SINCE,
        _CLAIMS,
        _SCENARIOS,
        Column("dependencies", "things", "", "the dependencies", "依賴關係"),
    ),
    "controls": (
        Column("control", "thing", "", "the control", "管制"),
        Column("item", "thing", "", "what it controls", "管制標的"),
        Column("before", "text", "", "status on the day, as the graph has it", "圖譜所載當日狀態"),
        Column("after", "text", "", "status in the scenario", "情境中的狀態"),
        Column("evidence", "things", "", "claims, or the notice itself", "主張或公告本身"),
    ),
    "context": (
        Column("about", "thing", "", "about what", "相關事物"),
        _CLAIM,
        _SAYS,
        Column("rank", "text", "", "normal, preferred or deprecated", "一般、首選或不採"),
        Column("correction", "text", "", "what is right, where the source errs", "來源有誤時的更正"),
        _SOURCES,
    ),
}
TITLES: Final[dict[str, Thing]] = {
    "losses": Thing("losses", "Who loses supply", "誰失去供應"),
    "alternatives": Thing("alternatives", "Alternatives that the graph knows", "圖譜所知的替代來源"),
    "rests_on": Thing("rests_on", "The claims it rests on", "所依據的主張"),
    "overturn": Thing("overturn", "Which single claim would overturn it", "何一主張足以推翻結果"),
    "unknown": Thing("unknown", "What is unknown", "未知之處"),
    "changes": Thing("changes", "Dependencies that change", "變動的依賴關係"),
    "controls": Thing("controls", "Controls before and after", "管制的前後狀態"),
    "context": Thing("context", "What the graph says besides", "圖譜中的其他相關內容"),
}


@dataclass(frozen=True)
class Outcome:
    """The answer of a scenario: sentences that sum it up, and tables that hold it; a table may be empty.

    `answer` is ``known``; ``no-claim`` where the graph has no claim that the scenario touches, which
    `losses` then says in a row for each good; or ``no-change`` where nothing rests on what changes.
    """

    scenario: Scenario
    answer: str
    says: tuple[Thing, ...]
    losses: Table
    alternatives: Table
    rests_on: Table
    overturn: Table
    unknown: Table
    changes: Table
    controls: Table
    context: Table

    def tables(self) -> dict[str, Table]:
        """The tables by name, in the order in which one reads them."""
        return {name: getattr(self, name) for name in TITLES}

    def to_dict(self, lang: Lang = "en") -> dict[str, Any]:
        """The whole answer as JSON values."""
        head = {
            "scenarios": list(self.scenario.names),
            "title": self.scenario.title.label(lang),
            "question": self.scenario.question.label(lang),
            "from": self.scenario.start.edtf,
            "answer": self.answer,
            "says": [s.label(lang) for s in self.says],
        }
        return head | {name: worded(table, lang).records(lang) for name, table in self.tables().items()}


@dataclass(frozen=True)
class Names:
    """Finds the names of things in a store."""

    store: Store
    labels: Labels

    def of(self, ids: Iterable[str]) -> dict[str, Thing]:
        """The things of these ids; one without a name is its id alone."""
        found = self.labels.named(self.store, {iri(i) for i in ids if i})
        return {t.id: t for t in found.values()}


def drawn(name: str, rows: Sequence[Row], *names: Names) -> Table:
    """The table of that name: ids under columns of things become things, and ids under `says` sentences.

    A thing that the first names do not know is looked up among the next.
    """
    columns = COLUMNS[name]
    wanted = {i for row in rows for c, v in zip(columns, row, strict=True) for i in _ids(c, v)}
    things: dict[str, Thing] = {}
    for known in names:
        missing = {i for i in wanted if i not in things or not things[i].en}
        things |= known.of(missing) if missing else {}
    cells = tuple(tuple(_cell(c, v, things) for c, v in zip(columns, row, strict=True)) for row in rows)
    return Table(columns, cells, title=TITLES[name].en, title_zh=TITLES[name].zh)


def sentence(en: str, zh: str) -> Thing:
    """A text in both languages; its code, in data, is the English one."""
    return Thing(en, en, zh)


def worded(table: Table, lang: Lang) -> Table:
    """The table with its sentences in that language; codes such as an effect stay codes in data."""
    rows = tuple(tuple(_in(lang, c, v) for c, v in zip(table.columns, r, strict=True)) for r in table.rows)
    return replace(table, rows=rows)


def period_text(edtf: str, assumed: bool, forecast: bool = False, carried: int = 0) -> Thing:
    """A time, with what there is to say of it: an assumed year, a forecast, years carried forward."""
    said = [
        *([("year assumed", "年份為推定")] if assumed else []),
        *([("forecast", "預測")] if forecast else []),
        *([(f"carried forward {carried} y", f"沿用{carried}年")] if carried else []),
    ]
    en, zh = ", ".join(e for e, _ in said), "、".join(z for _, z in said)
    return sentence(f"{edtf} ({en})" if en else edtf, f"{edtf}（{zh}）" if zh else edtf)


def place_text(evidence: Mapping[str, str]) -> str:
    """Source and paragraph of a claim: `tang-2025 ¶9`."""
    return f"{evidence['source'].partition(':')[2]} ¶{evidence['paragraph']}"


def _in(lang: Lang, column: Column, value: Cell) -> Cell:
    if column.type not in {"text", "texts"}:
        return value
    if isinstance(value, tuple):
        return tuple(v.label(lang) if isinstance(v, Thing) else v for v in value)
    return value.label(lang) if isinstance(value, Thing) and value not in CODES else value


def _ids(column: Column, value: Any) -> tuple[str, ...]:
    if column.type == "thing" or column.name == "says":
        return (value,) if value else ()
    return tuple(value) if column.type in LIST_TYPES - {"texts"} else ()


def _cell(column: Column, value: Any, things: dict[str, Thing]) -> Cell:
    if column.name == "says":
        return sentence(things[value].en or value, things[value].zh or value)
    if column.type == "thing":
        return things[value] if value else None
    if column.type in LIST_TYPES - {"texts"}:
        return tuple(things[i] for i in sorted(value))
    if column.type == "texts":
        unique = {v.id if isinstance(v, Thing) else v: v for v in value}
        return tuple(unique[k] for k in sorted(unique))
    return None if value == "" else value
