"""What the matcher is made of: the tables beside the questions, and the names and claims of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from reegraph.curation import tsv
from reegraph.errors import CurationError, Problem
from reegraph.pages import ask_page
from reegraph.plain.matcher import Matcher
from reegraph.plain.phrasings import NOTHING
from reegraph.plain.sayings import Saying
from reegraph.plain.slots import ROLES, Slot
from reegraph.questions import read_questions
from reegraph.store import Store
from reegraph.terms import short

PHRASINGS: Final = ("question", "text")
SLOTS: Final = ("question", "parameter", "kinds", "role")


def read_matcher(store: Store, root: Path, names: Mapping[str, Sequence[str]]) -> Matcher:
    """The matcher of the questions under `root` and of what the store holds; CurationError on bad tables."""
    common = (root / "queries" / "common-words.txt").read_text(encoding="utf-8")
    examples, slots = read_phrasings(root), read_slots(root)
    return Matcher.of(examples, slots, names, read_sayings(store, root), _located(store, root), common)


def read_phrasings(root: Path) -> list[tuple[str, str]]:
    """Example phrasings as label and text: the table's, and each question's own title and keywords.

    A label is a question's name, with a way of asking it after a colon: claims-about:why. Raises
    CurationError with what is wrong in the table.
    """
    questions = read_questions(root / "queries")
    known = {*questions, NOTHING}
    rows, problems = tsv.read(root / "queries" / "phrasings.tsv", PHRASINGS, "queries/phrasings.tsv")
    problems += [
        Problem(
            f"queries/phrasings.tsv:{line}", f"there is no question {row['question']!r}.", "Name one, or -."
        )
        for line, row in rows
        if row["question"].partition(":")[0] not in known
    ]
    if problems:
        raise CurationError(problems)
    own = [
        (q.name, text)
        for q in questions.values()
        for text in (q.title_en, q.title_zh, q.question_en, q.question_zh, *q.keywords)
    ]
    return [(row["question"], row["text"]) for _, row in rows] + own


def read_slots(root: Path) -> list[Slot]:
    """The slots of all questions; CurationError with what is wrong in the table."""
    parameters = {(q.name, p.name) for q in read_questions(root / "queries").values() for p in q.parameters}
    rows, problems = tsv.read(root / "queries" / "slots.tsv", SLOTS, "queries/slots.tsv")
    for line, row in rows:
        if (row["question"], row["parameter"]) not in parameters:
            what = f"{row['question']} has no parameter {row['parameter']!r}."
            problems.append(Problem(f"queries/slots.tsv:{line}", what, "Name one that the .rq declares."))
        if row["role"] not in ROLES:
            what = f"role {row['role']!r} is unknown; known: {', '.join(filter(None, ROLES))}."
            problems.append(Problem(f"queries/slots.tsv:{line}", what, "Choose one, or leave it empty."))
    if problems:
        raise CurationError(problems)
    return [
        Slot(row["question"], row["parameter"], tuple(row["kinds"].split()), row["role"]) for _, row in rows
    ]


def read_sayings(store: Store, root: Path) -> list[Saying]:
    """The claims of the store with the things they are about, subject first."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for row in ask_page(store, root, "sayings").texts():
        things, texts = found.setdefault(short(row["claim"]), ([], []))
        things += [short(row[key]) for key in ("subject", "object", "material", "said_by") if row.get(key)]
        texts.append(row["says"])
    return [
        Saying(id_, tuple(dict.fromkeys(things)), tuple(dict.fromkeys(texts)))
        for id_, (things, texts) in found.items()
    ]


def _located(store: Store, root: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in ask_page(store, root, "places-of").texts():
        found.setdefault(short(row["place"]), []).append(short(row["facility"]))
    return found
