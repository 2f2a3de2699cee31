"""The choice of a named question for a plain one, and whether the graph's answer speaks of what is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from reegraph.plain.slots import BACKDROP, NARROW, Value, ids_of
from reegraph.table import Column, Table, Thing

CLOSE: Final = 0.6  # a question so nearly as sure as the best is tried where the best does not tell it
UNUSED: Final = 0.8  # what is left of how sure a choice is for each name or time that it is asked without
LEAST: Final = 0.1  # and one less sure than that is tried of the same things where all others have no rows
GENERAL: Final = "claims-about"  # the question that tells all about a thing

# What a question asks for, and how the rows of its answer tell it.
_MEASURES: Final = (
    (
        re.compile(
            r"\bpercentage\b|^percent|\b(?:what|how many|which) percent"
            r"|\b(?:what|which) (?:share|fraction|proportion)\b|百分之幾|百分比|幾成|幾趴|幾%"
        ),
        re.compile(r"percent|%"),
    ),
    (
        re.compile(r"\bhow many (?:tonnes|tons)|\bin (?:tonnes|tons)\b|\btonnage|[幾少]\w{0,2}噸|噸數"),
        re.compile(r"\bt\b|t-per-year|\bkt\b|tonne"),
    ),
    (
        re.compile(
            r"\bhow much money|\bhow many (?:us )?dollars|\b(?:cost|price) of (?:an?|the|one)\b"
            r"|多少(?:錢|美元)|造價"
        ),
        re.compile(r"USD"),
    ),
)


@dataclass(frozen=True)
class Guess:
    """A named question with parameters, and how sure it is from 0 to 1.

    `left` are things of the text that it has no parameter for; `wider` are other parameters to try.
    `unused` are the words of the text, names and times, that it is asked without, `strange` the elements
    among these.
    """

    question: str
    parameters: Mapping[str, Value]
    sure: float
    left: tuple[str, ...] = ()
    wider: tuple[Mapping[str, Value], ...] = ()
    unused: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What is made of a text: `best` is None where it is declined; `near` are the next best questions.

    `heard` are the things understood and `unknown` the words that nothing here knows; `years` are those
    that the answer has to speak of; `foreign` are words for other metals, of which it has to speak
    too; `nothing` is the question that the graph has no fitting rows for.
    """

    text: str
    best: Guess | None
    near: tuple[Guess, ...]
    heard: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    nothing: str = ""
    foreign: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()  # those that suppose what the text supposes

    def why(self, lang: Literal["en", "zh-Hant"] = "en") -> str:
        """The reason of the choice, or of declining."""
        words = _WORDS[lang]
        unknown = words["and"].join(self.unknown)
        if self.best:
            rest = words["rest"].format(unknown) if unknown else ""
            if self.best.unused:
                rest += words["unused"].format(words["and"].join(map(self._as_asked, self.best.unused)))
            return words["asked"].format(self.best.question, self.best.sure, rest)
        if self.nothing:
            reason = words["nothing"].format(self.nothing)
        else:
            reason = words["unknown"].format(unknown) if unknown else words["unfit"]
        return reason.rstrip()

    def advice(self, lang: Literal["en", "zh-Hant"] = "en") -> str:
        """What to try on the command line: the scenario that fits, or where it is declined other words."""
        words = _WORDS[lang]
        if self.scenarios:
            return words["scenario"].format(" ".join(self.scenarios))
        if self.best:
            return ""
        return words["all"].format(self.heard[0]) if self.heard else words["other"]

    def _as_asked(self, word: str) -> str:
        """A word that was read, with the capitals of the text."""
        found = re.search(re.escape(word), self.text, re.IGNORECASE)
        return found[0] if found else word


def settle(choice: Choice, ask: Callable[[str, Mapping[str, Value]], Table]) -> tuple[Choice, Table | None]:
    """The choice with its answer, or declined: rows that speak of what is asked, or none.

    `ask` answers a named question.
    """
    if choice.best is None:
        return choice, None
    empty = True
    for guess in _tries(choice.best, choice.near):
        if guess.sure < CLOSE * choice.best.sure and not empty:
            break  # there is an answer, but not to this
        table = ask(guess.question, guess.parameters)
        dated = any(isinstance(value, date) for value in guess.parameters.values())
        years = () if dated else choice.years
        if (
            table.rows
            and speaks_of(table, choice.text, years, guess.left)
            and _has_all(table, (*guess.strange, *choice.foreign))
        ):
            near = tuple(g for g in (choice.best, *choice.near) if g.question != guess.question)
            doubt = UNUSED ** len(guess.unused)
            return replace(choice, best=replace(guess, sure=round(guess.sure * doubt, 2)), near=near), table
        empty &= not table.rows
    near = (choice.best, *choice.near)
    return replace(choice, best=None, near=near, nothing=choice.best.question), None


def _tries(best: Guess, near: Sequence[Guess]) -> Iterator[Guess]:
    """The best guess, the same asked wider, any nearly as sure, then all about its narrow things.

    Last any less sure on the same things.
    """
    yield best
    things = set(_things(best.parameters))
    for values in best.wider:
        dropped = BACKDROP & (things - set(_things(values)))
        yield replace(best, parameters=values, left=(*best.left, *sorted(dropped)))
    yield from (g for g in near if g.sure >= CLOSE * best.sure and g.question != GENERAL)
    if things and all(t.partition(":")[0] in NARROW for t in things):
        general = {g.question: g for g in near}.get(GENERAL)
        if general and things == set(ids_of(general.parameters.get("thing"))):
            yield replace(general, sure=best.sure / 2)
    far = (g for g in near if LEAST <= g.sure < CLOSE * best.sure and g.question != GENERAL)
    yield from (g for g in far if things and things <= set(_things(g.parameters)))


def _things(parameters: Mapping[str, Value]) -> list[str]:
    return [id_ for value in parameters.values() for id_ in ids_of(value)]


def speaks_of(table: Table, text: str, years: Sequence[int] = (), things: Sequence[str] = ()) -> bool:
    """True when a row holds what the text asks for: the measure, each year, and then the things as well.

    An answer without any year in it cannot be judged by years, and passes.
    """
    measures = [told for asked, told in _MEASURES if asked.search(text.casefold())]
    if not measures and not years:
        return True
    rows = [" ; ".join(map(_text, row, table.columns)) for row in table.rows]
    needed = [t for t in things if t not in BACKDROP or any(t in row for row in rows)]
    fitting = [
        row for row in rows if all(told.search(row) for told in measures) and all(t in row for t in needed)
    ]
    if not years or not any(_spans(row) for row in rows):
        return bool(fitting)
    return all(any(first <= year <= last for row in fitting for first, last in _spans(row)) for year in years)


def _has_all(table: Table, words: Sequence[str]) -> bool:
    """True when each of these ids or words stands in some row."""
    if not words:
        return True
    whole = " ; ".join(
        _text(cell, column) for row in table.rows for cell, column in zip(row, table.columns, strict=True)
    )
    return all(word in whole.casefold() for word in map(str.casefold, words))


def _text(cell: object, column: Column) -> str:
    """A cell as text, a figure with its unit."""
    if isinstance(cell, tuple):
        return " ; ".join(_text(c, column) for c in cell)
    if isinstance(cell, Thing):
        return f"{cell.en} ; {cell.zh} ; {cell.id}"
    return f"{cell} {column.unit}" if re.search(r"\d", str(cell)) else str(cell)


def _spans(text: str) -> list[tuple[int, int]]:
    """The years in a text, as first and last: 2024, 2019/2022, 198X."""
    found = []
    for first, last in re.findall(r"(?<!\d)((?:19|20)\d[\dX])(?:[-\d]{0,6}/((?:19|20)\d\d))?(?!\d)", text):
        start = int(first.replace("X", "0"))
        found.append((start, int(last) if last else start + (9 if "X" in first else 0)))
    return found


_WORDS: Final = {
    "en": {
        "and": ", ",
        "asked": "Asked as {}, {:.0%} sure{}.",
        "rest": "; not understood: {}",
        "unused": "; not used: {}",
        "nothing": "No row of this question tells that (asked as {}); others may. ",
        "unknown": "I do not know: nothing here speaks of {}. ",
        "unfit": "I do not know: no question here fits well enough. ",
        "all": "Try `reegraph ask claims-about thing={}`, or name a question.",
        "scenario": "A scenario supposes that: `reegraph scenario {}`.",
        "other": "Try other words, `reegraph find WORD` for a name, or name a question.",
    },
    "zh-Hant": {
        "and": "、",
        "asked": "以 {} 查詢，把握 {:.0%}{}。",
        "rest": "；未能理解：{}",
        "unused": "；未用到：{}",
        "nothing": "這個問題沒有相符的資料列（以 {} 查詢）；其他問題或許有。",
        "unknown": "無法回答：圖譜未提及{}。",
        "unfit": "無法回答：沒有夠相近的問題。",
        "all": "可試 `reegraph ask claims-about thing={}`，或直接指定問題名稱。",
        "scenario": "有情境以此為前提：`reegraph scenario {}`。",
        "other": "可換個說法、用 `reegraph find 詞` 找名稱，或直接指定問題名稱。",
    },
}
