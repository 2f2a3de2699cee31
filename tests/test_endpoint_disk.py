"""A dataset whose disk is full or read-only: a clear error, and what was there is there."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from processes import WRITER, number, serving

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/mounts").exists(), reason="mounts a small file system: run on Linux"
)

FIRST = "INSERT DATA { <urn:first> <urn:a> 1 , 2 }"
LONG = f"INSERT DATA {{ <urn:long> <urn:a> '{'x' * 100_000}' , 'y' }}"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted: run as root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(file: Path) -> None:
    """Take all the room there is."""
    with file.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(b"x" * 65536)


def update(url: str, text: str) -> httpx.Response:
    return httpx.post(f"{url}/sparql", data={"update": text}, headers=WRITER, timeout=30)


def test_full(disk: Path) -> None:
    """An update that the disk has no room for is 507; queries go on, and room made is used at once."""
    folder, filler = disk / "data", disk / "filler"
    with serving("--dataset", str(folder), "--writable") as (url, _):
        assert update(url, FIRST).status_code == 204
        fill(filler)
        for _ in range(2):
            refused = update(url, LONG)
            assert refused.status_code == 507
            assert refused.json()["error"]["code"] == "disk-failed"
            assert "No space left on device" in refused.text
            assert str(disk) not in refused.text
            assert number(url) == 2
        filler.unlink()
        assert update(url, LONG).status_code == 204
        assert number(url) == 4
    with serving("--dataset", str(folder), "--writable") as (url, _):
        assert number(url) == 4
        assert update(url, "DROP ALL").status_code == 204


def test_full_when_started(disk: Path) -> None:
    """What was acknowledged before a disk was full is served after it, when it is read only."""
    folder, filler = disk / "data", disk / "filler"
    with serving("--dataset", str(folder), "--writable") as (url, _):
        assert update(url, FIRST).status_code == 204
    fill(filler)
    with serving("--dataset", str(folder)) as (url, _):
        assert number(url) == 2


def test_read_only(disk: Path) -> None:
    """A dataset on a read-only disk is served for reading; for writing the start fails and says why."""
    folder = disk / "data"
    with serving("--dataset", str(folder), "--writable") as (url, _):
        assert update(url, FIRST).status_code == 204
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for place in (folder, disk / "new"):
        with (
            pytest.raises(AssertionError, match=r"cannot be opened.*Read-only file system"),
            serving("--dataset", str(place), "--writable"),
        ):
            pass
    with serving("--dataset", str(folder)) as (url, _):
        assert number(url) == 2
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert len(ox.Store.read_only(str(folder))) == 2
