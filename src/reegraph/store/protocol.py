"""What every store can do: text in, typed solutions or triples out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from reegraph.errors import QueryError

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class Solutions:
    """The solutions of a SELECT: one tuple of nodes a row, None where a variable is unbound."""

    variables: tuple[str, ...]
    rows: Sequence[tuple[Node | None, ...]]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Node | None]]:
        return (dict(zip(self.variables, row, strict=True)) for row in self.rows)

    def texts(self) -> Iterator[dict[str, str]]:
        """Each row as plain text: IRIs and literal forms, empty where unbound."""
        return ({k: "" if v is None else node_text(v) for k, v in row.items()} for row in self)


class Store(ABC):
    """A SPARQL 1.1 dataset. The usual prefixes need not be declared in what it is given.

    Every method raises QueryError for text that does not parse and StoreError when the store
    cannot be reached or fails.
    """

    def select(self, query: str) -> Solutions:
        """The solutions of a SELECT query."""
        answer = self.query(query)
        if not isinstance(answer, Solutions):
            raise QueryError("a SELECT query is wanted here")
        return answer

    def ask(self, query: str) -> bool:
        """The answer of an ASK query."""
        answer = self.query(query)
        if not isinstance(answer, bool):
            raise QueryError("an ASK query is wanted here")
        return answer

    def construct(self, query: str) -> list[ox.Triple]:
        """The triples of a CONSTRUCT or DESCRIBE query."""
        answer = self.query(query)
        if not isinstance(answer, list):
            raise QueryError("a CONSTRUCT or DESCRIBE query is wanted here")
        return answer

    @abstractmethod
    def query(self, query: str) -> Solutions | bool | list[ox.Triple]:
        """The answer of any query, by its form."""

    @abstractmethod
    def update(self, update: str) -> None:
        """Carry out a SPARQL Update."""

    @abstractmethod
    def read_graph(self, graph: str | None) -> list[ox.Triple]:
        """The triples of a named graph, or of the default graph for None."""

    @abstractmethod
    def write_graph(self, graph: str | None, triples: Iterable[ox.Triple]) -> None:
        """Put these triples in place of what the graph holds."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what the store holds."""


def node_text(node: Node) -> str:
    """An IRI, a blank node's label or a literal's lexical form."""
    return str(node) if isinstance(node, ox.Triple) else node.value
