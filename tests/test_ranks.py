"""A claim's rank: preferred counts at least as much as normal."""

from __future__ import annotations

import re
from functools import cache

import pyoxigraph as ox
import pytest
from graphs import questions, real_graph, real_snapshot

from reegraph.folders import project_root
from reegraph.store import EmbeddedStore, Store


@cache
def all_preferred() -> EmbeddedStore:
    """The real graph with every claim that counts preferred."""
    normal, preferred = (
        ox.NamedNode(f"https://w3id.org/reegraph/ontology#{r}") for r in ("Normal", "Preferred")
    )
    rank = ox.NamedNode("https://w3id.org/reegraph/ontology#rank")
    store = EmbeddedStore.load(real_snapshot().quads)
    for quad in list(store.dataset.quads_for_pattern(None, rank, normal, None)):
        store.dataset.remove(quad)
        store.dataset.add(ox.Quad(quad.subject, rank, preferred, quad.graph_name))
    return store


def rows(store: Store, query: str) -> list[list[str]]:
    """The rows, each cell as its sorted words, since a list has no order; both ranks by one name."""
    found = store.select(query).texts()
    return sorted(
        [" ".join(sorted(re.sub("(?i)preferred", "normal", v).lower().split())) for v in row.values()]
        for row in found
    )


@pytest.mark.parametrize("name", [*sorted(questions()), "pages/flagship", "pages/element-stages"])
def test_a_preferred_claim_counts_at_least_as_a_normal_one(name: str) -> None:
    """Rank preferred takes no row away from any question."""
    query = (project_root() / "queries" / f"{name}.rq").read_text(encoding="utf-8")
    assert rows(all_preferred(), query) == rows(real_graph().store, query)
