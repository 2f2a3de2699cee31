"""The parameters of a named question as slots, and which mentioned thing or time fills which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from reegraph.plain.mentions import Mention
from reegraph.plain.phrases import Text
from reegraph.questions import Parameter, Question

Value = date | Decimal | tuple[str, ...]
AGENTS: Final = ("facility", "firm", "org", "bloc", "country", "region")
GOODS: Final = ("element", "group", "material", "product")
BACKGROUND: Final = frozenset({"group:rare-earths", "region:world", "sector:rare-earth"})
MOST: Final = 4  # things of one parameter
# Kinds of things from the narrowest on; of others (countries, elements) much is said.
_NARROW: Final = (
    *("provision", "policy", "agreement", "negotiation", "event", "stockpile", "facility", "person", "firm"),
    *("technology", "product", "deposit", "sector", "concept", "hypothesis", "concession", "flow", "source"),
    *("material", "org"),
)
WIDE: Final = len(_NARROW)
_TOPICS: Final = frozenset(
    {"provision", "policy", "agreement", "negotiation", "event", "stockpile", "person", "hypothesis"}
)

# The kinds of things that a parameter's description in English asks for.
_ASKED: Final = (
    ("country", ("bloc", "country", "region")),
    ("jurisdiction", ("bloc", "country", "region")),
    ("firm", ("firm", "org")),
    ("facility", ("facility",)),
    ("element", ("element", "group")),
    ("group", ("group",)),
    ("material", ("material",)),
    ("technology", ("technology",)),
    ("product", ("product",)),
    ("industry", ("sector",)),
    ("stage", ("stage",)),
    ("agreement", ("agreement",)),
    ("talks", ("negotiation",)),
    ("measure", ("policy",)),
    ("policy", ("policy",)),
    ("event", ("event",)),
    ("merger", ("event",)),
    ("source", ("source",)),
    ("deposit", ("deposit",)),
    ("replaced", ("element", "group", "material")),
    ("supplier", ("firm", "bloc", "country", "region")),
    ("receives", ("facility", "firm", "sector")),
    ("about", ()),
)
_WHO: Final = re.compile(r"\b(?:who|whom|whose|member)\b")
_FROM: Final = re.compile(r"(?:依賴|倚賴|仰賴|來自|從|靠|自|受制於)$|\b(?:on|from|upon)(?: the)? $")
_TOWARDS: Final = re.compile(r"對$")  # 對中國的依賴, but 對中國的打擊
_EARLIER: Final = re.compile(r"\b(?:before|prior to)(?: the)? $")
_EARLIER_ZH: Final = re.compile(r"[之以]?前")
_COUNTS: Final = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "兩": "2",
    "三": "3",
    "四": "4",
    "五": "5",
}
_ANYTHING: Final = frozenset({"what it is about", "about what"})


@dataclass(frozen=True)
class Slot:
    """A parameter with the kinds of things that fit it; `anything` fits all kinds."""

    name: str
    type: str
    kinds: tuple[str, ...]
    default: str
    anything: bool = False
    left_out: bool = False
    needed: bool = False  # its default is a mere example: without a value the question makes little sense
    upstream: bool = False  # the one depended on, paid to, imported from


@dataclass
class Bound:
    """What is bound: values by parameter, the mentions used and left over, and what each binding tells."""

    values: dict[str, Value] = field(default_factory=dict)
    used: list[Mention] = field(default_factory=list)
    unused: list[Mention] = field(default_factory=list)
    gains: list[float] = field(default_factory=list)
    lacking: bool = False
    overlooked: int = 0  # narrow things that are spoken of and not bound
    specific: bool = False  # a narrow thing is bound, of which little is said


def slots_of(question: Question) -> tuple[Slot, ...]:
    """The slots of a question."""
    return tuple(_slot(p) for p in question.parameters)


def bind(slots: Sequence[Slot], mentions: Sequence[Mention], text: Text, today: date) -> Bound:
    """The mentions and times put into the slots, several of one kind in the text's order."""
    bound = Bound()
    free = [m for m in mentions if not BACKGROUND & set(m.ids[:1])]
    for slot in _in_order(slots, free):
        if slot.type == "date":
            _bind_date(slot, text, today, bound)
        elif slot.type == "number":
            _bind_number(slot, text, bound)
        elif slot.kinds or slot.anything:
            _bind_things(slot, free, bound, slots, text)
    bound.unused = [m for m in free if m not in bound.used and not m.loose]
    dated = any(isinstance(value, date) for value in bound.values.values())
    bound.overlooked = sum(
        m not in bound.used and m.ids[0].partition(":")[0] in _TOPICS and not (dated and m.loose)
        for m in free
    )
    bound.lacking = any(s.needed and s.name not in bound.values for s in slots)
    return bound


def _slot(parameter: Parameter) -> Slot:
    said = parameter.en.removesuffix(" (any)")
    kinds = dict.fromkeys(k for word, ks in _ASKED if word in said for k in ks)
    if not kinds and _WHO.search(said) and parameter.type == "thing":
        kinds = dict.fromkeys((*AGENTS, "sector") if "depends" in said else AGENTS)
    if "modality" in said or "a kind by" in said or "count as heavy" in said:
        kinds = {}
    left_out = "left out" in said
    upstream = bool(re.search(r"\b(?:on whom|from whom|exposed to|receives)\b", said))
    if said.startswith("the facility"):
        kinds = dict.fromkeys(("facility", *kinds))
    anything = said in _ANYTHING
    needed = said in {"what it is about", "the firm"}
    return Slot(
        parameter.name, parameter.type, tuple(kinds), parameter.default, anything, left_out, needed, upstream
    )


def _in_order(slots: Sequence[Slot], mentions: Sequence[Mention]) -> list[Slot]:
    """Those that take what is left out first, then those whose things are marked as such or alone."""
    marked = any(_FROM.search(m.before) or _TOWARDS.search(m.before) for m in mentions)
    china = any("country:CN" in m.ids for m in mentions)
    early = [s for s in slots if s.upstream and (marked or china or s.name == "recipient")]
    return sorted(slots, key=lambda s: (not s.left_out, s not in early))


def _bind_date(slot: Slot, text: Text, today: date, bound: Bound) -> None:
    if text.whens:
        when = text.whens[0]
        earlier = _EARLIER.search(text.folded[: when.start]) or _EARLIER_ZH.match(text.folded[when.end :])
        bound.values[slot.name] = when.first - timedelta(days=1) if earlier else when.day
        bound.gains.append({"day": 2.0, "month": 1.0, "year": 0.4}[when.grain])
    elif text.now and slot.default != "UNDEF":
        bound.values[slot.name] = today


def _bind_number(slot: Slot, text: Text, bound: Bound) -> None:
    """The first number that stands for itself, in figures or as a small word."""
    for token in text.tokens:
        dated = any(when.start <= token.start < when.end for when in text.whens)
        figure = token.text if token.text.isdecimal() else _COUNTS.get(token.text)
        if figure and not dated:
            bound.values[slot.name] = Decimal(figure)
            return


def _bind_things(
    slot: Slot, mentions: Sequence[Mention], bound: Bound, slots: Sequence[Slot], text: Text
) -> None:
    fitting = [
        (m, ids)
        for m in mentions
        if m not in bound.used and (not m.left_out or slot.left_out) and (ids := _fit(slot, m))
    ]
    fitting = _chosen(slot, fitting, slots, "依" in text.folded)
    if not fitting:
        return
    ids = tuple(dict.fromkeys(id_ for _, own in fitting for id_ in own))[:MOST]
    bound.values[slot.name] = ids
    bound.used += [m for m, _ in fitting]
    bound.specific |= _rank(ids[0]) < WIDE
    bound.gains.append(_gain(slot, _rank(ids[0])))


def _gain(slot: Slot, rank: int) -> float:
    """What a binding tells for its question: little where many kinds of things fit."""
    if slot.anything:
        return 1.2 if slot.needed and rank < WIDE else 0.25
    return 0.5 if slot.kinds == AGENTS else 0.8


def _fit(slot: Slot, mention: Mention) -> tuple[str, ...]:
    """What the mention may mean that the slot takes: one thing, or a firm along with its one plant."""
    own = [
        i
        for i in mention.ids
        if (slot.anything and i.partition(":")[0] != "stage") or i.partition(":")[0] in slot.kinds
    ]
    if mention.loose and own and own[0].startswith("group:") and not slot.anything:
        return ()
    both = {i.partition(":")[0] for i in own[:2]} == {"firm", "facility"} and not slot.anything
    return tuple(own[: 2 if both else 1])


def _chosen(
    slot: Slot, fitting: list[tuple[Mention, tuple[str, ...]]], slots: Sequence[Slot], leans: bool
) -> list[tuple[Mention, tuple[str, ...]]]:
    """Of the fitting things those meant: of the narrowest kind, and of two roles the marked one."""
    exact = [f for f in fitting if not f[0].loose]
    lone = not any(s is not slot and (s.kinds or s.anything) for s in slots)
    if slot.left_out:
        return [f for f in exact if f[0].left_out] or [f for f in exact if "country:CN" in f[1]]
    if slot.upstream and not (lone and slot.default != "UNDEF"):
        pays = slot.name == "recipient"
        marked = [f for f in exact if _from(f[0], leans) or "country:CN" in f[1]]
        firms = [f for f in exact if f[1][0].partition(":")[0] in {"firm", "facility"}]
        later = [f for f in exact if f is not exact[0]] if slot.name == "on" and not lone else []
        return firms if pays else marked[:1] or later
    pool = fitting if slot.anything else exact or fitting
    if not slot.upstream:
        first = next((f[0].start for f in pool if not _marked(f[0])), None)
        pool = [f for f in pool if first is None or f[0].start <= first or not _marked(f[0])]
    if not pool:
        return []
    if any(s.upstream and s.name == "on" and s is not slot and set(s.kinds) & set(slot.kinds) for s in slots):
        return pool[:1]  # one who depends, the others on whom
    best = min(_rank(ids[0]) for _, ids in pool)
    return [f for f in pool if _rank(f[1][0]) == best]


def _from(mention: Mention, leans: bool) -> bool:
    return bool(_FROM.search(mention.before) or (leans and _TOWARDS.search(mention.before)))


def _marked(mention: Mention) -> bool:
    return bool(
        re.search(r"(?:對|依賴|倚賴|仰賴|來自|從)$|\b(?:on|from|against|upon|by)(?: the)? $", mention.before)
    )


def _rank(id_: str) -> int:
    """Narrow kinds before wide ones: a plant before its firm, a firm before its country."""
    kind = id_.partition(":")[0]
    if kind == "region":
        return WIDE + 1
    return _NARROW.index(kind) if kind in _NARROW else WIDE


def kinds_shown(question: Question) -> frozenset[str]:
    """The kinds of things that the columns of the answer may show."""
    shown: set[str] = set()
    for column in question.columns:
        if column.type in {"thing", "things"}:
            shown.update(k for word, kinds in _ASKED if word in column.en for k in kinds)
            if _WHO.search(column.en):
                shown.update(AGENTS)
            if column.name in {"material", "needs"}:
                shown.update(GOODS)
            if column.name in {"object", "other", "disagreement", "subject"}:
                shown.update((*AGENTS, *GOODS, "technology", "sector", "policy", "event"))
    return frozenset(shown)
