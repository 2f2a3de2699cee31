"""Queries that the package itself asks: queries/pages/*.rq with their ?thing, ?node or ?claim bound."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from reegraph.questions import fill
from reegraph.store import Solutions, Store
from reegraph.terms import iri


@cache
def page_query(root: Path, name: str) -> str:
    """The text of queries/pages/<name>.rq."""
    return (root / "queries" / "pages" / f"{name}.rq").read_text(encoding="utf-8")


def ask_page(store: Store, root: Path, name: str, **values: Iterable[str]) -> Solutions:
    """The answer of a page query with each VALUES block bound to these ids."""
    query = page_query(root, name)
    for variable, ids in values.items():
        terms = " ".join(f"<{iri(i)}>" for i in ids)
        query = fill(query, variable, terms)
    return store.select(query)
