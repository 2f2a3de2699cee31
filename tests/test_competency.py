"""Every question's answer on the real graph, held against tests/competency/<question>.toml.

A file holds cases. A case says in `shows` what a researcher learns, may give `parameters`, and asserts:
`rows`    each of these fits at least one row of the answer
`absent`  none of these fits a row
`only`    the values of a column, of the rows that fit `where`, are exactly these
`first`   fits the first row
`count`   the number of rows
A row fits where each named cell is equal; "" is an empty cell, "*" any other, a list names members of a
list cell.
`sentence` is what the sentence behind the named claims must hold: it was read there, and is read again
whenever the articles are at hand.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphs import default_answer, questions, real_graph

from reegraph import KnowledgeGraph
from reegraph.curation.corpus import Corpus

FOLDER = Path(__file__).parent / "competency"
ASSERTED = {"rows", "absent", "only", "first", "count"}
Case = dict[str, Any]


@cache
def cases(name: str) -> list[Case]:
    return list(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["case"])


def all_cases() -> list[Any]:
    files = sorted(FOLDER.glob("*.toml"))
    return [
        pytest.param(f.stem, case, id=f"{f.stem}-{n}")
        for f in files
        for n, case in enumerate(cases(f.stem), 1)
    ]


def fits(row: dict[str, Any], pattern: dict[str, Any]) -> bool:
    return all(_cell_fits(row[key], wanted) for key, wanted in pattern.items() if key != "sentence")


def _cell_fits(cell: Any, wanted: Any) -> bool:
    empty = cell is None or cell in ("", [])
    if wanted in ("", "*"):
        return empty == (wanted == "")
    if isinstance(cell, list):
        return set(wanted if isinstance(wanted, list) else [wanted]) <= set(cell)
    return bool(cell == wanted)


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_every_question_has_its_answer() -> None:
    """Each question has a file of cases, and each file a question."""
    assert {f.stem for f in FOLDER.glob("*.toml")} == set(questions())


@pytest.mark.parametrize(("name", "case"), all_cases())
def test_case_is_sound(name: str, case: Case) -> None:
    """A case says what it shows, asserts something, and names only columns and keys that there are."""
    assert case["shows"]
    assert set(case) - {"shows", "parameters"} <= ASSERTED
    assert ASSERTED & set(case)
    columns = {c.name for c in questions()[name].columns}
    only = case.get("only", {})
    patterns = [*case.get("rows", []), *case.get("absent", []), case.get("first", {}), only.get("where", {})]
    for pattern in [*patterns, {only["column"]: ""} if only else {}]:
        assert set(pattern) - {"sentence"} <= columns


@pytest.mark.parametrize(("name", "case"), all_cases())
def test_answer(name: str, case: Case) -> None:
    """The real graph answers as the case says."""
    rows = real_graph().ask(name, **case.get("parameters", {})).records()
    for pattern in case.get("rows", []):
        assert any(fits(row, pattern) for row in rows), f"no row fits {pattern}"
    for pattern in case.get("absent", []):
        assert not [row for row in rows if fits(row, pattern)]
    if "first" in case:
        assert fits(rows[0], case["first"])
    if only := case.get("only"):
        found = [row[only["column"]] for row in rows if fits(row, only.get("where", {}))]
        flat = {v for cell in found for v in (cell if isinstance(cell, list) else [cell])}
        assert flat == set(only["values"])
    if "count" in case:
        assert len(rows) == case["count"]


def test_answers_stand_in_the_articles(articles: Path) -> None:
    """What a case quotes stands in the sentence of the very claim that the answer names."""
    graph = KnowledgeGraph(real_graph().store, articles=articles)
    quoted = [
        (name, row)
        for name in questions()
        for case in cases(name)
        for row in case.get("rows", [])
        if "sentence" in row
    ]
    assert len(quoted) > 100
    wrong = []
    for name, row in quoted:
        claims = listed(row.get("claim") or row.get("claims") or row.get("premises"))
        proofs = [graph.why(claim).evidence for claim in claims]
        texts = ["".join(proof.sentence.split()) for proof in proofs if proof]
        for words in listed(row["sentence"]):
            if not any(words in text for text in texts):
                wrong.append(f"{name}: {words!r} is not in {claims}: {texts}")
    assert wrong == []


EVIDENCE = {"claim", "claims", "source", "sources", "rule", "alternatives", "premises", "place"}


@pytest.mark.parametrize(
    "name", sorted(n for n, q in questions().items() if {"claims", "basis"} <= {c.name for c in q.columns})
)
def test_no_two_rows_say_the_same(name: str) -> None:
    """Rows that differ in nothing but their evidence are one row with all of it."""
    rows = [
        tuple((k, str(v)) for k, v in row.items() if k not in EVIDENCE and not k.endswith("_label"))
        for row in default_answer(name).records()
    ]
    assert sorted(rows) == sorted(set(rows))


@pytest.mark.parametrize(
    "name",
    sorted(
        n for n, q in questions().items() if {"claim", "subject", "property"} <= {c.name for c in q.columns}
    ),
)
def test_a_row_reads_as_its_claim_does(name: str, corpus: Corpus) -> None:
    """Subject, property and object of a row are those of its claim, none turned round or left out."""
    claims = {c.id: c for c in corpus.claims}
    for row in default_answer(name).records():
        claim = claims[row["claim"]]
        property_ = (row["property"] or "remark").removeprefix("ree:")
        said = [row["subject"], property_, row.get("object") or ""]
        assert said == [claim.subject, claim.property, claim.object if "object" in row else ""], claim.id


def test_a_stage_has_the_alternatives_of_those_within_it() -> None:
    """A whole counts no fewer facilities elsewhere than its part, and each of them is listed."""
    rows = {r["stage"]: r for r in default_answer("single-points-of-failure").records()}
    counts = [rows[s]["alternatives"] for s in ("stage:refining", "stage:processing", None)]
    assert 0 < counts[0] <= counts[1] <= counts[2]
    mines = (
        real_graph().ask("facilities-outside", stage="stage:mining", material="group:rare-earths").records()
    )
    assert rows["stage:mining"]["alternatives"] == len({r["facility"] for r in mines})
