"""Reference tables: facts, corrections, reasons and the bibliography, and each fault of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reegraph.curation import edtf
from reegraph.curation.claims import Ids
from reegraph.curation.reference import (
    BIBLIOGRAPHY_COLUMNS,
    CORRECTION_COLUMNS,
    FACT_COLUMNS,
    READING_COLUMNS,
    REASON_COLUMNS,
    Citation,
    Correction,
    Fact,
    Reading,
    Reason,
    read_bibliography,
    read_corrections,
    read_facts,
    read_readings,
    read_reasons,
)
from reegraph.curation.vocabulary import Vocabulary

IDS = Ids({"element:Dy": "RareEarthElement", "work:iupac": "Work", "scheme:usgs": "Scheme"})
RANKS = {"claim:a-1": "normal", "claim:a-2": "deprecated"}


def _table(path: Path, columns: tuple[str, ...], *rows: str) -> Path:
    path.write_text("\n".join(["\t".join(columns), *rows]) + "\n", encoding="utf-8")
    return path


def test_facts(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """Every facts-*.tsv is read, in the order of the file names."""
    _table(
        tmp_path / "facts-b.tsv",
        FACT_COLUMNS,
        "element:Dy\tcountedHeavyBy\tscheme:usgs\twork:iupac\tSee p. 2.\t見第2頁。",
    )
    _table(tmp_path / "facts-a.tsv", FACT_COLUMNS, "element:Dy\tatomicNumber\t66\twork:iupac\t\t")
    _table(tmp_path / "other.tsv", FACT_COLUMNS, "nobody\treads\tthis\there\t\t")
    facts, problems = read_facts(tmp_path, IDS, vocabulary)
    assert problems == []
    assert facts == [
        Fact("element:Dy", "atomicNumber", "66", "work:iupac", "", ""),
        Fact("element:Dy", "countedHeavyBy", "scheme:usgs", "work:iupac", "See p. 2.", "見第2頁。"),
    ]


def test_a_fact_on_a_claim(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """An entry may tell the day until which a claim held; a claim that is not there is refused."""
    row = "claim:{}\theldUntil\t2025-04-17\twork:iupac\t\t"
    _table(tmp_path / "facts-a.tsv", FACT_COLUMNS, row.format("a-1"), row.format("a-9"))
    facts, problems = read_facts(tmp_path, IDS, vocabulary, RANKS)
    assert facts[0] == Fact("claim:a-1", "heldUntil", "2025-04-17", "work:iupac", "", "")
    assert [str(p).partition(" is not")[0] for p in problems] == [
        "data/reference/facts-a.tsv:3: subject claim:a-9"
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            "element:Dyy\tsymbol\tDy\twork:iupac\t\t",
            "subject element:Dyy is not defined (perhaps element:Dy). Correct it or add the entity.",
        ),
        (
            "element:Dy\tsymbl\tDy\twork:iupac\t\t",
            "property 'symbl' is not in the ontology (perhaps symbol). Correct it or add the property.",
        ),
        (
            "element:Dy\tcountedHeavyBy\tscheme:eu\twork:iupac\t\t",
            "value scheme:eu is not defined. Correct it or add the entity.",
        ),
        (
            "element:Dy\tsymbol\tDy\t\t\t",
            "work  is not defined. Every reference entry cites a work of data/entities/work.tsv.",
        ),
        (
            "element:Dy\tatomicNumber\tsixty-six\twork:iupac\t\t",
            "value 'sixty-six' is no integer, which atomicNumber takes. Correct the value.",
        ),
        (
            "element:Dy\theldUntil\tApril 2025\twork:iupac\t\t",
            "value 'April 2025' is no date, which heldUntil takes. Correct the value.",
        ),
        (
            "element:Dy\tlatitude\t22°N\twork:iupac\t\t",
            "value '22°N' is no decimal, which latitude takes. Correct the value.",
        ),
        (
            "element:Dy\tsymbol\tDy\twork:iupac\tSee p. 2.\t",
            "note_zh is empty, but note_en is not. Say it in English and Traditional Chinese.",
        ),
        ("element:Dy\tsymbol\t\twork:iupac\t\t", "value is empty. Fill it in or take the row out."),
        (
            "work:iupac\tpublished\tsoon\twork:iupac\t\t",
            f"time 'soon' is not understood. {edtf.REMEDY}",
        ),
    ],
)
def test_faults_of_a_fact(tmp_path: Path, vocabulary: Vocabulary, row: str, problem: str) -> None:
    """Each fault of a fact is told with file, line and remedy."""
    _table(tmp_path / "facts-x.tsv", FACT_COLUMNS, row)
    _, problems = read_facts(tmp_path, IDS, vocabulary)
    assert [str(p) for p in problems] == [f"data/reference/facts-x.tsv:2: {problem}"]


def test_corrections(tmp_path: Path) -> None:
    """A correction says what is right where a deprecated claim is wrong; without the file there is none."""
    path = _table(
        tmp_path / "corrections.tsv",
        CORRECTION_COLUMNS,
        "claim:a-2\tIt is 66.\t應為66。\tverified\twork:iupac\t\t",
    )
    assert read_corrections(path, IDS, RANKS) == (
        [Correction("claim:a-2", "It is 66.", "應為66。", "verified", "work:iupac", "", "")],
        [],
    )
    assert read_corrections(tmp_path / "none.tsv", IDS, RANKS) == ([], [])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            "claim:a-1\tIt is 66.\t應為66。\tlikely\t\t\t",
            "claim:a-1 is no deprecated claim. Correct the id, or mark the claim deprecated.",
        ),
        (
            "claim:a-9\tIt is 66.\t應為66。\tlikely\t\t\t",
            "claim:a-9 is no deprecated claim. Correct the id, or mark the claim deprecated.",
        ),
        (
            "claim:a-2\tIt is 66.\t應為66。\tsure\t\t\t",
            "certainty 'sure' is unknown; known: verified, likely, unsure. Correct the row.",
        ),
        (
            "claim:a-2\tIt is 66.\t應為66。\tlikely\twork:x\t\t",
            "work work:x is not defined. Add it to data/entities/work.tsv.",
        ),
        (
            "claim:a-2\tIt is 66.\t應為66。\tverified\t\t\t",
            "a verified correction names no work. Name it, or lower the certainty.",
        ),
        ("claim:a-2\t\t應為66。\tlikely\t\t\t", "en is empty. Say it in English and Traditional Chinese."),
        (
            "claim:a-2\tIt is 66.\t應為66。\tlikely\t\t\t據報導。",
            "note_en is empty, but note_zh is not. Say it in English and Traditional Chinese.",
        ),
        ("claim:a-2\tIt is 66.\t\tlikely\t\t\t", "zh is empty. Say it in English and Traditional Chinese."),
    ],
)
def test_faults_of_a_correction(tmp_path: Path, row: str, problem: str) -> None:
    """Each fault of a correction is told with file, line and remedy."""
    path = _table(tmp_path / "corrections.tsv", CORRECTION_COLUMNS, row)
    _, problems = read_corrections(path, IDS, RANKS)
    assert [str(p) for p in problems] == [f"data/reference/corrections.tsv:2: {problem}"]


def test_a_second_correction_of_one_claim(tmp_path: Path) -> None:
    """A claim is corrected once; the second row would be lost in the first."""
    row = "claim:a-2\tIt is 66.\t應為66。\tlikely\t\t\t"
    path = _table(tmp_path / "corrections.tsv", CORRECTION_COLUMNS, row, row.replace("66", "67"))
    _, problems = read_corrections(path, IDS, RANKS)
    assert [str(p) for p in problems] == [
        "data/reference/corrections.tsv:3: "
        "claim:a-2 is corrected already at data/reference/corrections.tsv:2. Keep one row."
    ]


READINGS = {"claim:a-1": "printed", "claim:a-2": "corrected", "claim:a-3": "corrected"}


def test_readings(tmp_path: Path) -> None:
    """A garbled passage is told once for all claims that rest on it; without the file there is none."""
    row = "claim:a-2;claim:a-3\t釷\t釤\tcertain\tThorium is no rare earth.\t釷非稀土。"
    path = _table(tmp_path / "readings.tsv", READING_COLUMNS, row)
    both = ("claim:a-2", "claim:a-3")
    wanted = Reading(both, "釷", "釤", "certain", "Thorium is no rare earth.", "釷非稀土。")
    assert read_readings(path, READINGS) == ([wanted], [])
    assert read_readings(tmp_path / "none.tsv", READINGS) == ([], [])


@pytest.mark.parametrize(
    ("row", "line", "problem"),
    [
        (
            "claim:a-1;claim:a-2;claim:a-3\t釷\t釤\tcertain\tWhy.\t理由。",
            2,
            "claim:a-1 is no claim of a corrected reading. Correct the id, or mark the claim corrected.",
        ),
        (
            "claim:a-2;claim:a-3\t釷\t釤\tverified\tWhy.\t理由。",
            2,
            "certainty 'verified' is unknown; known: certain, likely, unsure. Correct the row.",
        ),
        (
            "claim:a-2;claim:a-3\t釷\t釤\tlikely\tWhy.\t",
            2,
            "zh is empty. Say it in English and Traditional Chinese.",
        ),
        (
            "claim:a-2;claim:a-3\t\t釤\tlikely\tWhy.\t理由。",
            2,
            "printed is empty. Give the words as printed and as read.",
        ),
        (
            "claim:a-2\t釷\t釤\tlikely\tWhy.\t理由。",
            1,
            "claim:a-3 is of a corrected reading that no row explains. Add it to a row.",
        ),
    ],
)
def test_faults_of_a_reading(tmp_path: Path, row: str, line: int, problem: str) -> None:
    """Each fault of a reading is told with file, line and remedy."""
    path = _table(tmp_path / "readings.tsv", READING_COLUMNS, row)
    _, problems = read_readings(path, READINGS)
    assert [str(p) for p in problems] == [f"data/reference/readings.tsv:{line}: {problem}"]


def test_reasons(tmp_path: Path) -> None:
    """A reason is filed under its claims, whatever their order; without the file there is none."""
    path = _table(
        tmp_path / "disagreements.tsv", REASON_COLUMNS, "claim:a-2;claim:a-1\tOther years.\t年份不同。"
    )
    assert read_reasons(path, RANKS) == (
        [Reason(frozenset({"claim:a-1", "claim:a-2"}), "Other years.", "年份不同。")],
        [],
    )
    assert read_reasons(tmp_path / "none.tsv", RANKS) == ([], [])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("claim:a-1;claim:a-9\tOther years.\t年份不同。", "claim:a-9 is no claim. Correct the id."),
        ("claim:a-1;claim:a-2\t\t年份不同。", "en is empty. Say it in English and Traditional Chinese."),
        ("claim:a-1;claim:a-2\tOther years.\t", "zh is empty. Say it in English and Traditional Chinese."),
    ],
)
def test_faults_of_a_reason(tmp_path: Path, row: str, problem: str) -> None:
    """Each fault of a reason is told with file, line and remedy."""
    path = _table(tmp_path / "disagreements.tsv", REASON_COLUMNS, row)
    _, problems = read_reasons(path, RANKS)
    assert [str(p) for p in problems] == [f"data/disagreements.tsv:2: {problem}"]


def test_bibliography(tmp_path: Path) -> None:
    """A work that an article cites, with the claims that rest on it; without the file there is none."""
    path = _table(
        tmp_path / "references.tsv",
        BIBLIOGRAPHY_COLUMNS,
        "1\twork:iupac\tPeriodic table\thttps://example.org/\tIUPAC\t2022\ten\tclaim:a-1;claim:a-2",
        "2\twork:iupac\tPeriodic table\thttps://example.org/\tIUPAC\t2022\ten\t",
    )
    citations, problems = read_bibliography(path, IDS, RANKS)
    assert problems == []
    assert citations[0] == Citation(
        number=1,
        work="work:iupac",
        title="Periodic table",
        url="https://example.org/",
        publisher="IUPAC",
        year="2022",
        language="en",
        claims=("claim:a-1", "claim:a-2"),
    )
    assert citations[1].claims == ()
    assert read_bibliography(tmp_path / "none.tsv", IDS, RANKS) == ([], [])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("x\twork:iupac\tT\t\t\t\t\t", "number 'x' is none. Give the number as printed."),
        ("²\twork:iupac\tT\t\t\t\t\t", "number '²' is none. Give the number as printed."),
        ("1\twork:x\tT\t\t\t\t\t", "work work:x is not defined. Add it to data/entities/work.tsv."),
        ("1\twork:iupac\tT\t\t\t\t\tclaim:a-9", "claim:a-9 is no claim. Correct the id."),
    ],
)
def test_faults_of_a_citation(tmp_path: Path, row: str, problem: str) -> None:
    """Each fault of a citation is told with file, line and remedy."""
    path = _table(tmp_path / "references.tsv", BIBLIOGRAPHY_COLUMNS, row)
    _, problems = read_bibliography(path, IDS, RANKS)
    assert [str(p) for p in problems] == [f"data/references.tsv:2: {problem}"]
