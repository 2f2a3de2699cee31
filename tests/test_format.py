"""The canonical form of every curated table."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Project
from hypothesis import given
from hypothesis import strategies as st

from reegraph.curation import tsv
from reegraph.curation.format import canonical_files
from reegraph.errors import CurationError


def _wanted(data: Path) -> dict[str, str]:
    return {path.relative_to(data).as_posix(): wanted for path, _, wanted in canonical_files(data)}


def test_a_sound_project_is_canonical(project: Project) -> None:
    """Every table of the project is offered with its text, and none would change."""
    found = [
        (p.relative_to(project.root).as_posix(), a == b) for p, a, b in canonical_files(project.path("data"))
    ]
    assert found == [
        ("data/claims/small-2025.tsv", True),
        ("data/entities/country.tsv", True),
        ("data/entities/element.tsv", True),
        ("data/entities/region.tsv", True),
    ]


def test_each_folder_has_its_order(tmp_path: Path) -> None:
    """Claims stand by number, entities by id; the rows of other tables stay where the curator put them."""
    for folder in ("claims", "entities", "reference"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.tsv").write_bytes('\ufeffid\ta\r\n10\t b\r\n9\t"c"'.encode())
    assert _wanted(tmp_path) == {
        "claims/x.tsv": "id\ta\n9\tc\n10\tb\n",
        "entities/x.tsv": "id\ta\n10\tb\n9\tc\n",
        "reference/x.tsv": "id\ta\n10\tb\n9\tc\n",
    }


@pytest.mark.parametrize("folder", ["claims", "entities", "reference"])
@pytest.mark.parametrize("content", ["", "\n", "\ufeff\r\n", "\t\t\n", "\u3000\n"])
def test_a_blank_file_stays(tmp_path: Path, folder: str, content: str) -> None:
    """A table with nothing in it is left to the reader to refuse."""
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "x.tsv").write_bytes(content.encode())
    assert _wanted(tmp_path) == {f"{folder}/x.tsv": content}


def test_a_table_in_another_encoding(tmp_path: Path) -> None:
    """A table saved in Big5 is a fault with file and remedy, not a crash."""
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "x.tsv").write_bytes("id\n稀土\n".encode("cp950"))
    with pytest.raises(CurationError) as caught:
        list(canonical_files(tmp_path))
    (problem,) = caught.value.problems
    assert str(problem) == (
        "data/claims/x.tsv:1: byte 3 is not UTF-8. Save it as UTF-8 text, tab-separated, without quotes."
    )


_lines = st.lists(
    st.lists(st.text(st.sampled_from('"a1; \u3000\u0301e'), max_size=6), min_size=3, max_size=3),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("folder", ["claims", "entities", "reference"])
@given(lines=_lines, end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_canonical_is_idempotent(
    tmp_path_factory: pytest.TempPathFactory, folder: str, lines: list[list[str]], end: str
) -> None:
    """Whatever a spreadsheet saved, a table that `reegraph fmt` has written stays as it is."""
    data = tmp_path_factory.getbasetemp() / "idempotent"
    (data / folder).mkdir(parents=True, exist_ok=True)
    path = data / folder / "x.tsv"
    content = end.join("\t".join(cells) for cells in [["id", "aliases", "note"], *lines])
    path.write_bytes(content.encode())
    once = _wanted(data)[f"{folder}/x.tsv"]
    path.write_bytes(once.encode())
    assert _wanted(data)[f"{folder}/x.tsv"] == once
    path.unlink()


def test_canonical_cells_are_read_without_fault(tmp_path: Path) -> None:
    """What `reegraph fmt` writes, the reader accepts: a cell in double double quotes among it."""
    (tmp_path / "reference").mkdir()
    path = tmp_path / "reference" / "x.tsv"
    path.write_bytes(b'id\tnote\r\n1\t"""A"" and ""B"""\r\n2\t"""all"""\r\n')
    path.write_text(_wanted(tmp_path)["reference/x.tsv"], encoding="utf-8")
    rows, problems = tsv.read(path, ("id", "note"), "data/reference/x.tsv")
    assert problems == []
    assert [cells["note"] for _, cells in rows] == ['"A" and "B"', "all"]
