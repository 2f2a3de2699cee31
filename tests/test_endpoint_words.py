"""What the endpoint reads in a query without parsing it; each text is put to the engine's own parser too."""

from __future__ import annotations

import re
import time

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reegraph.server.words import UNCLEAR, calls_out, is_update, is_volatile, words

# Found by reading the engine's grammar and by random tries; each would reach another server if let through.
CALLS = [
    "SELECT * { SERVICE <http://e.org/> {} }",
    "SELECT * { sErViCe SILENT ?x {} }",
    "SELECT * { {}SERVICE:x{} }",
    "SELECT * { SERVICEex:x{} }",
    "SELECT * { SERVICESILENT<http://e.org/>{} }",
    "SELECT * { ?a ?b 1SERVICE<http://e.org/>{} }",
    "SELECT * { ?a ?b trueSERVICE<http://e.org/>{} }",
    "SELECT * { ?a ?b ?c.SERVICE<http://e.org/>{} }",
    "SELECT * { ?a ?b ex:.SERVICE<http://e.org/>{} }",
    "SELECT * { ?a ?b ex:a.5.SERVICE<http://e.org/>{} }",
    "SELECT * { ?a ?b ex:a·\\' . SERVICE <http://e.org/> {} }",
    "SELECT * { #\rSERVICE<http://e.org/>{} }",
    'SELECT * { ?a ?b "x"@en.SERVICE<http://e.org/>{} }',
    'SELECT * { ?a ?b "x\\"#".SERVICE<http://e.org/>{} }',
    'SELECT * { VALUES ?x {"""a"} SERVICE <http://e.org/> {} }',
    "SELECT * { ?a ?b <http://e.org/#\\u0041>. SERVICE<http://e.org/>{} }",
    'SELECT * { ?a ?b ?c FILTER(?a<?b#>"""\n) SERVICE <http://e.org/> {} #"""\n}',
    "SELECT * { ?a ?b ?c FILTER(?a<'>') . SERVICE <http://e.org/> {} #'\n}",
    "SELECT * { FILTER EXISTS { SERVICE <http://e.org/> {} } }",
]
NO_CALLS = [
    "SELECT ?service { ?service ?SERVICE $service }",
    "SELECT * { ?a <http://e.org/service> <urn:service:x> }",
    "SELECT * { ?a ex:service ex:my-service , ex:%53ERVICE }",
    "SELECT * { ?a ?b 'SERVICE <x> {}' , '''a ' SERVICE ''' , \"\"\"a \"\" SERVICE\\\"\"\"\" }",
    "SELECT * { ?a ?b ?c } # SERVICE <http://e.org/> {}",
    "PREFIX o: <http://purl.org/service#> SELECT * { ?a o:x 1 FILTER(?a<1 && ?a>0) }",
]


def parses(query: str) -> bool:
    try:
        ox.Store().query(query, prefixes={"": "http://e.org/", "ex": "http://e.org/"})
    except SyntaxError:
        return False
    except OSError:  # it parses, and the engine tried to call
        pass
    return True


@pytest.mark.parametrize("query", CALLS)
def test_calls(query: str) -> None:
    """A SERVICE clause that the engine reads is seen, however it is written."""
    assert parses(query.replace("http://e.org/", "file:///"))
    assert calls_out(query)


@pytest.mark.parametrize("query", NO_CALLS)
def test_no_calls(query: str) -> None:
    """The word elsewhere in a query is no call."""
    assert parses(query)
    assert not calls_out(query)


FRAGMENTS = r"""
    . ; , { } ( ) [ ] < > << >> <= = && ! | ^ * + - ? $ \ \' # #" #' ' " ''' "" '' @en ^^ 1 1. .5 true a _:b
    ex: ex:a :a ?a <u:#> <?a> <?b#> <'> <http://e.org/#> "x" 'x' FILTER( EXISTS OPTIONAL UNION é · ª
    SILENT SERVICE SERVICE<file:///>{} SERVICE:x{} SERVICEex:a{} SERVICE?a{}
"""
_one = st.sampled_from([*FRAGMENTS.split(), '"' * 3, " ", "\n", "\r", "VALUES ?x {", "?a ?b "])
_pieces = st.lists(_one, max_size=8)


@settings(max_examples=1500, deadline=None)
@given(_pieces, st.sampled_from(["SERVICE<file:///>{}", ".SERVICE:x{}", " SERVICE ?a {}"]), _pieces)
def test_no_call_is_missed(before: list[str], call: str, after: list[str]) -> None:
    """Wherever the engine reads the keyword, so that spoiling it spoils the parse, the call is seen."""
    query = f"SELECT * {{ ?a ?b {''.join(before)}{call}{''.join(after)} }}"
    if not calls_out(query) and parses(query):
        assert parses(re.sub("SERVICE", "SERVICF", query))


@pytest.mark.parametrize(
    "unit", ['"\\"', '"""\\', "'''", "<", "<a", " ", "a.", ":", "#", "\\", ":%", "a-", "'"]
)
def test_reading_takes_linear_time(unit: str) -> None:
    """A megabyte of any one thing is read in seconds, not hours."""
    query = "service " + unit * (1_000_000 // len(unit))
    start = time.monotonic()
    calls_out(query)
    assert time.monotonic() - start < 10


def test_words() -> None:
    """Words come without strings, IRIs, comments, variables, local names, up to an unclear place."""
    assert list(words("PREFIX a: <u:x> ASK { ?b a a:c } # d")) == ["PREFIX", "a:", "ASK", "a", "a:"]
    assert list(words('ASK { ?a ?b """c } SERVICE')) == ["ASK", UNCLEAR]


@pytest.mark.parametrize(
    ("text", "update"),
    [
        ("INSERT DATA {}", True),
        ("prefix select: <u:x> base <u:y> # SELECT\nwith <u:z> delete {} where {}", True),
        ("PREFIX insert: <u:x> SELECT * {}", False),
        ("SELECT * { ?insert a insert: }", False),
        ("", False),
    ],
)
def test_is_update(text: str, update: bool) -> None:
    """An update is told by its first word after the prologue."""
    assert is_update(text) is update


def test_is_volatile() -> None:
    """NOW and RAND make a query volatile, names that contain them do not."""
    assert is_volatile("SELECT(now()AS?x){}")
    assert not is_volatile('SELECT ?now { ?now ex:rand "NOW()" ; ex:known ?x }')
