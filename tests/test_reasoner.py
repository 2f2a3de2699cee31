"""What is made of a reasoner's words."""

from __future__ import annotations

from reegraph.reasoner import _axioms

TOLD = """java said much
Explanation(s):
1)   DisjointClasses(Claim
Dependency)
y type Claim
Nov 23, 2026 2:16:54 AM org.mindswap.pellet.KnowledgeBase addPropertyValue
WARNING: Ignoring literal value literal(a note,en) for object property https://w3id.org/reegraph/ontology#note
"""


def test_an_explanation_ends_where_the_log_begins() -> None:
    """Of what Pellet prints the axioms that clash are kept, and none of its log."""
    assert _axioms(TOLD).splitlines() == ["Explanation(s):", *map(str.strip, TOLD.splitlines()[2:5])]
