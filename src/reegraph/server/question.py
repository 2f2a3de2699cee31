"""What a client asks of the data, and what is wanted of the data's keeper: plain records."""

from __future__ import annotations

from dataclasses import dataclass, field

from reegraph.server.formats import Form


@dataclass(frozen=True)
class Query:
    """A query with its dataset and the form wanted for each kind of answer, None where none will do."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    solutions: Form | None
    graph: Form | None
    base: str = ""

    def __str__(self) -> str:
        """All that the answer depends on."""
        graphs = (
            f"{self.default_graphs}{self.named_graphs}" if self.default_graphs or self.named_graphs else ""
        )
        solutions, graph = self.solutions and self.solutions.media, self.graph and self.graph.media
        return f"{self.text}\n{graphs} {solutions} {graph} {self.base}"


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
class ThingRead:
    """The triples that describe one thing: its own, those that name it, and those of its parts."""

    iri: str
    form: Form


@dataclass(frozen=True)
class CensusRead:
    """How many triples each graph holds, as JSON."""


Question = Query | GraphRead | DatasetRead | ThingRead | CensusRead


@dataclass(frozen=True)
class Job:
    """A question with what its answer may cost: seconds, bytes; a content coding, if any."""

    question: Question
    seconds: float = field(default=0, compare=False)  # 0 is the server's own limit
    coding: str = ""


@dataclass(frozen=True)
class Update:
    """A SPARQL Update; `using` and `using_named` stand for USING clauses."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    base: str = ""


@dataclass(frozen=True)
class Part:
    """RDF as it was sent: its bytes and media type."""

    body: bytes
    media: str


@dataclass(frozen=True)
class GraphWrite:
    """Parts to be put in place of a graph, or added to it; the default graph for None."""

    graph: str | None
    parts: tuple[Part, ...]
    replace: bool
    base: str = ""


@dataclass(frozen=True)
class GraphDelete:
    """A graph to be removed; the default graph is emptied."""

    graph: str | None


Change = Update | GraphWrite | GraphDelete


@dataclass(frozen=True)
class Limits:
    """What a worker may use."""

    memory: int  # bytes over what the data themselves take
    result: int  # bytes of an answer
    service: bool = False  # may a query open connections?
    jobs: int = 1000  # after so many a fresh worker takes over
    requests: int = 1_000_000  # after so many a fresh reader does
