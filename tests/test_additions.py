"""Adding claims: drafts, where their phrases stand, and what is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ARTICLE, Project

from reegraph.curation import additions
from reegraph.curation.additions import Draft, draft
from reegraph.curation.anchors import Anchor, ArticleText, sha256
from reegraph.curation.claims import COLUMNS, Ids
from reegraph.curation.corpus import read_corpus
from reegraph.curation.vocabulary import Vocabulary
from reegraph.errors import CurationError, UsageError

TEXT = ArticleText(Path("small.txt"), ARTICLE)
IDS = Ids(
    {
        "country:CN": "Jurisdiction",
        "region:world": "Region",
        "element:Dy": "RareEarthElement",
        "stage:mining": "Stage",
    }
)
CELLS = {
    "subject": "country:CN",
    "property": "production",
    "value": "300",
    "unit": "t",
    "stage": "mining",
    "material": "element:Dy",
    "en": "China mined 300 t.",
    "zh": "中國開採300噸。",
}


def test_a_draft_becomes_a_row(vocabulary: Vocabulary) -> None:
    """The phrase becomes an anchor; a stage may be written bare; what is not said takes its default."""
    (row,) = additions.rows([draft(CELLS, "鏑三百噸", "the new claim")], 4, TEXT, vocabulary, IDS)
    start = ARTICLE.index("鏑三百噸")
    assert row == {
        **dict.fromkeys(COLUMNS, ""),
        **CELLS,
        "id": "4",
        "stage": "stage:mining",
        "modality": "stated",
        "rank": "normal",
        "reading": "printed",
        "start": str(start),
        "end": str(start + 4),
        "sha256": sha256("鏑三百噸"),
    }
    assert list(row) == list(COLUMNS)


def test_a_draft_is_canonical() -> None:
    """Needless white space is taken out of every cell, as `reegraph fmt` would."""
    made = draft({"en": " China  mined. ", "nth": "2"}, "鏑", "x")
    assert made == Draft({"en": "China mined."}, "鏑", 2, "x")


@pytest.mark.parametrize("id_", ["id", "start", "end", "sha256", "colour"])
def test_no_such_column(id_: str) -> None:
    """What is no column of a draft, or one that is computed, is refused with the columns there are."""
    with pytest.raises(UsageError) as caught:
        draft({id_: "1"}, "鏑", "x")
    assert str(caught.value) == f"no column {id_}; there are: {', '.join(additions.DRAFT_COLUMNS)}"


@pytest.mark.parametrize("nth", ["0", "-1", "first", "²", "１"])
def test_nth_is_a_number_from_one(nth: str) -> None:
    """`nth` that counts nothing is refused."""
    with pytest.raises(UsageError) as caught:
        draft({"nth": nth}, "鏑", "x")
    assert str(caught.value) == f"nth={nth}: a number from 1 is wanted"


def test_place() -> None:
    """`nth` picks one of several places; a phrase that stands once needs none."""
    assert additions.place(Draft({}, "七成", 0, "x"), TEXT) == Anchor(8, 10, sha256("七成"))
    second = ARTICLE.index("鏑", ARTICLE.index("鏑") + 1)
    assert additions.place(Draft({}, "鏑", 2, "x"), TEXT).start == second


@pytest.mark.parametrize(
    ("phrase", "nth", "message"),
    [
        ("鋱", 0, "the phrase '鋱' does not stand in small.txt. Copy it from there."),
        ("", 0, "the phrase '' does not stand in small.txt. Copy it from there."),
        ("鏑", 0, "the phrase '鏑' stands 2 times. Add nth=1 to nth=2."),
        ("鏑", 3, "the phrase stands 2 times; nth=3 is too many."),
    ],
)
def test_no_place(phrase: str, nth: int, message: str) -> None:
    """A phrase that stands nowhere, or at several places unchosen, is refused with the remedy."""
    with pytest.raises(LookupError) as caught:
        additions.place(Draft({}, phrase, nth, "x"), TEXT)
    assert str(caught.value) == message


def test_all_faults_of_all_drafts_come_at_once(vocabulary: Vocabulary) -> None:
    """Every draft is checked as a row of the table is, and nothing is given while one is faulty."""
    drafts = [
        draft(CELLS | {"unit": "kt"}, "鏑三百噸", "new.tsv:2"),
        draft(CELLS, "鋱", "new.tsv:3"),
        draft(CELLS | {"zh": ""}, "鏑三百噸", "new.tsv:4"),
    ]
    with pytest.raises(CurationError) as caught:
        additions.rows(drafts, 4, TEXT, vocabulary, IDS)
    assert {p.where for p in caught.value.problems} == {"new.tsv:2", "new.tsv:3", "new.tsv:4"}


def test_read_drafts(tmp_path: Path) -> None:
    """The header of a file of drafts names columns in any order, however a spreadsheet saved it."""
    path = tmp_path / "new.tsv"
    path.write_bytes('\ufeffphrase\tsubject\tnth\r\n鏑\tcountry:CN\t2\r\n"鏑 ""三"""\tx\t\r\n'.encode())
    assert additions.read_drafts(path) == [
        Draft({"subject": "country:CN"}, "鏑", 2, "new.tsv:2"),
        Draft({"subject": "x"}, '鏑 "三"', 0, "new.tsv:3"),
    ]


def test_drafts_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is missing, in another encoding, empty or uneven is refused with what is wrong."""
    with pytest.raises(UsageError, match=r"none\.tsv: cannot be read: "):
        additions.read_drafts(tmp_path / "none.tsv")
    (tmp_path / "big5.tsv").write_bytes("鏑".encode("cp950"))
    with pytest.raises(UsageError, match=r"big5\.tsv: cannot be read: "):
        additions.read_drafts(tmp_path / "big5.tsv")
    (tmp_path / "empty.tsv").write_bytes(b"\n")
    with pytest.raises(UsageError, match=r"empty\.tsv: is empty; its first line names columns of: subject, "):
        additions.read_drafts(tmp_path / "empty.tsv")
    (tmp_path / "uneven.tsv").write_bytes(b"phrase\tsubject\na\n")
    with pytest.raises(CurationError) as caught:
        additions.read_drafts(tmp_path / "uneven.tsv")
    assert str(caught.value) == "uneven.tsv:2: 1 cells where the header has 2. Add or take out tabs."


def test_append_keeps_the_project_sound(project: Project) -> None:
    """New rows stand in canonical form at the end, the counts of the source follow, and all reads again."""
    corpus = read_corpus(project.root)
    source = corpus.sources["source:small-2025"]
    remark = {"subject": "country:CN", "property": "remark", "en": "A remark.", "zh": "評語。"}
    first = additions.next_number(project.root, source)
    assert first == 4
    new = additions.rows(
        [draft(CELLS, "鏑三百噸", "x"), draft(remark, "留意", "x")],
        first,
        TEXT,
        corpus.vocabulary,
        Ids(corpus.classes),
    )
    additions.append(project.root, source, new)
    again = read_corpus(project.root, project.articles)
    assert [c.id for c in again.claims][-2:] == ["claim:small-2025-4", "claim:small-2025-5"]
    assert again.claims[-1].is_remark
    assert (again.sources[source.id].claims, again.sources[source.id].remarks) == (5, 2)
    assert again.claims[:3] == corpus.claims
    assert additions.next_number(project.root, source) == 6


def test_append_refuses_a_count_that_it_cannot_find(project: Project) -> None:
    """Where the counts of the TOML stand in another form, nothing is written and the remedy is told."""
    project.edit("data/sources/small-2025.toml", "claims = 3", "claims=3")
    corpus = read_corpus(project.root)
    source = corpus.sources["source:small-2025"]
    before = project.path("data/claims/small-2025.tsv").read_bytes()
    new = additions.rows([draft(CELLS, "鏑三百噸", "x")], 4, TEXT, corpus.vocabulary, Ids(corpus.classes))
    with pytest.raises(CurationError) as caught:
        additions.append(project.root, source, new)
    assert str(caught.value) == (
        "data/sources/small-2025.toml:1: the line claims = 3 is not there. Write it in this form."
    )
    assert project.path("data/claims/small-2025.tsv").read_bytes() == before


def test_numbers_are_never_given_twice(project: Project) -> None:
    """The next number follows the highest, not the count of rows; the first of a new table is 1."""
    source = read_corpus(project.root).sources["source:small-2025"]
    project.edit("data/claims/small-2025.tsv", "\n3\t", "\n30\t")
    assert additions.next_number(project.root, source) == 31
    project.path("data/claims/small-2025.tsv").unlink()
    assert additions.next_number(project.root, source) == 1


def test_no_number_of_a_broken_table(project: Project) -> None:
    """A table with faults of form is mended before something is added to it."""
    path = project.path("data/claims/small-2025.tsv")
    source = read_corpus(project.root).sources["source:small-2025"]
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    with pytest.raises(CurationError) as caught:
        additions.next_number(project.root, source)
    assert str(caught.value) == "data/claims/small-2025.tsv:4: the last line has no end. Run `reegraph fmt`."
