"""What would bring a server down: each is refused by the deadline, and the next query is answered."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from test_endpoint import error, served

from reegraph.server import connection, create_app, protocol
from reegraph.server.backend import Options
from reegraph.server.engine import Engine
from reegraph.store import EmbeddedStore

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="isolation needs fork: run on Linux or macOS")

DEADLINE = 2.0
SLACK = 1.5  # seconds more than the 0.5 that a quiet machine keeps: this one may be busy
DEEP = 100_000
CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"


def ring(size: int) -> EmbeddedStore:
    """A graph in which everything reaches everything, with a label each."""
    nodes = [ox.NamedNode(f"urn:n{i}") for i in range(size)]
    store = EmbeddedStore(
        ox.Quad(n, ox.NamedNode("urn:p"), nodes[(i * 7 + 1) % size]) for i, n in enumerate(nodes)
    )
    store.dataset.extend(
        ox.Quad(n, ox.NamedNode("urn:l"), ox.Literal(f"label {i}")) for i, n in enumerate(nodes)
    )
    return store


@pytest.fixture(scope="module")
def engine() -> Iterator[tuple[str, Engine]]:
    options = Options(query_timeout=DEADLINE, memory_limit=256, workers=2, waiting=4, result_limit=20 << 20)
    app = create_app(ring(2000), options=options)
    with served(app) as base:
        yield base, app.state.engine


@pytest.fixture(scope="module")
def url(engine: tuple[str, Engine]) -> str:
    return engine[0]


def post(url: str, query: str, **more: str) -> httpx.Response:
    """Ask by way of the front, and so of a worker: a reader answers no query with a limit of its own."""
    return httpx.post(f"{url}/sparql", data={"query": query, "timeout": "30", **more}, timeout=30)


def is_well(url: str, within: float = 1) -> None:
    """A good query, never asked before, is answered soon: in 0.1 s on a quiet machine."""
    started = time.monotonic()
    response = httpx.get(f"{url}/sparql", params={"query": f"ASK {{ ?s ?p ?o }} # {time.monotonic_ns()}"})
    assert response.json()["boolean"] is True
    assert time.monotonic() - started < within


MANY = " ".join(map(str, range(60_000)))


NESTED = {
    "braces": "ASK " + "{" * DEEP + "}" * DEEP,
    "parentheses": "ASK { FILTER(" + "(" * DEEP + "1" + ")" * DEEP + ") }",
    "path parentheses": "ASK { ?s " + "(" * DEEP + "<urn:p>" + ")" * DEEP + " ?o }",
    "unions": "ASK { {}" + "UNION{}" * DEEP + "}",
    "not": "ASK { FILTER(" + "!" * DEEP + "true) }",
    "sums": "SELECT (1" + "+1" * DEEP + " AS ?x) {}",
    "conjunctions": "ASK { FILTER(true" + "&&true" * DEEP + ") }",
    "sequences": "ASK { ?s <urn:p>" + "/<urn:p>" * DEEP + " ?o }",
    "alternatives": "ASK { ?s <urn:p>" + "|<urn:p>" * DEEP + " ?o }",
    "optionals": "ASK {" + "OPTIONAL{" * 50_000 + "}" * 50_000 + "}",
    "subselects": "SELECT * " + "{SELECT * " * 5000 + "{}" + "}" * 5000,
}
COSTLY = {
    "count": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}",
    "order": f"SELECT * {{ {CROSS} }} ORDER BY ?a",
    "group concat": f"SELECT (GROUP_CONCAT(STR(?a)) AS ?n) {{ {CROSS} }}",
    "values": f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {MANY} }} VALUES ?y {{ {MANY} }} }}",
    "doubling": "SELECT (STRLEN(?v40) AS ?n) { BIND('xxxxxxxxxx' AS ?v0) "
    + " ".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(40))
    + " }",
    "paths": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|!^<urn:x>)* ?b . ?b (!<urn:x>|!^<urn:x>)* ?c . ?c ?p ?d }",  # noqa: E501
}
CHEAP = {
    "regex": "SELECT * { ?s <urn:l> ?l FILTER REGEX(?l, '((a{1000}){1000}){1000}') }",
    "backtracking": "ASK { FILTER REGEX('" + "a" * 40 + "', '(a+)+$') }",
    "chain": "ASK { " + " ".join(f"?v{i} <urn:p> ?v{i + 1} ." for i in range(300)) + " }",
    "numbers": "SELECT (9223372036854775807 + 1 AS ?x) {}",
    "many values": f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {'1 ' * 200_000} }} }}",
}


@pytest.mark.parametrize("name", [*NESTED, *COSTLY, *CHEAP])
def test_answered_or_refused_in_time(url: str, name: str) -> None:
    """What cannot be answered is 4xx, 503 or 507 by the deadline, and the next query is answered."""
    started = time.monotonic()
    response = post(url, {**NESTED, **COSTLY, **CHEAP}[name])
    assert time.monotonic() - started < DEADLINE + 0.5 + SLACK
    if response.status_code != 200:
        assert response.status_code in ({503, 507} if name in COSTLY else {400, 503, 507})
        assert error(response)["code"] in {"query-timeout", "query-failed", "out-of-memory", "query-error"}
    else:
        assert name not in COSTLY
        assert "head" in response.json()
    is_well(url)


@pytest.mark.parametrize(
    "query", [f"SELECT DISTINCT * {{ {CROSS} }}", f"CONSTRUCT {{ ?a ?e ?i }} {{ {CROSS} }}"]
)
def test_broken_stream(url: str, query: str) -> None:
    """An answer that fails after its first part breaks the connection: it never looks whole."""
    started = time.monotonic()
    with httpx.stream("POST", f"{url}/sparql", data={"query": query}, timeout=30) as response:
        assert response.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            list(response.iter_raw())
    assert time.monotonic() - started < DEADLINE + 0.5 + SLACK
    is_well(url)


def test_too_long_an_answer() -> None:
    """An answer over the limit is 507 with the remedy when it has not begun, and breaks off when it has."""
    for limit, query in ((1000, "SELECT * { ?s ?p ?o }"), (1_000_000, f"SELECT * {{ {CROSS} }}")):
        with served(create_app(ring(100), options=Options(result_limit=limit, workers=1))) as url:
            if limit == 1000:
                response = post(url, query)
                assert response.status_code == 507
                assert error(response)["code"] == "result-too-large"
                assert "LIMIT" in str(error(response)["message"])
            else:
                with pytest.raises(httpx.RemoteProtocolError):
                    post(url, query)


def test_own_timeout(url: str) -> None:
    """A request may set itself a shorter deadline, not a longer one; what is no number is a bad request."""
    for given, least, most in (("0.3", 0.3, DEADLINE), ("1000", DEADLINE, DEADLINE + 0.5 + SLACK)):
        started = time.monotonic()
        response = post(url, COSTLY["count"], timeout=given)
        assert response.status_code == 503
        assert least <= time.monotonic() - started < most
    for given in ("soon", "-1", "nan", "inf"):
        assert post(url, "ASK {}", timeout=given).status_code == 400


def test_too_many_at_once(url: str) -> None:
    """With all workers busy and the queue full, a request is 429 and told when to come again."""
    answers: list[httpx.Response] = []
    threads = [
        threading.Thread(target=lambda: answers.append(post(url, COSTLY["group concat"]))) for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [a for a in answers if a.status_code == 429]
    assert len(refused) == 4
    assert all(a.headers["retry-after"] == "1" and error(a)["code"] == "too-many-requests" for a in refused)
    assert {a.status_code for a in answers} == {429, 503}
    is_well(url)


def test_client_that_leaves(engine: tuple[str, Engine]) -> None:
    """A query whose client has gone is ended long before its deadline."""
    url, inner = engine
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{url}/sparql", data={"query": COSTLY["count"], "timeout": "30"}, timeout=0.2)
    started = time.monotonic()
    while inner.backend.figures()["workers_busy"]:
        time.sleep(0.01)
        assert time.monotonic() - started < 1
    is_well(url)


def test_slow_reader(url: str) -> None:
    """A client that reads nothing holds its worker until the deadline and not longer."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as link:
        body = f"query=SELECT%20*%20%7B%20{CROSS.replace(' ', '%20')}%20%7D"
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        link.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode())
        time.sleep(DEADLINE + 0.3)
        is_well(url)


def test_many_half_bodies(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies that do not end hold only so much memory: the longest are given up, the others may go on."""
    monkeypatch.setattr(protocol, "BODIES_LIMIT", 202_000)
    whole = b"ASK {} #".ljust(50_500, b"x")
    with ExitStack() as held:
        place = ("127.0.0.1", int(url.rpartition(":")[2]))
        links = [held.enter_context(socket.create_connection(place, timeout=10)) for _ in range(6)]
        for link in links:
            link.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 50500\r\n")
            link.sendall(b"Content-Type: application/sparql-query\r\n\r\n" + whole[:50_000])
        given_up = []
        started = time.monotonic()
        while len(given_up) < 2 or time.monotonic() - started < 0.5:
            assert time.monotonic() - started < 10
            given_up += select.select(links, [], [], 0.1)[0]
            links = [link for link in links if link not in given_up]
        assert {link.recv(12) for link in given_up} == {b"HTTP/1.1 408"}
        assert len(links) >= 2
        is_well(url)
        for link in links:
            link.sendall(whole[50_000:])
            assert link.recv(12) == b"HTTP/1.1 200"


def test_many_half_heads(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heads that do not end hold only so much memory: the oldest are given up."""
    monkeypatch.setattr(connection, "HEADS_LIMIT", 200_000)
    with ExitStack() as held:
        place = ("127.0.0.1", int(url.rpartition(":")[2]))
        links = []
        for _ in range(6):
            links.append(held.enter_context(socket.create_connection(place, timeout=10)))
            links[-1].sendall(b"GET /sparql?query=".ljust(50_000, b"x"))
            is_well(url)
        assert {link.recv(12) for link in links[:2]} == {b"HTTP/1.1 408"}
        assert not select.select(links[3:], [], [], 0.3)[0]


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\xff\xfe\r\n\r\n",
        b"GET /sparql HTTP/9.9\r\n\r\n",
        b"GET " + b"/" * 3_000_000,
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /sparql HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 5000,
    ],
    ids=["bytes", "version", "address", "length", "chunks", "headers"],
)
def test_garbage(url: str, sent: bytes) -> None:
    """What is no HTTP is refused or dropped, and nobody else notices."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5) as link:
        try:
            link.sendall(sent)
            link.shutdown(socket.SHUT_WR)
            answer = link.recv(100)
        except OSError:  # closed on us, before or while we wrote
            answer = b""
    assert not answer or b" 4" in answer[:14] or b" 505 " in answer[:14], answer
    is_well(url)


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (b"GET " + b"/" * 1_300_000, 414, "POST"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"b" * 1_300_000, 431, "POST"),
        (b"GET /sparql HTTP/1.1\r\n\r\n", 400, "Host"),
        (b"GET /sparql HTTP/1.1\r\nHost: x y\r\n\r\n", 400, "Host"),
        (b"PUT /graphs HTTP/1.1\r\nHost: http://x/\r\n\r\n", 400, "Host"),
        (b"GET /en HTTP/1.1\r\nHost:\r\n\r\n", 400, "Host"),
        (b"GET http://x:y/sparql HTTP/1.1\r\nHost: x\r\n\r\n", 400, "Host"),
        (b"GET /sparql HTTP/9.9\r\n\r\n", 505, "1.1"),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400, "Content-Length"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400, "no HTTP"),
        (b"GET /spar", 400, "ended"),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nask", 400, "ended"),
    ],
    ids=[
        *("address", "field", "no host", "host", "host of a write", "empty host", "target"),
        *("version", "length", "tls", "head", "body"),
    ],
)
def test_what_is_no_request(url: str, sent: bytes, status: int, said: str) -> None:
    """What is no request, or not the whole of one, is answered as errors are, with the reason."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=10) as link:
        with suppress(ConnectionError):
            link.sendall(sent)
            link.shutdown(socket.SHUT_WR)
        with http.client.HTTPResponse(link) as response:
            response.begin()
            shown = json.loads(response.read())
    assert response.status == status
    assert said in shown["error"]["message"]
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("host", ["", "Host: x\r\n"])
def test_broken_stream_of_http_1_0(url: str, host: str) -> None:
    """Where nothing else tells that an answer is not whole, the connection is reset."""
    query = quote(f"SELECT DISTINCT * {{ {CROSS} }}", safe="")
    head = f"GET /sparql?query={query}&format=csv HTTP/1.0\r\n{host}\r\n"
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=20) as link:
        link.sendall(head.encode())
        assert link.recv(12) == b"HTTP/1.1 200"
        ended = b"whole"
        try:
            while ended := link.recv(1 << 20):
                pass
        except ConnectionResetError:
            ended = b"reset"
    assert ended == b"reset"
    is_well(url)


@pytest.mark.parametrize("size", [5_000_000, 20_000_000])
def test_who_sends_too_much_reads_why(url: str, size: int) -> None:
    """A client that first sends all of its body, and only then reads, is told why it is refused."""
    headers = {"Content-Type": "application/sparql-query"}
    request = urllib.request.Request(f"{url}/sparql", b"#" * size, headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    with refused.value:
        assert refused.value.code == 413


def test_many_idle_connections(url: str) -> None:
    """A thousand connections that say nothing, or half a request, leave the service well."""
    place = ("127.0.0.1", int(url.rpartition(":")[2]))
    links = [socket.create_connection(place) for _ in range(1000)]
    try:
        for number, link in enumerate(links):
            if number % 2:
                link.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nquery=")
        is_well(url, within=4)  # after the thousand have been accepted
        is_well(url)
    finally:
        for link in links:
            link.close()
    is_well(url)


def test_no_sockets_in_a_worker(engine: tuple[str, Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a SERVICE that the reading of the text let through reaches nobody."""
    monkeypatch.setattr("reegraph.server.protocol.calls_out", lambda *_: False)
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.3)
        query = f"SELECT * {{ SERVICE SILENT <http://127.0.0.1:{other.getsockname()[1]}/> {{ ?s ?p ?o }} }}"
        assert post(engine[0], query).status_code == 200  # SILENT: no rows
        with pytest.raises(TimeoutError):
            other.accept()


# Killed processes


def pids(inner: Engine) -> tuple[int, int]:
    """The keeper of an engine and one idle worker."""
    pool = inner.backend.pool  # type: ignore[attr-defined]
    return pool._keeper.pid, pool._idle[-1].pid


def test_killed_worker(engine: tuple[str, Engine]) -> None:
    """A worker that is killed while idle is never noticed; one at work costs its own request alone."""
    url, inner = engine
    assert post(url, "ASK {}").status_code == 200
    os.kill(pids(inner)[1], signal.SIGKILL)
    assert post(url, "ASK {} # again").status_code == 200
    answers: list[httpx.Response] = []
    worker = pids(inner)[1]
    thread = threading.Thread(target=lambda: answers.append(post(url, COSTLY["count"])))
    thread.start()
    time.sleep(0.3)
    os.kill(worker, signal.SIGKILL)
    thread.join()
    assert answers[0].status_code == 503
    assert (error(answers[0])["code"], answers[0].headers["retry-after"]) == ("process-killed", "1")
    is_well(url)


def test_killed_keeper(engine: tuple[str, Engine]) -> None:
    """When the keeper is killed its stand-by takes over; when both are, the data are loaded anew."""
    url, inner = engine
    for both in (False, True):
        assert post(url, f"ASK {{}} # {both}").status_code == 200
        pool = inner.backend.pool  # type: ignore[attr-defined]
        deadline = time.monotonic() + 5
        while pool._spare is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if both:
            os.kill(pool._spare.pid, signal.SIGKILL)
        keeper, worker = pids(inner)
        os.kill(keeper, signal.SIGKILL)
        os.kill(worker, signal.SIGKILL)
        started = time.monotonic()
        query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } # " + str(both)
        response = post(url, query)
        is_well(url)
        assert response.json()["results"]["bindings"][0]["n"]["value"] == "4000"
        assert time.monotonic() - started < 2 + SLACK


def test_keep_alive_after_refusals(url: str) -> None:
    """One connection carries good and refused requests in turn."""
    link = http.client.HTTPConnection(url.removeprefix("http://"))
    for query, status in (("ASK%20%7B%7D", 200), ("x", 400), ("ASK%20%7B%7D", 200)):
        link.request("GET", f"/sparql?query={query}")
        response = link.getresponse()
        response.read()
        assert response.status == status
    link.close()
