"""Snapshots: named by their inputs, whole or not there, written in one stroke."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Project

from reegraph import snapshot
from reegraph.errors import SnapshotError
from reegraph.snapshot import MANIFEST, QUADS, Manifest, Snapshot

INPUTS = "0123456789abcdef" * 4
LINES = [b"<urn:a> <urn:b> <urn:c> .\n", '<urn:a> <urn:b> "鏑" <urn:g> .\n'.encode()]
GRAPHS = {"entities": 1, "default": 1}


def _written(cache: Path, inputs: str = INPUTS) -> Snapshot:
    return snapshot.write(cache, inputs, LINES, GRAPHS)


def test_what_is_written_is_found(tmp_path: Path) -> None:
    """A snapshot is found by the hash of its inputs, with what it holds."""
    written = _written(tmp_path)
    content = b"".join(LINES)
    assert written.folder == tmp_path / "snapshots" / INPUTS[:32]
    assert written.quads.read_bytes() == content
    assert written.version == "0123456789ab"
    assert written.manifest == Manifest(
        INPUTS, hashlib.sha256(content).hexdigest(), len(content), 2, {"default": 1, "entities": 1}
    )
    assert snapshot.find(tmp_path, INPUTS) == written


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    """No snapshot of these inputs, or no cache folder at all, is none, not an error."""
    assert snapshot.find(tmp_path / "no" / "cache", INPUTS) is None
    _written(tmp_path)
    assert snapshot.find(tmp_path, "f" * 64) is None


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    """Written twice, both files are the same, byte by byte."""
    one = _written(tmp_path / "a")
    other = snapshot.write(tmp_path / "b", INPUTS, iter(LINES), dict(reversed(GRAPHS.items())))
    for name in (QUADS, MANIFEST):
        assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes()


@pytest.mark.parametrize("name", [QUADS, MANIFEST])
def test_half_a_snapshot_is_none(tmp_path: Path, name: str) -> None:
    """A file that is missing, empty, cut off or altered makes it none, and writing again mends it."""
    whole = _written(tmp_path)
    content = (whole.folder / name).read_bytes()
    for spoiled in (b"", content[:-9], b"\xff" + content[1:]):
        (whole.folder / name).write_bytes(spoiled)
        assert snapshot.find(tmp_path, INPUTS) is None, spoiled
    (whole.folder / name).unlink()
    assert snapshot.find(tmp_path, INPUTS) is None
    assert _written(tmp_path) == whole
    assert snapshot.find(tmp_path, INPUTS) == whole


@pytest.mark.parametrize("manifest", ["[]", "null", '"text"', "{}", '{"inputs": "x", "colour": "grey"}'])
def test_a_foreign_manifest_is_none(tmp_path: Path, manifest: str) -> None:
    """A manifest of another program or version makes the snapshot none."""
    whole = _written(tmp_path)
    (whole.folder / MANIFEST).write_text(manifest, encoding="utf-8")
    assert snapshot.find(tmp_path, INPUTS) is None


def test_a_snapshot_of_other_inputs_is_none(tmp_path: Path) -> None:
    """A whole snapshot that lies where another belongs is not taken for it."""
    whole = _written(tmp_path)
    manifest = json.loads((whole.folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["inputs"] = INPUTS[:32] + "0" * 32
    (whole.folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert snapshot.find(tmp_path, INPUTS) is None


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    """A cache folder that cannot be made is told with the folder and the remedy."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(SnapshotError) as caught:
        _written(tmp_path / "file")
    assert str(caught.value).startswith(f"{tmp_path / 'file' / 'snapshots'}: cannot be written: ")
    assert str(caught.value).endswith(" Set REEGRAPH_CACHE to a folder that can.")


def test_a_place_that_is_taken(tmp_path: Path) -> None:
    """Where the snapshot cannot be put in place, nothing half-written is left beside it."""
    home = tmp_path / "snapshots"
    home.mkdir()
    (home / INPUTS[:32]).write_text("in the way", encoding="utf-8")
    with pytest.raises(SnapshotError, match="cannot be written"):
        _written(tmp_path)
    assert [p.name for p in home.iterdir()] == [INPUTS[:32]]


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """When the quads cannot be produced, the folder is as before."""

    def lines() -> Iterator[bytes]:
        yield LINES[0]
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        snapshot.write(tmp_path, INPUTS, lines(), GRAPHS)
    assert list((tmp_path / "snapshots").iterdir()) == []
    assert snapshot.find(tmp_path, INPUTS) is None


@pytest.mark.skipif(os.name != "posix", reason="run it on Linux or macOS, where files have modes")
def test_another_user_can_read_it(tmp_path: Path) -> None:
    """A snapshot built as one user (of a container, say) can be read as another."""
    written = _written(tmp_path)
    umask = os.umask(0)
    os.umask(umask)
    assert written.folder.stat().st_mode & 0o777 == 0o777 & ~umask
    assert written.quads.stat().st_mode & 0o777 == 0o666 & ~umask


def test_old_snapshots_are_swept(tmp_path: Path) -> None:
    """The five newest stay; writing one more sweeps the oldest."""
    for number in range(7):
        folder = _written(tmp_path, f"{number}" * 64).folder
        os.utime(folder, (1000 + number, 1000 + number))
    left = sorted(p.name[0] for p in (tmp_path / "snapshots").iterdir())
    assert left == ["2", "3", "4", "5", "6"]


def test_the_fingerprint_repeats(project: Project) -> None:
    """The same files give the same fingerprint, and a file that no build reads does not change it."""
    first = snapshot.fingerprint(project.root)
    project.write("README.md", "Hello")
    project.write("data/README.md", "How to add an article")
    assert snapshot.fingerprint(project.root) == first
    assert len(first) == 64


@pytest.mark.parametrize(
    "name",
    [
        "ontology/core.ttl",
        "data/claims/small-2025.tsv",
        "data/entities/element.tsv",
        "data/sources/small-2025.toml",
        "queries/heavy-ree-dependence.rq",
        "queries/rules/projection.rq",
    ],
)
def test_every_input_counts(project: Project, name: str) -> None:
    """One more byte in any input, or the same file under another name, is another fingerprint."""
    path = project.path(name)
    first = snapshot.fingerprint(project.root)
    with path.open("ab") as file:
        file.write(b"\n")
    grown = snapshot.fingerprint(project.root)
    renamed = path.with_name(f"other{path.suffix}")
    path.rename(renamed)
    assert len({first, grown, snapshot.fingerprint(project.root)}) == 3
