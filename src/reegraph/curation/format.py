"""The canonical form of every curated table, as `reegraph fmt` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reegraph.curation import claims, entities, tsv


def canonical_files(data: Path) -> Iterator[tuple[Path, str, str]]:
    """Each curated table under `data`: its path, its text and its canonical text."""
    for path in sorted(data.rglob("*.tsv")):
        content = path.read_bytes().decode("utf-8", errors="strict")
        yield path, content, _canonical(path.parent.name, content)


def _canonical(folder: str, content: str) -> str:
    if not content.strip("\ufeff \r\n"):
        return content
    match folder:
        case "claims":
            return claims.canonical(content)
        case "entities":
            return entities.canonical(content)
        case _:
            header, *rows = [line.split("\t") for line in tsv.loose_lines(content)]
            return tsv.text(header, rows)
