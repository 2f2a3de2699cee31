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

import pyoxigraph as ox
import pytest
from graphs import default_answer, questions, real_graph

from reegraph import KnowledgeGraph
from reegraph.store import RemoteStore


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    """Oxigraph's own server on loopback, holding the real graph as its default graph."""
    beside = Path(sys.executable).with_name("oxigraph")
    command = str(beside) if beside.exists() else shutil.which("oxigraph")
    if command is None:
        pytest.skip("no `oxigraph` command: pip install oxigraph")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    server = subprocess.Popen([command, "serve", "--bind", place], stderr=subprocess.DEVNULL)
    try:
        data = ox.serialize(real_graph().store.read_graph(None), format=ox.RdfFormat.N_TRIPLES)
        put = urllib.request.Request(f"http://{place}/store?default", data=data, method="PUT")
        put.add_header("Content-Type", "application/n-triples")
        _when_up(put)
        yield f"http://{place}/query"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _when_up(request: urllib.request.Request, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(request).close()
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
