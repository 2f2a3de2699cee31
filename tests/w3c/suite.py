"""The W3C's SPARQL tests as they lie in a checkout of github.com/w3c/rdf-tests: manifests, data, results."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".trig": ox.RdfFormat.TRIG,
    ".nq": ox.RdfFormat.N_QUADS,
}
RESULTS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}


def folder() -> Path:
    """The checkout's folder `sparql`, from REEGRAPH_W3C."""
    given = os.environ.get("REEGRAPH_W3C")
    if not given or not (Path(given) / "sparql11").is_dir():
        pytest.skip(
            "set REEGRAPH_W3C to the folder `sparql` of a checkout of github.com/w3c/rdf-tests",
            allow_module_level=True,
        )
    return Path(given)


@dataclass(frozen=True)
class Case:
    """One test: its name, its type, and the graph of its manifest."""

    manifest: Graph
    node: Node

    @property
    def name(self) -> str:
        """Folder and fragment."""
        iri = str(self.node)
        return "/".join(iri.split("/")[-2:]).replace("manifest#", "")

    @property
    def type(self) -> str:
        """The local name of its class."""
        return next((str(t).rpartition("#")[2] for t in self.manifest.objects(self.node, RDF.type)), "")

    def get(self, *path: URIRef) -> Any:
        """What a path of properties leads to."""
        node: Any = self.node
        for step in path:
            node = self.manifest.value(node, step)
        return node

    def file(self, *path: URIRef) -> Path | None:
        """The file that a path of properties leads to."""
        node = self.get(*path)
        return None if node is None else local(node)

    def graphs(self, part: Node, vocabulary: Namespace) -> Iterator[tuple[str | None, Path]]:
        """Name and file of each graph under a part of the test."""
        for node in self.manifest.objects(part, vocabulary.data):
            yield None, local(node)
        for node in self.manifest.objects(part, vocabulary.graphData):
            inner = self.manifest.value(node, UT.graph) or node
            label = self.manifest.value(node, RDFS.label)
            yield str(label if label is not None else inner), local(inner)


def cases(manifest: Path) -> Iterator[Case]:
    """The tests of a manifest, in order."""
    graph = Graph().parse(manifest, format="turtle", publicID=manifest.as_uri())
    for entries in graph.objects(URIRef(manifest.as_uri()), MF.entries):
        for node in Collection(graph, entries):
            yield Case(graph, node)


def local(node: Node) -> Path:
    """The file of a file: IRI."""
    return Path(str(node).removeprefix("file://"))


def triples(file: Path) -> list[ox.Triple]:
    """The triples of a file, relative names resolved against it."""
    return [
        q.triple
        for q in ox.parse(
            path=str(file), format=FORMATS[file.suffix], base_iri=file.as_uri(), rename_blank_nodes=True
        )
    ]


def quads(file: Path, graph: str | None) -> list[ox.Quad]:
    """The quads of a file, its triples in this graph."""
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    parsed = ox.parse(
        path=str(file), format=FORMATS[file.suffix], base_iri=file.as_uri(), rename_blank_nodes=True
    )
    return [q if q.graph_name != ox.DefaultGraph() else ox.Quad(*q.triple, name) for q in parsed]


def same(some: Iterable[ox.Quad], others: Iterable[ox.Quad]) -> bool:
    """True when two datasets are isomorphic."""
    left, right = ox.Dataset(some), ox.Dataset(others)
    if len(left) != len(right):
        return False
    for dataset in (left, right):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return left == right


Rows = bool | list[dict[str, Any]]


def spelt(term: Any) -> Any:
    """A term, a number in one spelling: 3.0E4 is 30000."""
    if isinstance(term, ox.Literal) and term.datatype.value.rpartition("#")[2] in NUMBERS:
        with suppress(ValueError):
            return ox.Literal(repr(float(term.value)), datatype=term.datatype)
    return term


NUMBERS = {"integer", "decimal", "float", "double"}


def rows(results: Any) -> Rows:
    """Query results as plain values."""
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = [v.value for v in results.variables]
    return [{n: spelt(row[i]) for i, n in enumerate(names) if row[i] is not None} for row in results]


def expected(file: Path) -> Rows | list[ox.Triple]:
    """The results in a file: rows, yes or no, or a graph."""
    if file.suffix in RESULTS:
        return rows(ox.parse_query_results(file.read_bytes(), format=RESULTS[file.suffix]))
    found = triples(file)
    return _from_graph(found) if RS in str(found) else found


def _from_graph(found: list[ox.Triple]) -> Rows:
    by = {(t.subject, t.predicate.value.removeprefix(RS)): t.object for t in found}
    for (_, name), value in by.items():
        if name == "boolean":
            return bool(value.value == "true")
    solutions = []
    for triple in found:
        if triple.predicate.value == RS + "solution":
            bindings = [
                t.object for t in found if t.subject == triple.object and t.predicate.value == RS + "binding"
            ]
            place = int(by[triple.object, "index"].value) if (triple.object, "index") in by else 0
            row = {by[b, "variable"].value: spelt(by[b, "value"]) for b in bindings}
            solutions.append((place, row))
    return [row for _, row in sorted(solutions, key=lambda pair: pair[0])]


def alike(some: Rows, others: Rows, *, ordered: bool = False) -> bool:
    """True when two results are the same but for names of blank nodes and, unless ordered, order."""
    if isinstance(some, bool) or isinstance(others, bool):
        return some is others
    if ordered and not any(isinstance(v, ox.BlankNode) for row in some for v in row.values()):
        return some == others
    if not any(isinstance(v, ox.BlankNode | ox.Triple) for row in some for v in row.values()):
        return Counter(frozenset(r.items()) for r in some) == Counter(frozenset(r.items()) for r in others)
    return same(_quads(some), _quads(others))


def _quads(solutions: list[dict[str, Any]]) -> Iterator[ox.Quad]:
    for solution in solutions:
        row = ox.BlankNode()
        yield ox.Quad(row, ox.NamedNode("urn:row"), ox.Literal("row"))
        for name, value in solution.items():
            yield ox.Quad(row, ox.NamedNode(f"urn:{name}"), value)
