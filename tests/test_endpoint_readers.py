"""Readers: plain queries answered on the client's own socket, and what becomes of it when a reader fails."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
import SPARQLWrapper
from processes import below, serving
from SPARQLWrapper.SPARQLExceptions import EndPointInternalError
from test_endpoint import DATA, error, logged, served
from test_endpoint_hostile import COSTLY, CROSS, DEADLINE, SLACK, ring

from reegraph.errors import StoreError
from reegraph.server import connection, create_app, lending
from reegraph.server.backend import Options
from reegraph.server.board import LONGEST, new
from reegraph.server.engine import Engine
from reegraph.server.plain import missing, recognised
from reegraph.server.spool import Room, Spool
from reegraph.server.wire import CLOSED, LEND, frame
from reegraph.store import EmbeddedStore

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="readers need fork: run on Linux or macOS")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    options = Options(query_timeout=DEADLINE, memory_limit=256, workers=2, waiting=4)
    with served(create_app(ring(2000), version="v1", options=options)) as base:
        yield base


def get(url: str, query: str, timeout: float = 30) -> httpx.Response:
    return httpx.get(f"{url}/sparql", params={"query": query}, timeout=timeout)


def figure(url: str | httpx.Client, name: str) -> float:
    response = httpx.get(f"{url}/metrics") if isinstance(url, str) else url.get("/metrics")
    found = re.search(rf"^{re.escape(name)} (\S+)$", response.text, re.MULTILINE)
    assert found, name
    return float(found[1])


def connected(url: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=10)


def asked(query: str, more: str = "") -> bytes:
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode()


FORM = "application/x-www-form-urlencoded"
LONG = f"SELECT * {{ ?s ?p ?o VALUES ?n {{ {' '.join(map(str, range(20)))} }} }}"  # 80,000 rows


def as_it_is(query: str, more: str = "", media: str = "application/sparql-query") -> bytes:
    body = query.encode()
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{more}\r\n".encode() + body


def fronted(query: str) -> dict[str, str]:
    """A form that no reader answers: with a limit of its own."""
    return {"query": query, "timeout": "60"}


def answer(link: socket.socket) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, header and body of the next response."""
    with http.client.HTTPResponse(link) as response:
        response.begin()
        return response.status, response.headers, response.read()


# What a plain request is


def test_recognised() -> None:
    """A query is read as it was sent: percent signs, plus signs and equals signs included."""
    text = 'SELECT * { ?s rdfs:label "萊納斯=+%41 &"@zh ; a ?t }\r\n# =\n=3D'
    for encoded in (quote(text, safe=""), quote(text, safe=":/=*").replace("%20", "+")):
        plain = recognised(f"GET /sparql?query={encoded} HTTP/1.1\r\nHost: a.b:1\r\n\r\n".encode())
        assert plain
        assert plain.query.text == text
        assert plain.query.base == "http://a.b:1/sparql"


@pytest.mark.parametrize("client", ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"])
def test_recognised_behind_a_proxy(client: str) -> None:
    """Whom a proxy asks for, and by which scheme, is read too."""
    plain = recognised(asked("ASK {}", f"x-forwarded-for: {client}\r\nX-Forwarded-Proto: https\r\n"))
    assert plain
    assert (plain.query.base, plain.wishes.client) == ("https://x/sparql", client)
    assert plain.wishes.proxied
    for one in (f"X-Forwarded-For: {client}\r\n", "X-Forwarded-Proto: http\r\n"):
        plain = recognised(asked("ASK {}", one))
        assert plain
        assert plain.wishes.proxied
        assert plain.query.base == "http://x/sparql"
    plain = recognised(asked("ASK {}"))
    assert plain
    assert not plain.wishes.proxied


def test_recognised_posts() -> None:
    """So is one by POST, as a form or as it is, and with the names that SPARQLWrapper gives a format."""
    text = 'SELECT * { ?s rdfs:label "萊納斯=+%41 &"@zh ; a ?t }\r\n# =\n=3D'
    form = f"query={quote(text, safe='')}&format=csv&output=csv&results=csv"
    others = b"POST /sparql?format=csv&output=csv&results=csv "
    for request in (
        as_it_is(text, "Accept: text/csv\r\n"),
        as_it_is(text, media="Application/SPARQL-query; charset=UTF-8").replace(b"POST /sparql ", others),
        as_it_is(form, "Connection: close\r\n", FORM),
        f"GET /sparql?{form} HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n".encode(),
    ):
        plain = recognised(request)
        assert plain
        assert plain.query.text == text
        assert plain.query.solutions
        assert plain.query.solutions.media == "text/csv"
        assert plain.wishes.closing == (b"Connection" in request)
        assert plain.method.encode() == request[:4].strip()
        end = request.index(b"\r\n\r\n") + 4
        for part in range(len(request)):
            assert recognised(request[:part]) is None
            assert missing(request[:part], LONGEST) == (len(request) - part if part >= end else 0)
        assert missing(request, LONGEST) == missing(request + b"x", LONGEST) == 0
        assert missing(request[:-1], len(request) - 1) == 0


@pytest.mark.parametrize("request_", [asked("ASK {}"), as_it_is("ASK {}"), as_it_is("query=ASK", media=FORM)])
@pytest.mark.parametrize("more", [b"Host: x\r\n", b"Host: x\r\nConnection: keep-alive\r\n"])
def test_recognised_http_1_0(request_: bytes, more: bytes) -> None:
    """HTTP/1.0 is plain too; its answer comes whole, and the connection is closed after it."""
    plain = recognised(request_.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host: x\r\n", more))
    assert plain
    assert plain.wishes.closing
    assert not plain.wishes.chunks
    kept = recognised(request_)
    assert kept
    assert not kept.wishes.closing
    assert kept.wishes.chunks


@pytest.mark.parametrize(
    "request_",
    [
        as_it_is("ASK {}", "Expect: 100-continue\r\n"),
        as_it_is("ASK {}", "Transfer-Encoding: chunked\r\n"),
        as_it_is("ASK {}", "Content-Length: 6\r\n"),
        as_it_is("ASK {}") + b"G",
        as_it_is("ASK {}", media="application/sparql-update"),
        as_it_is("ASK {}", media="application/sparql-query; charset=utf-16"),
        as_it_is("ASK {}", media="text/plain"),
        as_it_is("ASK {}").replace(b"/sparql ", b"/sparql?default-graph-uri=x "),
        as_it_is("ASK {}").replace(b"/sparql ", b"/graphs "),
        as_it_is("ASK {}").replace(b": 6", b": 0x6"),
        as_it_is("ASK {}").replace(b": 6", b": +6"),
        as_it_is("ASK {}").replace(b"ASK", b"AS\xff"),
        as_it_is(""),
        *(
            as_it_is(form, media=FORM)
            for form in (
                "query=ASK {}",
                "query=ASK+%7B%7D&timeout=1",
                "query=ASK+%7B%7D&query=x",
                "query=ASK+%7B%7D&format=nonsense",
                "update=CLEAR+ALL",
                "query=",
                "query=%FF",
                "",
            )
        ),
        as_it_is("query=ASK+%7B%7D", media=FORM).replace(b"ql ", b"ql?format=csv "),
    ],
)
def test_posts_not_recognised(request_: bytes) -> None:
    """Whatever is more, less or other than a plain query is left to the front."""
    assert recognised(request_) is None


@pytest.mark.parametrize(
    "request_",
    [
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\nGET",
        "GET /sparql?query=ASK%7B%7D HTTP/1.2\r\nHost: x\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.0\r\n\r\n",
        "\r\nGET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D&query=x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D&timeout=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /sparql?query=%FF HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /sparql?query=%4 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D&format=nonsense HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /sparql?query=SERVICE HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x y\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nAccept: */*\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n\r\n",
        *(
            f"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-Forwarded-{field}\r\n\r\n"
            for field in (
                *("Proto: HTTPS", "Proto: ws", "Proto: https, http", "Proto:", "For:", "For: 192.0.2.1, ::1"),
                *("For: 192.0.2.1:80", "For: [::1]", "For: unknown", "For: ::1\r\nX-Forwarded-For: ::1"),
            )
        ),
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nAccept: image/png\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX(y): z\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX: a\vb\r\n\r\n",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x:65536\r\n\r\n",
    ],
)
def test_not_recognised(request_: str) -> None:
    """Whatever is more, less or other than a plain query is left to the front."""
    assert recognised(request_.encode("latin-1")) is None


def test_same_headers_both_ways(url: str) -> None:
    """An answer has the same status, headers and body whether a reader or the front gives it."""
    for accept in ("*/*", "text/csv", "text/turtle, application/xml"):
        for query in ("SELECT * { ?s <urn:l> ?l }", "ASK {}", "SELECT (NOW() AS ?t) {}"):
            heads = []
            for more in ({}, {"X-Forwarded-For": "::1, ::1"}):
                headers = {"Accept": accept, "Accept-Encoding": "gzip", **more}
                for way in (
                    httpx.Request("GET", f"{url}/sparql", params={"query": query}, headers=headers),
                    httpx.Request("POST", f"{url}/sparql", data={"query": query}, headers=headers),
                    httpx.Request(
                        "GET",
                        f"{url}/sparql",
                        params={"query": query},
                        headers={**headers, "Connection": "close"},
                    ),
                ):
                    with httpx.Client() as client:
                        response = client.send(way)
                    heads.append(
                        {
                            k.lower(): v
                            for k, v in response.headers.items()
                            if k not in {"date", "content-length"}
                        }
                    )
                    heads[-1]["status"] = str(response.status_code)
            assert heads[:3] == heads[3:]
            assert heads[0] != heads[2] == {**heads[0], "connection": "close"}


def test_readers_answer_most_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """SPARQLWrapper's requests, a browser's, and those whose body comes after their head reach no worker."""
    with served(create_app(ring(10))) as base:

        async def broken(self: Engine, question: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(Engine, "answer", broken)
        assert httpx.post(f"{base}/sparql", data=fronted("ASK {}")).status_code == 500
        for method in ("GET", "POST"):
            for posting in ("urlencoded", "postdirectly"):
                wrapper = SPARQLWrapper.SPARQLWrapper(f"{base}/sparql", returnFormat=SPARQLWrapper.JSON)
                wrapper.setQuery("ASK { ?s ?p ?o }")
                wrapper.setMethod(method)
                wrapper.setRequestMethod(posting)
                for _ in range(20):  # on a busy machine a body may come too late
                    with contextlib.suppress(EndPointInternalError):
                        assert wrapper.query().convert()["boolean"] is True  # type: ignore[index,call-overload]
                        break
                    time.sleep(0.15)
        for method in ("GET", "POST"):
            name = f'reegraph_requests_total{{method="{method}",path="/sparql",status="200"}}'
            assert figure(base, name) == 2
        request, found = as_it_is("ASK { ?s ?p ?o }"), set()
        for _ in range(20):
            with connected(base) as link:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                link.sendall(request[:-16])
                link.sendall(request[-16:])
                found.add(answer(link)[2])
        assert b'{"head":{},"boolean":true}' in found


def test_body_that_does_not_follow(url: str) -> None:
    """A body that comes late is waited for elsewhere, and however many do, others are answered at once."""
    request = as_it_is("ASK { ?s ?p ?o }")
    with contextlib.ExitStack() as stack:
        late = [stack.enter_context(connected(url)) for _ in range(300)]
        for link in late:
            link.sendall(request[:-5])
        started = time.monotonic()
        assert get(url, f"ASK {{ ?s ?p ?o }} # {started}").status_code == 200
        assert time.monotonic() - started < 1
        for link in late:
            link.sendall(request[-5:])
            assert answer(link)[2] == b'{"head":{},"boolean":true}'
    with connected(url) as link:
        link.sendall(request[:-5])
        link.shutdown(socket.SHUT_WR)
        assert link.recv(1 << 16).startswith((b"HTTP/1.1 400", b""))


def test_closed_after_the_answer(url: str) -> None:
    """Who asks for it has the connection closed behind an answer, long and repeated ones included."""
    for query in (f"ASK {{}} # {time.time()}", LONG):
        for _ in range(3):
            with connected(url) as link:
                link.sendall(asked(query, "Connection: close\r\n"))
                status, fields, body = answer(link)
                assert (status, fields["connection"], bool(body)) == (200, "close", True)
                assert link.recv(1) == b""


@pytest.mark.parametrize("query", ["ASK { ?s ?p ?o }", LONG], ids=["short", "long"])
def test_http_1_0(url: str, query: str) -> None:
    """HTTP/1.0 has the same answer both ways, ended by the connection's end and in no chunks."""
    found = []
    for more in ("", "X-Forwarded-For: ::1, ::1\r\n"):
        for repeated in range(3):
            with connected(url) as link:
                link.sendall(asked(f"{query} # {repeated // 2}", more).replace(b"HTTP/1.1", b"HTTP/1.0"))
                status, fields, body = answer(link)
                assert link.recv(1) == b""
            assert (status, fields["connection"], fields["transfer-encoding"]) == (200, "close", None)
            assert (fields["content-length"] is None) == (query == LONG)
            found.append(body)
    with connected(url) as link:
        link.sendall(asked(query))
        assert set(found) == {answer(link)[2]}


def test_close_is_kept_for_who_reads_late(url: str) -> None:
    """An answer that the front sends on for a slow client ends as that client wanted too."""
    with unhurried(url) as link:
        link.sendall(asked(f"{LONG} # {time.time()}", "Connection: close\r\n"))
        time.sleep(1.5)
        status, _, body = answer(link)
        assert (status, len(body) > 1 << 20) == (200, True)
        assert link.recv(1) == b""


def test_repeated_fields(url: str) -> None:
    """Of a field that is given several times all values count, by a reader and by the front."""
    query = "SELECT * { ?s <urn:l> ?l } LIMIT 100"
    with connected(url) as link:
        link.sendall(asked(query))
        tag = answer(link)[1]["etag"]
    packed = "Accept-Encoding: identity\r\nAccept-Encoding: gzip\r\n"
    known = f'If-None-Match: "x"\r\nIf-None-Match: {tag}\r\n'
    for more in ("", "X-Forwarded-For: ::1, ::1\r\n"):
        with connected(url) as link:
            link.sendall(asked(query, packed + more))
            assert answer(link)[1]["content-encoding"] == "gzip"
            link.sendall(asked(query, known + more))
            assert answer(link)[0] == 304


def test_two_lengths(url: str) -> None:
    """Where a request has two lengths, nothing after it is read as another."""
    with connected(url) as link:
        link.sendall(asked("ASK {}", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\n")
        link.sendall(asked("ASK { <urn:smuggled> ?p ?o }"))
        parts = b""
        with contextlib.suppress(ConnectionError):
            while part := link.recv(1 << 16):
                parts += part
    assert parts.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in parts.lower()


def test_connection_that_goes_both_ways(url: str) -> None:
    """One connection carries plain and other requests, in parts and in a row."""
    with connected(url) as link:
        link.sendall(asked("ASK {}"))
        assert answer(link)[2] == b'{"head":{},"boolean":true}'
        request = asked("ASK { <urn:x> ?p ?o }")
        link.sendall(request[:20])
        time.sleep(0.1)
        link.sendall(request[20:])
        assert b"false" in answer(link)[2]
        link.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer(link)[0] == 200
    with connected(url) as link:
        link.sendall(asked("ASK {}") * 3)
        time.sleep(0.2)
        assert link.recv(1 << 16).count(b'"boolean":true') == 3


def test_repeated_queries_are_counted(url: str) -> None:
    """What readers do is in the figures: requests, bytes, hits of their caches, from the third time on."""
    before = figure(url, "reegraph_cache_hits_total")
    count = figure(url, 'reegraph_requests_total{method="GET",path="/sparql",status="200"}')
    with connected(url) as link:
        for _ in range(5):
            link.sendall(asked("ASK { <urn:n1> ?p ?o }"))
            assert answer(link)[2]
    assert figure(url, "reegraph_cache_hits_total") == before + 3
    assert figure(url, 'reegraph_requests_total{method="GET",path="/sparql",status="200"}') == count + 5


def test_not_modified(url: str) -> None:
    """A reader answers 304 to who has the answer."""
    with httpx.Client() as client:
        tag = client.get(f"{url}/sparql", params={"query": "ASK {}"}).headers["etag"]
        given = client.get(f"{url}/sparql", params={"query": "ASK {}"}, headers={"If-None-Match": tag})
        assert (given.status_code, given.content, given.headers["etag"]) == (304, b"", tag)


def test_access_log(tmp_path: Path) -> None:
    """A reader writes its lines to the access log, without the query."""
    app = create_app(EmbeddedStore(ox.parse(DATA, format=ox.RdfFormat.TRIG)))
    with logged(tmp_path / "log"), served(app) as base:
        get(base, "ASK { <urn:secret> ?p ?o }")
    line = (tmp_path / "log").read_text(encoding="utf-8")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} 127\.0\.0\.1 GET /sparql 200 27 \d+\.\dms\n", line
    )


PROXIED = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nAccept: text/csv\r\n"
TWICE = PROXIED.replace(": 192", ": 127.0.0.1, 192")  # of more than one proxy only the front knows the order
OWN, OTHER = "127.0.0.1", "127.0.0.2"


@pytest.mark.skipif(sys.platform != "linux", reason="wants two addresses of loopback: run on Linux")
def test_behind_a_proxy(tmp_path: Path) -> None:
    """A proxy on this machine is believed whom it asks for and by which scheme, by reader and front alike."""
    expected = {
        (OWN, PROXIED): ("https", "192.0.2.7"),
        (OWN, TWICE): ("https", "192.0.2.7"),
        (OTHER, PROXIED): ("http", OTHER),
    }
    with logged(tmp_path / "log"), served(create_app(ring(10))) as base:
        place = ("127.0.0.1", int(base.rpartition(":")[2]))
        for turn in range(4):  # a reader keeps what it has been asked twice
            for (source, fields), (scheme, _) in expected.items():
                with socket.create_connection(place, timeout=10, source_address=(source, 0)) as link:
                    link.sendall(asked("SELECT (<x> AS ?a) {}", fields))
                    status, _, body = answer(link)
                assert (status, body) == (200, f"a\r\n{scheme}://x/x\r\n".encode()), turn
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert sorted(line.split(" ")[2] for line in lines) == sorted(4 * [c for _, c in expected.values()])


@pytest.mark.skipif(sys.platform != "linux", reason="wants two addresses of loopback: run on Linux")
def test_who_answers_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers answer what a trusted proxy sends on for one client; the front, all else that is sent on."""

    async def broken(self: Engine, question: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Engine, "answer", broken)
    with served(create_app(ring(10))) as base:
        place = ("127.0.0.1", int(base.rpartition(":")[2]))
        for source, fields, expected in ((OWN, PROXIED, 200), (OWN, TWICE, 500), (OTHER, PROXIED, 500)):
            with socket.create_connection(place, timeout=10, source_address=(source, 0)) as link:
                link.sendall(asked("SELECT (<x> AS ?a) {}", fields))
                assert answer(link)[0] == expected


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="wants /dev/full: run on Linux")
def test_log_on_a_full_disk() -> None:
    """An access log that cannot be written to leaves answers alone: one to each request."""
    with logged(Path("/dev/full")), served(create_app(ring(10))) as base, connected(base) as link:
        for turn in range(3):
            link.sendall(asked(f"ASK {{ <urn:n{turn}> ?p ?o }}"))
            assert answer(link)[0] == 200
            link.settimeout(0.3)
            with pytest.raises(TimeoutError):
                link.recv(1)
            link.settimeout(10)


# What would bring one down


@pytest.mark.parametrize("name", [name for name, query in COSTLY.items() if len(asked(query)) <= LONGEST])
def test_costly(url: str, name: str) -> None:
    """A query that takes too long or too much is 503 or 507, while quick ones go on beside it."""
    slow: list[float] = []
    over = threading.Event()

    def ask(number: int) -> None:
        with connected(url) as link:
            turn = 0
            while not over.is_set():
                turn += 1
                started = time.monotonic()
                link.sendall(asked(f"ASK {{ ?s ?p {number}{turn} }}"))
                assert answer(link)[0] == 200
                slow.append(time.monotonic() - started)
                time.sleep(0.01)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.1)
        started = time.monotonic()
        response = get(url, COSTLY[name])
        assert time.monotonic() - started < DEADLINE + 0.5 + SLACK
        assert response.status_code in {503, 507}
        assert error(response)["code"] in {"query-timeout", "query-failed", "out-of-memory"}
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert len(slow) > 50
    assert max(slow) < 0.5 + SLACK


@pytest.mark.parametrize(
    "query", [f"SELECT DISTINCT * {{ {CROSS} }}", f"CONSTRUCT {{ ?a ?e ?i }} {{ {CROSS} }}"]
)
def test_broken_stream(url: str, query: str) -> None:
    """An answer that fails after its first part breaks the connection: it never looks whole."""
    broken = figure(url, "reegraph_broken_answers_total")
    with httpx.stream("GET", f"{url}/sparql", params={"query": query}, timeout=30) as response:
        assert response.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            list(response.iter_raw())
    assert figure(url, "reegraph_broken_answers_total") == broken + 1


def test_more_slow_ones_than_may_be(url: str) -> None:
    """Slow queries by GET count as those by POST: of too many some are 429, and all are answered."""
    answers: list[int] = []

    def ask() -> None:
        answers.append(get(url, COSTLY["count"]).status_code)

    threads = [threading.Thread(target=ask) for _ in range(14)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 2 * DEADLINE + SLACK
    assert set(answers) <= {429, 503}
    assert 429 in answers
    assert get(url, "ASK {} # after").status_code == 200


def test_client_that_leaves(url: str) -> None:
    """A reader whose client has gone is ended long before the deadline."""
    with pytest.raises(httpx.ReadTimeout):
        get(url, COSTLY["count"] + "# left", timeout=0.3)
    started = time.monotonic()
    while figure(url, "reegraph_workers_busy"):
        assert time.monotonic() - started < 1
        time.sleep(0.02)


def test_killed_readers(url: str) -> None:
    """When all readers are killed between requests, their connections go on as if nothing had been."""
    with connected(url) as one, connected(url) as other:
        for turn in range(3):
            for link in (one, other):
                link.sendall(asked(f"ASK {{}} # {turn}"))
                assert answer(link)[0] == 200
            time.sleep(0.3)  # on a busy machine the reader is over with a request some time after the client
            for pid in readers():
                os.kill(pid, signal.SIGKILL)


def test_killed_at_work(url: str) -> None:
    """A reader killed at a query costs that query alone: it is 503, and the connection is closed."""
    assert len(readers()) > 0
    with connected(url) as busy, connected(url) as idle:
        for link in (busy, idle):
            link.sendall(asked("ASK {} # first"))
            assert answer(link)[0] == 200
        busy.sendall(asked(COSTLY["count"] + "# killed"))
        time.sleep(0.3)
        for pid in readers():
            os.kill(pid, signal.SIGKILL)
        status, headers, _ = answer(busy)
        assert (status, headers["connection"]) == (503, "close")
        idle.sendall(asked("ASK {} # second"))
        assert answer(idle)[0] == 200


def readers(above: int = 0) -> list[int]:
    """The readers below a process, or this one: they alone wait for many things at once."""
    for _ in range(100):
        found = []
        for pid in below(above or os.getpid()):
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                held = [os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()]
                if "reegraph.server.keeper" in command and any("eventpoll" in name for name in held):
                    found.append(pid)
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("there are no readers")


def test_stopped_readers() -> None:
    """A reader that has stopped is ended after a while, and another answers in its place."""
    soon = (
        "from reegraph.server import lending, wishes\nlending.Reading = lambda v, s: wishes.Reading(v, s, 4)"
    )
    with (
        serving("--dataset", "none", before=soon, ending=signal.SIGKILL) as (url, pid),
        connected(url) as link,
    ):
        link.sendall(asked("ASK {}"))
        assert answer(link)[0] == 200
        time.sleep(0.3)  # on a busy machine the reader is over with a request some time after the client
        for reader in readers(pid):
            os.kill(reader, signal.SIGSTOP)
        link.sendall(asked("ASK { ?s ?p ?o }"))
        assert answer(link)[0] == 200


def test_closed_for_the_client(url: str) -> None:
    """A connection that the front closes is closed, though a reader at a slow query holds it still."""
    with contextlib.ExitStack() as stack:
        links = [stack.enter_context(connected(url)) for _ in range(6)]
        for link in links:
            link.sendall(asked("ASK {}"))
            assert answer(link)[0] == 200
        slow = stack.enter_context(connected(url))
        slow.sendall(asked(COSTLY["count"] + "# closed"))
        time.sleep(0.3)
        started = time.monotonic()
        for link in links:
            link.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            while link.recv(1 << 16):
                pass
        assert time.monotonic() - started < DEADLINE / 2
        assert answer(slow)[0] == 503


def test_no_descriptor_left() -> None:
    """When heads that never end take all descriptors, the oldest give way to queries."""
    few = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (160, 160))"
    with (
        serving("--dataset", "none", before=few, ending=signal.SIGKILL) as (url, _),
        contextlib.ExitStack() as stack,
        httpx.Client(base_url=url) as before,
    ):
        assert before.post("/sparql", data=fronted("ASK {} # first")).status_code == 200
        for _ in range(300):
            stack.enter_context(connected(url)).sendall(b"GET /sparql?que")
        started = time.monotonic()
        for turn in range(5):
            assert before.post("/sparql", data=fronted(f"ASK {{}} # {turn}")).status_code == 200
            assert get(url, f"ASK {{}} # {turn}", timeout=5).status_code == 200
            with ThreadPoolExecutor(6) as several:
                posts = [
                    several.submit(httpx.post, f"{url}/sparql", data=fronted(f"ASK {{}} # {turn}{n}"))
                    for n in range(6)
                ]
            assert {post.result().status_code for post in posts} == {200}
        assert time.monotonic() - started < connection.HEAD_SECONDS / 2


def test_slow_heads(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head that does not come to its end is 408 after a while, one connection a client apart."""
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.5)
    with connected(url) as slow:
        slow.sendall(b"GET /sparql?que")
        started = time.monotonic()
        while time.monotonic() - started < 0.3:
            assert get(url, f"ASK {{}} # {time.monotonic()}").status_code == 200
        assert answer(slow)[0] == 408
        assert slow.recv(1) == b""


def unhurried(url: str) -> socket.socket:
    """A connection that takes little before it is read from."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    link.settimeout(20)
    link.connect(("127.0.0.1", int(url.rpartition(":")[2])))
    return link


def to_the_front(query: str) -> bytes:
    return as_it_is(f"query={quote(query)}&timeout=60", media=FORM)


@pytest.mark.parametrize("way", [asked, to_the_front])
def test_slow_clients(way: Callable[[str], bytes]) -> None:
    """Clients that do not read hold no worker, and have their answers whole when they do read."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(served(create_app(ring(2000), options=Options(workers=2))))
        links = [stack.enter_context(unhurried(url)) for _ in range(4)]
        for number, link in enumerate(links):
            link.sendall(way(f"{LONG} # {number}"))
        started = time.monotonic()
        while figure(url, "reegraph_workers_busy") or time.monotonic() - started < 0.2:
            assert time.monotonic() - started < 20
        for turn in range(4):
            assert get(url, f"ASK {{}} # {turn}", timeout=5).status_code == 200
            assert httpx.post(f"{url}/sparql", data=fronted(f"ASK {{}} # {turn}")).status_code == 200
        for link in links:
            status, _, body = answer(link)
            assert (status, len(json.loads(body)["results"]["bindings"])) == (200, 80_000)
            link.sendall(asked("ASK {} # again"))
            assert answer(link)[0] == 200


@pytest.mark.parametrize("way", [asked, to_the_front])
def test_clients_that_take_nothing(way: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes nothing of an answer for long is given up; nothing stays open for him."""
    monkeypatch.setattr(connection, "UNTAKEN", 0.5)
    monkeypatch.setattr(lending, "UNTAKEN", 0.5)
    aborted: list[object] = []
    lost = connection.Connection.connection_lost
    monkeypatch.setattr(
        connection.Connection,
        "connection_lost",
        lambda self, why: (aborted.append(self.client), lost(self, why)),
    )
    app = create_app(ring(2000), options=Options(memory_limit=256, workers=2))
    with served(app) as url, unhurried(url) as link, httpx.Client(base_url=url) as other:
        link.sendall(way(f"{LONG} # {time.time()}"))
        started = time.monotonic()
        while not figure(other, "reegraph_broken_answers_total") and link.getsockname() not in aborted:
            assert time.monotonic() - started < 20
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer(link)


def test_spools(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is put comes out; when all hold too much, the fullest is given up, and the others stay."""
    monkeypatch.setattr("reegraph.server.spool._IN_MEMORY", 10)
    room = Room(5000)

    async def play() -> None:
        one, other = Spool(room), Spool(room)
        for number in range(100):
            one.put(b"%03d" % number)
        taking = asyncio.ensure_future(taken(other))
        other.put(b"a" * 20)
        await asyncio.sleep(0)
        for _ in range(3):
            other.put(b"b" * 2000)
            await asyncio.sleep(0.01)
        other.end()
        assert await taking == b"a" * 20 + b"b" * 6000
        greedy = Spool(room)
        greedy.put(b"c" * 4800)
        with pytest.raises(StoreError, match="too slowly"):
            await taken(greedy)
        greedy.put(b"d")
        one.end()
        assert await taken(one) == b"".join(b"%03d" % n for n in range(100))
        for spool in (one, other, greedy):
            spool.close()

    async def taken(spool: Spool) -> bytes:
        return b"".join([part async for part in spool.parts()])

    asyncio.run(play())


def test_silent_clients() -> None:
    """A connection on which nothing is asked for long is closed by its reader, which tells the front."""
    ours, theirs = socket.socketpair()
    client, lent = socket.socketpair()
    script = CARELESS.replace('"v", 5', '"v", 5, 0.2')
    with new() as board, ours, theirs, client, lent:
        given = [theirs.fileno(), board.fileno()]
        with subprocess.Popen([sys.executable, "-c", script, *map(str, given)], pass_fds=given):
            theirs.close()
            socket.send_fds(ours, [frame(LEND, b"7 0 here")], [lent.fileno()])
            lent.close()
            client.settimeout(10)
            assert client.recv(1) == b""
            assert ours.recv(100) == frame(CLOSED, b"7 ")
            ours.shutdown(socket.SHUT_WR)


def test_ten_thousand_connections() -> None:
    """Ten thousand connections that say nothing leave the service well."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 11_000:
        pytest.skip("allow this user 11,000 open files: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 11_000), hard))
    links = []
    try:
        with serving("--dataset", "none") as (url, _):
            for _ in range(10_000):
                links.append(connected(url))
            for _ in range(3):
                started = time.monotonic()
                assert get(url, f"ASK {{}} # {started}").status_code == 200
            assert time.monotonic() - started < 0.1 + SLACK
            for link in (links[0], links[5000], links[-1]):
                link.sendall(asked("ASK {}"))
                assert answer(link)[0] == 200
    finally:
        for link in links:
            link.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


CARELESS = """
import sys, pyoxigraph as ox
from reegraph.server import plain, reader
from reegraph.server.question import Limits
from reegraph.server.wishes import Reading
plain.calls_out = lambda text: False
reader.read(ox.Store(), [int(a) for a in sys.argv[1:]], Reading("v", 5), Limits(1 << 30, 1 << 30))
"""


def test_no_sockets_in_a_reader() -> None:
    """Even a SERVICE that the reading of the text let through reaches nobody."""
    ours, theirs = socket.socketpair()
    client, lent = socket.socketpair()
    with new() as board, ours, theirs, client, lent, socket.create_server(("127.0.0.1", 0)) as peer:
        given = [theirs.fileno(), board.fileno()]
        command = [sys.executable, "-c", CARELESS, *map(str, given)]
        with subprocess.Popen(command, pass_fds=given) as process:
            theirs.close()
            lent.setblocking(False)
            socket.send_fds(ours, [frame(LEND, b"1 0 here")], [lent.fileno()])
            place = f"http://127.0.0.1:{peer.getsockname()[1]}/"
            client.sendall(asked(f"SELECT * {{ SERVICE SILENT <{place}> {{ ?s ?p ?o }} }}"))
            client.settimeout(10)
            assert answer(client)[0] == 200  # SILENT: no rows
            peer.settimeout(0.3)
            with pytest.raises(TimeoutError):
                peer.accept()
            ours.shutdown(socket.SHUT_WR)
            assert process.wait(timeout=5) == 0


def test_readers_that_die_at_birth() -> None:
    """Readers that end before their first request are followed by others now and then, not without end."""
    died: set[int] = set()
    with serving("--dataset", "none") as (url, pid):
        until = time.monotonic() + 2
        while time.monotonic() < until:
            for reader in readers(pid):
                died.add(reader)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(reader, signal.SIGKILL)
        assert 0 < len(died) < 40, len(died)
        assert httpx.get(f"{url}/sparql", params={"query": "ASK {}"}, timeout=10).status_code == 200


def test_back_from_the_front(url: str) -> None:
    """A connection that the front has answered while no reader was free is a reader's again after that."""
    costly = f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }} # back"
    by: set[str] = set()
    with connected(url) as link, ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(get, url, f"{costly} {number}") for number in range(4)]
        while not all(query.done() for query in waiting):
            link.sendall(asked(f"ASK {{ ?s ?p {len(by)} }} # {time.monotonic_ns()}"))
            status, headers, _ = answer(link)
            assert status == 200
            by.add("reader" if "Date" in headers.keys() else "front")  # noqa: SIM118 (its letters matter)
            time.sleep(0.05)
        assert "front" in by
        for _ in range(3):
            time.sleep(0.2)
            link.sendall(asked(f"ASK {{ ?s ?p ?o }} # {time.monotonic_ns()}"))
            last = answer(link)[1].keys()
        assert "Date" in last


def test_worker_aside_that_ended() -> None:
    """The worker for quick queries may end while it has nothing to do: the next query has another."""
    app = create_app(ring(2000), options=Options(query_timeout=DEADLINE, memory_limit=256, workers=2))
    pool = app.state.service.lends
    with served(app) as url, ThreadPoolExecutor(2) as threads:
        costly = [fronted(f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }} # {n}") for n in range(2)]
        waiting = [threads.submit(httpx.post, f"{url}/sparql", data=query, timeout=30) for query in costly]
        time.sleep(0.5)
        for _ in range(3):
            response = httpx.post(f"{url}/sparql", data=fronted(f"ASK {{}} # {time.monotonic_ns()}"))
            assert response.status_code == 200
            assert not any(query.done() for query in waiting)
            os.kill(pool._aside._worker.pid, signal.SIGKILL)
            time.sleep(0.1)
