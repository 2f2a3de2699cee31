"""What is spoken of: ids, classes and names, one table a kind under data/entities/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reegraph.curation import tsv
from reegraph.curation.vocabulary import Vocabulary
from reegraph.errors import Problem, perhaps
from reegraph.terms import KINDS, is_id

COLUMNS: Final = (
    "id",
    "class",
    "en",
    "zh",
    "aliases",
    "country",
    "broader",
    "external",
    "note_en",
    "note_zh",
)
ALIAS_LANGS: Final = {"en": "en", "zh": "zh-Hant", "zh-Hans": "zh-Hans"}
EXTERNAL: Final = {"wikidata": "http://www.wikidata.org/entity/"}
_EXTERNAL_ID: Final = {"wikidata": re.compile(r"Q[1-9][0-9]*")}


@dataclass(frozen=True)
class Entity:
    """A thing with its names. `aliases` are (language tag, name); `external` are IRIs of the same thing."""

    id: str
    cls: str
    en: str
    zh: str
    aliases: tuple[tuple[str, str], ...] = ()
    country: str = ""  # short id of a jurisdiction
    broader: str = ""
    external: tuple[str, ...] = ()
    note_en: str = ""
    note_zh: str = ""


def read_entities(folder: Path, vocabulary: Vocabulary) -> tuple[dict[str, Entity], list[Problem]]:
    """All entities by id, and what is wrong in the tables."""
    entities: dict[str, Entity] = {}
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.tsv")):
        file = f"data/entities/{path.name}"
        rows, faults = tsv.read(path, COLUMNS, file)
        problems += faults
        for line, row in rows:
            where = f"{file}:{line}"
            if row["id"] in entities:
                what = f"id {row['id']} is defined already at {places[row['id']]}."
                problems.append(Problem(where, what, "Keep one row, or choose another id."))
                continue
            if row["id"] in vocabulary.individuals:
                what = f"id {row['id']} is defined already in ontology/vocabulary.ttl."
                problems.append(Problem(where, what, "Keep one, or choose another id."))
                continue
            entity, faults = _entity(row, path.stem, where, vocabulary)
            problems += faults
            entities[row["id"]] = entity
            places[row["id"]] = where
    problems += _links(entities, places, vocabulary)
    return entities, problems


def canonical(text: str) -> str:
    """The table as `reegraph fmt` writes it: rows by id, aliases by language and name."""
    lines = [line.split("\t") for line in tsv.loose_lines(text)]
    header, rows = lines[0], lines[1:]
    alias = header.index("aliases") if "aliases" in header else None
    for row in rows:
        if alias is not None and alias < len(row):
            names = (tsv.canonical(a) for a in row[alias].split(";"))
            row[alias] = ";".join(sorted({n for n in names if n}))
    return tsv.text(header, sorted(rows, key=lambda r: _natural(tsv.canonical(r[0]))))


def _entity(
    row: Mapping[str, str], kind: str, where: str, vocabulary: Vocabulary
) -> tuple[Entity, list[Problem]]:
    problems = []
    if not is_id(row["id"]):
        what = f"id {row['id']!r} is not of the form kind:slug."
        problems.append(Problem(where, what, f"Kinds are: {', '.join(KINDS)}."))
    elif row["id"].partition(":")[0] != kind:
        problems.append(
            Problem(where, f"id {row['id']} stands in {kind}.tsv.", "Move it to the file of its kind.")
        )
    elif row["class"] not in vocabulary.parents:
        hint = perhaps(row["class"], vocabulary.parents)
        what = f"class {row['class']!r} is not in the ontology{hint}."
        problems.append(Problem(where, what, "Correct the row or add the class."))
    elif not vocabulary.is_a(row["class"], KINDS[kind]):
        what = f"class {row['class']} is not a {KINDS[kind]}, which every {kind}: is."
        problems.append(Problem(where, what, "Correct the class or the kind."))
    problems += [
        Problem(where, f"{column} is empty.", "Give the name in English and Traditional Chinese.")
        for column in ("en", "zh")
        if not row[column]
    ]
    problems += [Problem(where, what, remedy) for what, remedy in tsv.note_faults(row)]
    aliases, faults = _pairs(row["aliases"], ALIAS_LANGS, "alias", where)
    external, more = _pairs(row["external"], EXTERNAL, "external id", where)
    more += [
        Problem(where, f"external id '{scheme}:{local}' is no id there.", "Write it as wikidata:Q408.")
        for scheme, local in external
        if not _EXTERNAL_ID[scheme].fullmatch(local)
    ]
    entity = Entity(
        id=row["id"],
        cls=row["class"],
        en=row["en"],
        zh=row["zh"],
        aliases=tuple((ALIAS_LANGS[tag], name) for tag, name in aliases),
        country=_place(row["country"]),
        broader=row["broader"],
        external=tuple(EXTERNAL[scheme] + local for scheme, local in external),
        note_en=row["note_en"],
        note_zh=row["note_zh"],
    )
    return entity, problems + faults + more


def _place(cell: str) -> str:
    """The id of the place an entity is of: a country by its code, any other by its id (bloc:eu)."""
    return cell if ":" in cell or not cell else f"country:{cell}"


def _pairs(
    cell: str, known: Iterable[str], what: str, where: str
) -> tuple[list[tuple[str, str]], list[Problem]]:
    pairs, problems = [], []
    for part in filter(None, cell.split(";")):
        tag, colon, value = part.partition(":")
        if not colon or tag not in known or not value.strip():
            remedy = (
                f"Write it as {next(iter(known))}:value, several joined by ; (known: {', '.join(known)})."
            )
            problems.append(Problem(where, f"{what} {part!r} has no known tag.", remedy))
        else:
            pairs.append((tag, value.strip()))
    return pairs, problems


def _links(
    entities: Mapping[str, Entity], places: Mapping[str, str], vocabulary: Vocabulary
) -> Iterator[Problem]:
    for entity in entities.values():
        for column, target in (("country", entity.country), ("broader", entity.broader)):
            if target and target not in entities and target not in vocabulary.individuals:
                what = f"{column} {target} is not defined{perhaps(target, entities)}."
                yield Problem(places[entity.id], what, "Correct it or add the entity.")


def _natural(id_: str) -> tuple[str, str]:
    kind, _, slug = id_.partition(":")
    return kind, slug.casefold()
