"""The graph as a file in an RDF format."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from reegraph.errors import UsageError
from reegraph.folders import project_root
from reegraph.pages import ask_page
from reegraph.store import EmbeddedStore, Store
from reegraph.terms import GRAPH, PREFIXES

EXPORTS: Final = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
}

_PREFIXES: Final = {prefix: namespace for prefix, namespace in PREFIXES.items() if prefix.isalpha()}


def export_graph(store: Store, file: Path, name: str) -> int:
    """Write the store to `file` and return how many statements were written.

    `nq` and `trig` hold the named graphs and the merge; `ttl` and `jsonld` the merge alone. The file
    is put in place at once; UsageError when it cannot be written.
    """
    format_ = EXPORTS[name]
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in store.read_graph(None)]
    if format_.supports_datasets and name != "jsonld":
        quads += _named_quads(store)
    quads = sorted(_steady(quads), key=str)
    content = ox.serialize(quads, format=format_, prefixes=_PREFIXES)
    assert content is not None  # no output was given to write to
    try:
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, file)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error
    return len(quads)


def _steady(quads: Iterable[ox.Quad]) -> Iterable[ox.Quad]:
    """The quads, blank nodes (class expressions) named by what they are, so that exports repeat."""
    named, blank = [], ox.Dataset()
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            blank.add(quad)
        else:
            named.append(quad)
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [*named, *blank]


def turtle(triples: Iterable[ox.Triple]) -> str:
    """The triples as Turtle with the usual prefixes, in a fixed order."""
    lines = sorted(triples, key=str)
    text = " ".join(map(str, lines))
    used = {prefix: namespace for prefix, namespace in _PREFIXES.items() if namespace in text}
    content = ox.serialize(lines, format=ox.RdfFormat.TURTLE, prefixes=used)
    assert content is not None  # no output was given to write to
    return content.decode()


def _named_quads(store: Store) -> list[ox.Quad]:
    if isinstance(store, EmbeddedStore):
        return [q for q in store.dataset if isinstance(q.graph_name, ox.NamedNode)]
    graphs = [
        row["g"].value
        for row in ask_page(store, project_root(), "graphs")
        if isinstance(row["g"], ox.NamedNode)
    ]
    return [
        ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(g))
        for g in sorted(graphs)
        if g.startswith(GRAPH)
        for t in store.read_graph(g)
    ]
