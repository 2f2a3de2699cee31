"""Reference data: facts about the world that no article states, each citing the work it comes from."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reegraph.curation import edtf, tsv
from reegraph.curation.claims import Ids
from reegraph.curation.vocabulary import Vocabulary
from reegraph.errors import Problem, perhaps
from reegraph.terms import XSD

FACT_COLUMNS: Final = ("subject", "property", "value", "work", "note_en", "note_zh")
CORRECTION_COLUMNS: Final = ("claim", "en", "zh", "certainty", "work", "note_en", "note_zh")
READING_COLUMNS: Final = ("claims", "printed", "right", "certainty", "en", "zh")
REASON_COLUMNS: Final = ("claims", "en", "zh")
BIBLIOGRAPHY_COLUMNS: Final = ("number", "work", "title", "url", "publisher", "year", "language", "claims")
CERTAINTIES: Final = ("verified", "likely", "unsure")
READING_CERTAINTIES: Final = ("certain", "likely", "unsure")
_FORMS: Final = {
    XSD + "integer": re.compile(r"-?[0-9]+"),
    XSD + "decimal": re.compile(r"-?[0-9]+(?:\.[0-9]+)?"),
    XSD + "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


@dataclass(frozen=True)
class Fact:
    """A reference entry: `value` is an id where the property takes things, else a literal's text."""

    subject: str
    property: str
    value: str
    work: str
    note_en: str
    note_zh: str


@dataclass(frozen=True)
class Correction:
    """What is right where a source is wrong. `certainty` is verified, likely or unsure."""

    claim: str
    en: str
    zh: str
    certainty: str
    work: str
    note_en: str
    note_zh: str


@dataclass(frozen=True)
class Reading:
    """Words garbled in a source, as printed and as read. `certainty` is certain, likely or unsure."""

    claims: tuple[str, ...]
    printed: str
    right: str
    certainty: str
    en: str
    zh: str


@dataclass(frozen=True)
class Reason:
    """A curator's sentence on why these claims differ."""

    claims: frozenset[str]
    en: str
    zh: str


@dataclass(frozen=True)
class Citation:
    """A work that an article cites, as printed there, and the claims that rest on it."""

    number: int
    work: str
    title: str
    url: str
    publisher: str
    year: str
    language: str
    claims: tuple[str, ...]


def read_facts(
    folder: Path, ids: Ids, vocabulary: Vocabulary, claims: Container[str] = ()
) -> tuple[list[Fact], list[Problem]]:
    """The reference entries of every table under `folder` named facts-*.tsv, on things and on `claims`."""
    facts: list[Fact] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("facts-*.tsv")):
        file = f"data/reference/{path.name}"
        rows, faults = tsv.read(path, FACT_COLUMNS, file)
        problems += faults
        for line, row in rows:
            problems += [
                Problem(f"{file}:{line}", what, remedy)
                for what, remedy in _fact_faults(row, ids, vocabulary, claims)
            ]
            facts.append(Fact(**row))
    return facts, problems


def read_corrections(
    path: Path, ids: Ids, claims: Mapping[str, str]
) -> tuple[list[Correction], list[Problem]]:
    """The corrections; `claims` gives the rank of each claim id."""
    if not path.exists():
        return [], []
    file = f"data/reference/{path.name}"
    rows, problems = tsv.read(path, CORRECTION_COLUMNS, file)
    seen: dict[str, str] = {}
    for line, row in rows:
        where = f"{file}:{line}"
        if claims.get(row["claim"]) != "deprecated":
            what = f"{row['claim']} is no deprecated claim."
            problems.append(Problem(where, what, "Correct the id, or mark the claim deprecated."))
        if row["certainty"] not in CERTAINTIES:
            what = f"certainty {row['certainty']!r} is unknown; known: {', '.join(CERTAINTIES)}."
            problems.append(Problem(where, what, "Correct the row."))
        if row["work"] and row["work"] not in ids.classes:
            problems.append(
                Problem(where, f"work {row['work']} is not defined.", "Add it to data/entities/work.tsv.")
            )
        problems += _label_problems(row, where)
        problems += [Problem(where, what, remedy) for what, remedy in tsv.note_faults(row)]
        if row["claim"] in seen:
            what = f"{row['claim']} is corrected already at {seen[row['claim']]}."
            problems.append(Problem(where, what, "Keep one row."))
        seen.setdefault(row["claim"], where)
        if row["certainty"] == "verified" and not row["work"]:
            problems.append(
                Problem(where, "a verified correction names no work.", "Name it, or lower the certainty.")
            )
    return [Correction(**row) for _, row in rows], problems


def read_readings(path: Path, claims: Mapping[str, str]) -> tuple[list[Reading], list[Problem]]:
    """What is printed wrong and how it is read; `claims` gives the reading of each claim id."""
    if not path.exists():
        return [], []
    file = f"data/reference/{path.name}"
    rows, problems = tsv.read(path, READING_COLUMNS, file)
    readings = []
    for line, row in rows:
        where = f"{file}:{line}"
        read = tuple(row["claims"].split(";"))
        problems += [
            Problem(
                where,
                f"{c} is no claim of a corrected reading.",
                "Correct the id, or mark the claim corrected.",
            )
            for c in read
            if claims.get(c) != "corrected"
        ]
        if row["certainty"] not in READING_CERTAINTIES:
            known = ", ".join(READING_CERTAINTIES)
            what = f"certainty {row['certainty']!r} is unknown; known: {known}."
            problems.append(Problem(where, what, "Correct the row."))
        problems += [
            Problem(where, f"{column} is empty.", "Give the words as printed and as read.")
            for column in ("printed", "right")
            if not row[column]
        ]
        problems += _label_problems(row, where)
        readings.append(Reading(**{**row, "claims": read}))  # type: ignore[arg-type]
    explained = {c for reading in readings for c in reading.claims}
    problems += [
        Problem(f"{file}:1", f"{claim} is of a corrected reading that no row explains.", "Add it to a row.")
        for claim, how in claims.items()
        if how == "corrected" and claim not in explained
    ]
    return readings, problems


def read_reasons(path: Path, claims: Mapping[str, str]) -> tuple[list[Reason], list[Problem]]:
    """The curators' sentences on disagreements."""
    if not path.exists():
        return [], []
    rows, problems = tsv.read(path, REASON_COLUMNS, f"data/{path.name}")
    reasons = []
    for line, row in rows:
        named = row["claims"].split(";")
        for claim in named:
            if claim not in claims:
                problems.append(
                    Problem(f"data/{path.name}:{line}", f"{claim} is no claim.", "Correct the id.")
                )
        problems += _label_problems(row, f"data/{path.name}:{line}")
        reasons.append(Reason(frozenset(named), row["en"], row["zh"]))
    return reasons, problems


def read_bibliography(
    path: Path, ids: Ids, claims: Mapping[str, str]
) -> tuple[list[Citation], list[Problem]]:
    """The works that articles cite, as printed (data/references.tsv)."""
    if not path.exists():
        return [], []
    rows, problems = tsv.read(path, BIBLIOGRAPHY_COLUMNS, f"data/{path.name}")
    citations = []
    for line, row in rows:
        where = f"data/{path.name}:{line}"
        resting = tuple(filter(None, row["claims"].split(";")))
        problems += [
            Problem(where, f"{c} is no claim.", "Correct the id.") for c in resting if c not in claims
        ]
        if row["work"] not in ids.classes:
            problems.append(
                Problem(where, f"work {row['work']} is not defined.", "Add it to data/entities/work.tsv.")
            )
        if not tsv.is_number(row["number"]):
            problems.append(
                Problem(where, f"number {row['number']!r} is none.", "Give the number as printed.")
            )
            continue
        citations.append(Citation(**{**row, "number": int(row["number"]), "claims": resting}))  # type: ignore[arg-type]
    return citations, problems


def _fact_faults(
    row: Mapping[str, str], ids: Ids, vocabulary: Vocabulary, claims: Container[str]
) -> Iterator[tuple[str, str]]:
    yield from tsv.note_faults(row)
    if row["subject"] not in ids.classes and row["subject"] not in claims:
        hint = perhaps(row["subject"], ids.classes)
        yield f"subject {row['subject']} is not defined{hint}.", "Correct it or add the entity."
    datatype = vocabulary.reference_properties.get(row["property"])
    if datatype is None:
        hint = perhaps(row["property"], vocabulary.reference_properties)
        yield (
            f"property {row['property']!r} is not in the ontology{hint}.",
            "Correct it or add the property.",
        )
    elif datatype == "thing" and row["value"] not in ids.classes:
        yield f"value {row['value']} is not defined.", "Correct it or add the entity."
    elif not row["value"]:
        yield "value is empty.", "Fill it in or take the row out."
    elif (form := _FORMS.get(datatype)) and not form.fullmatch(row["value"]):
        yield (
            f"value {row['value']!r} is no {datatype.rpartition('#')[2]}, which {row['property']} takes.",
            "Correct the value.",
        )
    elif row["property"] == "published":
        yield from _time_faults(row["value"])
    if row["work"] not in ids.classes:
        yield (
            f"work {row['work']} is not defined.",
            "Every reference entry cites a work of data/entities/work.tsv.",
        )


def _time_faults(value: str) -> Iterator[tuple[str, str]]:
    try:
        edtf.parse(value)
    except ValueError as error:
        yield str(error).removesuffix(f" {edtf.REMEDY}"), edtf.REMEDY


def _label_problems(row: Mapping[str, str], where: str) -> list[Problem]:
    return [
        Problem(where, f"{column} is empty.", "Say it in English and Traditional Chinese.")
        for column in ("en", "zh")
        if not row[column]
    ]
