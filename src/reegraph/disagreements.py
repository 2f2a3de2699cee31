"""Where sources differ: claims on one thing whose values exclude each other, told apart by kind.

A disagreement is a ladder of claims, not a pair. Its kind says what kind of difference it is:

- contradiction: all qualifiers meet, and the values cannot both be right;
- unsettled: a qualifier is not said (a stage, an assumed year), or only neighbouring years differ;
- difference: year, stage, material or definition differ, and `differsIn` says which;
- history: one source, several years.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import combinations

import pyoxigraph as ox

from reegraph.curation.anchors import sha256
from reegraph.curation.claims import Claim
from reegraph.curation.corpus import Corpus
from reegraph.curation.reference import Reason
from reegraph.curation.vocabulary import Property, Vocabulary
from reegraph.terms import GRAPH, PROV, RDF, REE
from reegraph.triples import Pair, decimal, labels, named

DERIVED = ox.NamedNode(GRAPH + "derived")
FORWARD = frozenset({"forecast", "target", "plan", "hypothesis"})
DIMENSIONS = ("year", "stage", "material", "definition")
# A share "of imports of compounds" and one "of use" differ in two ways, yet readers compare them.
DIFFERENCES = (*((d,) for d in DIMENSIONS), ("material", "definition"))


@dataclass(frozen=True)
class Disagreement:
    """A ladder of claims that do not fit together. `gap` is the widest distance between two of them."""

    kind: str
    claims: tuple[Claim, ...]  # by lower value, then id
    differs_in: str = ""
    gap: Decimal | None = None
    unit: str = ""

    @property
    def id(self) -> str:
        """Named by a hash of kind and claims, so that builds repeat."""
        key = "|".join([self.kind, self.differs_in, *sorted(c.id for c in self.claims)])
        return f"disagreement:{sha256(key)[:12]}"


def find_disagreements(corpus: Corpus) -> list[Disagreement]:
    """All disagreements among the claims, by kind and id."""
    claims = [c for c in corpus.claims if not c.is_remark]
    found: list[Disagreement] = []
    found += _of_figures(claims, corpus.vocabulary)
    found += _of_dates(claims, corpus.vocabulary)
    found += _of_objects(claims, corpus.vocabulary)
    found += _of_lists(claims)
    found += _of_polarity(claims)
    return sorted(set(found), key=lambda d: (d.kind, d.id))


def disagreement_quads(corpus: Corpus) -> Iterator[ox.Quad]:
    """Each disagreement as a node with its claims, kind, gap, labels and the curators' reason."""
    reasons = {frozenset(r.claims): r for r in corpus.reasons}
    for disagreement in find_disagreements(corpus):
        node = named(disagreement.id)
        for predicate, value in _pairs(disagreement, corpus, reasons):
            yield ox.Quad(node, named(predicate), value, DERIVED)


def _pairs(
    disagreement: Disagreement, corpus: Corpus, reasons: Mapping[frozenset[str], Reason]
) -> Iterator[Pair]:
    yield RDF + "type", named(REE + "Disagreement")
    yield REE + "disagreementKind", named(REE + disagreement.kind.capitalize())
    yield from labels(*_names(disagreement, corpus))
    ids = frozenset(c.id for c in disagreement.claims)
    for claim in disagreement.claims:
        yield REE + "hasClaim", named(claim.id)
        yield PROV + "wasDerivedFrom", named(claim.id)
        if claim.rank == "deprecated":
            yield REE + "settledBy", named(claim.id)
    if disagreement.differs_in:
        yield REE + "differsIn", ox.Literal(disagreement.differs_in)
    if disagreement.gap is not None:
        yield REE + "gap", decimal(disagreement.gap)
        if disagreement.unit:
            yield REE + "unit", named(f"unit:{disagreement.unit}")
    for members, reason in reasons.items():
        if members <= ids:
            yield REE + "reason", ox.Literal(reason.en, language="en")
            yield REE + "reason", ox.Literal(reason.zh, language="zh-Hant")


def _names(disagreement: Disagreement, corpus: Corpus) -> tuple[str, str]:
    """Subject, property and the ladder of what is said, in English and Chinese."""
    first = disagreement.claims[0]
    unit = {"percent": " %", "day": "", "": ""}.get(disagreement.unit, f" {disagreement.unit}")
    names = []
    for lang, comma in (("en", ", "), ("zh", "，")):
        said = [_said(c, corpus, lang) for c in disagreement.claims]
        ladder = " / ".join(dict.fromkeys(said)) + unit
        about = [
            corpus.name(i, lang) for i in (first.subject, first.property, first.stage, first.material) if i
        ]
        names.append(comma.join(about) + ("：" if lang == "zh" else ": ") + ladder)
    return names[0], names[1]


def _said(claim: Claim, corpus: Corpus, lang: str) -> str:
    if claim.figure is not None:
        return claim.figure.printed
    sign = {"en": "not ", "zh": "非"}[lang] if claim.negative else ""
    return sign + corpus.name(claim.object, lang) if claim.object else claim.when.edtf


def _of_figures(claims: Sequence[Claim], vocabulary: Vocabulary) -> Iterator[Disagreement]:
    measured = [
        c for c in claims if c.figure is not None and c.figure.comparator != "word" and not c.negative
    ]
    comparable = _grouped(
        measured, lambda c: (c.subject, _family(c, vocabulary), c.object, c.unit, _forward(c))
    )
    for group in comparable:
        share = group[0].unit == "percent"
        same = _grouped(group, lambda c: (c.property, c.stage, c.material))
        for rung in same:
            yield from _ladders(rung, share)
            yield from _history(rung, share)
        yield from _unsaid_stage(group, share)
        yield from _differences(group, share)


def _ladders(claims: Sequence[Claim], share: bool) -> Iterator[Disagreement]:
    """Contradictions and unsettled ladders among claims with the same property, stage and material."""
    firm = _excluding(claims, share, lambda a, b: a.when.overlaps(b.when) and not (a.assumed or b.assumed))
    loose = _excluding(claims, share, _nearly_meets)
    if firm:
        yield _figure_ladder("contradiction", firm, share)
    if loose and set(loose) != set(firm):
        yield _figure_ladder("unsettled", loose, share)


def _unsaid_stage(claims: Sequence[Claim], share: bool) -> Iterator[Disagreement]:
    """Ladders in which one claim does not say its stage."""
    for group in _grouped(claims, lambda c: (c.property, c.material)):
        silent = [c for c in group if not c.stage]
        if silent and len(silent) < len(group):
            members = _excluding(
                group, share, lambda a, b: (not a.stage) != (not b.stage) and _nearly_meets(a, b)
            )
            if members:
                yield _figure_ladder("unsettled", members, share)


def _differences(claims: Sequence[Claim], share: bool) -> Iterator[Disagreement]:
    """Ladders whose claims differ in one of year, stage, material and definition, or in the last two."""
    for dimensions in DIFFERENCES:
        same = partial(_others, dimensions=dimensions)
        for group in _grouped(claims, same):
            members = _excluding(group, share, partial(_far, dimensions=dimensions))
            if members:
                yield _figure_ladder("difference", members, share, ", ".join(dimensions))


def _history(claims: Sequence[Claim], share: bool) -> Iterator[Disagreement]:
    for group in _grouped(claims, lambda c: c.source):
        years = _grouped([c for c in group if not c.assumed], lambda c: c.when.edtf)
        if len(years) > 1:
            members = _excluding(group, share, lambda a, b: not a.when.overlaps(b.when), across=False)
            if members:
                yield _figure_ladder("history", members, share)


def _of_dates(claims: Sequence[Claim], vocabulary: Vocabulary) -> Iterator[Disagreement]:
    dated = [c for c in claims if vocabulary.properties[c.property].time_valued and not c.negative]
    for group in _grouped(dated, lambda c: (c.subject, c.property, _forward(c))):
        members = _connected(group, lambda a, b: a.source != b.source and not a.when.overlaps(b.when))
        if members:
            ends = sorted((c.when.start, c.when.end) for c in members if c.when.start and c.when.end)
            gap = Decimal((ends[-1][0] - ends[0][1]).days) if len(ends) > 1 else None
            yield Disagreement("contradiction", _by_time(members), gap=gap, unit="day" if gap else "")


def _of_objects(claims: Sequence[Claim], vocabulary: Vocabulary) -> Iterator[Disagreement]:
    """Two objects where the property has room for one at a time."""
    single = [
        c
        for c in claims
        if c.object
        and not c.negative
        and vocabulary.properties[c.property].values_at_a_time == 1
        and c.figure is None
    ]
    for group in _grouped(single, lambda c: (c.subject, c.property, c.stage, c.material, _forward(c))):
        members = _connected(
            group, lambda a, b: a.source != b.source and a.object != b.object and a.when.overlaps(b.when)
        )
        if members:
            kind = "unsettled" if any(c.assumed for c in members) else "contradiction"
            yield Disagreement(kind, _by_time(members))


def _of_lists(claims: Sequence[Claim]) -> Iterator[Disagreement]:
    """Two sources that list the members of one thing, each naming some that the other does not."""
    listing = [c for c in claims if c.property in {"hasMember", "controls"} and not c.negative]
    for group in _grouped(listing, lambda c: (c.subject, c.property)):
        lists = {s: {c.object for c in group if c.source == s} for s in {c.source for c in group}}
        apart = {
            s
            for a, b in combinations(sorted(lists), 2)
            for s in (a, b)
            if lists[a] - lists[b] and lists[b] - lists[a] and min(len(lists[a]), len(lists[b])) > 1
        }
        if apart:
            yield Disagreement("unsettled", _by_time([c for c in group if c.source in apart]))


def _of_polarity(claims: Sequence[Claim]) -> Iterator[Disagreement]:
    """One source affirms what another denies."""
    stated = [c for c in claims if c.object and c.modality in {"stated", "reported"}]
    for group in _grouped(stated, lambda c: (c.subject, c.property, c.object, c.stage, c.material)):
        members = _connected(
            group, lambda a, b: a.source != b.source and a.negative != b.negative and a.when.overlaps(b.when)
        )
        if members:
            kind = "unsettled" if any(c.assumed for c in members) else "contradiction"
            yield Disagreement(kind, _by_time(members))


def _excluding(
    claims: Sequence[Claim], share: bool, meets: Callable[[Claim, Claim], bool], across: bool = True
) -> list[Claim]:
    """The claims in some pair that `meets` and whose figures exclude each other."""
    return _connected(
        claims,
        lambda a, b: (a.source != b.source) == across and meets(a, b) and _distance(a, b, share) > 0,
    )


def _connected(claims: Sequence[Claim], apart: Callable[[Claim, Claim], bool]) -> list[Claim]:
    named_ = {c.id for a, b in combinations(claims, 2) if apart(a, b) for c in (a, b)}
    return [c for c in claims if c.id in named_]


def _distance(a: Claim, b: Claim, share: bool) -> Decimal:
    """How far apart two figures are at least; zero or less when they can both be right."""
    assert a.figure is not None  # only claims with figures are compared
    assert b.figure is not None
    (low_a, high_a), (low_b, high_b) = a.figure.widened(share), b.figure.widened(share)
    return max(low_a, low_b) - min(high_a, high_b)


def _figure_ladder(kind: str, claims: Iterable[Claim], share: bool, differs_in: str = "") -> Disagreement:
    ladder = tuple(sorted(claims, key=lambda c: (c.figure.widened(share)[0] if c.figure else 0, c.id)))
    gap = max((_distance(a, b, share) for a, b in combinations(ladder, 2)), default=Decimal(0))
    return Disagreement(kind, ladder, differs_in, gap, ladder[0].unit)


def _nearly_meets(a: Claim, b: Claim) -> bool:
    """Overlapping times, or years next to each other."""
    if a.when.overlaps(b.when):
        return True
    (first, second) = (a, b) if (a.when.start or a.when.end) and _start_year(a) <= _start_year(b) else (b, a)
    return _start_year(second) - _end_year(first) == 1


def _others(claim: Claim, dimensions: Sequence[str]) -> Hashable:
    return tuple(_dimension(claim, d) for d in DIMENSIONS if d not in dimensions)


def _far(a: Claim, b: Claim, dimensions: Sequence[str]) -> bool:
    """True when two claims differ in every one of these dimensions, and no stage among them is unsaid."""
    if any(_dimension(a, d) == _dimension(b, d) for d in dimensions):
        return False
    if "year" in dimensions:
        return not _nearly_meets(a, b)
    return bool("stage" not in dimensions or (a.stage and b.stage))


def _dimension(claim: Claim, name: str) -> Hashable:
    match name:
        case "year":
            return claim.when.edtf
        case "stage":
            return claim.stage
        case "material":
            return claim.material
        case _:
            return claim.property


def _family(claim: Claim, vocabulary: Vocabulary) -> str:
    """Properties of one family measure the same thing by different definitions."""
    return _property(claim, vocabulary).family or claim.property


def _property(claim: Claim, vocabulary: Vocabulary) -> Property:
    return vocabulary.properties[claim.property]


def _forward(claim: Claim) -> bool:
    """Forecasts, targets and plans meet only their like."""
    return claim.modality in FORWARD


def _start_year(claim: Claim) -> int:
    return claim.when.start.year if claim.when.start else 0


def _end_year(claim: Claim) -> int:
    return claim.when.end.year if claim.when.end else 9999


def _by_time(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    return tuple(sorted(claims, key=lambda c: (_start_year(c), c.id)))


def _grouped(claims: Iterable[Claim], key: Callable[[Claim], Hashable]) -> list[list[Claim]]:
    groups: dict[Hashable, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[key(claim)].append(claim)
    return list(groups.values())
