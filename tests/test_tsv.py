"""Curated tables: what a well-formed one gives, each fault of form, and writing in one stroke."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reegraph.curation import tsv
from reegraph.errors import CurationError, Problem

COLUMNS = ("id", "name")
SAVE_AS = "Save it as UTF-8 text, tab-separated, without quotes."


def _read(folder: Path, content: str | bytes) -> tuple[list[tsv.Row], list[str]]:
    path = folder / "x.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    rows, problems = tsv.read(path, COLUMNS, "data/x.tsv")
    return rows, [str(p) for p in problems]


def test_read_gives_rows_with_their_lines(tmp_path: Path) -> None:
    """A row knows its line counted from 1, and an empty line is passed over."""
    rows, problems = _read(tmp_path, "id\tname\n1\t鏑\n\n2\t\n")
    assert rows == [(2, {"id": "1", "name": "鏑"}), (4, {"id": "2", "name": ""})]
    assert problems == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"id\tname\n1\t\xb5\x5d\n", f"data/x.tsv:1: byte 10 is not UTF-8. {SAVE_AS}"),
        ("", "data/x.tsv:1: the header is missing. It must read: id name (tab-separated)."),
        ("id,name\n", "data/x.tsv:1: the header is missing. It must read: id name (tab-separated)."),
        (
            "name\tid\n鏑\t1\n",
            "data/x.tsv:1: the header is in another order. It must read: id name (tab-separated).",
        ),
        (
            "id\tnames\tcolour\n1\t鏑\tgrey\n",
            "data/x.tsv:1: the header lacks name and has columns that nobody reads: names, colour. "
            "It must read: id name (tab-separated).",
        ),
    ],
)
def test_a_file_without_its_header_gives_no_rows(tmp_path: Path, content: str | bytes, problem: str) -> None:
    """A file that is no UTF-8 or lacks the header is one fault, and none of its rows is read."""
    assert _read(tmp_path, content) == ([], [problem])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "\ufeffid\tname\n1\ta\n",
            "data/x.tsv:1: the file starts with a byte order mark. Run `reegraph fmt`.",
        ),
        (
            "id\tname\n1\ta\r\n2\tb\r\n",
            "data/x.tsv:2: the line ends in CR (a spreadsheet's way). Run `reegraph fmt`.",
        ),
        ("id\tname\n1\ta", "data/x.tsv:2: the last line has no end. Run `reegraph fmt`."),
        ("id\tname\n1\n", "data/x.tsv:2: 1 cells where the header has 2. Add or take out tabs."),
        ("id\tname\n1\ta\tb\n", "data/x.tsv:2: 3 cells where the header has 2. Add or take out tabs."),
        (
            'id\tname\n1\t"a"\n',
            f"data/x.tsv:2: name is wrapped in double quotes (a spreadsheet's way). {SAVE_AS}",
        ),
        (
            "id\tname\n1\ta\u200bb\n",
            "data/x.tsv:2: name holds a character that cannot be seen. Type the cell again.",
        ),
        (
            "id\tname\n1\ta\x07\n",
            "data/x.tsv:2: name holds a character that cannot be seen. Type the cell again.",
        ),
        (
            "id\tname\n1\ta  b\n",
            "data/x.tsv:2: name has needless white space or is not NFC. Run `reegraph fmt`.",
        ),
        (
            "id\tname\n1\ta \n",
            "data/x.tsv:2: name has needless white space or is not NFC. Run `reegraph fmt`.",
        ),
        (
            "id\tname\n1\te\u0301\n",
            "data/x.tsv:2: name has needless white space or is not NFC. Run `reegraph fmt`.",
        ),
    ],
)
def test_faults_of_form(tmp_path: Path, content: str, problem: str) -> None:
    """Each way in which a spreadsheet or a hand spoils a table is named with its line and the remedy."""
    _, problems = _read(tmp_path, content)
    assert problems == [problem]


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    """A table with several faults tells them all, and its sound rows are still read."""
    rows, problems = _read(tmp_path, "\ufeffid\tname\n1\n2\t b\n3\tc")
    assert [p.partition(": ")[0] for p in problems] == [
        "data/x.tsv:1",
        "data/x.tsv:4",
        "data/x.tsv:2",
        "data/x.tsv:3",
    ]
    assert rows[-1] == (4, {"id": "3", "name": "c"})


def test_quotation_marks_around_two_words_are_text(tmp_path: Path) -> None:
    """A cell that opens and closes with quoted words is not taken for one that a spreadsheet wrapped."""
    rows, problems = _read(tmp_path, 'id\tname\n1\t"A" and "B"\n')
    assert problems == []
    assert rows[0][1]["name"] == '"A" and "B"'
    assert tsv.loose_lines('1\t"A" and "B"\n') == ['1\t"A" and "B"']


def test_loose_lines_undo_what_a_spreadsheet_does() -> None:
    """Byte order mark, CR, blank lines and the quotes around a cell are taken off."""
    content = '\ufeffid\tname\r\n1\t"a ""b"" c"\r\r\n\t\r2\td'
    assert tsv.loose_lines(content) == ["id\tname", '1\ta "b" c', "2\td"]


_cells = st.text(st.characters(exclude_categories=["Cc", "Cf", "Co", "Cs"]), max_size=12)


@given(_cells)
def test_canonical_is_idempotent(cell: str) -> None:
    """A canonical cell stays as it is."""
    assert tsv.canonical(tsv.canonical(cell)) == tsv.canonical(cell)


@given(st.lists(st.tuples(st.integers(1, 999).map(str), _cells.filter(lambda c: '"' not in c)), max_size=5))
def test_canonical_text_reads_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    """What `text` writes, `read` reads without fault, cell by cell."""
    content = tsv.text(COLUMNS, rows)
    found, problems = _read(tmp_path_factory.getbasetemp(), content)
    assert problems == []
    assert [tuple(cells.values()) for _, cells in found] == [(a, tsv.canonical(b)) for a, b in rows]


def test_write_replaces_at_once(tmp_path: Path) -> None:
    """The new content stands in the file, others may read it, and nothing else is left in the folder."""
    path = tmp_path / "new" / "deep" / "x.tsv"
    tsv.write(path, "old\n")
    tsv.write(path, "新\n")
    assert path.read_bytes() == "新\n".encode()
    assert [p.name for p in path.parent.iterdir()] == ["x.tsv"]
    assert os.name != "posix" or path.stat().st_mode & 0o777 == 0o644


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    """When the file cannot be put in place, what was there stays and the half-written one is gone."""
    place = tmp_path / "x.tsv"
    (place / "inside").mkdir(parents=True)
    with pytest.raises(OSError):
        tsv.write(place, "content\n")
    assert [p.name for p in tmp_path.iterdir()] == ["x.tsv"]
    assert (place / "inside").is_dir()


def test_stop_on_problems() -> None:
    """Problems stop, none do not."""
    tsv.stop_on([])
    with pytest.raises(CurationError) as caught:
        tsv.stop_on([Problem("data/x.tsv:2", "is wrong.", "Mend it.")])
    assert str(caught.value) == "data/x.tsv:2: is wrong. Mend it."
