"""Where nothing can be forked (Windows) threads answer: here in a Python without what Windows lacks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from processes import WRITER, below, number, serving
from test_endpoint_hostile import COSTLY

WITHOUT = """
import ctypes, os, signal, sys
for name in ("fork", "forkpty", "register_at_fork", "setsid", "killpg", "getuid"):
    vars(os).pop(name, None)
for name in ("SIGKILL", "SIGBUS", "SIGHUP", "SIGALRM", "setitimer", "ITIMER_REAL", "SIGCHLD", "SIGUSR1"):
    vars(signal).pop(name, None)
for name in ("resource", "fcntl", "pwd", "grp", "termios"):
    sys.modules[name] = None
plain = ctypes.CDLL
ctypes.CDLL = lambda name, *a, **k: plain(name + "", *a, **k)  # None is a TypeError there
"""
LIMITS = ("--query-timeout", "1", "--workers", "2")


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, int]]:
    folder = tmp_path_factory.mktemp("threads") / "data"
    with serving("--dataset", str(folder), "--writable", *LIMITS, before=WITHOUT) as (url, pid):
        yield url, folder, pid


def update(url: str, text: str, **more: str) -> httpx.Response:
    return httpx.post(f"{url}/sparql", data={"update": text}, headers=WRITER, timeout=20)


def test_query_and_update(writable: tuple[str, Path, int]) -> None:
    """Queries, updates and graphs are answered, in one process."""
    url, _, pid = writable
    assert update(url, "INSERT DATA { <urn:a> <urn:b> 1 , 2 , 3 }").status_code == 204
    assert number(url) == 3
    answer = httpx.put(
        f"{url}/graphs?graph=urn:g", content="<urn:a> <urn:b> 4 .", headers={**WRITER, **TURTLE}
    )
    assert answer.status_code == 201
    assert "4" in httpx.get(f"{url}/graphs?graph=urn:g", headers={"Accept": "text/turtle"}).text
    assert not below(pid)


TURTLE = {"Content-Type": "text/turtle"}


def test_refusals(writable: tuple[str, Path, int]) -> None:
    """What does not parse is 400 with its place, an update without a token 401, SERVICE 403."""
    url, _, _ = writable
    query = f"{url}/sparql"
    wrong = httpx.get(query, params={"query": "ASK {"})
    assert (wrong.status_code, wrong.json()["error"]["line"]) == (400, 1)
    assert update(url, "DROP").status_code == 400
    assert httpx.post(query, data={"update": "DROP ALL"}).status_code == 401
    assert httpx.get(query, params={"query": "ASK { SERVICE <http://127.0.0.1/> {} }"}).status_code == 403


def test_deadline_is_told(writable: tuple[str, Path, int]) -> None:
    """A query that is too slow is 503 at the deadline, and others are answered meanwhile."""
    url, _, _ = writable
    started = time.monotonic()
    response = httpx.post(f"{url}/sparql", data={"query": COSTLY["values"]})
    assert (response.status_code, response.json()["error"]["code"]) == (503, "query-timeout")
    assert time.monotonic() - started < 4
    assert number(url) >= 0


@pytest.mark.parametrize("ending", ["nq", "nt", "ttl", "trig", "rdf", "owl", "xml", "jsonld", "n3"])
def test_files(tmp_path: Path, ending: str) -> None:
    """Each kind of RDF file is served, relative names taken against its address."""
    texts = {
        "jsonld": '{"@id": "", "urn:b": "c"}',
        "nt": "<urn:a> <urn:b> <urn:c> .",
        "nq": "<urn:a> <urn:b> <urn:c> .",
        "xml": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:u:">'
        '<rdf:Description rdf:about=""><u:b>c</u:b></rdf:Description></rdf:RDF>',
    }
    texts |= {"rdf": texts["xml"], "owl": texts["xml"]}
    file = tmp_path / f"a.{ending}"
    file.write_text(texts.get(ending, "<> <urn:b> 1 ."), encoding="utf-8")
    with serving("--dataset", str(file), *LIMITS, before=WITHOUT) as (url, _):
        assert number(url) == 1


def test_file_that_is_broken(tmp_path: Path) -> None:
    """A file that cannot be read ends the start with the reason."""
    file = tmp_path / "a.ttl"
    file.write_text("<urn:a>", encoding="utf-8")
    with (
        pytest.raises(AssertionError, match=r"a\.ttl: cannot be loaded"),
        serving("--dataset", str(file), before=WITHOUT),
    ):
        pass
