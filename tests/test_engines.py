"""The questions on another engine: their rows are those of the embedded store."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphs import default_answer, questions, real_snapshot

from reegraph import KnowledgeGraph
from reegraph.folders import project_root
from reegraph.publish import publish_graph
from reegraph.store import RemoteStore


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    """Oxigraph's own server on loopback, with the real graph published there."""
    beside = Path(sys.executable).with_name("oxigraph")
    command = str(beside) if beside.exists() else shutil.which("oxigraph")
    if command is None:
        pytest.skip("no `oxigraph` command: pip install oxigraph")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    server = subprocess.Popen([command, "serve", "--bind", place], stderr=subprocess.DEVNULL)
    try:
        _when_up(f"http://{place}/query?query=ASK%7B%7D")
        store = RemoteStore(f"http://{place}/query", graphs=f"http://{place}/store", timeout=60)
        publish_graph(real_snapshot(), store, project_root())
        yield store.url
    finally:
        server.terminate()
        server.wait(timeout=10)


def _when_up(address: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.mark.parametrize("name", sorted(questions()))
def test_another_engine_gives_the_same_rows(name: str, oxigraph: str) -> None:
    """Each question, with its parameters as they stand, gives the same table on `oxigraph serve`."""
    assert KnowledgeGraph(RemoteStore(oxigraph, timeout=60)).ask(name) == default_answer(name)
