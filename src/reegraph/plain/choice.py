"""The choice of a named question for a plain one, and whether the graph's answer speaks of what is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from reegraph.plain.slots import Value
from reegraph.table import Table, Thing

# Chosen on the odd half of tests/questions/phrasings.tsv.
THRESHOLD: Final = 0.24  # surer than this, or the answer is "I do not know"
NEXT: Final = 0.6  # so near to the best, the next best is tried when the graph has nothing on the best


@dataclass(frozen=True)
class Guess:
    """A named question with parameters, how sure it is from 0 to 1, and what of the text speaks for it."""

    question: str
    parameters: Mapping[str, Value]
    sure: float
    words: tuple[str, ...] = ()
    placed: frozenset[int] = frozenset()  # the tokens of the mentions it takes


@dataclass(frozen=True)
class Choice:
    """What is made of a text: `best` is None where it is declined; `near` are the next best questions.

    `unknown` are its words that nothing here knows, `foreign` those of subjects that no question holds,
    `years` the years that the answer has to speak of, `percent` that it has to hold a share; `nothing` is
    the question that the graph has no rows for.
    """

    text: str
    best: Guess | None
    near: tuple[Guess, ...]
    unknown: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    percent: bool = False
    nothing: str = ""

    def why(self, lang: Literal["en", "zh-Hant"] = "en") -> str:
        """The reason of the choice, or of declining, in a sentence."""
        return _why_zh(self) if lang == "zh-Hant" else _why_en(self)

    @property
    def tries(self) -> tuple[Guess, ...]:
        """The guesses worth an attempt: the best, and near ones that take all the mentions that it takes."""
        if self.best is None:
            return ()
        floor = max(THRESHOLD, NEXT * self.best.sure)
        return self.best, *(g for g in self.near if g.sure >= floor and g.placed >= self.best.placed)


def settle(choice: Choice, ask: Callable[[str, Mapping[str, Value]], Table]) -> tuple[Choice, Table | None]:
    """The choice with its answer, or declined: rows that speak of what is asked, or none.

    `ask` answers a named question. A near question is tried where the graph has nothing on the best.
    """
    for guess in choice.tries:
        table = ask(guess.question, guess.parameters)
        dated = any(isinstance(value, date) for value in guess.parameters.values())
        if table.rows and speaks_of(table, () if dated else choice.years, percent=choice.percent):
            near = tuple(g for g in (choice.best, *choice.near) if g and g.question != guess.question)
            return replace(choice, best=guess, near=near), table
    if choice.best is None:
        return choice, None
    near = (choice.best, *choice.near)
    return replace(choice, best=None, near=near, nothing=choice.best.question), None


def speaks_of(table: Table, years: Sequence[int], *, percent: bool = False) -> bool:
    """True when the rows hold each of the years, alone or within a span, and a share if one is asked.

    An answer without any year in it cannot be judged by years, and passes.
    """
    if percent and not _holds_share(table):
        return False
    spans = [span for row in table.rows for cell in row for span in _spans(_text(cell))] if years else []
    return not spans or all(any(first <= year <= last for first, last in spans) for year in years)


def _holds_share(table: Table) -> bool:
    shares = [place for place, column in enumerate(table.columns) if column.unit == "percent"]
    return any(
        any(row[place] is not None for place in shares)
        or any("percent" in _text(c) or "%" in _text(c) for c in row)
        for row in table.rows
    )


def _text(cell: object) -> str:
    if isinstance(cell, tuple):
        return " ; ".join(_text(c) for c in cell)
    return f"{cell.en} ; {cell.id}" if isinstance(cell, Thing) else str(cell)


def _spans(text: str) -> list[tuple[int, int]]:
    """The years in a text, as first and last: 2024, 2019/2022, 198X."""
    found = []
    for first, last in re.findall(r"(?<!\d)((?:19|20)\d[\dX])(?:[-\d]{0,6}/((?:19|20)\d\d))?(?!\d)", text):
        start = int(first.replace("X", "0"))
        found.append((start, int(last) if last else start + (9 if "X" in first else 0)))
    return found


def _why_en(choice: Choice) -> str:
    if choice.best:
        said = ", ".join(f"“{word}”" for word in choice.best.words)
        rest = f"; not understood: {', '.join(choice.unknown)}" if choice.unknown else ""
        return f"{choice.best.question}, {choice.best.sure:.0%} sure, for {said}{rest}."
    if choice.nothing:
        return f"The graph has nothing on this (asked as {choice.nothing})."
    if choice.foreign:
        return f"No question here is about {', '.join(choice.foreign)}."
    if choice.unknown:
        return f"Nothing here speaks of {', '.join(choice.unknown)}."
    return "No question here fits well enough."


def _why_zh(choice: Choice) -> str:
    if choice.best:
        said = "、".join(f"「{word}」" for word in choice.best.words)
        rest = f"；未能理解：{'、'.join(choice.unknown)}" if choice.unknown else ""
        return f"選用 {choice.best.question}，把握 {choice.best.sure:.0%}，依據{said}{rest}。"
    if choice.nothing:
        return f"圖譜對此沒有資料（以 {choice.nothing} 查詢）。"
    if choice.foreign:
        return f"沒有問題涉及{'、'.join(choice.foreign)}。"
    if choice.unknown:
        return f"圖譜未提及{'、'.join(choice.unknown)}。"
    return "沒有夠相近的問題。"
