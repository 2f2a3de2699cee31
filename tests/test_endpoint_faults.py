"""Processes of the server that are killed at random under load: it is back soon, and nothing is lost."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="finds processes by /proc: run on Linux"
)

SECRET = "a-long-secret"
BACK = 2 + 4  # seconds; 2 on a quiet machine


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, int]]:
    """`reegraph serve` as a process of its own; its URL and process number."""
    command = [
        sys.executable,
        "-c",
        "from reegraph.cli import main; main()",
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
            line = process.stderr.readline()
            found = re.search(r"(http://127\.0\.0\.1:\d+)/sparql", line)
            assert found, line + process.stderr.read()
            drain = threading.Thread(target=process.stderr.read)
            drain.start()
            yield found[1], process.pid
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=15) == 0
            drain.join()
        finally:
            process.kill()


def below(pid: int) -> dict[int, str]:
    """The processes that a process has started, directly or not, with their command lines."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        for child in [p for p, q in parents.items() if q == parent]:
            found[child] = (Path("/proc") / str(child) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            waiting.append(child)
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


def test_killed_front() -> None:
    """A front that is killed is back soon, at the same address, and its children have ended with it."""
    with serving("--dataset", "none") as (url, pid):
        assert back(url) < BACK
        children = below(pid)
        front = next(p for p, line in children.items() if "reegraph.server" not in line)
        os.kill(front, signal.SIGKILL)
        assert back(url) < BACK
        started = time.monotonic()
        while set(below(pid)) & set(children) and time.monotonic() - started < 5:
            time.sleep(0.05)
        assert not set(below(pid)) & set(children)
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{p}").exists() for p in children) and time.monotonic() < deadline:
        time.sleep(0.05)


def test_killed_at_random_under_updates(tmp_path: Path) -> None:
    """Whatever is killed under load, each acknowledged update of a durable dataset stays, whole."""
    folder = tmp_path / "data"
    acknowledged: list[int] = []
    strange: list[object] = []
    over = threading.Event()

    def write(url: str) -> None:
        number = 0
        with httpx.Client(headers={"Authorization": f"Bearer {SECRET}"}, timeout=20) as http:
            while not over.is_set():
                number += 1
                text = f"INSERT DATA {{ <urn:{number}> <urn:a> {number} ; <urn:b> {number} }}"
                try:
                    status = http.post(f"{url}/sparql", data={"update": text}).status_code
                except httpx.HTTPError:
                    continue
                if status == 204:
                    acknowledged.append(number)
                elif status not in {500, 503, 507}:
                    strange.append(status)

    def read(url: str) -> None:
        while not over.is_set():
            try:
                query = {"query": f"SELECT * {{ ?s ?p ?o }} # {time.time()}"}
                response = httpx.get(f"{url}/sparql", params=query, timeout=20)
            except httpx.HTTPError:
                continue
            if response.status_code == 200:
                response.json()
            elif response.status_code not in {503, 507}:
                strange.append(response.status_code)

    chance = random.Random(7)
    with serving("--dataset", str(folder), "--writable", "--workers", "2") as (url, pid):
        threads = [threading.Thread(target=work, args=(url,)) for work in (write, read, read)]
        for thread in threads:
            thread.start()
        for _ in range(12):
            time.sleep(chance.uniform(0.1, 0.8))
            victims = sorted(below(pid))
            if victims:
                try:
                    os.kill(chance.choice(victims), signal.SIGKILL)
                except ProcessLookupError:
                    continue
        assert back(url) < BACK
        over.set()
        for thread in threads:
            thread.join()
    assert not strange
    assert len(acknowledged) > 5
    store = ox.Store.read_only(str(folder))
    for number in acknowledged:
        assert len(list(store.quads_for_pattern(ox.NamedNode(f"urn:{number}"), None, None, None))) == 2
    assert {len(list(store.quads_for_pattern(q.subject, None, None, None))) for q in store} == {2}


@pytest.mark.parametrize(
    ("arguments", "code", "remedy"),
    [
        (["--writable"], 2, "--dataset DIR"),
        (["--dataset", "none", "--writable"], 2, "--token"),
        (["--dataset", "/no/such/place"], 2, "no such file"),
        (["--dataset", "BROKEN"], 7, "cannot be loaded"),
    ],
)
def test_refused_starts(tmp_path: Path, arguments: list[str], code: int, remedy: str) -> None:
    """What cannot be served ends at once, with the remedy and without a traceback."""
    broken = tmp_path / "broken.ttl"
    broken.write_text("<urn:a> <urn:b>", encoding="utf-8")
    given = [str(broken) if a == "BROKEN" else a for a in arguments]
    command = [sys.executable, "-c", "from reegraph.cli import main; main()", "serve", "--port", "0", *given]
    environment = {k: v for k, v in os.environ.items() if k != "REEGRAPH_TOKENS"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment, check=False)
    assert done.returncode == code, done.stderr
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr
