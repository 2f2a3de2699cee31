"""The project's own RemoteStore against the project's own endpoint."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pyoxigraph as ox
import pytest
from processes import number, serving
from test_endpoint import CONSTRUCT, ENTITIES, SELECT, served, tiny

from reegraph.errors import QueryError, StoreError
from reegraph.server import create_app
from reegraph.store import EmbeddedStore, RemoteStore


@pytest.fixture(scope="module")
def remote() -> Iterator[RemoteStore]:
    with served(create_app(tiny(), version="v1")) as base:
        yield RemoteStore(f"{base}/sparql")


def test_same_answers_as_embedded(remote: RemoteStore) -> None:
    """Rows, yes-or-no and graphs are the same as the embedded store gives."""
    local = tiny()
    assert remote.select(SELECT) == local.select(SELECT)
    labels = "SELECT ?l { ?s rdfs:label ?l } ORDER BY ?l"
    assert remote.select(labels) == local.select(labels)
    assert remote.ask("ASK { ?s ?p ?o }") is True
    assert remote.ask("ASK { ?s ?p 1 }") is False
    assert set(remote.construct(CONSTRUCT)) == set(local.construct(CONSTRUCT))
    assert set(remote.construct("DESCRIBE firm:lynas")) == set(local.construct("DESCRIBE firm:lynas"))


def test_comment_names_another_form(remote: RemoteStore) -> None:
    """A comment that names another query form misleads nobody."""
    assert remote.ask("# CONSTRUCT\nASK {}") is True


def test_read_graph(remote: RemoteStore) -> None:
    """Graphs come by the Graph Store Protocol beside the query URL."""
    assert set(remote.read_graph(None)) == set(tiny().read_graph(None))
    assert set(remote.read_graph(ENTITIES)) == set(tiny().read_graph(ENTITIES))


def test_syntax_error(remote: RemoteStore) -> None:
    """A syntax error has the line and column of the query as typed, and its message in plain words."""
    with pytest.raises(QueryError, match=r"\Aline 2, column 8: the query does not parse") as caught:
        remote.select("SELECT * {\n  ?s ?p")
    assert (caught.value.line, caught.value.column) == (2, 8)


def test_no_query_at_all(remote: RemoteStore) -> None:
    """Text of no known query form is a query error, not a warning."""
    with pytest.raises(QueryError, match="line 1"):
        remote.select("SELEC * {}")


def test_refusals(remote: RemoteStore) -> None:
    """What the server refuses comes with the server's own reason."""
    with pytest.raises(QueryError, match="SERVICE is refused"):
        remote.select("SELECT * { SERVICE <http://example.org/> {} }")
    with pytest.raises(QueryError, match="never written to"):
        remote.update("INSERT DATA { <a:b> <a:b> 1 }")
    with pytest.raises(QueryError, match="never written to"):
        remote.write_graph(ENTITIES, [])
    with pytest.raises(StoreError, match="unknown graph"):
        remote.read_graph(ENTITIES + "x")


def test_large_answer(remote: RemoteStore) -> None:
    """An answer of some thousand rows arrives whole."""
    names = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o"
    solutions = remote.select(f"SELECT ?a ?o {{ {names} }}")
    assert len(solutions) == 4**5
    assert isinstance(solutions.rows[0][0], ox.NamedNode)


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="its server is looked at from outside: run on Linux or macOS"
)
def test_served_copy(remote: RemoteStore) -> None:
    """`serve --store` serves what another service holds: its default graph and its named ones."""
    with serving("--store", remote.url) as (url, _):
        copy = RemoteStore(f"{url}/sparql")
        for graph in (None, ENTITIES):
            assert set(copy.read_graph(graph)) == set(remote.read_graph(graph))
        assert number(url) == len(remote.read_graph(None))
        assert remote.select(SELECT) == copy.select(SELECT)
        assert httpx.get(f"{url}/en/").status_code == 404  # what pages show is not there


def test_copy_of_nothing() -> None:
    """A service whose default graph is empty, or that is none, cannot be served."""
    with served(create_app(EmbeddedStore())) as base:
        for address, code, reason in ((f"{base}/sparql", 6, "is empty"), (f"{base}/nothing", 6, "")):
            command = [
                sys.executable,
                "-c",
                "from reegraph.cli import main; main()",
                "serve",
                "--store",
                address,
            ]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == code, done.stderr
            assert address in done.stderr
            assert reason in done.stderr
            assert "Traceback" not in done.stderr
