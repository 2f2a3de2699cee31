"""The real data: canonical, without faults, proven by the articles, in our own words, and none of it idle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reegraph.curation.corpus import Corpus, article_texts, read_corpus
from reegraph.curation.format import canonical_files
from reegraph.curation.labels import LONGEST_COPY, label_faults
from reegraph.terms import is_id

SOURCES = ["chen-cc-2025", "chen-jw-2025", "jui-2025", "tan-2025", "tang-2025"]

# Entities that nothing speaks of, each with the reason why it stays.
IDLE = {
    "work:colitco-us-au-2025": "a work that curators read, which no fact or correction cites yet",
    "work:dogana-crm-2023": "a work that curators read, which no fact or correction cites yet",
    "work:rohstoff-vac": "a work that curators read, which no fact or correction cites yet",
}


@pytest.fixture(scope="module")
def proven(root: Path, articles: Path) -> Corpus:
    """The real corpus, read with the articles at hand."""
    return read_corpus(root, articles)


def test_every_table_is_canonical(root: Path) -> None:
    """Every curated table is as `reegraph fmt` writes it."""
    files = list(canonical_files(root / "data"))
    assert files
    changed = [path.relative_to(root).as_posix() for path, content, wanted in files if content != wanted]
    assert changed == [], "run `reegraph fmt`"


def test_the_corpus_reads(corpus: Corpus) -> None:
    """The five sources read without a fault, each with its claims."""
    assert list(corpus.sources) == [f"source:{slug}" for slug in SOURCES]
    assert all(corpus.claims_of(source) for source in corpus.sources)
    assert corpus.facts
    assert corpus.corrections
    assert corpus.bibliography


def test_every_anchor_holds(proven: Corpus, corpus: Corpus) -> None:
    """With the articles at hand every claim and every uncovered span is proven."""
    assert len(proven.claims) == len(corpus.claims)


def test_sources_describe_their_articles(proven: Corpus, articles: Path) -> None:
    """Length and paragraph offsets in the TOML are those of the text."""
    for id_, text in article_texts(articles, proven.sources).items():
        source = proven.sources[id_]
        assert source.characters == len(text.text), id_
        assert source.paragraphs[-1] < len(text.text), id_
        assert all(not text.text[p].isspace() for p in source.paragraphs), id_


def test_labels_keep_to_the_rules(proven: Corpus, articles: Path) -> None:
    """No label copies its article, and every figure stands in the anchored text."""
    texts = article_texts(articles, proven.sources)
    assert [str(p) for p in label_faults(list(proven.claims), texts)] == []


def test_nothing_is_copied(root: Path, proven: Corpus, articles: Path) -> None:
    """No cell of the data repeats 24 or more characters in a row of any article.

    A word in Latin letters counts as one character: the name of a ministry or a law is no copied
    sentence. Titles of the sources and of the works that they cite are printed as they are.
    """
    size = LONGEST_COPY + 1
    printed = [_units(text.text) for text in article_texts(articles, proven.sources).values()]
    grams = {tuple(units[n : n + size]) for units in printed for n in range(len(units) - size + 1)}
    titles = {c.title for c in proven.bibliography} | {s.title_zh for s in proven.sources.values()}
    copies = [
        f"{where}: {cell}"
        for where, cell in _cells(root / "data")
        if cell not in titles
        for units in [_units(cell)]
        if any(tuple(units[n : n + size]) in grams for n in range(len(units) - size + 1))
    ]
    assert copies == []


def test_every_entity_is_spoken_of(corpus: Corpus) -> None:
    """Every entity stands in a claim, fact, correction, citation, note or entity, or is listed as idle."""
    spoken: set[str] = set()
    for claim in corpus.claims:
        spoken |= {claim.subject, claim.object, claim.stage, claim.material, claim.said_by}
    for fact in corpus.facts:
        spoken |= {fact.subject, fact.value, fact.work}
    for entity in corpus.entities.values():
        spoken |= {entity.country, entity.broader}
    spoken |= {c.work for c in corpus.corrections} | {c.work for c in corpus.bibliography}
    for item in (*corpus.claims, *corpus.facts, *corpus.corrections):
        spoken |= set(re.findall(r"[a-z]+:[A-Za-z0-9.-]*[A-Za-z0-9]", item.note_en))
    idle = {id_ for id_ in corpus.entities if id_ not in spoken}
    assert idle == set(IDLE), "use it, take it out, or give the reason in IDLE"


def test_notes_are_chinese_in_chinese(corpus: Corpus) -> None:
    """Every note stands in both languages, the Chinese one in Chinese."""
    noted = (*corpus.claims, *corpus.facts, *corpus.corrections, *corpus.entities.values())
    pairs = [(item.note_en, item.note_zh) for item in noted if item.note_en or item.note_zh]
    assert pairs
    han = re.compile("[\u4e00-\u9fff]")
    assert [en for en, zh in pairs if not en or not han.search(zh) or zh == en] == []


def test_ids_are_well_formed(corpus: Corpus) -> None:
    """Every id of the data is of the form kind:slug."""
    ids = [*corpus.entities, *corpus.sources, *(c.id for c in corpus.claims)]
    assert [i for i in ids if not is_id(i)] == []
    assert len(set(ids)) == len(ids)


def test_names_tell_things_apart(corpus: Corpus) -> None:
    """No two entities of one kind have the same name in English or in Chinese."""
    seen: dict[tuple[str, str], str] = {}
    twice = []
    for entity in corpus.entities.values():
        kind = entity.id.partition(":")[0]
        for name in {entity.en, entity.zh}:
            if (kind, name.casefold()) in seen and kind != "work":
                twice.append((seen[kind, name.casefold()], entity.id, name))
            seen[kind, name.casefold()] = entity.id
    assert twice == []


@pytest.mark.parametrize("slug", SOURCES)
def test_remarks_are_few(corpus: Corpus, slug: str) -> None:
    """Under a fifth of each source's claims are remarks: the vocabulary grows where facts ask for it."""
    claims = corpus.claims_of(f"source:{slug}")
    assert sum(c.is_remark for c in claims) * 5 < len(claims)


@pytest.mark.parametrize("slug", SOURCES)
def test_text_valued_claims_are_few(corpus: Corpus, slug: str) -> None:
    """Under a tenth of each source's claims have a sentence for their value."""
    claims = [c for c in corpus.claims_of(f"source:{slug}") if not c.is_remark]
    textual = [c for c in claims if corpus.vocabulary.properties[c.property].text_valued]
    assert len(textual) * 10 < len(claims)


def _units(text: str) -> list[str]:
    return re.findall(r"[0-9A-Za-z'’.&-]+|\S", text)


def _cells(data: Path) -> Iterator[tuple[str, str]]:
    for path in sorted([*data.rglob("*.tsv"), *data.rglob("*.toml")]):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where = f"data/{path.relative_to(data).as_posix()}:{number}"
            for cell in line.split("\t") if path.suffix == ".tsv" else re.findall(r'"(.*)"', line):
                yield where, cell
