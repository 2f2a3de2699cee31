"""What a scenario does to the claims: which are dropped, replaced or added, and those as triples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from reegraph.curation import edtf, figure
from reegraph.curation.anchors import Anchor
from reegraph.curation.claims import COLUMNS, NOT, Claim, Ids, row_faults
from reegraph.curation.corpus import Corpus, read_corpus
from reegraph.curation.sources import Source
from reegraph.errors import CurationError, Problem, UsageError
from reegraph.pages import ask_page
from reegraph.scenario.consequences import World
from reegraph.scenario.definition import Change, Drop, Known, Replace, Scenario, Start
from reegraph.scenario.outcome import Names
from reegraph.scenario.revision import Revision
from reegraph.statements import statement_quads
from reegraph.store import Store
from reegraph.table import Thing
from reegraph.terms import short
from reegraph.triples import claim_quads, named, source_pairs

SOURCE: Final = "source:scenario"  # on whose word a supposed claim stands
_NOWHERE: Final = Anchor(0, 1, "0" * 64)


def needs_rebuild(changes: Sequence[Change]) -> bool:
    """True when some change is to what the sources say, so that the rules must run again."""
    return any(isinstance(c, Drop | Replace | Start) for c in changes)


def known_ids(store: Store, root: Path) -> Known:
    """The classes of every id that a scenario can name."""
    known: dict[str, set[str]] = defaultdict(set)
    for row in ask_page(store, root, "scenario-ids").texts():
        known[short(row["thing"])].add(short(row["class"]).removeprefix("ree:"))
    return known


def revision(scenario: Scenario, denied: frozenset[str], before: World) -> Revision:
    """What a scenario does to the claims of a graph; `denied` are those that a start overtakes.

    Raises CurationError when the cells of a replaced claim make no valid row, UsageError when the graph
    holds other claims than the files.
    """
    drops = {c.claim for c in scenario.changes if isinstance(c, Drop)}
    replaced = [c for c in scenario.changes if isinstance(c, Replace) and c.claim not in drops | denied]
    gone = denied | drops | {c.claim for c in replaced}
    sources = {SOURCE: _source(scenario)}
    claims = supposed_claims(scenario, before.names)
    if replaced:
        corpus = read_corpus(before.root)
        known = {c for c, classes in known_ids(before.store, before.root).items() if "Claim" in classes}
        if known != {c.id for c in corpus.claims}:
            raise UsageError("the graph was built from other files than those at hand. Run `reegraph build`.")
        rows, ids = {c.id: c for c in corpus.claims}, Ids(corpus.classes)
        claims += [_replaced(rows[c.claim], c, corpus, ids) for c in replaced]
        sources |= corpus.sources
    return Revision(frozenset(gone), tuple(_quads(claims, sources)), frozenset(c.property for c in claims))


def _quads(claims: Sequence[Claim], sources: Mapping[str, Source]) -> Iterator[ox.Quad]:
    """The claims, their sources and their direct triples."""
    for id_ in {c.source for c in claims}:
        for predicate, value in source_pairs(sources[id_]):
            yield ox.Quad(named(id_), named(predicate), value)
    for claim in claims:
        yield from claim_quads(claim, sources[claim.source])
    yield from statement_quads(claims)


def supposed_claims(scenario: Scenario, names: Names) -> list[Claim]:
    """The claims that the scenario itself makes: one for each good that a facility starts on."""
    starts = [(c, m) for c in scenario.changes if isinstance(c, Start) for m in c.materials]
    things = names.of({i for c, m in starts for i in (c.facility, c.stage, m)})
    return [_started(c, m, n, things) for n, (c, m) in enumerate(starts, 1)]


def touched_by(scenario: Scenario, denied: Sequence[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Which scenarios drop, replace or suppose each claim, or overtake it; `denied` as facility and claim."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    starts = [c for c in scenario.changes if isinstance(c, Start)]
    for change in scenario.changes:
        if isinstance(change, Drop | Replace):
            found[change.claim] |= scenario.of(change)
    for number, change in enumerate((c for c in starts for _ in c.materials), 1):
        found[supposed_id(number)] |= scenario.of(change)
    for facility, claim in denied:
        found[claim] |= frozenset(n for c in starts if c.facility == facility for n in scenario.of(c))
    return found


def supposed_id(number: int) -> str:
    """The id of the claim that a scenario makes as its nth."""
    return f"claim:scenario-{number}"


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


def _started(change: Start, material: str, number: int, things: Mapping[str, Thing]) -> Claim:
    told = [things[i] for i in (change.facility, change.stage, material)]
    plant, stage, good = (t.label("en") for t in told)
    plant_zh, stage_zh, good_zh = (t.label("zh-Hant") for t in told)
    first = change.when.start
    return Claim(
        id=supposed_id(number),
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
