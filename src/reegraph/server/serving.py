"""What is served: the words of --dataset as a source of data, and why it is not written to."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reegraph.errors import UsageError
from reegraph.server.access import READ_ONLY
from reegraph.server.backend import Source
from reegraph.store.embedded import RDF_FILES

NONE: Final = "none"
_ROCKS: Final = "CURRENT"  # the file that every RocksDB folder has


def chosen(dataset: str | None, *, writable: bool) -> Source | None:
    """The source that --dataset names, or None for the built graph.

    Raises UsageError for what is not there or of no known kind, and for writing where nothing is written.
    """
    if dataset is None:
        if writable:
            raise UsageError(f"--writable needs --dataset DIR or none: {READ_ONLY}")
        return None
    if dataset == NONE:
        return Source(writable=writable)
    path = Path(dataset)
    if path.is_file():
        return _file(path, writable)
    if path.is_dir() or (writable and not path.exists()):
        return _folder(path, writable)
    raise UsageError(f"{dataset}: there is no such file or folder. With --writable a folder is made.")


def read_only(source: Source | None) -> str:
    """The reason that a refused update is given."""
    if source is None:
        return READ_ONLY
    return "this dataset is served read-only. Start `reegraph serve --dataset DIR --writable` to change it."


def _file(path: Path, writable: bool) -> Source:
    if path.suffix[1:].lower() not in RDF_FILES:
        raise UsageError(f"{path}: no RDF format for this ending; known: {', '.join(RDF_FILES)}")
    if writable:
        raise UsageError(
            f"{path}: a file is served read-only. For a dataset that can be written to give a folder, and "
            "PUT the file to /graphs?default."
        )
    return Source(path=str(path), name=path.name)


def _folder(path: Path, writable: bool) -> Source:
    try:
        empty = not path.exists() or not any(path.iterdir())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if not (path / _ROCKS).is_file() and not (empty and writable):
        raise UsageError(f"{path}: is no RocksDB dataset. Give an empty folder with --writable to make one.")
    return Source(folder=str(path), writable=writable, name=path.name)
