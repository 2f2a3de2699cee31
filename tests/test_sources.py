"""Sources: what a TOML file gives, and each fault of one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import ARTICLE, Project

from reegraph.curation import edtf
from reegraph.curation.anchors import Anchor, sha256
from reegraph.curation.sources import Author, Source, Uncovered, read_sources

FILE = "data/sources/small-2025.toml"


def _read(project: Project) -> tuple[dict[str, Source], list[str]]:
    sources, problems = read_sources(project.path("data/sources"))
    assert all(p.remedy or "Write it as" in p.what for p in problems), "a problem without a remedy"
    return sources, [str(p) for p in problems]


def test_a_file_becomes_a_source(project: Project) -> None:
    """The source is named after its file and holds what the file says."""
    sources, problems = _read(project)
    assert problems == []
    source = sources["source:small-2025"]
    assert source == Source(
        id="source:small-2025",
        title_zh="稀土小記",
        title_en="A small note on rare earths",
        authors=(Author("王小明", "Wang Hsiao-ming", "某大學", "Some University"),),
        outlet_zh="測試報",
        outlet_en="Test Gazette",
        published=edtf.Span("2025-06", date(2025, 6, 1), date(2025, 6, 30)),
        published_reason_en="",
        published_reason_zh="",
        year=2025,
        sha256=sha256(ARTICLE),
        characters=len(ARTICLE),
        paragraphs=(0, 6, 18, 32),
        claims=3,
        remarks=1,
        uncovered=(Uncovered(Anchor(0, 4, sha256("稀土小記")), "heading"),),
    )
    assert source.slug == "small-2025"


@pytest.mark.parametrize(("offset", "paragraph"), [(0, 1), (5, 1), (6, 2), (17, 2), (18, 3), (99, 4)])
def test_paragraph(project: Project, offset: int, paragraph: int) -> None:
    """Paragraphs count from 1, and one begins at its own offset."""
    assert _read(project)[0]["source:small-2025"].paragraph(offset) == paragraph


def test_before_the_first_paragraph(project: Project) -> None:
    """What stands before the first paragraph is in number 0."""
    project.edit(FILE, "paragraphs = [0, 6, 18, 32]", "paragraphs = [6]")
    assert _read(project)[0]["source:small-2025"].paragraph(5) == 0


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("year = 2025\n", "", "year is missing."),
        ("year = 2025", 'year = "2025"', "year must be of type int."),
        ("year = 2025", "year = true", "year must be of type int."),
        (
            "year = 2025",
            'year = 2025\ncolour = "grey"',
            "colour is a key that nobody reads; known: title_zh, ",
        ),
        ("paragraphs = [0, 6, 18, 32]", "paragraphs = [0, 18, 6]", "paragraphs must be rising offsets."),
        ("paragraphs = [0, 6, 18, 32]", "paragraphs = [0, 6, 6]", "paragraphs must be rising offsets."),
        ("paragraphs = [0, 6, 18, 32]", 'paragraphs = [0, "6"]', "paragraphs must be rising offsets."),
        (
            'name_en = "Wang Hsiao-ming"\n',
            "",
            "authors must each have affiliation_en, affiliation_zh, name_en, name_zh",
        ),
        (
            'name_en = "Wang Hsiao-ming"',
            "name_en = 7",
            "authors must each have affiliation_en, affiliation_zh, name_en, name_zh",
        ),
        ('published = "2025-06"', 'published = "June 2025"', "time 'June 2025' is not understood."),
        ('reason = "heading"', 'reason = "dull"', "uncovered 1 needs start, end, sha256, and a reason: "),
        ("start = 0\n", "", "uncovered 1 needs start, end, sha256, and a reason: "),
        ("start = 0\n", 'start = "0"\n', "uncovered 1 needs start, end, sha256, and a reason: "),
        (f'sha256 = "{sha256(ARTICLE)}"', 'sha256 = "abc"', "sha256 is not 64 hexadecimal digits."),
    ],
)
def test_faults_of_a_file(project: Project, old: str, new: str, what: str) -> None:
    """A file with a fault gives no source, but a problem with the file, what is wrong and the remedy."""
    project.edit(FILE, old, new)
    sources, problems = _read(project)
    assert sources == {}
    assert len(problems) == 1
    assert problems[0].startswith(f"{FILE}:1: {what}")


def test_lists_must_hold_tables(project: Project) -> None:
    """Authors and uncovered spans that are no tables are a fault of the file, not a crash."""
    content = project.path(FILE).read_text(encoding="utf-8")
    head = content.partition("[[authors]]")[0]
    project.write(FILE, head, "authors = [1]", 'uncovered = ["heading"]')
    sources, problems = _read(project)
    assert sources == {}
    assert len(problems) == 2
    assert problems[0].startswith(f"{FILE}:1: authors must each have ")
    assert problems[1].startswith(f"{FILE}:1: uncovered 1 needs start, end, sha256, and a reason: ")


def test_toml_that_does_not_parse(project: Project) -> None:
    """The line at which the TOML breaks is named."""
    project.edit(FILE, "year = 2025", "year == 2025")
    sources, problems = _read(project)
    assert sources == {}
    assert len(problems) == 1
    assert problems[0].startswith(f"{FILE}:6: ")
    assert problems[0].endswith(" Correct the TOML.")


def test_toml_in_another_encoding(project: Project) -> None:
    """A file that is not UTF-8 is a fault of that file."""
    project.path(FILE).write_bytes('title_zh = "稀土"\n'.encode("cp950"))
    sources, problems = _read(project)
    assert sources == {}
    assert problems[0].startswith(f"{FILE}:1: ")
    assert problems[0].endswith(" Correct the TOML.")


def test_a_name_that_is_no_slug(project: Project) -> None:
    """A file whose name cannot stand in an id is refused before it breaks the build."""
    project.path(FILE).rename(project.path("data/sources/small 2025.toml"))
    sources, problems = _read(project)
    assert sources == {}
    assert len(problems) == 1
    assert problems[0].startswith("data/sources/small 2025.toml:1: the name is not of the form author-2025.")


def test_one_bad_file_hides_no_other(project: Project) -> None:
    """The sound sources are read beside a faulty one."""
    content: str = project.path(FILE).read_text(encoding="utf-8")
    Path(project.path("data/sources/other-2025.toml")).write_text(content, encoding="utf-8")
    project.edit(FILE, "year = 2025\n", "")
    sources, problems = _read(project)
    assert list(sources) == ["source:other-2025"]
    assert len(problems) == 1
