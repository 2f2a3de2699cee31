"""Measures the endpoint against other servers, on one synthetic graph, all of them interleaved in one run.

    python tests/benchmarks/endpoint.py --triples 100000 --rounds 3 --seconds 2

The graph is shaped like ours (countries, elements, facilities, firms, supply edges, labels) and seeded.
Peers are taken where they are installed: `oxigraph serve` (PyPI's oxigraph), rdflib-endpoint and Virtuoso.
The yardstick is pyoxigraph in processes of its own, one for each processor, without HTTP. Figures are
requests a second (the median of the rounds, the lowest and the highest, the ratio to oxigraph), and the
median time to an answer's first and last byte, which on a machine with other work to do says more. The named
questions are asked of the real graph, one after the other by chance, where `reegraph build` has made it.
Before all that each server answers each kind of query once, right after its start: the milliseconds of that.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import virtuoso
from in_process import Yardstick, yardstick

import reegraph
from reegraph.terms import PREFIXES

NS = "https://example.org/"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
CLIENT_LIMIT = 60


def lines(triples: int, seed: int = 1) -> Iterator[str]:
    """About so many N-Triples lines."""
    chance = random.Random(seed)
    facilities = triples // 11
    countries, elements, firms = 50, 17, max(facilities // 5, 1)
    for country in range(countries):
        yield f'<{NS}country/{country}> {LABEL} "country {country}"@en .\n'
    for firm in range(firms):
        yield f"<{NS}firm/{firm}> <{NS}ownedBy> <{NS}firm/{chance.randrange(firms)}> .\n"
        yield f"<{NS}firm/{firm}> <{NS}inCountry> <{NS}country/{chance.randrange(countries)}> .\n"
    for number in range(facilities):
        place = f"<{NS}facility/{number}>"
        yield f"{place} <{NS}a> <{NS}Facility> .\n"
        yield f'{place} {LABEL} "plant {number}"@en .\n'
        yield f'{place} {LABEL} "工廠{number}"@zh-Hant .\n'
        yield f"{place} <{NS}inCountry> <{NS}country/{int(countries * chance.random() ** 3)}> .\n"
        yield f"{place} <{NS}operator> <{NS}firm/{chance.randrange(firms)}> .\n"
        yield f"{place} <{NS}element> <{NS}element/{chance.randrange(elements)}> .\n"
        yield f'{place} <{NS}year> "{chance.randrange(1980, 2026)}"^^<{INTEGER}> .\n'
        for _ in range(2):  # downstream only, as in a chain of stages
            target = min(facilities - 1, number + 1 + chance.randrange(max(facilities // 20, 1)))
            yield f"{place} <{NS}supplies> <{NS}facility/{target}> .\n"
        yield f'{place} <{NS}share> "{chance.randrange(100)}"^^<{INTEGER}> .\n'


Make = Callable[[random.Random], str]
Kind = Callable[[random.Random, int], str]
MOST = 30_000  # requests prepared for each second of a round: no server is to be asked one twice
QUESTIONS = "questions"
PREPARED = {QUESTIONS: 4000, "90,000 rows": 4000, "label search": 4000, "repeated": 120_000}  # other numbers
ACCEPT = "application/sparql-results+json, application/n-triples"
FIRST = 3  # answers right after the start
LONGEST = 4000  # characters of a query by GET; oxigraph takes heads of 8 kB
ROWS = "SELECT ?s ?l { ?s rdfs:label ?l } LIMIT 90000"
PREFIX = f"PREFIX e: <{NS}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


def queries() -> dict[str, Kind]:
    """A query text for each kind, with a fresh constant in each, so that no cache has it."""
    return {
        "point": lambda c, n: f"SELECT * {{ {one('facility', c, n)} ?p ?o }}",
        "join": lambda c, n: (
            f"SELECT ?f ?l {{ ?f e:operator {one('firm', c, n // 5)} ; rdfs:label ?l ; e:inCountry ?c }}"
        ),
        "aggregate": lambda c, n: (
            f"SELECT ?e (COUNT(*) AS ?n) {{ ?f e:inCountry {one('country', c, 50)} ; e:element ?e }} "
            "GROUP BY ?e"
        ),
        "forward path": lambda c, n: (
            f"SELECT ?x {{ <{NS}facility/{n - 1 - c.randrange(100)}> e:supplies+ ?x }}"
        ),
        "reverse path": lambda c, n: f"SELECT ?x {{ ?x e:supplies/e:supplies {one('facility', c, n)} }}",
        "construct": lambda c, n: (
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ BIND({one('facility', c, n)} AS ?s) ?s ?p ?o }}"
        ),
        "label search": lambda c, n: (
            f'SELECT ?s {{ ?s rdfs:label ?l FILTER CONTAINS(?l, "{c.randrange(n)}") }} LIMIT 10'
        ),
        "ordering": lambda c, n: (
            f"SELECT ?f ?y {{ ?f e:inCountry {one('country', c, 50)} ; e:year ?y }} "
            "ORDER BY DESC(?y) LIMIT 10"
        ),
        "not exists": lambda c, n: (
            f"SELECT ?f {{ ?f e:operator {one('firm', c, n // 5)} FILTER NOT EXISTS {{ ?f e:supplies ?g . "
            f"?g e:inCountry {one('country', c, 50)} }} }}"
        ),
    }


def one(kind: str, chance: random.Random, count: int) -> str:
    """A thing of a kind, by chance."""
    return f"<{NS}{kind}/{chance.randrange(max(count, 1))}>"


MIX = (
    ["point"] * 6 + ["join"] * 3 + ["aggregate"] + ["forward path"] * 3 + ["reverse path"] + ["construct"] * 3
)


@dataclass
class Peer:
    """A server under measure: its name and the address of its queries."""

    name: str
    port: int
    path: str

    def rate(
        self, queries: list[str], accept: str, seconds: float, connections: int
    ) -> tuple[float, float, float]:
        """Requests a second of so many connections; the median seconds to an answer's first and last byte.

        Raises StopIteration when the queries do not suffice.
        One thread and bare sockets: the client is to cost the machine as little as it can.
        """
        turns = iter([request(self, query, accept) for query in queries])
        clients = {c.link.fileno(): c for c in (Client(self.port) for _ in range(connections))}
        poll = select.poll()
        count = failed = 0
        firsts, lasts = [], []
        started = time.monotonic()
        for number, client in clients.items():
            poll.register(number, select.POLLIN)
            client.ask(next(turns))
        while time.monotonic() - started < seconds or not count:
            for number, _ in poll.poll(1000):
                client = clients[number]
                if client.hear():
                    count += 1
                    failed += client.received[9:12] != b"200"
                    firsts.append(client.first)
                    lasts.append(time.monotonic() - client.asked)
                    client.ask(next(turns))
        took = time.monotonic() - started
        for client in clients.values():
            client.link.close()
        if failed:
            print(f"  {self.name}: {failed} requests failed", file=sys.stderr)
        return (count - failed) / took, statistics.median(firsts), statistics.median(lasts)


@contextmanager
def running(name: str, command: list[str], port: int, path: str) -> Iterator[Peer]:
    """A server on loopback, once it answers."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    peer = Peer(name, port, path)
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if once(http.client.HTTPConnection("127.0.0.1", port, timeout=5), peer, "ASK {}"):
                    break
            except OSError:
                time.sleep(0.1)
        yield peer
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def once(link: http.client.HTTPConnection, peer: Peer, query: str) -> int:
    """The bytes of one answer, 0 when it is none."""
    link.request(
        "GET",
        f"{peer.path}?query={quote(query)}",
        headers={"Accept": "application/sparql-results+json, application/n-triples"},
    )
    response = link.getresponse()
    size = len(response.read())
    return size if response.status == 200 else 0


def request(peer: Peer, query: str, accept: str) -> bytes:
    """A query as it goes over the wire: by GET, unless it is too long for the address that a peer takes."""
    if len(query) > LONGEST:
        body = query.encode()
        head = f"POST {peer.path} HTTP/1.1\r\nHost: 127.0.0.1:{peer.port}\r\nAccept: {accept}\r\n"
        head += f"Content-Type: application/sparql-query\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body
    line = f"GET {peer.path}?query={quote(query)} HTTP/1.1\r\n"
    return f"{line}Host: 127.0.0.1:{peer.port}\r\nAccept: {accept}\r\n\r\n".encode()


def whole(received: bytearray) -> bool:
    """Has an answer come to its end?"""
    head, separator, _ = bytes(received[:2000]).partition(b"\r\n\r\n")
    if not separator:
        return False
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    if length:
        return len(received) >= len(head) + 4 + int(length[1])
    return received.endswith(b"\r\n0\r\n\r\n")


class Client:
    """A connection that asks again as soon as it has been answered."""

    def __init__(self, port: int) -> None:
        self.link = socket.create_connection(("127.0.0.1", port), timeout=CLIENT_LIMIT)
        self.received = bytearray()

    def ask(self, sent: bytes) -> None:
        """Send a request."""
        self.received.clear()
        self.asked, self.first = time.monotonic(), 0.0
        self.link.sendall(sent)

    def hear(self) -> bool:
        """Read some of the answer; True when it is whole."""
        part = self.link.recv(1 << 20)
        assert part, f"{self.link.getpeername()} broke off: {bytes(self.received[:200])!r}"
        self.first = self.first or time.monotonic() - self.asked
        self.received += part
        return whole(self.received)


def free_port() -> int:
    """A port of loopback that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def peers(stack: ExitStack, file: Path, folder: Path, *, disk: bool) -> list[Peer]:
    """This project's server and those that are installed."""
    scripts = os.path.dirname(sys.executable)
    found = []
    port = free_port()
    serve = [sys.executable, "-c", "from reegraph.cli import main; main()", "serve", "--port", str(port)]
    found.append(stack.enter_context(running("reegraph", [*serve, "--dataset", str(file)], port, "/sparql")))
    if oxigraph := shutil.which("oxigraph", path=f"{scripts}:{os.environ['PATH']}"):
        port = free_port()
        memory = running("oxigraph", [oxigraph, "serve", "--bind", f"127.0.0.1:{port}"], port, "/query")
        peer = stack.enter_context(memory)
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        link.request("POST", "/store?default", file.read_bytes(), {"Content-Type": "application/n-triples"})
        assert link.getresponse().status < 300
        found.append(peer)
    if oxigraph and disk:
        place = str(folder / "rocks")
        subprocess.run([oxigraph, "load", "-l", place, "-f", str(file)], check=True, capture_output=True)
        port = free_port()
        command = [oxigraph, "serve-read-only", "-l", place, "--bind", f"127.0.0.1:{port}"]
        found.append(stack.enter_context(running("oxigraph disk", command, port, "/query")))
    if endpoint := shutil.which("rdflib-endpoint", path=f"{scripts}:{os.environ['PATH']}"):
        port = free_port()
        command = [endpoint, "serve", "--host", "127.0.0.1", "--port", str(port), str(file)]
        found.append(stack.enter_context(running("rdflib-endpoint", command, port, "/")))
    if virtuoso.installed():
        port, sql = free_port(), free_port()
        start = virtuoso.command(folder / "virtuoso", file.parent, port, sql)
        peer = stack.enter_context(running("virtuoso", start, port, "/sparql"))
        virtuoso.load(file, sql)
        found.append(peer)
    return found


def agree(servers: list[Peer]) -> None:
    """Raise SystemExit unless all servers hold the same graph."""
    query = quote(f"{PREFIX}SELECT (COUNT(*) AS ?n) {{ ?f e:operator ?x ; rdfs:label ?l }}")
    found = {}
    for server in servers:
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=CLIENT_LIMIT)
        link.request(
            "GET", f"{server.path}?query={query}", headers={"Accept": "application/sparql-results+json"}
        )
        (row,) = json.loads(link.getresponse().read())["results"]["bindings"]
        found[server.name] = int(row["n"]["value"])
        link.close()
    if len(set(found.values())) > 1 or not all(found.values()):
        raise SystemExit(f"the servers do not hold the same graph: {found}")


def main() -> None:
    """Build, start, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--triples", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=float, default=2)
    arguments.add_argument("--connections", type=int, nargs="+", default=[1, 8, 32])
    arguments.add_argument("--only", nargs="+", help="kinds of query")
    arguments.add_argument("--disk", action="store_true", help="oxigraph serve on disk too")
    given = arguments.parse_args()
    facilities = given.triples // 11
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "graph.nt"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(lines(given.triples))
        servers = peers(stack, file, Path(folder), disk=given.disk)
        kinds = queries()
        cold(servers, kinds, facilities)
        agree(servers)
        measured = [*servers, stack.enter_context(yardstick(file))]
        works: dict[str, Make] = {
            name: (lambda c, m=make: PREFIX + m(c, facilities) + f" # {c.random()}")
            for name, make in kinds.items()
        }
        works["mix"] = lambda c: works[c.choice(MIX)](c)
        works["repeated"] = lambda c: PREFIX + kinds["aggregate"](random.Random(1), facilities)
        works["90,000 rows"] = lambda c: f"{PREFIX}{ROWS} # {c.random()}"
        for name in given.only or works:
            if name == QUESTIONS:
                continue
            for connections in given.connections if name != "90,000 rows" else [1]:
                measure(measured, name, works[name], connections, given)
    if QUESTIONS in (given.only or [QUESTIONS]):
        real(given)


def cold(servers: list[Peer], kinds: Mapping[str, Kind], facilities: int) -> None:
    """Print how long each kind's first answers take; the queries are the same for each server."""
    for name, make in kinds.items():
        for server in servers:
            chance, client, took = random.Random(name), Client(server.port), []
            for _ in range(FIRST):
                client.ask(request(server, PREFIX + make(chance, facilities), ACCEPT))
                while not client.hear():
                    pass
                took.append((time.monotonic() - client.asked) * 1000)
            client.link.close()
            print(
                f"{name:13} first {FIRST} {server.name:16} {' '.join(f'{t:.1f}' for t in took)} ms",
                flush=True,
            )


def real(given: argparse.Namespace) -> None:
    """Measure the named questions over the real graph."""
    graph = reegraph.connect()
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    texts = [prefixes + question.query for question in graph.questions.values()]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "real.nt"
        file.write_bytes(ox.serialize(graph.store.read_graph(None), format=ox.RdfFormat.N_TRIPLES) or b"")
        servers = peers(stack, file, Path(folder), disk=given.disk)
        servers = [s for s in servers if s.name != "virtuoso"]  # its rows are others, where it has any
        measured = [*servers, stack.enter_context(yardstick(file))]
        for connections in given.connections:
            measure(measured, QUESTIONS, lambda c: f"{c.choice(texts)}\n# {c.random()}", connections, given)


def measure(
    servers: Sequence[Peer | Yardstick], name: str, make: Make, connections: int, given: argparse.Namespace
) -> None:
    """Measure one kind of query on all servers in turn, several rounds, and print a line each."""
    accept = "text/csv" if name == "90,000 rows" else ACCEPT
    found: dict[str, list[tuple[float, float, float]]] = {s.name: [] for s in servers}
    for turn in range(-1, given.rounds):  # the first is to warm up; `cold` measures what comes before that
        chance = random.Random(f"{name} {connections} {turn}")
        asked = [make(chance) for _ in range(int(PREPARED.get(name, MOST) * given.seconds))]
        for server in servers:
            measured = server.rate(asked, accept, given.seconds, connections)
            if turn >= 0:
                found[server.name].append(measured)
    rates = {server: [each[0] for each in rounds] for server, rounds in found.items()}
    against = statistics.median(rates["oxigraph"]) if "oxigraph" in rates else 0
    for server, each in rates.items():
        middle = statistics.median(each)
        ratio = f"{middle / against:6.2f}x" if against else ""
        first, last = (statistics.median(each[n] for each in found[server]) * 1000 for n in (1, 2))
        print(
            f"{name:13} c={connections:<3} {server:16} {middle:8.1f}/s  "
            f"{min(each):8.1f}..{max(each):<8.1f} {ratio} first byte {first:.2f} ms, whole {last:.2f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
