"""From claims to statements: the direct triples that keep simple queries simple."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from reegraph.curation.claims import Claim
from reegraph.terms import GRAPH, REE
from reegraph.triples import named

STATEMENTS = ox.NamedNode(GRAPH + "statements")


def statement_quads(claims: Iterable[Claim]) -> Iterator[ox.Quad]:
    """One triple for each subject, property and object that at least one source states as a fact.

    It says that some source says so, at some time; figure, time and stage stay on the claim.
    """
    triples = {(c.subject, c.property, c.object) for c in claims if c.yields_statement and not c.is_remark}
    for subject, property_, object_ in sorted(triples):
        yield ox.Quad(named(subject), named(REE + property_), named(object_), STATEMENTS)
