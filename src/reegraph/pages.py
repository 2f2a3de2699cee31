"""Queries that the package itself asks: queries/pages and queries/proofs, with their VALUES blocks bound."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from reegraph.questions import fill
from reegraph.store import Solutions, Store
from reegraph.terms import iri


@cache
def page_query(root: Path, name: str) -> str:
    """The text of queries/pages/<name>.rq, or of queries/<name>.rq for a name with a folder."""
    path = name if "/" in name else f"pages/{name}"
    return (root / "queries" / f"{path}.rq").read_text(encoding="utf-8")


@cache
def proof_queries(root: Path) -> tuple[str, ...]:
    """The names of the proof queries: one for each way in which a triple can be supported."""
    return tuple(path.stem for path in sorted((root / "queries" / "proofs").glob("*.rq")))


def bound_page(root: Path, name: str, **values: Iterable[str]) -> str:
    """A page query with each VALUES block bound to these ids."""
    query = page_query(root, name)
    for variable, ids in values.items():
        query = fill(query, variable, " ".join(f"<{iri(i)}>" for i in ids))
    return query


def ask_page(store: Store, root: Path, name: str, **values: Iterable[str]) -> Solutions:
    """The answer of a page query with each VALUES block bound to these ids."""
    return store.select(bound_page(root, name, **values))
