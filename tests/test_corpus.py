"""The corpus: the tiny project reads, and every way to spoil it is told with file, line and remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import Project

from reegraph.curation.corpus import read_corpus
from reegraph.curation.reference import FACT_COLUMNS, Fact
from reegraph.errors import CurationError, MissingPart

CLAIMS = "data/claims/small-2025.tsv"
SOURCE = "data/sources/small-2025.toml"


def _told(project: Project, articles: Path | None = None) -> list[str]:
    problems = project.problems(articles)
    assert all(p.remedy or "Write it as" in p.what for p in problems), "a problem without a remedy"
    return [str(p) for p in problems]


def test_the_tiny_project_reads(project: Project) -> None:
    """A sound project gives its source, entities and claims, and its anchors hold."""
    corpus = read_corpus(project.root, project.articles)
    assert list(corpus.sources) == ["source:small-2025"]
    assert set(corpus.entities) == {"country:CN", "region:world", "element:Dy"}
    assert [c.id for c in corpus.claims_of("source:small-2025")] == [
        "claim:small-2025-1",
        "claim:small-2025-2",
        "claim:small-2025-3",
    ]
    assert corpus.claims_of("source:other") == []


def test_classes_of_everything(project: Project) -> None:
    """Claims may speak of entities, sources and what the ontology itself defines."""
    classes = read_corpus(project.root).classes
    assert classes["country:CN"] == "Jurisdiction"
    assert classes["source:small-2025"] == "Article"
    assert classes["stage:mining"] == "Stage"


def test_names(project: Project) -> None:
    """A thing, property or source has a name in each language, and an id that nobody names is its own."""
    corpus = read_corpus(project.root)
    assert (corpus.name("element:Dy", "en"), corpus.name("element:Dy", "zh")) == ("dysprosium", "鏑")
    assert corpus.name("productionShare", "en") == "production share"
    assert corpus.name("source:small-2025", "en") == "A small note on rare earths"
    assert corpus.name("source:small-2025", "zh") == "稀土小記"
    assert corpus.name("firm:nobody", "en") == "firm:nobody"


def test_what_was_known_by_a_day(project: Project) -> None:
    """A source of June 2025 is known from the last day that it can be of; the entities always are."""
    project.write(
        "data/disagreements.tsv", "claims\ten\tzh", "claim:small-2025-1;claim:small-2025-2\tWhy.\t何故。"
    )
    ended = Fact("claim:small-2025-1", "heldUntil", "2025-04-17", "work:iupac", "", "")
    read = read_corpus(project.root)
    corpus = replace(read, facts=[*read.facts, ended])
    before, after = corpus.known_by(date(2025, 6, 29)), corpus.known_by(date(2025, 6, 30))
    assert after == corpus
    assert (before.sources, before.claims, before.reasons) == ({}, [], [])
    assert before.facts == read.facts  # a fact on a claim goes with it
    assert before.entities == corpus.entities


def test_what_was_known_by_a_day_of_reference_entries(project: Project) -> None:
    """An entry stays from the last day that its work's date leaves open; always where the work has none."""
    corpus = read_corpus(project.root)
    fact = Fact("work:iupac", "published", "2025-06", "work:iupac", "", "")
    undated = replace(fact, subject="element:Dy", property="symbol", value="Dy", work="work:undated")
    entities = {**corpus.entities, "work:iupac": replace(next(iter(corpus.entities.values())), cls="Work")}
    of_june = replace(corpus, entities=entities, facts=[fact, replace(fact, subject="element:Dy"), undated])
    assert of_june.known_by(date(2025, 6, 29)).facts == [undated]
    assert of_june.known_by(date(2025, 6, 30)).facts == of_june.facts
    open_ = replace(of_june, facts=[replace(fact, value="2025-06-01/.."), undated])
    assert open_.known_by(date(2026, 1, 1)).facts == [undated]


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            CLAIMS,
            "\tpercent\t",
            "\tkt\t",
            f"{CLAIMS}:2: unit 'kt' is unknown; known: ",
        ),
        (
            CLAIMS,
            "country:CN\tproduction\t",
            "country:XX\tproduction\t",
            f"{CLAIMS}:3: subject country:XX is not",
        ),
        (
            CLAIMS,
            "\tproduction\t",
            "\tproductoin\t",
            f"{CLAIMS}:3: property 'productoin' is not in the ontology",
        ),
        (CLAIMS, "\t2024\t", "\t2024-13\t", f"{CLAIMS}:3: time '2024-13' does not exist"),
        (CLAIMS, "\n2\t", "\n1\t", f"{CLAIMS}:3: id 1 stands already at {CLAIMS}:2. Number on."),
        (
            CLAIMS,
            "China mined 300 t of dysprosium in 2024.",
            "",
            f"{CLAIMS}:3: en is empty. Say the claim in ",
        ),
        (
            CLAIMS,
            "\tjudgement\t\tnormal\t",
            "\tjudgement\t\tdeprecated\t",
            f"{CLAIMS}:4: the note is empty. Say why",
        ),
        (
            "data/entities/element.tsv",
            "\tdysprosium\t",
            "\t\t",
            "data/entities/element.tsv:2: en is empty. Give the name in English and Traditional Chinese.",
        ),
    ],
)
def test_one_fault_in_one_file(project: Project, file: str, old: str, new: str, problem: str) -> None:
    """A spoiled cell stops the reading with its file and line, and nothing else is told."""
    project.edit(file, old, new)
    told = _told(project)
    assert any(t.startswith(problem) for t in told)
    assert len({t.partition(": ")[0] for t in told}) == 1


def test_an_entity_that_goes_missing(project: Project) -> None:
    """Claims that speak of an entity whose row was lost are told, each with its line."""
    project.path("data/entities/element.tsv").unlink()
    told = _told(project)
    assert [t.partition(": ")[0] for t in told] == [f"{CLAIMS}:2", f"{CLAIMS}:3"]
    assert all("material element:Dy is not defined" in t for t in told)


def test_a_table_saved_by_a_spreadsheet(project: Project) -> None:
    """CR line ends and a byte order mark are told with the command that mends them."""
    path = project.path(CLAIMS)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert _told(project) == [
        f"{CLAIMS}:1: the file starts with a byte order mark. Run `reegraph fmt`.",
        f"{CLAIMS}:1: the line ends in CR (a spreadsheet's way). Run `reegraph fmt`.",
    ]


def test_lost_claims(project: Project) -> None:
    """Claims lost against the counts that the source expects stop the build."""
    path = project.path(CLAIMS)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    assert _told(project) == [
        f"{CLAIMS}:3: 0 remarks, where {SOURCE} expects 1. "
        "Restore what was lost, or correct the expected count.",
        f"{CLAIMS}:3: 2 claims, where {SOURCE} expects 3. "
        "Restore what was lost, or correct the expected count.",
    ]


def test_a_source_without_claims(project: Project) -> None:
    """A source whose table is missing is told at the source, with the remedy."""
    project.path(CLAIMS).unlink()
    assert _told(project) == [f"{SOURCE}:1: {CLAIMS} is missing. Restore it, or take the source out."]


def test_claims_without_a_source(project: Project) -> None:
    """A table of claims that no source stands for is not passed over."""
    project.path(SOURCE).unlink()
    assert _told(project) == [f"{CLAIMS}:1: no source of that name is defined. Add data/sources/*.toml."]


def test_faults_come_before_what_they_cause(project: Project) -> None:
    """All faults of the entities and sources come together, then those of the claims, then of the rest."""
    project.edit("data/entities/region.tsv", "\tworld\t", "\t\t")
    project.edit(CLAIMS, "\tpercent\t", "\tkt\t")
    project.edit(CLAIMS, "\t2024\t", "\tlast year\t")
    project.write(
        "data/reference/facts-x.tsv",
        "\t".join(FACT_COLUMNS),
        "element:Dy\tsymbol\tDy\tx\t\t",
    )
    project.write("data/disagreements.tsv", "claims\ten\tzh", "claim:small-2025-9\tWhy.\t何故。")

    def places() -> list[str]:
        return [p.where for p in project.problems()]

    assert places() == ["data/entities/region.tsv:2"]
    project.edit("data/entities/region.tsv", "Region\t\t", "Region\tworld\t")
    assert {*places()} == {f"{CLAIMS}:2", f"{CLAIMS}:3"}
    project.edit(CLAIMS, "\tkt\t", "\tpercent\t")
    project.edit(CLAIMS, "\tlast year\t", "\t2024\t")
    assert {"data/disagreements.tsv:2", "data/reference/facts-x.tsv:2"} <= {*places()}
    assert places() == sorted(places())


def test_an_ontology_that_does_not_parse(project: Project) -> None:
    """A fault of the ontology stops before the data, with its line."""
    path = project.path("ontology/policy.ttl")
    lines = path.read_text(encoding="utf-8").count("\n")
    with path.open("a", encoding="utf-8") as file:
        file.write("ree:broken a ree:\u3002 ree: .\n")
    with pytest.raises(CurationError) as caught:
        read_corpus(project.root)
    (problem,) = caught.value.problems
    assert problem.where == f"ontology/policy.ttl:{lines + 1}"
    assert problem.remedy == "Correct the Turtle."


def test_a_moved_anchor(project: Project) -> None:
    """With the article at hand, an anchor that does not match its text is told with how to find it."""
    project.edit(CLAIMS, "\t18\t31\t", "\t17\t30\t")
    assert _told(project) == []
    assert _told(project, project.articles) == [
        f"{CLAIMS}:3: the text at [17, 30) has not the hash of claim:small-2025-2. "
        'Find it again by `reegraph anchor SOURCE "phrase"`.'
    ]


def test_a_moved_uncovered_span(project: Project) -> None:
    """An uncovered span is proven as a claim is."""
    project.edit(SOURCE, "start = 0", "start = 1")
    assert _told(project, project.articles) == [
        f"{SOURCE}:1: uncovered no. 1: the text there has not that hash. Find the span again."
    ]


def test_a_changed_article(project: Project) -> None:
    """An article that was changed is no longer the article: a missing part, not a guess."""
    path = project.articles / "small.txt"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(MissingPart, match=r"no \.txt file there is the article of source:small-2025"):
        read_corpus(project.root, project.articles)
