"""The real graph, built once for all tests that only read it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reegraph.build import build_store
from reegraph.curation.corpus import read_corpus
from reegraph.store import EmbeddedStore


@cache
def built(root: Path) -> EmbeddedStore:
    """The whole graph of the project's own files; it is not to be written to."""
    return build_store(read_corpus(root), root)
