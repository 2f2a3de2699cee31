"""Half a minute, or five, of mixed load with updates: no error, no answer out of step, no growth of memory.

20 seconds of it run with the other tests; `pytest -m soak` runs five minutes.
"""

from __future__ import annotations

import http.client
import json
import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from processes import WRITER, memory, number, serving

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="reads memory from /proc: run on Linux"
)

WRITERS, CONNECTIONS = 2, 32
HELD = 200  # things that a writer keeps, with two triples each
QUERIES = (
    "ASK {{ <urn:{w}-{n}> <urn:a> ?x }}",
    "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }}",
    "SELECT ?s (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY ?s ORDER BY ?s LIMIT 50",
    "SELECT * {{ <urn:{w}-{n}> ?p ?o }}",
    "SELECT * {{ ?s <urn:next>* <urn:{w}-{n}> }}",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
)


@dataclass
class Load:
    """Connections that ask and write until they are told to stop, and what went wrong."""

    host: str
    answered: list[int] = field(default_factory=lambda: [0] * CONNECTIONS)
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self, number: int) -> None:
        """One connection: the first ones write, the others ask."""
        link = http.client.HTTPConnection(self.host, timeout=60)
        turn = 0
        while not self.over.is_set() and not self.wrong:
            try:
                turn += 1
                (self.write if number < WRITERS else self.ask)(link, number, turn)
                self.answered[number] += 1
            except (OSError, http.client.HTTPException, AssertionError, ValueError) as error:
                self.wrong.append(f"{type(error).__name__}: {error}")
        link.close()

    def write(self, link: http.client.HTTPConnection, number: int, turn: int) -> None:
        """A thing more and, once there are enough, one less: two triples each, in one update."""
        new, old = f"<urn:{number}-{turn}>", f"<urn:{number}-{turn - HELD}>"
        update = f"INSERT DATA {{ {new} <urn:a> {turn} ; <urn:next> <urn:{number}-{turn + 1}> }} ; "
        update += f"DELETE WHERE {{ {old} ?p ?o }}"
        headers = {**WRITER, "Content-Type": "application/x-www-form-urlencoded"}
        link.request("POST", "/sparql", urlencode({"update": update}), headers)
        answer = link.getresponse()
        assert answer.status == 204, answer.read()
        answer.read()

    def ask(self, link: http.client.HTTPConnection, number: int, turn: int) -> None:
        """A query, never the same; no thing is ever seen with one triple only."""
        chance = random.Random(f"{number}-{turn}")
        query = chance.choice(QUERIES).format(w=chance.randrange(WRITERS), n=chance.randrange(1, HELD))
        link.request("GET", f"/sparql?query={quote(query + f' # {number} {turn}')}")
        answer = link.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        if "COUNT" in query:
            counts = [int(row["n"]["value"]) for row in json.loads(body)["results"]["bindings"]]
            assert all(n % 2 == 0 for n in counts), counts


@pytest.mark.parametrize("seconds", [20, pytest.param(300, marks=pytest.mark.soak)])
def test_soak(tmp_path: Path, seconds: int) -> None:
    """Under load and updates nothing fails, no update is half seen, and memory settles."""
    samples: list[tuple[float, float]] = []
    with serving("--dataset", str(tmp_path / "data"), "--writable") as (url, pid):
        load = Load(url.removeprefix("http://"))
        threads = [threading.Thread(target=load.run, args=(n,)) for n in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        started = time.monotonic()
        while (passed := time.monotonic() - started) < seconds and not load.wrong:
            samples.append((passed, memory(pid)))
            time.sleep(seconds / 100)
        load.over.set()
        for thread in threads:
            thread.join()
        assert not load.wrong
        assert number(url) <= 2 * WRITERS * HELD
    warm = min(60, seconds / 3)
    settled = [used for passed, used in samples if passed > warm]
    early, late = settled[: len(settled) // 2], settled[len(settled) // 2 :]
    print(f"{sum(load.answered[WRITERS:])} queries and {sum(load.answered[:WRITERS])} updates in {seconds} s")
    print(f"memory {min(early):.0f}, {statistics.median(early):.0f}, {statistics.median(late):.0f} MB")
    assert min(load.answered) > 0
    assert statistics.median(late) < 1.1 * statistics.median(early) + 20
