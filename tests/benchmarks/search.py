"""Measures label search by the text index against a scan of the labels, on the synthetic graph.

    python tests/benchmarks/search.py --triples 10000000

Milliseconds of each query in process (pyoxigraph in memory) and over HTTP (`reegraph serve`), uncached:
median, lowest and highest of the runs. At 10 million triples it wants 12 GB of memory and 3 GB of disk.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
from endpoint import free_port, lines, once, running

from reegraph.export import index_file
from reegraph.terms import prologue

INDEXED = "SELECT DISTINCT ?t {{ GRAPH graph:search {{ {} }} }} LIMIT 20"
SCANNED = "SELECT DISTINCT ?t {{ ?t rdfs:label ?l FILTER CONTAINS(?l, '{}') }} LIMIT 20"
Make = Callable[[int], str]


def token(*words: object) -> str:
    """Things that have all these tokens."""
    return INDEXED.format(" . ".join(f"?t ree:token '{word}'" for word in words))


QUERIES: dict[str, Make] = {
    "number": token,
    "word": lambda n: token("plant"),
    "rare, common word": lambda n: token(n, "plant"),
    "common, rare word": lambda n: token("plant", n),
    "rare, Chinese pair": lambda n: token(n, "工廠"),
    "rare, simplified": lambda n: token(n, "工厂"),
    "not there": lambda n: token("nowhere"),
    "scan": lambda n: SCANNED.format(f"plant {n}"),
}


def measure(where: str, work: Callable[[str], object], facilities: int, runs: int) -> None:
    """Print how long each query takes, each run with a number by chance."""
    for name, make in QUERIES.items():
        chance, found, refused = random.Random(1), [], 0
        for _ in range(3 if name == "scan" else runs):
            query = f"{prologue()}{make(chance.randrange(facilities))} # {chance.random()}"
            started = time.perf_counter()
            refused += work(query) == 0
            found.append((time.perf_counter() - started) * 1000)
        spread = f"{min(found):.2f}..{max(found):.2f}" + f"  {refused} refused" * bool(refused)
        print(f"{where:8} {name:20} {statistics.median(found):9.2f} ms  {spread}", flush=True)


def in_process(file: Path, facilities: int, runs: int) -> None:
    """Measure the engine alone."""
    store = ox.Store()
    started = time.perf_counter()
    store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
    print(f"{len(store)} quads loaded in {time.perf_counter() - started:.1f} s", flush=True)
    measure("process", lambda query: list(store.query(query)), facilities, runs)


def over_http(file: Path, facilities: int, runs: int) -> None:
    """Measure the server."""
    port = free_port()
    serve = [sys.executable, "-c", "from reegraph.cli import main; main()", "serve", "--port", str(port)]
    with running("reegraph", [*serve, "--dataset", str(file)], port, "/sparql") as peer:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        measure("http", lambda query: once(link, peer, query), facilities, runs)


def main() -> None:
    """Build, load, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--triples", type=int, default=100_000)
    arguments.add_argument("--runs", type=int, default=50)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plain, file = Path(folder) / "plain.nt", Path(folder) / "graph.nq"
        with plain.open("w", encoding="utf-8") as out:
            out.writelines(lines(given.triples))
        started = time.perf_counter()
        count = index_file(plain, file)
        print(
            f"{count} tokens of {given.triples} triples in {time.perf_counter() - started:.1f} s", flush=True
        )
        in_process(file, given.triples // 11, given.runs)
        over_http(file, given.triples // 11, given.runs)


if __name__ == "__main__":
    main()
