"""A built graph on disk: one sorted N-Quads file and a manifest, named by the hash of all its inputs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from reegraph.errors import SnapshotError
from reegraph.folders import PACKAGE

QUADS: Final = "graph.nq"
MANIFEST: Final = "manifest.json"
_INPUTS: Final = {"ontology": "*.ttl", "data": "*.t*", "queries": "*.rq"}
_KEPT: Final = 5  # snapshots; older ones are swept when a new one is written


@dataclass(frozen=True)
class Manifest:
    """What a snapshot holds: hash and size of its file, counts of triples by graph, hash of its inputs."""

    inputs: str
    sha256: str
    bytes: int
    quads: int
    graphs: dict[str, int]


@dataclass(frozen=True)
class Snapshot:
    """A snapshot folder, complete and proven."""

    folder: Path
    manifest: Manifest

    @property
    def quads(self) -> Path:
        """The N-Quads file."""
        return self.folder / QUADS

    @property
    def version(self) -> str:
        """Twelve digits that name the inputs."""
        return self.manifest.inputs[:12]


def fingerprint(root: Path) -> str:
    """The SHA-256 over all that a build reads: curated files, queries, ontology and this package's code."""
    digest = hashlib.sha256()
    for path, name in _inputs(root):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def find(cache: Path, inputs: str) -> Snapshot | None:
    """The snapshot of these inputs, or None when there is none that is whole."""
    folder = cache / "snapshots" / inputs[:32]
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        if manifest.inputs != inputs or (folder / QUADS).stat().st_size != manifest.bytes:
            return None
        with (folder / QUADS).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError, TypeError):
        return None
    return Snapshot(folder, manifest) if digest == manifest.sha256 else None


def write(cache: Path, inputs: str, lines: Iterable[bytes], graphs: dict[str, int]) -> Snapshot:
    """Write a snapshot beside its place and move it there at once.

    Raises SnapshotError when the folder cannot be written; nothing half-written is left behind.
    """
    home = cache / "snapshots"
    final = home / inputs[:32]
    try:
        home.mkdir(parents=True, exist_ok=True)
        temporary = home / f".new-{uuid.uuid4().hex}"  # not mkdtemp, whose folders only this user can read
        temporary.mkdir()
    except OSError as error:
        raise _unwritable(home, error) from error
    try:
        digest, size, quads = hashlib.sha256(), 0, 0
        with (temporary / QUADS).open("wb") as file:
            for line in lines:
                digest.update(line)
                size += file.write(line)
                quads += 1
        manifest = Manifest(inputs, digest.hexdigest(), size, quads, dict(sorted(graphs.items())))
        (temporary / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
        if final.exists():
            shutil.rmtree(final)
        temporary.rename(final)
    except OSError as error:
        if (other := find(cache, inputs)) is not None:  # another process was faster
            return other
        raise _unwritable(home, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _sweep(home)
    return Snapshot(final, manifest)


def _unwritable(home: Path, error: OSError) -> SnapshotError:
    reason = error.strerror or str(error)
    return SnapshotError(f"{home}: cannot be written: {reason}. Set REEGRAPH_CACHE to a folder that can.")


def _inputs(root: Path) -> Iterator[tuple[Path, str]]:
    for folder, pattern in _INPUTS.items():
        for path in sorted((root / folder).rglob(pattern)):
            yield path, path.relative_to(root).as_posix()
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, path.relative_to(PACKAGE).as_posix()


def _sweep(home: Path) -> None:
    folders = [f for f in home.iterdir() if f.is_dir() and not f.name.startswith(".")]
    with contextlib.suppress(OSError):
        folders.sort(key=os.path.getmtime, reverse=True)
        for folder in folders[_KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)
