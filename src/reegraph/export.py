"""The graph as a file in an RDF format."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import pyoxigraph as ox

from reegraph.errors import UsageError
from reegraph.folders import project_root
from reegraph.pages import ask_page
from reegraph.store import EmbeddedStore, Store
from reegraph.store.embedded import RDF_FILES
from reegraph.terms import GRAPH, PREFIXES
from reegraph.tokens import token_quads

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
    with _replacing(file) as out:
        out.write(content)
    return len(quads)


def index_file(source: Path, file: Path, *, alone: bool = False) -> int:
    """Write an RDF file with the text index of its names as N-Quads; the number of the index's lines.

    `alone` leaves out what the file itself holds. Raises UsageError for a file that cannot be read or
    written. It is read as a stream: a file may be longer than memory.
    """
    form = RDF_FILES.get(source.suffix[1:].lower())
    if form is None:
        raise UsageError(f"{source}: no RDF format for this ending; known: {', '.join(RDF_FILES)}")
    count = 0
    with _replacing(file) as out:
        try:
            base = source.absolute().as_uri()
            for quad in ox.parse(path=str(source), format=form, base_iri=base, rename_blank_nodes=True):
                if not alone:
                    out.write(f"{quad} .\n".encode())
                for token in token_quads([quad]):
                    out.write(f"{token} .\n".encode())
                    count += 1
        except (OSError, SyntaxError) as error:
            raise UsageError(f"{source}: cannot be read: {error}") from error
    return count


@contextmanager
def _replacing(file: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which takes the place of `file` when all is well."""
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(descriptor, "wb") as out:
            yield out
        os.chmod(temporary, 0o644)
        os.replace(temporary, file)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


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
