"""The yardstick of the endpoint: pyoxigraph in processes of its own, asked the same queries without any HTTP.

What it does in a second no server around it can do on one core: the rest is the price of the wire.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pyoxigraph as ox

LOADED = 600  # seconds to load, and to answer one round


class Yardstick:
    """One process for each connection, as many as there are processors; each has the data for itself."""

    name = "in process"

    def __init__(self, links: list[Connection]) -> None:
        self._links = links

    def rate(
        self, queries: list[str], accept: str, seconds: float, connections: int
    ) -> tuple[float, float, float]:
        """Answers a second, for so long or until all are given; the median seconds to one, twice.

        First and last byte come together here.
        """
        links = self._links[:connections]
        for number, link in enumerate(links):
            link.send((queries[number :: len(links)], accept, seconds))
        taken = [link.recv() for link in links]
        middle = statistics.median(t for each in taken for t in each)
        return sum(len(each) / sum(each) for each in taken), middle, middle


@contextmanager
def yardstick(file: Path) -> Iterator[Yardstick]:
    """The processes, once they have loaded an N-Triples file."""
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        links = []
        for _ in range(os.cpu_count() or 1):
            ours, theirs = context.Pipe()
            process = context.Process(target=_answer, args=(file, theirs), daemon=True)
            process.start()
            stack.callback(process.join, 10)
            stack.callback(ours.close)
            links.append(ours)
        for link in links:
            if not link.poll(LOADED):
                raise TimeoutError(f"{file} was not loaded in {LOADED} s")
            link.recv()
        yield Yardstick(links)


def _answer(file: Path, link: Connection) -> None:
    """Answer lists of queries with the seconds that each took."""
    store = ox.Store()
    store.bulk_load(path=str(file), format=ox.RdfFormat.N_TRIPLES)
    link.send(True)
    while True:
        try:
            queries, accept, seconds = link.recv()
        except EOFError:
            return
        rows = ox.QueryResultsFormat.CSV if accept == "text/csv" else ox.QueryResultsFormat.JSON
        taken: list[float] = []
        started = now = time.monotonic()
        for query in queries:
            found = store.query(query)
            triples = isinstance(found, ox.QueryTriples)
            found.serialize(format=ox.RdfFormat.N_TRIPLES if triples else rows)
            taken.append(time.monotonic() - now)
            now += taken[-1]
            if now - started >= seconds:
                break
        link.send(taken)
