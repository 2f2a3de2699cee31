"""`reegraph serve` as a process of its own, looked at from outside: over HTTP, by signals and by /proc."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

SECRET = "a-long-secret"
WRITER = {"Authorization": f"Bearer {SECRET}"}


@contextmanager
def serving(
    *arguments: str, ending: signal.Signals = signal.SIGTERM, before: str = ""
) -> Iterator[tuple[str, int]]:
    """`reegraph serve` as a process of its own; its URL and process number.

    `before` is Python that it runs first, `ending` the signal that ends it.
    """
    command = [
        sys.executable,
        "-c",
        f"{before}\nfrom reegraph.cli import main\nmain()",
        "serve",
        "--port",
        "0",
        *arguments,
    ]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "REEGRAPH_TOKENS": f"me={SECRET}"}
    ) as process:
        try:
            assert process.stderr
            said = ""
            while not (found := re.search(r" at (http://127\.0\.0\.1:\d+)/sparql", said)):
                line = process.stderr.readline()
                assert line, said
                said += line
            drain = threading.Thread(target=process.stderr.read)
            drain.start()
            yield found[1], process.pid
            process.send_signal(ending)
            expected = -ending if before or ending == signal.SIGKILL else 0  # without a guard it just ends
            assert process.wait(timeout=15) == expected
            drain.join()
        finally:
            process.kill()


def _known() -> Iterator[tuple[int, str, int]]:
    """Number, state and parent of every process in the system's table."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, parent, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
                yield int(entry.name), state, int(parent)


def running() -> dict[int, int]:
    """Every process that has not ended, with its parent."""
    return {pid: parent for pid, state, parent in _known() if state not in "ZX"}


def unburied(pid: int) -> int:
    """How many processes that have ended a process has not waited for."""
    return sum(state == "Z" and parent == pid for _, state, parent in _known())


def children(pid: int) -> list[int]:
    """The processes that a process has started itself: of a server's, its front."""
    return [p for p, parent in running().items() if parent == pid]


def below(pid: int) -> list[int]:
    """The processes that a process has started, directly or not."""
    parents, found, waiting = running(), [], [pid]
    while waiting:
        parent = waiting.pop()
        own = [p for p, q in parents.items() if q == parent]
        found += own
        waiting += own
    return found


def back(url: str) -> float:
    """Seconds until a query is answered again."""
    started = time.monotonic()
    while time.monotonic() - started < 30:
        try:
            if (
                httpx.get(
                    f"{url}/sparql", params={"query": f"ASK {{}} # {time.time()}"}, timeout=5
                ).status_code
                == 200
            ):
                return time.monotonic() - started
        except httpx.HTTPError:
            time.sleep(0.02)
    raise AssertionError("the service did not come back")


def number(url: str) -> int:
    """How many triples the default graph holds, never out of a cache."""
    query = {"query": f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} # {time.time()}"}
    response = httpx.get(f"{url}/sparql", params=query, timeout=30)
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


def memory(pid: int) -> float:
    """MB of a server's processes, what they share counted once."""
    total = 0
    for process in (pid, *below(pid)):
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:  # it has just ended
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
