"""Measures what `reegraph serve` over the real graph holds in memory, all its processes together (Linux).

    python tests/benchmarks/memory.py --seconds 15

PSS in MB: when the service is ready, once the pages are drawn ahead, after so many seconds of pages asked for
in turn, after as many of queries on 8 connections, a minute after that; and of a start for which the graph
had to be built first.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path

import httpx
from endpoint import PREPARED, QUESTIONS, Peer

sys.path.insert(0, str(Path(__file__).parents[1]))
from processes import memory, serving

import reegraph
from reegraph.build import fresh_snapshot
from reegraph.server.pool import AT_REST
from reegraph.terms import PREFIXES

LIMIT = 200  # MB, of the service at rest
STEADY = 3  # looks in a row that differ by less than a MB


def settled(pid: int, seconds: float = 60) -> float:
    """The memory once it no longer changes."""
    found = [memory(pid)]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(1)
        found.append(memory(pid))
        if len(found) > STEADY and max(found[-STEADY:]) - min(found[-STEADY:]) < 1:
            break
    return found[-1]


def crawled(url: str, seconds: float) -> int:
    """Pages that lead to one another from the first, by chance, for so many seconds; how many."""
    chance, seen = random.Random(1), ["/en/", "/zh-Hant/"]
    started = time.monotonic()
    with httpx.Client(base_url=url, timeout=60, headers={"Accept": "text/html"}) as http:
        for count in itertools.count():
            if time.monotonic() - started > seconds:
                return count
            page = http.get(chance.choice(seen)).text
            seen += re.findall(r'href="(/(?:en|zh-Hant)/[^"#?]*)"', page)[:200]
    return 0


def main() -> int:
    """Serve, look, ask, look again; 1 when what it holds at rest is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    seconds = parser.parse_args().seconds
    fresh_snapshot()
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    texts = [prefixes + question.query for question in reegraph.connect().questions.values()]
    with serving() as (url, pid):
        print(f"ready {memory(pid):.0f} MB", flush=True)
        at_rest = settled(pid)
        print(f"pages drawn ahead {at_rest:.0f} MB", flush=True)
        count = crawled(url, seconds)
        print(f"{count} pages later {settled(pid):.0f} MB", flush=True)
        peer = Peer("reegraph", int(url.rpartition(":")[2]), "/sparql")
        chance = random.Random(1)
        asked = [
            f"{chance.choice(texts)}\n# {chance.random()}" for _ in range(int(PREPARED[QUESTIONS] * seconds))
        ]
        peer.rate(asked, "text/csv", seconds, 8)
        print(f"after the named questions on 8 connections {settled(pid):.0f} MB", flush=True)
        time.sleep(AT_REST + 10)
        print(f"a minute later {settled(pid):.0f} MB", flush=True)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["REEGRAPH_CACHE"] = cache
        with serving() as (_, pid):
            built = settled(pid)
            print(f"built first, pages drawn ahead {built:.0f} MB", flush=True)
    return max(at_rest, built) > LIMIT


if __name__ == "__main__":
    sys.exit(main())
