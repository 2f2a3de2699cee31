"""The graph put into a service: graph by graph, whole, and nobody else's touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from processes import SECRET
from test_endpoint import served

from reegraph import StoreError
from reegraph.folders import project_root
from reegraph.publish import publish_graph
from reegraph.server import create_app
from reegraph.server.access import Policy, Tokens
from reegraph.server.backend import Source
from reegraph.snapshot import Snapshot, write
from reegraph.store import EmbeddedStore, RemoteStore
from reegraph.terms import GRAPH

THING = ox.NamedNode("urn:thing")


def quads(graph: str, count: int) -> list[ox.Quad]:
    """So many triples, in a graph and in the merge."""
    places = [ox.NamedNode(GRAPH + graph), ox.DefaultGraph()]
    return [
        ox.Quad(THING, THING, ox.Literal(f"{graph} {n}"), place) for n in range(count) for place in places
    ]


def snapshot(folder: Path, **graphs: int) -> Snapshot:
    """A snapshot of such graphs."""
    lines = [f"{quad} .\n".encode() for graph, count in graphs.items() for quad in quads(graph, count)]
    return write(folder, "a" * 64, lines, {**graphs, "default": sum(graphs.values())})


@pytest.fixture
def service() -> Iterator[RemoteStore]:
    """A service of ours with an empty dataset, and a token for it."""
    policy = Policy(Tokens([f"me={SECRET}"]))
    with served(create_app(Source(writable=True), policy=policy)) as url:
        yield RemoteStore(f"{url}/sparql", token=SECRET)


def test_published(tmp_path: Path, service: RemoteStore) -> None:
    """Graphs are replaced, those of an earlier publication emptied; others stay."""
    other = ox.Triple(THING, THING, THING)
    service.write_graph("urn:other", [other])
    done = publish_graph(snapshot(tmp_path, one=3, two=2), service, project_root())
    assert done == {"one": 3, "two": 2, "default": 5}
    again = snapshot(tmp_path, one=1, three=4)
    assert publish_graph(again, service, project_root()) == {"one": 1, "three": 4, "two": 0, "default": 5}
    local = EmbeddedStore.load(again.quads)
    for graph in (None, f"{GRAPH}one", f"{GRAPH}three"):
        assert set(service.read_graph(graph)) == set(local.read_graph(graph))
    assert service.ask(f"ASK {{ GRAPH <{GRAPH}two> {{ ?s ?p ?o }} }}") is False
    assert service.read_graph("urn:other") == [other]


class _Faulty(EmbeddedStore):
    """A store that refuses one graph, or loses triples of it."""

    def __init__(self, graph: str | None, *, refuses: bool) -> None:
        super().__init__()
        self.graph, self.refuses = graph, refuses

    def write_graph(self, graph: str | None, triples: Iterable[ox.Triple]) -> None:
        if graph == self.graph and self.refuses:
            raise StoreError("the disk is full")
        super().write_graph(graph, list(triples)[graph == self.graph :])


@pytest.mark.parametrize(
    ("graph", "refuses", "said"),
    [
        (f"{GRAPH}one", True, r"graph one has not been put \(nothing has been changed\): the disk is full"),
        (f"{GRAPH}two", True, r"graph two has not been put \(in place before it: one\)"),
        (None, True, r"graph default has not been put \(in place before it: one, two\)"),
        (f"{GRAPH}two", False, "graph two holds 1 triples where 2 were put"),
        (None, False, "graph default holds 4 triples where 5 were put"),
    ],
)
def test_not_published(tmp_path: Path, graph: str | None, refuses: bool, said: str) -> None:
    """A graph that is refused or not whole is told, with what is in place by then."""
    with pytest.raises(StoreError, match=said):
        publish_graph(snapshot(tmp_path, one=3, two=2), _Faulty(graph, refuses=refuses), project_root())
