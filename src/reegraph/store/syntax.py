"""Why a query does not parse, in words.

The engine says where it gave up and what it had last hoped for, which is seldom what is wrong. What people
get wrong most is looked for here first: a word that begins no query, a prefix that nobody declared, a bracket
or quotation mark that is not closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from reegraph.errors import QueryError, perhaps
from reegraph.sentence import Sentence
from reegraph.terms import PREFIXES

_LONGEST: Final = 100_000  # characters of a text that is looked through
_NEAR: Final = 30  # characters shown of what stands before the fault
_TOKEN: Final = re.compile(
    r"""
    \s++ | \#[^\r\n]*+
  | (?P<iri> <[^<>"{}|^`\\\x00-\x20]*+> )
  | \"{3} (?: "{0,2} (?:[^"\\]|\\.) )*+ \"{3} | '{3} (?: '{0,2} (?:[^'\\]|\\.) )*+ '{3}
  | (?P<open> \"{3} | '{3} )
  | (?P<string> "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+' )
  | (?P<quote> ["'] )
  | (?P<variable> [?$]\w++ )
  | (?P<blank> _:[\w.-]*+ )
  | (?P<name> (?:[^\W\d_][\w.-]*+)?+ : (?:[\w:%]|\\.)?+ (?:[\w:%.-]|\\.)*+ )
  | (?P<bracket> [{}()\[\]] )
  | (?P<word> [^\W\d_][\w.-]*+ )                                   # as far as a name, or it takes long
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
QUERIES: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES: Final = (
    *("INSERT", "DELETE", "LOAD", "CLEAR", "DROP"),
    *("CREATE", "ADD", "MOVE", "COPY", "WITH"),
)
PROLOGUE: Final = {"PREFIX", "BASE", "VERSION"}
_CLOSES: Final = {"}": "{", ")": "(", "]": "["}
_UNGROUPED: Final = "SELECT contains a variable that is unbound"
_BAD_IRI: Final = "IRI parsing failed"
_FEW: Final = 4  # of what the engine had hoped for, worth showing


class Token(NamedTuple):
    """A piece of a text that counts: its kind, where it begins, and itself."""

    kind: str
    start: int
    text: str


class Fault(NamedTuple):
    """What is wrong, and where if that is not where the engine says."""

    said: Sentence
    start: int | None = None


def syntax_error(text: str, line: int, column: int, hoped: str, *, update: bool = False) -> QueryError:
    """The error for a text that the engine gave up at a line and column (from 1), hoping for something.

    >>> print(syntax_error("SELECT * { ?s ?p", 1, 17, "expected OPTIONAL"))
    line 1, column 17: the query does not parse: the { of line 1, column 10 is not closed.
    """
    fault = next(_faults(text, hoped, update), None) if len(text) <= _LONGEST else None
    if fault is None:
        fault = Fault(_nearby(text, line, column, hoped))
    elif fault.start is not None:
        line, column = _place(text, fault.start)
    en, zh = str(fault.said), fault.said.zh
    said = Sentence(
        f"line {line}, column {column}: the query does not parse: {en}",
        f"第 {line} 行第 {column} 字：查詢有語法錯誤：{zh}",
    )
    return QueryError(said, line, column)


def _faults(text: str, hoped: str, update: bool) -> Iterator[Fault]:
    tokens = [
        Token(match.lastgroup, match.start(), match.group())
        for match in _TOKEN.finditer(text)
        if match.lastgroup
    ]
    yield from _beginning(tokens, update)
    yield from _undeclared(tokens)
    for token in tokens:
        if token.kind in {"open", "quote"}:
            yield Fault(
                Sentence(
                    f"the text that {token.text} opens is not closed.", f"{token.text} 起始的文字沒有結束。"
                ),
                token.start,
            )
    yield from _unbalanced(text, tokens)
    if _UNGROUPED in hoped:
        yield Fault(
            Sentence(
                "a variable after SELECT is neither in GROUP BY nor in an aggregate such as COUNT.",
                "SELECT 後有變數既不在 GROUP BY，也不在 COUNT 等彙總函數中。",
            )
        )
    if _BAD_IRI in hoped:
        yield Fault(
            Sentence(
                "what stands between < and > is no address: it has a blank, or no scheme such as https:.",
                "< 與 > 之間不是位址：含有空白，或沒有 https: 之類的開頭。",
            )
        )


def _beginning(tokens: list[Token], update: bool) -> Iterator[Fault]:
    """A text that is empty, or whose first word begins nothing."""
    kinds = UPDATES if update else QUERIES
    listed = f"{', '.join(kinds[:-1])} or {kinds[-1]}"
    listed_zh = "、".join(kinds)
    what, what_zh = ("an update", "更新") if update else ("a query", "查詢")
    rest = iter(tokens)
    for token in rest:
        word = token.text.upper()
        if token.kind == "word" and word in PROLOGUE:
            if word == "PREFIX":
                next(rest, None)  # its name
            next(rest, None)
            continue
        if token.kind == "word" and word in kinds:
            return
        other = token.kind == "word" and word in (QUERIES if update else UPDATES)
        near = "" if other else perhaps(word, kinds)
        said = f"{token.text[:_NEAR]!r} does not begin {what}{near}: write {listed}."
        yield Fault(
            Sentence(said, f"「{token.text[:_NEAR]}」不是{what_zh}的開頭；應為 {listed_zh}。"), token.start
        )
        return
    yield Fault(
        Sentence(f"there is none. Write {what}: {listed}.", f"沒有內容。請寫{what_zh}：{listed_zh}。")
    )


def _undeclared(tokens: list[Token]) -> Iterator[Fault]:
    """The first prefix that is neither declared nor one of ours."""
    known = set(PREFIXES)
    declaring = False
    for token in tokens:
        if token.kind == "name":
            prefix = token.text.partition(":")[0][:_NEAR]
            if declaring:
                known.add(prefix)
            elif prefix not in known:
                near = perhaps(prefix, known)
                yield Fault(
                    Sentence(
                        f"nobody has declared the prefix {prefix}:{near}. Begin with PREFIX {prefix}: <...>.",
                        f"前綴 {prefix}: 沒有宣告。請在開頭加上 PREFIX {prefix}: <...>。",
                    ),
                    token.start,
                )
                return
        declaring = token.kind == "word" and token.text.upper() == "PREFIX"


def _unbalanced(text: str, tokens: list[Token]) -> Iterator[Fault]:
    """A bracket that closes nothing, or the last that is not closed."""
    opened: list[Token] = []
    for token in tokens:
        if token.kind != "bracket":
            continue
        if token.text not in _CLOSES:
            opened.append(token)
        elif opened and opened[-1].text == _CLOSES[token.text]:
            opened.pop()
        elif opened:
            yield Fault(_not_closed(text, opened[-1]), token.start)
            return
        else:
            yield Fault(
                Sentence(f"this {token.text} closes nothing.", f"這個 {token.text} 沒有對應的開頭。"),
                token.start,
            )
            return
    if opened:
        yield Fault(_not_closed(text, opened[-1]))


def _not_closed(text: str, token: Token) -> Sentence:
    line, column = _place(text, token.start)
    return Sentence(
        f"the {token.text} of line {line}, column {column} is not closed.",
        f"第 {line} 行第 {column} 字的 {token.text} 沒有結束。",
    )


def _nearby(text: str, line: int, column: int, hoped: str) -> Sentence:
    """Where it goes wrong at the latest; and the signs that the engine had hoped for, where these are few."""
    rows = text.split("\n")
    row = rows[line - 1] if line <= len(rows) else ""
    before = row[: column - 1].strip()
    if len(before) > _NEAR:
        before = f"… {before[-_NEAR:].partition(' ')[2]}"
    here, here_zh = "the fault is here or before", "錯誤在此處或其前"
    if before:
        here, here_zh = f"the fault is at the end of {before!r} or before", f"錯誤在「{before}」末尾或其前"
    signs = [part for part in hoped.removeprefix("expected one of ").split(", ") if part.startswith('"')]
    if signs and hoped.count(",") < _FEW:
        here += f"; {' or '.join(signs)} might follow"
        here_zh += f"；其後可為 {'、'.join(signs)}"
    return Sentence(f"{here}.", f"{here_zh}。")


def _place(text: str, start: int) -> tuple[int, int]:
    """Line and column, from 1, of a place in a text."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
