"""What every store promises, on the embedded one and on a real service; and services that fail."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest
from graphs import default_answer, questions, real_graph
from test_endpoint import served

from reegraph import KnowledgeGraph, QueryError, StoreError, UsageError, connect
from reegraph.server import create_app
from reegraph.store import EmbeddedStore, RemoteStore, Store
from reegraph.terms import GRAPH, REE

LYNAS = "https://w3id.org/reegraph/id/firm/lynas"
QUERY = "SELECT ?plant { firm:lynas ree:operates ?plant } ORDER BY ?plant"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The query address of the project's own server over the real graph."""
    embedded = real_graph().store
    assert isinstance(embedded, EmbeddedStore)
    with served(create_app(embedded, version="tests")) as base:
        yield f"{base}/sparql"


def test_load_without_graphs(tmp_path: Path) -> None:
    """A snapshot is loaded whole, or without some of its graphs."""
    node = ox.NamedNode("urn:n")
    graphs = [ox.DefaultGraph(), *(ox.NamedNode(f"urn:{name}") for name in ("a", "b", "ab"))]
    quads = [ox.Quad(node, node, ox.Literal(f"{n} <urn:a> .\n"), g) for g in graphs for n in range(3000)]
    file = tmp_path / "graph.nq"
    EmbeddedStore(quads).dataset.dump(str(file), ox.RdfFormat.N_QUADS)
    assert len(EmbeddedStore.load(file)) == len(quads)
    part = EmbeddedStore.load(file, without=["urn:a"])
    assert {quad.graph_name for quad in part.dataset} == {*graphs} - {ox.NamedNode("urn:a")}
    assert len(part) == len(quads) - 3000
    assert len(EmbeddedStore.load(file, without=["urn:c"])) == len(quads)


@pytest.fixture(params=["embedded", "remote"])
def store(request: pytest.FixtureRequest) -> Store:
    """The real graph in this process, and the same graph behind the server."""
    if request.param == "embedded":
        return real_graph().store
    return RemoteStore(request.getfixturevalue("url"))


# What every store promises


def test_select(store: Store) -> None:
    """Solutions have their variables in order, nodes in their rows and None where nothing is bound."""
    found = store.select(
        "SELECT ?thing ?symbol { VALUES ?thing { firm:lynas element:Dy } "
        "OPTIONAL { ?thing ree:symbol ?symbol } } ORDER BY ?thing"
    )
    dysprosium = "https://w3id.org/reegraph/id/element/Dy"
    assert found.variables == ("thing", "symbol")
    assert list(found.rows) == [
        (ox.NamedNode(dysprosium), ox.Literal("Dy")),
        (ox.NamedNode(LYNAS), None),
    ]
    assert list(found.texts())[1] == {"thing": LYNAS, "symbol": ""}


def test_select_keeps_datatypes(store: Store) -> None:
    """Numbers, days and languages arrive as they are."""
    (row,) = store.select("SELECT (1.50 AS ?n) ('2025-04-04'^^xsd:date AS ?d) ('稀土'@zh-Hant AS ?t) {}").rows
    assert row[1] == ox.Literal("2025-04-04", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    assert row[2] == ox.Literal("稀土", language="zh-Hant")
    assert isinstance(row[0], ox.Literal)
    assert float(row[0].value) == 1.5


def test_ask(store: Store) -> None:
    """An ASK is answered by a boolean."""
    assert store.ask("ASK { firm:lynas a ree:Firm }") is True
    assert store.ask("ASK { firm:lynas a ree:Material }") is False


def test_construct(store: Store) -> None:
    """A CONSTRUCT gives triples, Chinese text unharmed."""
    triples = store.construct("CONSTRUCT { ?s rdfs:label ?l } { VALUES ?s { element:Dy } ?s rdfs:label ?l }")
    assert {(t.subject.value, t.object.value) for t in triples} == {
        ("https://w3id.org/reegraph/id/element/Dy", "dysprosium"),
        ("https://w3id.org/reegraph/id/element/Dy", "鏑"),
    }


def test_query_by_form(store: Store) -> None:
    """Any query is answered by its form."""
    assert store.query("ASK {}") is True
    assert len(store.query(QUERY)) == len(store.select(QUERY))
    assert store.query("DESCRIBE firm:lynas")


@pytest.mark.parametrize(
    ("method", "query", "what"),
    [
        ("select", "ASK {}", "a SELECT query is wanted"),
        ("ask", "SELECT * {}", "an ASK query is wanted"),
        ("construct", "ASK {}", "a CONSTRUCT or DESCRIBE query is wanted"),
    ],
)
def test_wrong_form(store: Store, method: str, query: str, what: str) -> None:
    """A query of another form than asked for is refused."""
    with pytest.raises(QueryError, match=what):
        getattr(store, method)(query)


def test_syntax_error_has_its_place(store: Store) -> None:
    """A syntax error is told with line and column of the text as it was typed, prefixes not counted."""
    with pytest.raises(QueryError, match=r"line 3, column \d+: the query does not parse") as caught:
        store.select("SELECT ?s {\n  ?s a ree:Firm .\n  ?s rdfs:label }")
    assert caught.value.line == 3
    assert caught.value.column
    assert caught.value.exit_code == 4


def test_unknown_prefix(store: Store) -> None:
    """A prefix that nobody declared is a query error."""
    with pytest.raises(QueryError, match="line 1"):
        store.select("SELECT * { ?s foo:bar ?o }")


def test_read_graph(store: Store) -> None:
    """A named graph is read by its name, the default graph by none, and holds what the named one holds."""
    statements = set(store.read_graph(GRAPH + "statements"))
    operates = ox.NamedNode(REE + "operates")
    assert any(t.subject.value == LYNAS and t.predicate == operates for t in statements)
    assert statements < set(store.read_graph(None))


# One graph, two ways


def test_connect_by_url(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python face works on a service: names, proofs and things alike."""
    monkeypatch.delenv("REEGRAPH_ARTICLES", raising=False)
    with connect(url) as remote:
        local = real_graph()
        assert isinstance(remote.store, RemoteStore)
        assert remote.find("鏑").rows[0] == local.find("鏑").rows[0]
        assert remote.entity("element:Dy") == local.entity("element:Dy")
        assert remote.why("claim:tang-2025-310") == local.why("claim:tang-2025-310")


@pytest.mark.parametrize("name", sorted(questions()))
def test_same_answer_on_both(name: str, url: str) -> None:
    """Each question gives the same table on the embedded store and on the service."""
    assert KnowledgeGraph(RemoteStore(url)).ask(name) == default_answer(name)


def test_parameters_reach_the_service(url: str) -> None:
    """Parameters are bound before the query leaves."""
    parameters = {"date": "2025-04-05", "item": ["element:Dy", "element:Nd"]}
    remote = KnowledgeGraph(RemoteStore(url)).ask("controls-in-force", **parameters)
    assert remote == real_graph().ask("controls-in-force", **parameters)
    assert len(remote) == 1


# Services that fail


@contextmanager
def answering(status: int, media: str, body: bytes) -> Iterator[str]:
    """A real server that gives everyone the same answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql"
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


@contextmanager
def silent() -> Iterator[str]:
    """A socket that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"


@contextmanager
def down() -> Iterator[str]:
    """An address where nothing listens."""
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{once.getsockname()[1]}/sparql"
    yield address


def refused(address: str, **options: int) -> str:
    """What the StoreError of a select says; it names the address."""
    with pytest.raises(StoreError) as caught:
        RemoteStore(address, **options).select(QUERY)
    assert address in str(caught.value)
    assert caught.value.exit_code == 6
    return str(caught.value).removeprefix(address)


def test_down() -> None:
    """A service that is down is told with its address and the question whether it runs."""
    with down() as address:
        assert refused(address).endswith("Is the service running there?")


def test_slow() -> None:
    """A service that does not answer in time is given up after the timeout, which the message names."""
    with silent() as address:
        said = refused(address, timeout=1)
    assert said == ": no answer within 1 s. Try again, or give a longer timeout."


def test_slow_graph() -> None:
    """Reading a graph is given up in time too."""
    with silent() as address, pytest.raises(StoreError, match="no answer within 1 s"):
        RemoteStore(address, timeout=1).read_graph(None)


def test_html() -> None:
    """A page where SPARQL results were asked for is no answer, and the message says what to give."""
    with answering(200, "text/html; charset=utf-8", b"<h1>It works!</h1>") as address:
        said = refused(address)
    assert "answered text/html where SPARQL results were asked for" in said
    assert said.endswith("Give the address of its SPARQL endpoint, such as http://localhost:8765/sparql.")


def test_html_for_a_graph() -> None:
    """A page where RDF was asked for is no answer."""
    with answering(200, "text/html", b"<p>") as address:
        with pytest.raises(StoreError, match="answered text/html where RDF was asked for"):
            RemoteStore(address).construct("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
        with pytest.raises(StoreError, match="answered text/html where RDF was asked for"):
            RemoteStore(address).read_graph(None)


def test_broken_results() -> None:
    """An answer that only calls itself SPARQL results is none."""
    with answering(200, "application/sparql-results+json", b'{"head": {') as address:
        assert "the answer is no SPARQL results" in refused(address)


def test_broken_triples() -> None:
    """Triples that do not parse are none."""
    expected = pytest.raises(StoreError, match="the answer is no application/n-triples")
    with answering(200, "application/n-triples", b"<a> <b>") as address, expected:
        RemoteStore(address).construct("DESCRIBE firm:lynas")


def test_500() -> None:
    """A service that fails is quoted."""
    with answering(500, "text/plain", b"out of memory") as address:
        assert refused(address).startswith(": the service failed (500): out of memory")


def test_404() -> None:
    """An address without a service is told as such."""
    with answering(404, "text/plain", b"nothing here") as address:
        assert "there is no SPARQL service at this address (404)" in refused(address)


def test_401() -> None:
    """A service that wants a token says so."""
    with answering(401, "text/plain", b"who are you") as address:
        assert "token" in refused(address)


def test_503() -> None:
    """A busy service is quoted with its status."""
    with answering(503, "text/plain", b"try later") as address:
        assert "503: try later" in refused(address)


def test_bad_request_of_another_service() -> None:
    """A query that a foreign service refuses is a query error in its own words."""
    expected = pytest.raises(QueryError, match=r"line -?\d+, column 3")
    with answering(400, "text/plain", b"Encountered '}' at line 40, column 3.") as address, expected:
        RemoteStore(address).select("SELECT * { } }")


@pytest.mark.parametrize("address", ["localhost:8765/sparql", "ftp://example.org/", "graph.nq", ""])
def test_no_address(address: str) -> None:
    """What is no http address is refused before anything is sent."""
    with pytest.raises(UsageError, match="is not an http or https address of a SPARQL service"):
        RemoteStore(address)
