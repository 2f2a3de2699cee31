"""The graph as it would be: claims dropped, replaced or added to a copy of the corpus, and reasoned again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from reegraph.curation import edtf, figure
from reegraph.curation.anchors import Anchor
from reegraph.curation.claims import COLUMNS, NOT, Claim, Ids, row_faults
from reegraph.curation.corpus import Corpus
from reegraph.curation.sources import Source
from reegraph.errors import CurationError, Problem
from reegraph.reason import Rule, read_rules, reason
from reegraph.scenario.definition import Change, Drop, Replace, Scenario, Start
from reegraph.statements import statement_quads
from reegraph.store import EmbeddedStore
from reegraph.triples import corpus_quads

SOURCE: Final = "source:scenario"  # on whose word a supposed claim stands
_NOWHERE: Final = Anchor(0, 1, "0" * 64)


def needs_rebuild(changes: Sequence[Change]) -> bool:
    """True when some change is to what the sources say, so that the rules must run again."""
    return any(isinstance(c, Drop | Replace | Start) for c in changes)


def changed_corpus(corpus: Corpus, scenario: Scenario, overtaken: frozenset[str] = frozenset()) -> Corpus:
    """The corpus with the scenario's claims dropped, replaced and added, without remarks.

    `overtaken` claims are dropped too.

    Raises CurationError when the cells of a replaced claim make no valid row.
    """
    dropped = {c.claim for c in scenario.changes if isinstance(c, Drop)} | overtaken
    replaced = {c.claim: c for c in scenario.changes if isinstance(c, Replace)}
    ids = Ids(corpus.classes)
    claims = [
        _replaced(c, replaced[c.id], corpus, ids) if c.id in replaced else c
        for c in corpus.claims
        if c.id not in dropped and not c.is_remark  # no rule reads what no property carries
    ]
    claims += supposed_claims(corpus, scenario)
    sources = {**corpus.sources, SOURCE: _source(scenario)}
    return replace(corpus, claims=claims, sources=sources, corrections=(), reasons=(), bibliography=())


def supposed_claims(corpus: Corpus, scenario: Scenario) -> list[Claim]:
    """The claims that the scenario itself makes: one for each good that a facility starts on."""
    starts = [(c, m) for c in scenario.changes if isinstance(c, Start) for m in c.materials]
    return [_started(c, m, n, corpus) for n, (c, m) in enumerate(starts, 1)]


def changed_store(corpus: Corpus, root: Path) -> EmbeddedStore:
    """The default graph of a corpus, with all that the rules conclude on dependence.

    build.build_store takes 2.7 s on the real corpus: it runs every rule in every round, and then the
    checks. Here the rules run in the order in which they feed each other, for the same conclusions,
    and the checks, which are about how files are curated, do not run.
    """
    store = EmbeddedStore()
    quads = (*corpus_quads(corpus), *statement_quads(corpus.claims))
    store.dataset.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    classes, from_claims, chained, marks = _in_order(read_rules(root / "queries" / "rules"))
    reason(store, classes)
    _once(store, from_claims)
    reason(store, chained)
    _once(store, marks)
    return store


def _in_order(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules in layers: classes; what claims alone give; what dependencies give; what marks them."""
    layers: list[list[Rule]] = [[], [], [], []]
    for rule in rules:
        head, _, body = rule.query.partition("WHERE")
        reads, makes = "ree:Dependency" in body, "ree:Dependency" in head
        place = 0 if rule.name.startswith("owl-") else 1 if not reads else 2 if makes else 3
        layers[place].append(rule)
    return layers


def _once(store: EmbeddedStore, rules: Sequence[Rule]) -> None:
    """Run rules that read nothing that any of them makes: one round finds all."""
    for rule in rules:
        store.dataset.extend(ox.Quad(t.subject, t.predicate, t.object) for t in store.construct(rule.query))


def _replaced(claim: Claim, change: Replace, corpus: Corpus, ids: Ids) -> Claim:
    row = {**_row(claim), **change.cells}
    faults = [
        Problem(change.place, f"{claim.id}: {w}", r) for w, r in row_faults(row, corpus.vocabulary, ids)
    ]
    if faults:
        raise CurationError(faults)
    plain: dict[str, Any] = {k: row[k] for k in _PLAIN}
    when = edtf.parse(row["when"]) if row["when"] else claim.when
    return replace(
        claim,
        **plain,
        property=row["property"].removeprefix(NOT),
        negative=row["property"].startswith(NOT),
        figure=figure.parse(row["value"], corpus.vocabulary.words) if row["value"] else None,
        when=when,
        assumed=not row["when"],
    )


_PLAIN: Final = (
    *("subject", "object", "unit", "stage", "material", "modality"),
    *("said_by", "rank", "reading", "en", "zh", "note_en", "note_zh"),
)


def _row(claim: Claim) -> dict[str, str]:
    """The claim as the cells of its row."""
    given = {
        **{k: getattr(claim, k) for k in _PLAIN},
        "id": claim.id.rpartition("-")[2],
        "property": (NOT if claim.negative else "") + claim.property,
        "value": claim.figure.printed if claim.figure else "",
        "when": "" if claim.assumed else claim.when.edtf,
        "start": str(claim.anchor.start),
        "end": str(claim.anchor.end),
        "sha256": claim.anchor.sha256,
    }
    return {column: given[column] for column in COLUMNS}


def _started(change: Start, material: str, number: int, corpus: Corpus) -> Claim:
    names = {
        lang: [corpus.name(i, lang) for i in (change.facility, change.stage, material)]
        for lang in ("en", "zh")
    }
    plant, stage, good = names["en"]
    plant_zh, stage_zh, good_zh = names["zh"]
    first = change.when.start
    return Claim(
        id=f"claim:scenario-{number}",
        source=SOURCE,
        subject=change.facility,
        property="processes",
        negative=False,
        object=material,
        figure=None,
        unit="",
        when=edtf.parse(f"{change.when.edtf.partition('/')[0] if first else ''}/"),
        assumed=False,
        stage=change.stage,
        material="",
        modality="stated",
        said_by="",
        rank="normal",
        reading="printed",
        anchor=_NOWHERE,
        en=f"Supposed: {plant} carries out {stage} of {good} from {change.when.edtf}.",
        zh=f"假設：{plant_zh}自{change.when.edtf}起進行{good_zh}的{stage_zh}。",
        note_en="",
        note_zh="",
        place="",
    )


def _source(scenario: Scenario) -> Source:
    """The scenario as the source of what it supposes."""
    empty: dict[str, Any] = dict.fromkeys(
        ("outlet_zh", "outlet_en", "published_reason_en", "published_reason_zh"), ""
    )
    return Source(
        id=SOURCE,
        title_zh=scenario.title.zh,
        title_en=scenario.title.en,
        authors=(),
        published=scenario.start,
        year=scenario.start.start.year if scenario.start.start else 0,
        sha256="0" * 64,
        characters=1,
        paragraphs=(0,),
        claims=0,
        remarks=0,
        uncovered=(),
        **empty,
    )
