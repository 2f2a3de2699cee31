"""What each source says: one atomic statement a row, in data/claims/<source>.tsv."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reegraph.curation import edtf, figure, tsv
from reegraph.curation.anchors import Anchor
from reegraph.curation.figure import Figure
from reegraph.curation.vocabulary import FORBIDDEN, OPTIONAL, REMARK, REQUIRED, Property, Vocabulary
from reegraph.errors import Problem, perhaps

COLUMNS: Final = [
    *("id", "subject", "property", "object", "value", "unit", "when", "stage", "material"),
    *("modality", "said_by", "rank", "reading", "start", "end", "sha256", "en", "zh"),
    *("note_en", "note_zh"),
]
NOT: Final = "not "
MODALITIES: Final = {  # as a row writes them, and their terms in the ontology
    "stated": "Stated",
    "reported": "Reported",
    "forecast": "Forecast",
    "target": "Target",
    "plan": "Plan",
    "hypothesis": "Hypothetical",
    "judgement": "Judgement",
}
RANKS: Final = ("normal", "preferred", "deprecated")
READINGS: Final = ("printed", "corrected")


@dataclass(frozen=True)
class Claim:
    """One atomic statement of one source, anchored in its text. Empty strings stand for what is not said.

    `when` is never missing: where the row gives none it is the source's year, and `assumed` is true.
    A remark has the property ``remark``.
    """

    id: str
    source: str
    subject: str
    property: str
    negative: bool
    object: str
    figure: Figure | None
    unit: str
    when: edtf.Span
    assumed: bool
    stage: str
    material: str
    modality: str
    said_by: str
    rank: str
    reading: str
    anchor: Anchor
    en: str
    zh: str
    note_en: str
    note_zh: str
    place: str

    @builtins.property
    def is_remark(self) -> bool:
        """True when no property carries it."""
        return self.property == REMARK

    @builtins.property
    def yields_statement(self) -> bool:
        """True when the direct triple follows: said as a fact, not denied, not wrong."""
        return (
            bool(self.object)
            and not self.negative
            and not (self.figure is not None and self.figure.is_none)
            and self.modality in {"stated", "reported"}
            and self.rank != "deprecated"
        )


@dataclass(frozen=True)
class Ids:
    """What a claim may speak of: the class of each id. Stages and schemes are of the ontology."""

    classes: Mapping[str, str]

    def problem(self, column: str, id_: str, allowed: Collection[str], vocabulary: Vocabulary) -> str:
        """What is wrong with this id in this column; empty when nothing is."""
        if id_ not in self.classes:
            return f"{column} {id_} is not defined{perhaps(id_, self.classes)}."
        cls = self.classes[id_]
        if allowed and not vocabulary.is_a(cls, *allowed):
            return f"{column} {id_} is a {cls}, where {' or '.join(sorted(allowed))} is wanted."
        return ""


def read_claims(
    path: Path, source: str, year: int, vocabulary: Vocabulary, ids: Ids
) -> tuple[list[Claim], list[Problem]]:
    """The claims of one source in their order, and what is wrong in the table."""
    file = f"data/claims/{path.name}"
    rows, problems = tsv.read(path, COLUMNS, file)
    claims: list[Claim] = []
    seen: dict[str, str] = {}
    for line, row in rows:
        where = f"{file}:{line}"
        if row["id"] in seen:
            problems.append(
                Problem(where, f"id {row['id']} stands already at {seen[row['id']]}.", "Number on.")
            )
            continue
        seen[row["id"]] = where
        faults = [Problem(where, what, remedy) for what, remedy in row_faults(row, vocabulary, ids)]
        problems += faults
        if not faults:
            claims.append(_claim(row, source, year, vocabulary, where))
    return claims, problems


def row_faults(row: Mapping[str, str], vocabulary: Vocabulary, ids: Ids) -> Iterator[tuple[str, str]]:
    """Each fault of a row as (what, remedy)."""
    if not tsv.is_number(row["id"]) or row["id"].startswith("0"):
        yield f"id {row['id']!r} is not a running number.", "Use the next free number of this file."
    yield from _form_faults(row, vocabulary)
    yield from _figure_faults(row, vocabulary)
    yield from _anchor_faults(row)
    name = row["property"].removeprefix(NOT)
    signature = vocabulary.properties.get(name)
    if name == REMARK:
        yield from _signature_faults(row, _REMARK_SIGNATURE)
        yield from _id_faults(row, _REMARK_SIGNATURE, vocabulary, ids)
    elif signature is None:
        hint = perhaps(name, vocabulary.properties)
        yield f"property {name!r} is not in the ontology{hint}.", "Correct the row or add the property."
    else:
        yield from _signature_faults(row, signature)
        yield from _id_faults(row, signature, vocabulary, ids)


def canonical(text: str) -> str:
    """The table as `reegraph fmt` writes it: rows by number, cells trimmed, LF line ends."""
    lines = [line.split("\t") for line in tsv.loose_lines(text)]
    return tsv.text(lines[0], sorted(lines[1:], key=_number))


def _number(row: Sequence[str]) -> tuple[int, str]:
    first = tsv.canonical(row[0])
    return (int(first), "") if tsv.is_number(first) else (10**9, first)


def _form_faults(row: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    for column, known in (
        ("modality", sorted(MODALITIES)),
        ("rank", RANKS),
        ("reading", READINGS),
    ):
        if row[column] not in known:
            yield f"{column} {row[column]!r} is unknown; known: {', '.join(known)}.", "Correct the row."
    for column in ("en", "zh"):
        if not row[column]:
            yield f"{column} is empty.", "Say the claim in one plain sentence of your own."
    yield from tsv.note_faults(row)
    marked = row["rank"] == "deprecated" or row["reading"] == "corrected"
    if marked and not row["note_en"] and not row["note_zh"]:
        yield (
            "the note is empty.",
            "Say why the claim is deprecated or its reading corrected.",
        )
    if row["when"]:
        try:
            edtf.parse(row["when"])
        except ValueError as error:
            yield str(error), ""


def _figure_faults(row: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    known = ", ".join(sorted(vocabulary.units))
    if row["unit"] and row["unit"] not in vocabulary.units:
        remedy = "Correct the row or add the unit to ontology/vocabulary.ttl."
        yield f"unit {row['unit']!r} is unknown; known: {known}.", remedy
    if row["unit"] and not row["value"]:
        yield f"unit {row['unit']} stands without a value.", "Give the value or take the unit out."
    if row["value"]:
        try:
            number = figure.parse(row["value"], vocabulary.words)
        except ValueError as error:
            yield str(error), ""
            return
        if number.comparator != "word" and not row["unit"]:
            yield f"value {row['value']} has no unit.", f"Give one of: {known}."
        if number.comparator == "word" and row["unit"]:
            yield f"value {row['value']} is a word and takes no unit.", "Take the unit out."


def _anchor_faults(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    remedy = 'Find it by `reegraph anchor SOURCE "phrase"`.'
    spans = tsv.is_number(row["start"]) and tsv.is_number(row["end"])
    if not (spans and int(row["start"]) < int(row["end"])):
        yield f"the anchor [{row['start']}, {row['end']}) is not a span.", remedy
    if len(row["sha256"]) != 64 or set(row["sha256"]) - set("0123456789abcdef"):
        yield "sha256 is not 64 hexadecimal digits.", remedy


def _signature_faults(row: Mapping[str, str], signature: Property) -> Iterator[tuple[str, str]]:
    for column, use in (
        ("object", signature.object),
        ("value", signature.value),
        ("stage", signature.stage),
        ("material", signature.material),
    ):
        if use == REQUIRED and not row[column]:
            yield (
                f"{signature.name} needs {column}, which is empty.",
                "Fill it in or choose another property.",
            )
        if use == FORBIDDEN and row[column]:
            yield f"{signature.name} takes no {column}.", "Take it out or choose another property."
    if signature.abstract:
        yield f"{signature.name} is too wide for a claim.", "Use one of its sub-properties."
    if figure.WORD.match(row["value"]) and not signature.words and not row["unit"]:
        yield (
            f"{signature.name} takes a figure, not the word {row['value']}.",
            "Give the figure or use another property.",
        )
    if signature.time_valued and not row["when"]:
        yield f"{signature.name} needs when, which is its value.", "Fill it in."
    if row["unit"] and signature.units and row["unit"] not in signature.units:
        yield (
            f"{signature.name} is not in {row['unit']}, but in {', '.join(sorted(signature.units))}.",
            "Correct the unit, or add it to the property's ree:takesUnit.",
        )


def _id_faults(
    row: Mapping[str, str], signature: Property, vocabulary: Vocabulary, ids: Ids
) -> Iterator[tuple[str, str]]:
    for column, allowed in (
        ("subject", signature.domain),
        ("object", signature.range),
        ("stage", frozenset({"Stage"})),
        ("material", frozenset({"Good", "Flow"})),
        ("said_by", frozenset({"Agent", "Work", "Place", "Source", "Policy", "Agreement"})),
    ):
        if row[column] and (what := ids.problem(column, row[column], allowed, vocabulary)):
            yield what, "Correct the id, or add the entity to data/entities/."
    if not row["subject"]:
        yield "subject is empty.", "Say what the claim is about."


def _claim(row: Mapping[str, str], source: str, year: int, vocabulary: Vocabulary, where: str) -> Claim:
    return Claim(
        id=f"claim:{source.partition(':')[2]}-{row['id']}",
        source=source,
        subject=row["subject"],
        property=row["property"].removeprefix(NOT),
        negative=row["property"].startswith(NOT),
        object=row["object"],
        figure=figure.parse(row["value"], vocabulary.words) if row["value"] else None,
        unit=row["unit"],
        when=edtf.parse(row["when"] or str(year)),
        assumed=not row["when"],
        stage=row["stage"],
        material=row["material"],
        modality=row["modality"],
        said_by=row["said_by"],
        rank=row["rank"],
        reading=row["reading"],
        anchor=Anchor(int(row["start"]), int(row["end"]), row["sha256"]),
        en=row["en"],
        zh=row["zh"],
        note_en=row["note_en"],
        note_zh=row["note_zh"],
        place=where,
    )


_REMARK_SIGNATURE: Final = Property(
    name=REMARK,
    domain=frozenset(),
    range=frozenset(),
    object=OPTIONAL,
    value=FORBIDDEN,
    stage=OPTIONAL,
    material=OPTIONAL,
    units=frozenset(),
    values_at_a_time=None,
    time_valued=False,
    text_valued=True,
)
