"""Everything curated, read and checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from reegraph.curation import edtf, tsv
from reegraph.curation.anchors import ArticleText, read_article
from reegraph.curation.claims import Claim, Ids, read_claims
from reegraph.curation.entities import Entity, read_entities
from reegraph.curation.reference import (
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
from reegraph.curation.sources import Source, read_sources
from reegraph.curation.vocabulary import Vocabulary, read_vocabulary
from reegraph.errors import Problem
from reegraph.sentence import Sentence
from reegraph.wording import time


@dataclass(frozen=True)
class Corpus:
    """All that the build stands on. `claims` are in the order of their sources' files."""

    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    entities: Mapping[str, Entity]
    claims: Sequence[Claim]
    facts: Sequence[Fact] = ()
    corrections: Sequence[Correction] = ()
    readings: Sequence[Reading] = ()
    reasons: Sequence[Reason] = ()
    bibliography: Sequence[Citation] = ()

    @cached_property
    def classes(self) -> dict[str, str]:
        """The class name of every id that claims may speak of."""
        return class_index(self.vocabulary, self.sources, self.entities)

    def name(self, id_: str, lang: str) -> str:
        """The name of a thing, property, source or claim in ``en`` or ``zh``; its id if it has none."""
        if id_ in self.entities:
            return getattr(self.entities[id_], lang)  # type: ignore[no-any-return]
        if id_ in self.sources:
            return self.sources[id_].title_zh if lang == "zh" else self.sources[id_].title_en
        if id_.startswith("claim:"):
            return next((getattr(c, lang) for c in self.claims if c.id == id_), id_)
        return self.vocabulary.labels.get((id_, lang), id_)

    def known_by(self, day: date) -> Corpus:
        """What the sources published by then say: those whose last possible day is not later.

        A reference entry stays where its work was published by then or has no date, and so does the ontology.
        """
        sources = {i: s for i, s in self.sources.items() if _by(s.published, day)}
        late = {f.subject for f in self.facts if self._dates_a_work(f) and not _by(edtf.parse(f.value), day)}
        claims = [c for c in self.claims if c.source in sources]
        ids = {c.id for c in claims}
        return replace(
            self,
            sources=sources,
            claims=claims,
            facts=[
                f
                for f in self.facts
                if f.work not in late and (not f.subject.startswith("claim:") or f.subject in ids)
            ],
            corrections=[c for c in self.corrections if c.claim in ids],
            readings=[r for r in self.readings if ids.issuperset(r.claims)],
            reasons=[r for r in self.reasons if r.claims <= ids],
            bibliography=[b for b in self.bibliography if ids.issuperset(b.claims)],
        )

    def _dates_a_work(self, fact: Fact) -> bool:
        return fact.property == "published" and self.classes.get(fact.subject) == "Work"

    def left_out(self, day: date) -> Sentence:
        """Which sources `known_by` leaves out, with their dates."""
        out = [s for s in self.sources.values() if not _by(s.published, day)]
        if len(out) == len(self.sources):
            return Sentence(f"No source was published by {day}.", f"{day} 前沒有來源出版。")
        en = ", ".join(f"{s.slug} ({time('en', s.published.edtf)})" for s in out) or "none"
        zh = "、".join(f"{s.slug}（{time('zh-Hant', s.published.edtf)}）" for s in out) or "無"
        return Sentence(
            f"Known by {day}. Sources left out, published later or not surely by then: {en}.",
            f"截至 {day} 所知。未採計的來源（其後出版，或當時是否已出版不明）：{zh}。",
        )

    def claims_of(self, source: str) -> list[Claim]:
        """One source's claims, in their order."""
        return [c for c in self.claims if c.source == source]


def _by(published: edtf.Span, day: date) -> bool:
    """Whether something was surely published by then."""
    return published.end is not None and published.end <= day


def class_index(
    vocabulary: Vocabulary, sources: Mapping[str, Source], entities: Mapping[str, Entity]
) -> dict[str, str]:
    """The class name of every id that is defined anywhere."""
    return {
        **vocabulary.individuals,
        **dict.fromkeys(sources, "Article"),
        **{id_: entity.cls for id_, entity in entities.items()},
    }


def read_corpus(root: Path, articles: Path | None = None) -> Corpus:
    """Read ontology/ and data/ under `root`; with a folder of articles, prove every anchor too.

    Raises CurationError with every fault found, each with file, line and remedy. What refers to a file
    with faults is read once these are mended, for its own would hide them.
    """
    data = root / "data"
    vocabulary = read_vocabulary(root / "ontology")
    sources, entities = read_subjects(data, vocabulary)
    ids = Ids(class_index(vocabulary, sources, entities))
    claims, problems = _all_claims(data, sources, vocabulary, ids)
    tsv.stop_on(problems)
    ranks = {c.id: c.rank for c in claims}
    facts, problems = read_facts(data / "reference", ids, vocabulary, ranks)
    corrections, faults = read_corrections(data / "reference" / "corrections.tsv", ids, ranks)
    problems += faults
    readings, faults = read_readings(data / "reference" / "readings.tsv", {c.id: c.reading for c in claims})
    problems += faults
    reasons, faults = read_reasons(data / "disagreements.tsv", ranks)
    problems += faults
    bibliography, faults = read_bibliography(data / "references.tsv", ids, ranks)
    problems += faults
    if articles is not None:
        problems += anchor_faults(articles, sources, claims)
    tsv.stop_on(problems)
    return Corpus(vocabulary, sources, entities, claims, facts, corrections, readings, reasons, bibliography)


def read_subjects(data: Path, vocabulary: Vocabulary) -> tuple[dict[str, Source], dict[str, Entity]]:
    """What claims are of and about: the sources and the entities; CurationError with what is wrong there."""
    sources, problems = read_sources(data / "sources")
    entities, faults = read_entities(data / "entities", vocabulary)
    tsv.stop_on([*problems, *faults])
    return sources, entities


def _all_claims(
    data: Path, sources: Mapping[str, Source], vocabulary: Vocabulary, ids: Ids
) -> tuple[list[Claim], list[Problem]]:
    """The claims of all sources, and what is wrong in their tables or with their number."""
    claims: list[Claim] = []
    problems = _orphans(data, sources)
    for source in sources.values():
        path = data / "claims" / f"{source.slug}.tsv"
        if not path.exists():
            what, remedy = f"data/claims/{path.name} is missing.", "Restore it, or take the source out."
            problems.append(Problem(f"data/sources/{source.slug}.toml:1", what, remedy))
            continue
        found, faults = read_claims(path, source.id, source.year, vocabulary, ids)
        problems += faults or _count_faults(source, found)
        claims += found
    return claims, problems


def article_texts(articles: Path, sources: Mapping[str, Source]) -> dict[str, ArticleText]:
    """The text of each source, found by the hash of the whole file."""
    return {id_: read_article(articles, source.sha256, id_) for id_, source in sources.items()}


def anchor_faults(articles: Path, sources: Mapping[str, Source], claims: Sequence[Claim]) -> list[Problem]:
    """A problem for each claim or uncovered span whose anchor the article's text does not prove."""
    texts = article_texts(articles, sources)
    problems = []
    for claim in claims:
        if not texts[claim.source].holds(claim.anchor):
            what = f"the text at [{claim.anchor.start}, {claim.anchor.end}) has not the hash of {claim.id}."
            problems.append(Problem(claim.place, what, 'Find it again by `reegraph anchor SOURCE "phrase"`.'))
    for source in sources.values():
        for number, span in enumerate(source.uncovered, 1):
            if not texts[source.id].holds(span.anchor):
                what = f"uncovered no. {number}: the text there has not that hash."
                problems.append(Problem(f"data/sources/{source.slug}.toml:1", what, "Find the span again."))
    return problems


def _count_faults(source: Source, claims: Sequence[Claim]) -> list[Problem]:
    counts = {"claims": len(claims), "remarks": sum(c.is_remark for c in claims)}
    return [
        Problem(
            f"data/claims/{source.slug}.tsv:{len(claims) + 1}",
            f"{counts[key]} {key}, where data/sources/{source.slug}.toml expects {getattr(source, key)}.",
            "Restore what was lost, or correct the expected count.",
        )
        for key in counts
        if counts[key] != getattr(source, key)
    ]


def _orphans(data: Path, sources: Mapping[str, Source]) -> list[Problem]:
    return [
        Problem(
            f"data/claims/{path.name}:1", "no source of that name is defined.", "Add data/sources/*.toml."
        )
        for path in sorted((data / "claims").glob("*.tsv"))
        if f"source:{path.stem}" not in sources
    ]
