"""The documents say what is true: examples run, tables are the commands', the API list is __all__."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from closure.real import built

import reegraph
from reegraph.cli import main
from reegraph.curation.corpus import Corpus, article_texts
from reegraph.curation.coverage import coverage, summary
from reegraph.questions import read_questions

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced code blocks of the README in one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def shell_lines() -> list[str]:
    """The README's `reegraph` command lines."""
    return [line for block in blocks("sh") for line in block.splitlines() if line.startswith("reegraph ")]


@pytest.mark.parametrize("line", shell_lines())
def test_shell_examples_answer(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each `reegraph` line of the README runs and prints an answer."""
    main(shlex.split(line)[1:])
    assert len(capsys.readouterr().out.splitlines()) >= 2


def test_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The README's Python example runs as it stands."""
    (example,) = blocks("python")
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    assert len(names["frame"]) == len(names["table"]) > 10  # type: ignore[arg-type]
    assert "claim:tang-2025-310" in capsys.readouterr().out


def test_sparql_examples_answer() -> None:
    """Each query of docs/endpoint.md has rows on the built graph as it stands."""
    text = (ROOT / "docs" / "endpoint.md").read_text(encoding="utf-8")
    queries = re.findall(r"(?:^    (?:SELECT| |\}).*\n)+", text, re.MULTILINE)
    assert len(queries) == 2
    assert all(list(built(ROOT).select(query).texts()) for query in queries)


def test_api_section_is_all() -> None:
    """The API section lists what the package exports, and __all__ is sorted."""
    section = README.partition("## The Python API")[2].partition("##")[0]
    assert re.findall(r"`(\w+)`", section) == reegraph.__all__ == sorted(reegraph.__all__)
    assert all(hasattr(reegraph, name) for name in reegraph.__all__)


def test_coverage_table_is_the_commands(corpus: Corpus, articles: Path) -> None:
    """The README's coverage table is what `reegraph coverage --format md` prints."""
    texts = article_texts(articles, corpus.sources)
    covered = [coverage(s, corpus.claims_of(s.id), texts[s.id]) for s in corpus.sources.values()]
    wanted = summary(covered, corpus.claims).to_markdown()
    found = README.partition("<!-- coverage -->\n")[2].partition("<!-- /coverage -->")[0]
    assert found.strip() == wanted.strip(), f"put this between the coverage marks of README.md:\n{wanted}"


def test_nothing_is_left_over(corpus: Corpus, articles: Path) -> None:
    """No number and no stating sentence of the articles is without a claim or a reason."""
    texts = article_texts(articles, corpus.sources)
    for source in corpus.sources.values():
        covered = coverage(source, corpus.claims_of(source.id), texts[source.id])
        assert (covered.open("number"), covered.open("sentence")) == (0, 0), source.id


def test_folders_are_mapped() -> None:
    """The README's map names every top-level folder that is part of the project, and no other."""
    mapped = set(re.findall(r"^\| `([\w/]+)/`", README, re.MULTILINE))
    there = {"ontology", "data", "queries", "src/reegraph", "tests", "docs"}
    assert mapped == there
    assert all((ROOT / folder).is_dir() for folder in there)


def test_links_lead_somewhere() -> None:
    """Each relative link of the documents leads to a file."""
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "data" / "README.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_changelog_counts_the_questions() -> None:
    """The CHANGELOG's number of named questions is the number of files."""
    questions = len(read_questions(ROOT / "queries"))
    assert f"- {questions} named questions" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
