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
    """

    question: str
    parameters: Mapping[str, Value]
    sure: float
    left: tuple[str, ...] = ()
    wider: tuple[Mapping[str, Value], ...] = ()


@dataclass(frozen=True)
class Choice:
    """What is made of a text: `best` is None where it is declined; `near` are the next best questions.

    `heard` are the things understood and `unknown` the words that nothing here knows; `years` are those
    that the answer has to speak of; `nothing` is the question that the graph has no fitting rows for.
    """

    text: str
    best: Guess | None
    near: tuple[Guess, ...]
    heard: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    nothing: str = ""

    def why(self, lang: Literal["en", "zh-Hant"] = "en") -> str:
        """The reason of the choice, or of declining and what to try, in a sentence or two."""
        words = _WORDS[lang]
        unknown = words["and"].join(self.unknown)
        if self.best:
            rest = words["rest"].format(unknown) if unknown else ""
            return words["asked"].format(self.best.question, self.best.sure, rest)
        if self.nothing:
            reason = words["nothing"].format(self.nothing)
        else:
            reason = words["unknown"].format(unknown) if unknown else words["unfit"]
        return reason + (words["all"].format(self.heard[0]) if self.heard else words["other"])


def settle(choice: Choice, ask: Callable[[str, Mapping[str, Value]], Table]) -> tuple[Choice, Table | None]:
    """The choice with its answer, or declined: rows that speak of what is asked, or none.

    `ask` answers a named question.
    """
    if choice.best is None:
        return choice, None
    empty = True
    for guess in _tries(choice.best, choice.near):
        if guess.question == GENERAL and not empty:
            break  # there is an answer, but not to this
        table = ask(guess.question, guess.parameters)
        dated = any(isinstance(value, date) for value in guess.parameters.values())
        if table.rows and speaks_of(table, choice.text, () if dated else choice.years, guess.left):
            near = tuple(g for g in (choice.best, *choice.near) if g.question != guess.question)
            return replace(choice, best=guess, near=near), table
        empty &= not table.rows
    near = (choice.best, *choice.near)
    return replace(choice, best=None, near=near, nothing=choice.best.question), None


def _tries(best: Guess, near: Sequence[Guess]) -> Iterator[Guess]:
    """The best guess, the same asked wider, any nearly as sure, and then all about its narrow things."""
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


def _text(cell: object, column: Column) -> str:
    """A cell as text, a figure with its unit."""
    if isinstance(cell, tuple):
        return " ; ".join(_text(c, column) for c in cell)
    if isinstance(cell, Thing):
        return f"{cell.en} ; {cell.id}"
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
        "nothing": "The graph has nothing on this (asked as {}). ",
        "unknown": "I do not know: nothing here speaks of {}. ",
        "unfit": "I do not know: no question here fits well enough. ",
        "all": "Try `reegraph ask claims-about thing={}`, or name a question.",
        "other": "Try other words, `reegraph find WORD` for a name, or name a question.",
    },
    "zh-Hant": {
        "and": "、",
        "asked": "以 {} 查詢，把握 {:.0%}{}。",
        "rest": "；未能理解：{}",
        "nothing": "圖譜對此沒有資料（以 {} 查詢）。",
        "unknown": "無法回答：圖譜未提及{}。",
        "unfit": "無法回答：沒有夠相近的問題。",
        "all": "可試 `reegraph ask claims-about thing={}`，或直接指定問題名稱。",
        "other": "可換個說法、用 `reegraph find 詞` 找名稱，或直接指定問題名稱。",
    },
}
