"""Why a query does not parse: what people get wrong most, told where it is and in their language."""

from __future__ import annotations

import re
import time

import pytest

from reegraph.errors import QueryError
from reegraph.store import EmbeddedStore
from reegraph.store.syntax import syntax_error


def refused(query: str, *, update: bool = False) -> QueryError:
    """The error of a query that does not parse."""
    store = EmbeddedStore()
    with pytest.raises(QueryError) as caught:
        (store.update if update else store.query)(query)
    assert str(caught.value).startswith(f"line {caught.value.line}, column {caught.value.column}: ")
    return caught.value


@pytest.mark.parametrize(
    ("query", "place", "said", "said_zh"),
    [
        ("", (1, 1), "there is none", "沒有內容"),
        ("# all of it", None, "there is none", "沒有內容"),
        ("SELEC * {}", (1, 1), "perhaps SELECT", "SELECT、ASK"),
        ("PREFIX x: <u:>\n BASE <u:> SLECT * {}", (2, 12), "'SLECT' does not begin a query", "SLECT"),
        ("INSERT DATA {}", (1, 1), "'INSERT' does not begin a query: write SELECT", "INSERT"),
        ("{ ?s ?p ?o }", (1, 1), "'{' does not begin a query", "開頭"),
        ("SELECT * {\n foo:a ?p ?o }", (2, 2), "prefix foo:. Begin with PREFIX foo: <", "前綴 foo:"),
        ("SELECT * { contry:CN ?p ?o }", (1, 12), "perhaps country", "沒有宣告"),
        ("PREFIX a: <u:> SELECT * { a:b b:c :d }", (1, 31), "prefix b:", "前綴 b:"),
        ("SELECT * { ?s ?p", (1, 17), "the { of line 1, column 10 is not closed", "第 10 字的 {"),
        ("SELECT * { ?s ?p (1 2 }", (1, 23), "the ( of line 1, column 18 is not closed", "沒有結束"),
        ("SELECT * { ?s ?p ?o } }", (1, 23), "this } closes nothing", "沒有對應"),
        ("SELECT * { ?s ?p 'a }", (1, 18), "the text that ' opens is not closed", "起始的文字"),
        ('SELECT * { ?s ?p """a" }', (1, 18), 'the text that """ opens', "起始的文字"),
        ("SELECT ?p { ?s ?p ?o } GROUP BY ?s", None, "neither in GROUP BY nor in an aggregate", "彙總"),
        ("SELECT * { ?s <bad iri> ?o }", None, "is no address", "不是位址"),
        ("SELECT * WHERE ?s ?p ?o", None, "end of 'SELECT * WHERE' or before; \"{\" might", "其後可為"),
        ("SELECT DISTINCT * { ?s ?p ?o } ORDER BY", None, "end of '… * { ?s ?p ?o } ORDER BY'", "末尾"),
    ],
)
def test_what_is_wrong(query: str, place: tuple[int, int] | None, said: str, said_zh: str) -> None:
    """The fault, its place and the remedy, in both languages."""
    error = refused(query)
    assert said in str(error)
    assert said_zh in error.told("zh-Hant")
    assert place in {None, (error.line, error.column)}
    assert "[_]" not in str(error)
    assert "\\u{" not in str(error)


@pytest.mark.parametrize(
    "inside",
    ["'foo:a {'", '"foo:a ("', "'''it's }'''", "<u:#(>", "_:b", "?foo", "# foo:a {\n", r"'\' {'", "1", "éx:"],
)
def test_what_is_not_wrong(inside: str) -> None:
    """What stands in texts, addresses, comments and names is no fault of the query."""
    error = refused(f"PREFIX éx: <u:> SELECT * {{ ?s ?p {inside} LIMIT }}")
    assert not re.search("prefix|closed|closes|begin", str(error))


def test_updates() -> None:
    """An update is told how updates begin."""
    assert "'SELECT' does not begin an update: write INSERT" in str(refused("SELECT * {}", update=True))
    assert "the { of line 1, column 13" in str(refused("INSERT DATA { <u:a> <u:b> 1", update=True))


@pytest.mark.parametrize("piece", ["a.", "a-", "a:", "<a ", '"\n', "'''", "\\", "{", "é", "# "])
def test_time_grows_with_the_text(piece: str) -> None:
    """No text takes longer than its length: not one of names without end, of openings, of signs."""
    text = piece * (99_000 // len(piece))
    started = time.process_time()
    syntax_error(text, 1, 5, "expected OPTIONAL")
    assert time.process_time() - started < 2


def test_long_texts() -> None:
    """A text of any length and nesting is told about."""
    assert "is not closed" in str(syntax_error("SELECT * " + "{" * 90_000, 1, 90_010, "expected OPTIONAL"))
    assert "or before" in str(syntax_error("SELECT * " + "{" * 200_000, 1, 200_010, "expected OPTIONAL"))
