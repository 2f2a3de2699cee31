"""Where ontology/, data/ and queries/ lie, in an installed wheel and in a checkout; where snapshots go."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

from reegraph.errors import MissingPart

PACKAGE = Path(__file__).resolve().parent


def project_root() -> Path:
    """The folder that holds ontology/, data/ and queries/: the package itself, or the checkout above it."""
    for root in (PACKAGE, PACKAGE.parent.parent):
        if (root / "ontology").is_dir() and (root / "data").is_dir() and (root / "queries").is_dir():
            return root
    raise MissingPart(f"{PACKAGE}: ontology/, data/ and queries/ are not there. Install reegraph again.")


def cache_folder() -> Path:
    """REEGRAPH_CACHE, or the user's cache folder for reegraph; it need not exist yet."""
    named = os.environ.get("REEGRAPH_CACHE")
    return Path(named) if named else user_cache_path("reegraph", appauthor=False)


def articles_folder(named: Path | None = None) -> Path | None:
    """The folder of article texts: `named`, else REEGRAPH_ARTICLES; None when neither is given.

    Raises MissingPart when a folder is given that is not there.
    """
    given = named or (Path(p) if (p := os.environ.get("REEGRAPH_ARTICLES")) else None)
    if given is not None and not given.is_dir():
        raise MissingPart(
            f"{given}: no such folder of articles. Give one by --articles DIR or REEGRAPH_ARTICLES."
        )
    return given
