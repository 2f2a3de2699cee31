"""The canonical form of every curated table, as `reegraph fmt` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reegraph.curation import claims, entities, tsv
from reegraph.errors import CurationError, Problem


def canonical_files(data: Path) -> Iterator[tuple[Path, str, str]]:
    """Each curated table under `data`: its path, its text and its canonical text.

    Raises CurationError for a table that is not UTF-8.
    """
    for path in sorted(data.rglob("*.tsv")):
        try:
            content = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            place = f"data/{path.relative_to(data).as_posix()}:1"
            raise CurationError([Problem(place, f"byte {error.start} is not UTF-8.", tsv.SAVE_AS)]) from error
        yield path, content, _canonical(path.parent.name, content)


def _canonical(folder: str, content: str) -> str:
    if not tsv.loose_lines(content):
        return content
    match folder:
        case "claims":
            return claims.canonical(content)
        case "entities":
            return entities.canonical(content)
        case _:
            header, *rows = [line.split("\t") for line in tsv.loose_lines(content)]
            return tsv.text(header, rows)
