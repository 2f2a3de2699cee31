"""Processes of the server that are killed at random under load: it is back soon, and nothing is lost."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from processes import WRITER, back, below, children, number, running, serving, unburied

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="finds processes by /proc: run on Linux"
)


def patience(started: float) -> float:
    """Seconds in which a service must be back that was asked to start then: 2, and more on a busy machine."""
    return 2 + 2 * (time.monotonic() - started)


def test_killed_front() -> None:
    """A front that is killed is back soon, at the same address, and its children have ended with it."""
    started = time.monotonic()
    with serving("--dataset", "none") as (url, pid):
        assert back(url) < (limit := patience(started))
        before = set(below(pid))
        (front,) = children(pid)
        os.kill(front, signal.SIGKILL)
        assert back(url) < limit
        deadline = time.monotonic() + 5
        while set(below(pid)) & before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not set(below(pid)) & before


@pytest.mark.parametrize(
    ("deed", "code", "fronts"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL) if number < 20 else None", 0, 20),
        ("os.kill(os.getpid(), signal.SIGKILL) if number < 2 else sys.exit(3)", 3, 9),
    ],
)
def test_guard(tmp_path: Path, deed: str, code: int, fronts: int) -> None:
    """A front that is killed is started again, however often; one that keeps failing is given up."""
    count = tmp_path / "count"
    program = f"""
import os, signal, sys
from reegraph.server import guard
guard.time.sleep = lambda seconds: None
def front(alive):
    with open({str(count)!r}, "a") as file:
        file.write("x")
    number = os.path.getsize({str(count)!r})
    {deed}
guard.guarded(front)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    assert count.stat().st_size == fronts


def test_disk_and_memory_killed_together(tmp_path: Path) -> None:
    """An update and a query that both need the disk opened again wait for one opening, not for each other."""
    hour = "WHERE { BIND(NOW() AS ?now) }"  # such an update is written to the disk first
    started = time.monotonic()
    with serving("--dataset", str(tmp_path / "data"), "--writable") as (url, pid):
        assert update(url, "INSERT DATA { <urn:0> <urn:a> 0 }") == 204
        limit = patience(started)
        for turn in range(1, 4):
            for process in set(below(pid)) - set(children(pid)):  # all but the front
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            begun = time.monotonic()
            with ThreadPoolExecutor(3) as at_once:
                updates = [at_once.submit(update, url, f"INSERT {{ <urn:{turn}> <urn:a> ?now }} {hour}")]
                queries = [at_once.submit(back, url) for _ in range(2)]
            assert all(query.result() < limit for query in queries)
            assert time.monotonic() - begun < limit
            assert updates[0].result() in {204, 507}


@pytest.mark.parametrize("folder", [False, True])
def test_what_has_ended_is_buried(folder: bool, tmp_path: Path) -> None:
    """However many updates and deaths there were, no process that has ended stays in the system's table."""
    with serving("--dataset", str(tmp_path / "data") if folder else "none", "--writable") as (url, pid):
        front = children(pid)[0]
        for turn in range(40):
            assert update(url, f"INSERT DATA {{ <urn:{turn}> <urn:a> {turn} }}") == 204
            assert number(url) == turn + 1
        if not folder:
            for process in children(front):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            back(url)
        until = time.monotonic() + 10
        while unburied(front) > 1:  # one may just have ended
            assert time.monotonic() < until, unburied(front)
            time.sleep(0.05)


def update(url: str, text: str) -> int:
    """The status of an update."""
    return httpx.post(f"{url}/sparql", data={"update": text}, headers=WRITER, timeout=30).status_code


def test_nothing_is_left_over(tmp_path: Path) -> None:
    """Nothing of the server outlives it, whether it is asked to end or killed."""
    for name in (signal.SIGTERM, signal.SIGKILL):
        with serving("--dataset", str(tmp_path / "data"), "--writable", ending=name) as (url, pid):
            back(url)
            before = below(pid)
        deadline = time.monotonic() + 5
        while any(p in before for p in running()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not set(before) & set(running())


def test_killed_at_random_under_updates(tmp_path: Path) -> None:
    """Whatever is killed under load: it is back soon, and each acknowledged update stays, whole."""
    folder = tmp_path / "data"
    acknowledged: list[int] = []
    strange: list[object] = []
    over = threading.Event()
    numbers = itertools.count()

    def write(url: str) -> None:
        with httpx.Client(headers=WRITER, timeout=20) as http:
            while not over.is_set():
                number = next(numbers)
                text = f"INSERT DATA {{ <urn:{number}> <urn:a> {number} ; <urn:b> {number} }}"
                try:
                    response = http.post(f"{url}/sparql", data={"update": text})
                except httpx.TransportError:  # the front was killed
                    continue
                if response.status_code == 204:
                    acknowledged.append(number)
                elif response.status_code not in {500, 503, 507}:
                    strange.append(response.text)

    def read(url: str) -> None:
        while not over.is_set():
            try:
                query = {"query": f"SELECT * {{ ?s ?p ?o }} # {time.time()}"}
                response = httpx.get(f"{url}/sparql", params=query, timeout=20)
            except httpx.TransportError:
                continue
            if response.status_code == 200:
                rows = Counter(row["s"]["value"] for row in response.json()["results"]["bindings"])
                strange.extend(s for s, count in rows.items() if count != 2)
            elif response.status_code not in {503, 507}:
                strange.append(response.text)

    chance, started = random.Random(7), time.monotonic()
    with serving("--dataset", str(folder), "--writable", "--workers", "2") as (url, pid):
        limit = patience(started)
        threads = [threading.Thread(target=work, args=(url,)) for work in (write, write, read, read)]
        for thread in threads:
            thread.start()
        try:
            for turn in range(16):
                time.sleep(chance.uniform(0.1, 0.6))
                victims = sorted(below(pid)) if turn % 4 else children(pid)  # each fourth time the front
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(victims), signal.SIGKILL)
                assert back(url) < limit
                for number in acknowledged[-1:]:
                    assert has(url, number)
        finally:
            over.set()
            for thread in threads:
                thread.join()
    assert not strange
    assert len(acknowledged) > 5
    store = ox.Store.read_only(str(folder))
    held = Counter(quad.subject.value for quad in store)
    assert set(held.values()) == {2}
    assert {f"urn:{number}" for number in acknowledged} <= set(held)


def has(url: str, number: int) -> bool:
    """Whether an update is there: asked until it is answered, for something may just be dying."""
    for _ in range(20):
        with suppress(httpx.TransportError):
            query = {"query": f"ASK {{ <urn:{number}> ?p ?o }}"}
            response = httpx.get(f"{url}/sparql", params=query, timeout=30)
            if response.status_code == 200:
                return bool(response.json()["boolean"])
        time.sleep(0.1)
    raise AssertionError("no answer")


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
