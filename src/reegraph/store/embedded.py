"""The default store: pyoxigraph in this process's memory, nothing to start."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from reegraph.errors import QueryError, SnapshotError, StoreError
from reegraph.store.protocol import Solutions, Store
from reegraph.store.syntax import syntax_error
from reegraph.terms import PREFIXES

RDF_FILES: Final = {  # how a file is read, by its ending
    "nq": ox.RdfFormat.N_QUADS,
    "nt": ox.RdfFormat.N_TRIPLES,
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "owl": ox.RdfFormat.RDF_XML,
    "xml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "n3": ox.RdfFormat.N3,
}
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class EmbeddedStore(Store):
    """A dataset in memory; see Store for what its methods promise."""

    def __init__(self, quads: Iterable[ox.Quad] = ()) -> None:
        self._dataset: ox.Store | None = ox.Store()
        self._dataset.extend(quads)

    @property
    def dataset(self) -> ox.Store:
        """The dataset itself; StoreError once the store is closed, since an empty one would be an answer."""
        if self._dataset is None:
            raise StoreError("the store is closed: connect again")
        return self._dataset

    @classmethod
    def load(cls, path: Path, *, without: Collection[str] = ()) -> EmbeddedStore:
        """The dataset of a snapshot's N-Quads but some named graphs; SnapshotError when it cannot be read."""
        store = cls()
        try:
            with _Without(path, without) as lines:
                source: dict[str, Any] = {"input": lines} if without else {"path": str(path)}
                # lenient: a snapshot's hash vouches for its IRIs; proving them anew takes a fifth longer
                store.dataset.bulk_load(**source, format=ox.RdfFormat.N_QUADS, lenient=True)
        except (OSError, SyntaxError) as error:
            raise SnapshotError(
                f"{path}: cannot be loaded: {error}. Run `reegraph build --force`."
            ) from error
        return store

    @classmethod
    def over(cls, dataset: ox.Store) -> EmbeddedStore:
        """A store over a pyoxigraph dataset that is there already."""
        store = cls()
        store._dataset = dataset
        return store

    def query(self, query: str) -> Solutions | bool | list[ox.Triple]:
        with translated(query):
            results = self.dataset.query(query, prefixes=PREFIXES)
            if isinstance(results, ox.QueryBoolean):
                return bool(results)
            if isinstance(results, ox.QueryTriples):
                return list(results)
            variables = tuple(v.value for v in results.variables)
            width = range(len(variables))
            return Solutions(variables, [tuple(row[i] for i in width) for row in results])

    def update(self, update: str) -> None:
        with translated(update, update=True):
            self.dataset.update(update, prefixes=PREFIXES)

    def read_graph(self, graph: str | None) -> list[ox.Triple]:
        return [q.triple for q in self.dataset.quads_for_pattern(None, None, None, _graph(graph))]

    def write_graph(self, graph: str | None, triples: Iterable[ox.Triple]) -> None:
        name = _graph(graph)
        fresh = [ox.Quad(t.subject, t.predicate, t.object, name) for t in triples]
        self.dataset.clear_graph(name)
        self.dataset.extend(fresh)

    def close(self) -> None:
        self._dataset = None

    def __len__(self) -> int:
        return len(self.dataset)


class _Without(RawIOBase):
    """A file of N-Quads but those of some graphs."""

    def __init__(self, path: Path, graphs: Iterable[str]) -> None:
        self._file = path.open("rb")
        self._ends = tuple(f" <{graph}> .\n".encode() for graph in graphs)

    def read(self, size: int = -1) -> bytes:
        """Some lines, about as many bytes as asked for."""
        while lines := self._file.readlines(size):
            if kept := [line for line in lines if not line.endswith(self._ends)]:
                return b"".join(kept)
        return b""

    def close(self) -> None:
        self._file.close()
        super().close()


def _graph(name: str | None) -> ox.NamedNode | ox.DefaultGraph:
    return ox.DefaultGraph() if name is None else ox.NamedNode(name)


@contextmanager
def translated(text: str = "", *, update: bool = False) -> Iterator[None]:
    """The engine's errors as ours; where it was given a text, with what is wrong in that."""
    try:
        yield
    except SyntaxError as error:
        place = _PLACE.match(str(error.msg))
        if not place:
            raise QueryError(f"the query does not parse: {error.msg}") from error
        line, column, what = int(place[1]), int(place[2]), place[3]
        raise syntax_error(text, line, column, what, update=update) from error
    except (ValueError, RuntimeError) as error:
        raise QueryError(f"the query cannot be answered: {error}") from error
    except OSError as error:
        raise StoreError(f"the store failed: {error}") from error
