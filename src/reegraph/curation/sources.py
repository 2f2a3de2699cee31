"""Who said it: one TOML file a source under data/sources/."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reegraph.curation import edtf
from reegraph.curation.anchors import Anchor
from reegraph.errors import Problem
from reegraph.terms import is_id

_REQUIRED: Final = {
    "title_zh": str,
    "title_en": str,
    "authors": list,
    "outlet_zh": str,
    "outlet_en": str,
    "published": str,
    "year": int,
    "sha256": str,
    "characters": int,
    "paragraphs": list,
    "claims": int,
    "remarks": int,
}
_OPTIONAL: Final = {
    "published_reason_en": str,
    "published_reason_zh": str,
    "issue": str,
    "url": str,
    "aliases": list,
    "uncovered": list,
}
_AUTHOR: Final = dict.fromkeys(("name_zh", "name_en", "affiliation_zh", "affiliation_en"), str)
_UNCOVERED: Final = {"start": int, "end": int, "sha256": str, "reason": str}
REASONS: Final = frozenset(
    [
        "heading",
        "byline",
        "furniture",
        "caption",
        "rhetoric",
        "transition",
        "repeat",
        "reference-list",
        "affiliation",
    ]
)


@dataclass(frozen=True)
class Author:
    """A person who signed the source, with the affiliation that it prints."""

    name_zh: str
    name_en: str
    affiliation_zh: str
    affiliation_en: str


@dataclass(frozen=True)
class Uncovered:
    """A span of the text that states nothing to record, and why."""

    anchor: Anchor
    reason: str


@dataclass(frozen=True)
class Source:
    """An article. `published` bounds its day of publication; `year` is assumed where a claim gives no time.

    `paragraphs` are the code-point offsets at which its paragraphs start; `claims` and `remarks` are
    the counts that the build expects.
    """

    id: str
    title_zh: str
    title_en: str
    authors: tuple[Author, ...]
    outlet_zh: str
    outlet_en: str
    published: edtf.Span
    published_reason_en: str
    published_reason_zh: str
    year: int
    sha256: str
    characters: int
    paragraphs: tuple[int, ...]
    claims: int
    remarks: int
    uncovered: tuple[Uncovered, ...]
    url: str = ""
    issue: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The id without its kind: claims are named after it."""
        return self.id.partition(":")[2]

    def paragraph(self, offset: int) -> int:
        """The number, from 1, of the paragraph that holds the code point at `offset`; 0 before the first."""
        return bisect_right(self.paragraphs, offset)


def read_sources(folder: Path) -> tuple[dict[str, Source], list[Problem]]:
    """All sources by short id (``source:tang-2025``), and what is wrong in their files."""
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        place = f"data/sources/{path.name}"
        if not is_id(f"source:{path.stem}"):
            what = "the name is not of the form author-2025."
            problems.append(Problem(f"{place}:1", what, "Rename the file and its table of claims."))
            continue
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            line = re.search(r"line (\d+)", str(error))
            problems.append(Problem(f"{place}:{line[1] if line else 1}", f"{error}.", "Correct the TOML."))
            continue
        faults = [Problem(f"{place}:1", f, "Correct the TOML.") for f in _faults(content)]
        problems += faults
        if not faults:
            sources[f"source:{path.stem}"] = _source(f"source:{path.stem}", content)
    return sources, problems


def _faults(content: Mapping[str, Any]) -> list[str]:
    known = _REQUIRED | _OPTIONAL
    faults = [f"{key} is missing." for key in _REQUIRED if key not in content]
    faults += [
        f"{key} is a key that nobody reads; known: {', '.join(known)}." for key in content if key not in known
    ]
    faults += [
        f"{key} must be of type {known[key].__name__}."
        for key in content
        if key in known and type(content[key]) is not known[key]  # isinstance takes true for an int
    ]
    if faults:
        return faults
    faults += [
        f"authors must each have {', '.join(sorted(_AUTHOR))}, as text."
        for a in content["authors"]
        if not _is_table(a, _AUTHOR)
    ]
    if not re.fullmatch("[0-9a-f]{64}", content["sha256"]):
        faults.append("sha256 is not 64 hexadecimal digits.")
    offsets = content["paragraphs"]
    if any(type(p) is not int for p in offsets) or offsets != sorted(set(offsets)):
        faults.append("paragraphs must be rising offsets.")
    if any(type(name) is not str for name in content.get("aliases", [])):
        faults.append("aliases must be texts.")
    if ("published_reason_en" in content) != ("published_reason_zh" in content):
        faults.append("published_reason_en and published_reason_zh must be given together.")
    try:
        edtf.parse(content["published"])
    except ValueError as error:
        faults.append(str(error))
    for number, span in enumerate(content.get("uncovered", []), 1):
        if not _is_table(span, _UNCOVERED) or span["reason"] not in REASONS:
            faults.append(
                f"uncovered {number} needs start, end, sha256, and a reason: {', '.join(sorted(REASONS))}."
            )
    return faults


def _is_table(value: object, types: Mapping[str, type]) -> bool:
    """True for a TOML table with just these keys, each of its type."""
    return isinstance(value, dict) and {k: type(v) for k, v in value.items()} == types


def _source(id_: str, content: Mapping[str, Any]) -> Source:
    plain = {
        k: content[k]
        for k in ("title_zh", "title_en", "outlet_zh", "outlet_en", "year", "sha256", "characters")
    }
    return Source(
        id=id_,
        authors=tuple(Author(**a) for a in content["authors"]),
        published=edtf.parse(content["published"]),
        published_reason_en=content.get("published_reason_en", ""),
        published_reason_zh=content.get("published_reason_zh", ""),
        paragraphs=tuple(content["paragraphs"]),
        claims=content["claims"],
        remarks=content["remarks"],
        uncovered=tuple(
            Uncovered(Anchor(u["start"], u["end"], u["sha256"]), u["reason"])
            for u in content.get("uncovered", [])
        ),
        url=content.get("url", ""),
        issue=content.get("issue", ""),
        aliases=tuple(content.get("aliases", [])),
        **plain,
    )
