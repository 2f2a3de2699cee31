"""The engine: questions in, serialised answers out, away from the event loop.

A question and an answer are plain data, so that worker processes can stand in for these threads.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

import pyoxigraph as ox

from reegraph.errors import ReegraphError, StoreError, UnknownName
from reegraph.server.formats import DATASETS, GRAPHS, SOLUTIONS, Form
from reegraph.server.refusal import bad_request, not_acceptable
from reegraph.store import EmbeddedStore
from reegraph.store.embedded import translated
from reegraph.terms import PREFIXES

_log = logging.getLogger(__name__)

THREADS: Final = 4  # pyoxigraph lets go of the GIL while it works, so they run side by side
_STACK: Final = (
    512 << 20
)  # deep nesting overflows the usual 8 MB and takes the process down; only touched pages cost
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
}


@dataclass(frozen=True)
class Query:
    """A query with its dataset and the form wanted for each kind of answer, None where none will do."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    solutions: Form | None
    graph: Form | None


@dataclass(frozen=True)
class GraphRead:
    """A named graph to be read, or the default graph for None."""

    graph: str | None
    form: Form


@dataclass(frozen=True)
class DatasetRead:
    """All graphs to be read."""

    form: Form


@dataclass(frozen=True)
class Answer:
    """What to send."""

    body: bytes
    media: str


Question = Query | GraphRead | DatasetRead


class Engine:
    """Threads that answer questions from one store, which nobody writes to meanwhile."""

    def __init__(self, store: EmbeddedStore, threads: int = THREADS) -> None:
        self._dataset = store.dataset
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads = threads
        before = threading.stack_size(_STACK)
        try:
            for _ in range(threads):
                # Daemons: a query that never ends must not keep the process from ending.
                threading.Thread(target=self._work, name="reegraph-engine", daemon=True).start()
        finally:
            threading.stack_size(before)

    async def answer(self, question: Question) -> Answer:
        """The serialised answer.

        Raises QueryError for a query that does not parse, UnknownName for a graph that is not there,
        Refusal (400 for a graph name that is no IRI, 406 when the query's kind has no acceptable form),
        StoreError when the engine fails.
        """
        loop = asyncio.get_running_loop()
        job = _Job(question, loop, loop.create_future())
        self._jobs.put(job)
        return await job.future

    def close(self) -> None:
        """Let the threads end after what they are at."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job.give(answer(self._dataset, job.question))
            except ReegraphError as error:
                job.give(_bare(error))
            except BaseException:  # a panic of the engine is no Exception, and must not end the thread
                _log.exception("the engine failed")
                job.give(StoreError("the engine failed; the server's log says why"))


def answer(dataset: ox.Store, question: Question) -> Answer:
    """The answer of a dataset, computed in the calling thread; raises as Engine.answer says."""
    with translated():
        match question:
            case Query():
                return _queried(dataset, question)
            case GraphRead(graph, form):
                return Answer(serialise(_read(dataset, graph), form), form.media)
            case DatasetRead(form):
                return Answer(serialise(list(dataset), form), form.media)


@dataclass(frozen=True)
class _Job:
    question: Question
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Answer]

    def give(self, outcome: Answer | ReegraphError) -> None:
        """Hand the outcome to the waiting coroutine, if anybody still waits."""
        with suppress(RuntimeError):  # the loop has been closed
            self.loop.call_soon_threadsafe(self._settle, outcome)

    def _settle(self, outcome: Answer | ReegraphError) -> None:
        if self.future.done():
            return
        if isinstance(outcome, ReegraphError):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)


def _bare(error: ReegraphError) -> ReegraphError:
    """The error without its frames: they hold query results, which only their own thread may drop."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _queried(dataset: ox.Store, query: Query) -> Answer:
    given = bool(query.default_graphs or query.named_graphs)  # then FROM and FROM NAMED count for nothing
    results = dataset.query(
        query.text,
        prefixes=PREFIXES,
        default_graph=[_named(g) for g in query.default_graphs] if given else None,
        named_graphs=[_named(g) for g in query.named_graphs] if given else None,
    )
    if isinstance(results, ox.QueryTriples):
        if query.graph is None:
            raise not_acceptable("a graph is given", (form.media for form in GRAPHS))
        return Answer(serialise(list(results), query.graph), query.graph.media)
    if query.solutions is None:
        raise not_acceptable("query results are given", (form.media for form in SOLUTIONS))
    return Answer(_bytes(results.serialize(format=_RESULTS[query.solutions.name])), query.solutions.media)


def _read(dataset: ox.Store, graph: str | None) -> list[ox.Triple]:
    if graph is None:
        name: ox.NamedNode | ox.DefaultGraph = ox.DefaultGraph()
    else:
        name = _named(graph)
        if not dataset.contains_named_graph(name):
            raise UnknownName("graph", graph, (g.value for g in dataset.named_graphs()))
    return [quad.triple for quad in dataset.quads_for_pattern(None, None, None, name)]


def serialise(
    statements: list[ox.Triple] | list[ox.Quad], form: Form, prefixes: Mapping[str, str] = PREFIXES
) -> bytes:
    """RDF in one of GRAPHS; where the format knows prefixes, with those of `prefixes` that occur."""
    if form in DATASETS:
        statements = [s if isinstance(s, ox.Quad) else ox.Quad(*s) for s in statements]
    plain = _written(statements, ox.RdfFormat.N_QUADS if form in DATASETS else ox.RdfFormat.N_TRIPLES, {})
    if form.name in {"nt", "nq"}:
        return plain
    used = {prefix: iri for prefix, iri in prefixes.items() if f"<{iri}".encode() in plain}
    return _written(statements, _RDF[form.name], used)


def _written(
    statements: list[ox.Triple] | list[ox.Quad], format_: ox.RdfFormat, prefixes: dict[str, str]
) -> bytes:
    return _bytes(ox.serialize(statements, format=format_, prefixes=prefixes))


def _bytes(written: bytes | None) -> bytes:
    assert written is not None
    return written


def _named(graph: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(graph)
    except ValueError as error:
        raise bad_request(f"{graph!r} is not the IRI of a graph: {error}") from error
