"""Adding claims: a phrase becomes an anchor, a draft a row in canonical form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reegraph.curation import claims as claim_table
from reegraph.curation import tsv
from reegraph.curation.anchors import Anchor, ArticleText
from reegraph.curation.claims import COLUMNS, Ids, row_faults
from reegraph.curation.sources import Source
from reegraph.curation.vocabulary import REMARK, Vocabulary
from reegraph.errors import CurationError, Problem, UsageError

DRAFT_COLUMNS: Final = (*(c for c in COLUMNS if c not in {"id", "start", "end", "sha256"}), "phrase", "nth")
DEFAULTS: Final = {"modality": "stated", "rank": "normal", "reading": "printed"}


@dataclass(frozen=True)
class Draft:
    """A claim to be added: its cells and the phrase that states it. `nth` picks one of several places."""

    cells: Mapping[str, str]
    phrase: str
    nth: int
    where: str


def draft(values: Mapping[str, str], phrase: str, where: str) -> Draft:
    """A draft of key=value pairs; UsageError for a key that is no column."""
    unknown = sorted(set(values) - set(DRAFT_COLUMNS))
    if unknown:
        raise UsageError(f"no column {', '.join(unknown)}; there are: {', '.join(DRAFT_COLUMNS)}")
    nth = values.get("nth", "")
    if nth and not (tsv.is_number(nth) and int(nth)):
        raise UsageError(f"nth={nth}: a number from 1 is wanted")
    cells = {k: tsv.canonical(v) for k, v in values.items() if k not in {"phrase", "nth"}}
    return Draft(cells, phrase, int(nth or 0), where)


def read_drafts(path: Path) -> list[Draft]:
    """The drafts of a tab-separated file whose header names columns of DRAFT_COLUMNS in any order."""
    try:
        lines = tsv.loose_lines(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    if not lines:
        raise UsageError(f"{path}: is empty; its first line names columns of: {', '.join(DRAFT_COLUMNS)}")
    header = lines[0].split("\t")
    drafts, problems = [], []
    for number, line in enumerate(lines[1:], 2):
        where = f"{path.name}:{number}"
        cells = line.split("\t")
        if len(cells) != len(header):
            problems.append(
                Problem(
                    where, f"{len(cells)} cells where the header has {len(header)}.", "Add or take out tabs."
                )
            )
            continue
        values = dict(zip(header, cells, strict=True))
        drafts.append(draft(values, values.get("phrase", ""), where))
    tsv.stop_on(problems)
    return drafts


def rows(
    drafts: Iterable[Draft], first: int, text: ArticleText, vocabulary: Vocabulary, ids: Ids
) -> list[dict[str, str]]:
    """The rows of these drafts, numbered from `first`; CurationError with every fault of every draft."""
    found: list[dict[str, str]] = []
    problems: list[Problem] = []
    for number, item in enumerate(drafts, first):
        try:
            anchor = place(item, text)
        except LookupError as error:
            problems.append(Problem(item.where, str(error)))
            continue
        given = {**DEFAULTS, **{k: v for k, v in item.cells.items() if v}}
        if given.get("stage") and ":" not in given["stage"]:
            given["stage"] = f"stage:{given['stage']}"
        row = dict.fromkeys(COLUMNS, "") | given
        row |= {
            "id": str(number),
            "start": str(anchor.start),
            "end": str(anchor.end),
            "sha256": anchor.sha256,
        }
        problems += [Problem(item.where, what, remedy) for what, remedy in row_faults(row, vocabulary, ids)]
        found.append(row)
    tsv.stop_on(problems)
    return found


def place(item: Draft, text: ArticleText) -> Anchor:
    """Where the draft's phrase stands; LookupError when it stands nowhere, or in several places unchosen."""
    hits = text.find(item.phrase)
    if not hits:
        raise LookupError(
            f"the phrase {item.phrase[:30]!r} does not stand in {text.path.name}. Copy it from there."
        )
    if item.nth > len(hits):
        raise LookupError(f"the phrase stands {len(hits)} times; nth={item.nth} is too many.")
    if not item.nth and len(hits) > 1:
        raise LookupError(
            f"the phrase {item.phrase[:30]!r} stands {len(hits)} times. Add nth=1 to nth={len(hits)}."
        )
    return hits[max(item.nth, 1) - 1]


def append(root: Path, source: Source, new: Sequence[Mapping[str, str]]) -> None:
    """Write the rows at the end of the source's table and the new counts into its TOML.

    Raises CurationError, before anything is written, when the counts do not stand in the TOML as read.
    """
    remarks = sum(row["property"] == REMARK for row in new)
    toml = root / "data" / "sources" / f"{source.slug}.toml"
    content = toml.read_text(encoding="utf-8")
    for key, before, more in (("claims", source.claims, len(new)), ("remarks", source.remarks, remarks)):
        content, found = re.subn(rf"(?m)^{key} = {before}$", f"{key} = {before + more}", content)
        if not found:
            what = f"the line {key} = {before} is not there."
            raise CurationError([Problem(f"data/sources/{toml.name}:1", what, "Write it in this form.")])
    path = root / "data" / "claims" / f"{source.slug}.tsv"
    old = path.read_text(encoding="utf-8") if path.exists() else "\t".join(COLUMNS) + "\n"
    added = "".join("\t".join(row[c] for c in COLUMNS) + "\n" for row in new)
    tsv.write(path, claim_table.canonical(old + added))
    tsv.write(toml, content)


def next_number(root: Path, source: Source) -> int:
    """The number after the highest that the source's table has ever given."""
    path = root / "data" / "claims" / f"{source.slug}.tsv"
    if not path.exists():
        return 1
    found, problems = tsv.read(path, COLUMNS, f"data/claims/{path.name}")
    if problems:
        raise CurationError(problems)
    return max((int(row["id"]) for _, row in found if tsv.is_number(row["id"])), default=0) + 1
