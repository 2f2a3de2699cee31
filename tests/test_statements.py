"""From claims to direct triples: which claims yield one, and that the real graph has no other."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from closure.claims import made
from closure.real import built

from reegraph.curation.claims import Claim
from reegraph.curation.corpus import Corpus
from reegraph.statements import STATEMENTS, statement_quads
from reegraph.terms import short

SAYS = "importsFrom country:AU"


def statements(*claims: Claim) -> list[str]:
    """The direct triples of these claims, in short ids, in their order."""
    return [
        " ".join(short(n.value) for n in (q.subject, q.predicate, q.object) if isinstance(n, ox.NamedNode))
        for q in statement_quads(claims)
    ]


@pytest.mark.parametrize(
    ("says", "value", "cells", "yields"),
    [
        (SAYS, "", {}, True),
        (SAYS, "58", {}, True),
        (SAYS, "most", {}, True),
        (SAYS, "", {"modality": "reported"}, True),
        (SAYS, "", {"rank": "preferred"}, True),
        (SAYS, "", {"when": ""}, True),
        (SAYS, "", {"modality": "forecast"}, False),
        (SAYS, "", {"modality": "target"}, False),
        (SAYS, "", {"modality": "plan"}, False),
        (SAYS, "", {"modality": "hypothesis"}, False),
        (SAYS, "", {"modality": "judgement"}, False),
        (SAYS, "", {"rank": "deprecated"}, False),
        (f"not {SAYS}", "", {}, False),
        (SAYS, "none", {}, False),
        ("production", "300", {"unit": "t"}, False),
        ("remark country:AU", "", {}, False),
    ],
)
def test_which_claims_yield_a_statement(says: str, value: str, cells: dict[str, str], yields: bool) -> None:
    """A claim said as fact of two things yields its triple; one denied, foreseen or wrong does not."""
    claim = made("a-1", says, value, **{"when": "2024", **cells})
    assert statements(claim) == (["country:CN ree:importsFrom country:AU"] if yields else [])


def test_many_claims_yield_one_triple_in_order() -> None:
    """Claims that say the same yield one triple; triples are sorted and stand in the graph of statements."""
    claims = [
        made("b-1", "importsFrom country:US"),
        made("a-1", SAYS, "58", "2023"),
        made("a-2", SAYS, "60", "2024"),
    ]
    expected = ["country:CN ree:importsFrom country:AU", "country:CN ree:importsFrom country:US"]
    assert statements(*claims) == statements(*reversed(claims)) == expected
    assert {q.graph_name for q in statement_quads(claims)} == {STATEMENTS}


def test_one_denial_takes_nothing_from_another_source() -> None:
    """A triple says that at least one source says so, though another denies it."""
    assert statements(made("a-1", SAYS), made("b-1", f"not {SAYS}")) == [
        "country:CN ree:importsFrom country:AU"
    ]


def test_the_real_statements_are_those_of_the_claims(corpus: Corpus, root: Path) -> None:
    """The real graph of statements holds just the triples that its claims yield."""
    graph = {(t.subject, t.predicate, t.object) for t in built(root).read_graph(STATEMENTS.value)}
    assert graph
    assert graph == {(q.subject, q.predicate, q.object) for q in statement_quads(corpus.claims)}
