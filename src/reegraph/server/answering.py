"""Answering: a question put to a dataset, its answer written as it comes to a sink."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from reegraph.errors import UnknownName
from reegraph.server.formats import DATASETS, GRAPHS, SOLUTIONS, Form
from reegraph.server.packing import WORTH, packer
from reegraph.server.question import (
    CensusRead,
    DatasetRead,
    GraphRead,
    Query,
    Question,
    ThingRead,
)
from reegraph.server.refusal import Refusal, bad_request, not_acceptable
from reegraph.store.embedded import translated
from reegraph.terms import PREFIXES

_RESULTS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_RDF: Final = {
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
}
_FULL: Final = 1 << 16  # bytes that are sent at once
_PATIENCE: Final = 0.05  # seconds after which what is there is sent, full or not
_LOOKED_AT: Final = 2000  # statements whose prefixes are sought before the first byte is written


class Sink(ABC):
    """Where an answer is written: in parts of 64 KB, or sooner when it comes slowly; packed in a coding.

    Raises Refusal (507) when the answer grows over `limit` bytes.
    """

    def __init__(self, limit: int, coding: str) -> None:
        self._limit, self._coding = limit, coding
        self._packer = packer(coding)
        self._held = bytearray()
        self._begun, self._written, self._started = False, 0, time.monotonic()
        self.media = ""

    @abstractmethod
    def head(self, coding: str, whole: bool) -> None:
        """Called once, before the first part: how is the answer packed, and is it there to its end?"""

    @abstractmethod
    def part(self, data: bytes | bytearray) -> None:
        """Take a part, ready to be sent."""

    @abstractmethod
    def push(self) -> None:
        """Send the parts there are."""

    def write(self, data: bytes) -> int:
        """Take some of the answer (the engine calls this)."""
        self._held += data
        self._written += len(data)
        if self._written > self._limit:
            raise Refusal(
                507,
                "result-too-large",
                f"the answer is longer than {self._limit} bytes. Add LIMIT, or ask for less.",
            )
        if len(self._held) >= _FULL or time.monotonic() - self._started > _PATIENCE:
            self._pass_on(whole=False)
            self.push()
        return len(data)

    def flush(self) -> None:  # noqa: B027 (part of what a file is)
        """Nothing: parts go when they are full (the engine calls this)."""

    def finish(self) -> None:
        """Pass on what is left; `push` is not called."""
        if self._packer and not self._begun and self._written < WORTH:
            self._packer, self._coding = None, ""
        self._pass_on(whole=True)
        if self._packer:
            self.part(self._packer.flush())

    def _pass_on(self, *, whole: bool) -> None:
        if not self._begun:
            self._begun = True
            self.head(self._coding, whole)
        held, self._held = self._held, bytearray()  # handed over as it is: a copy of each part counts
        if data := self._packer.compress(held) if self._packer else held:
            self.part(data)


def answer(dataset: ox.Store, question: Question, sink: Sink) -> None:
    """Write the answer of a dataset to a sink.

    Raises QueryError for a query that does not parse, UnknownName for a graph or thing that is not there,
    Refusal (400 for a graph name that is no IRI, 406 when the query's kind has no acceptable form, 507 when
    the answer is too long), StoreError when the engine fails.
    """
    with translated(question.text if isinstance(question, Query) else ""):
        _answered(dataset, question, sink)


def _answered(dataset: ox.Store, question: Question, sink: Sink) -> None:
    match question:
        case Query():
            _queried(dataset, question, sink)
        case GraphRead(graph, form):
            write(_read(dataset, graph), form, sink)
        case DatasetRead(form):
            write(dataset, form, sink)
        case ThingRead(iri, form):
            write(_described(dataset, iri), form, sink)
        case CensusRead():
            sink.media = "application/json"
            counts = Counter(quad.graph_name for quad in dataset)
            named = {g.value: counts[g] for g in dataset.named_graphs()}
            shown = {"default": counts[ox.DefaultGraph()], "named": dict(sorted(named.items()))}
            sink.write(json.dumps(shown).encode())


def _queried(dataset: ox.Store, query: Query, sink: Sink) -> None:
    try:
        results = _evaluated(dataset, query, {})
    except SyntaxError:  # most texts declare their prefixes; to give ours to each costs 7 us
        results = _evaluated(dataset, query, PREFIXES)
    if isinstance(results, ox.QueryTriples):
        if query.graph is None:
            raise not_acceptable("a graph is given", (form.media for form in GRAPHS))
        write(results, query.graph, sink)
        return
    if query.solutions is None:
        raise not_acceptable("query results are given", (form.media for form in SOLUTIONS))
    sink.media = query.solutions.media
    results.serialize(cast(IO[bytes], sink), _RESULTS[query.solutions.name])


def _evaluated(
    dataset: ox.Store, query: Query, prefixes: Mapping[str, str]
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    given = bool(query.default_graphs or query.named_graphs)  # then FROM and FROM NAMED count for nothing
    return dataset.query(
        query.text,
        base_iri=query.base or None,
        prefixes=dict(prefixes),
        default_graph=[named(g) for g in query.default_graphs] if given else None,
        named_graphs=[named(g) for g in query.named_graphs] if given else None,
    )


def _read(dataset: ox.Store, graph: str | None) -> Iterator[ox.Triple]:
    name: ox.NamedNode | ox.DefaultGraph = ox.DefaultGraph()
    if graph is not None:
        name = named(graph)
        if not dataset.contains_named_graph(name):
            raise UnknownName("graph", graph, islice((g.value for g in dataset.named_graphs()), 10_000))
    return (quad.triple for quad in dataset.quads_for_pattern(None, None, None, name))


def _described(dataset: ox.Store, iri: str) -> list[ox.Triple]:
    """The default graph's triples of a node, of its parts (below its address), and those naming it."""
    whole, node = ox.DefaultGraph(), named(iri)
    found: dict[ox.Triple, None] = {}
    waiting: list[Any] = [node]
    seen: set[Any] = {node}
    while waiting:
        for quad in dataset.quads_for_pattern(waiting.pop(), None, None, whole):
            found[quad.triple] = None
            part = quad.object
            inner = isinstance(part, ox.BlankNode) or (
                isinstance(part, ox.NamedNode) and part.value.startswith(iri + "/")
            )
            if inner and part not in seen:
                seen.add(part)
                waiting.append(part)
    if not found:
        raise UnknownName("thing", iri, ())
    named_by = islice(dataset.quads_for_pattern(None, None, node, whole), 1000)
    return list(found) + [quad.triple for quad in named_by if quad.triple not in found]


def write(
    statements: Iterable[ox.Triple] | Iterable[ox.Quad],
    form: Form,
    sink: Sink,
    prefixes: Mapping[str, str] = PREFIXES,
) -> None:
    """RDF in one of GRAPHS; where the format knows prefixes, those that occur (of a long one, all)."""
    sink.media = form.media
    left: Iterator[Any] = iter(statements)
    used: Mapping[str, str] = {}
    if form in DATASETS:
        left = (s if isinstance(s, ox.Quad) else ox.Quad(*s) for s in left)
    if form.name not in {"nt", "nq"}:
        first = list(islice(left, _LOOKED_AT))
        plain = ox.serialize(first, format=_RDF["nq" if form in DATASETS else "nt"]) or b""
        whole = len(first) < _LOOKED_AT
        used = {p: iri for p, iri in prefixes.items() if not whole or f"<{iri}".encode() in plain}
        left = chain(first, left)
    ox.serialize(left, cast(IO[bytes], sink), _RDF[form.name], prefixes=dict(used))


def named(graph: str) -> ox.NamedNode:
    """The IRI of a graph or thing; Refusal (400) when it is none."""
    try:
        return ox.NamedNode(graph)
    except ValueError as error:
        raise bad_request(f"{graph!r} is not the IRI of a graph: {error}") from error
