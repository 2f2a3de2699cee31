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
from itertools import combinations

import pyoxigraph as ox

from reegraph.curation.anchors import sha256
from reegraph.curation.claims import Claim
from reegraph.curation.corpus import Corpus
from reegraph.curation.figure import Figure
from reegraph.curation.reference import Reason
from reegraph.curation.vocabulary import Property, Vocabulary
from reegraph.gap import gap_of_figures, gap_of_times
from reegraph.terms import GRAPH, PROV, RDF, REE
from reegraph.triples import Pair, labels, named, quantity_pairs
from reegraph.wording import figure, time

DERIVED = ox.NamedNode(GRAPH + "derived")
_UNSAID = {"en": ("stage not said", "good not said"), "zh": ("未說明階段", "未說明物品")}
OPEN = frozenset({"contradiction", "unsettled"})  # kinds in which not all can be right
FORWARD = frozenset({"forecast", "target", "plan", "hypothesis"})
# The sets of dimensions in which two figures may part and still be worth comparing. A share "of imports of
# compounds" and one "of use" differ in two ways, yet readers compare them.
DIFFERENCES = frozenset({("year",), ("stage",), ("material",), ("definition",), ("material", "definition")})


@dataclass(frozen=True)
class Disagreement:
    """A ladder of claims that do not fit together. `gap` is what lies between the lowest and the highest."""

    kind: str
    claims: tuple[Claim, ...]  # by lower value, then id
    differs_in: str = ""
    gap: Figure | None = None
    unit: str = ""  # of the gap

    @property
    def id(self) -> str:
        """Named by a hash of kind and claims, so that builds repeat."""
        key = "|".join([self.kind, self.differs_in, *sorted(c.id for c in self.claims)])
        return f"disagreement:{sha256(key)[:12]}"


def find_disagreements(corpus: Corpus) -> list[Disagreement]:
    """All disagreements among the claims, by kind and id."""
    return _found([c for c in corpus.claims if not c.is_remark], corpus.vocabulary)


def _found(claims: Sequence[Claim], vocabulary: Vocabulary) -> list[Disagreement]:
    found: list[Disagreement] = []
    found += _of_figures(claims, vocabulary)
    found += _of_dates(claims, vocabulary)
    found += _of_order(claims)
    found += _of_objects(claims, vocabulary)
    found += _of_lists(claims)
    found += _of_polarity(claims)
    return sorted(set(found), key=lambda d: (d.kind, d.id))


def disagreement_quads(corpus: Corpus) -> Iterator[ox.Quad]:
    """Each disagreement as a node with its claims, kind, gap, labels and the curators' reason."""
    reasons = {frozenset(r.claims): r for r in corpus.reasons}
    standing = [c for c in corpus.claims if not c.is_remark and c.rank != "deprecated"]
    open_ = [frozenset(d.claims) for d in _found(standing, corpus.vocabulary) if d.kind in OPEN]
    for disagreement in find_disagreements(corpus):
        node = named(disagreement.id)
        for predicate, value in _pairs(disagreement, corpus, reasons):
            yield ox.Quad(node, named(predicate), value, DERIVED)
        for claim in adopted(disagreement, open_):
            yield ox.Quad(node, named(REE + "adopted"), named(claim.id), DERIVED)
        if disagreement.gap is not None:
            gap = named(f"{disagreement.id}/gap")
            yield ox.Quad(node, named(REE + "gap"), gap, DERIVED)
            for predicate, value in quantity_pairs(disagreement.gap, disagreement.unit):
                yield ox.Quad(gap, named(predicate), value, DERIVED)


def adopted(disagreement: Disagreement, open_: Sequence[frozenset[Claim]]) -> list[Claim]:
    """The claims that stand where others are not adopted; none while two of them are still at odds."""
    stands = [c for c in disagreement.claims if c.rank != "deprecated"]
    at_odds = any(len(claims.intersection(stands)) > 1 for claims in open_)
    return [] if at_odds or len(stands) == len(disagreement.claims) else stands


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
            yield REE + "notAdopted", named(claim.id)
    if disagreement.differs_in:
        yield REE + "differsIn", ox.Literal(disagreement.differs_in)
    for members, reason in reasons.items():
        if members <= ids:
            yield REE + "reason", ox.Literal(reason.en, language="en")
            yield REE + "reason", ox.Literal(reason.zh, language="zh-Hant")


def _names(disagreement: Disagreement, corpus: Corpus) -> tuple[str, str]:
    """Subject, property, stage, material and the ladder of what is said, in English and Chinese."""
    claims = disagreement.claims
    names = []
    for lang, comma in (("en", ", "), ("zh", "，")):
        parts = (
            [corpus.name(c.subject, lang) for c in claims],
            [corpus.name(c.property, lang) for c in claims],
            [corpus.name(c.stage, lang) if c.stage else _UNSAID[lang][0] for c in claims],
            [corpus.name(c.material, lang) if c.material else _UNSAID[lang][1] for c in claims],
        )
        about = [_each(part) for part in parts if not set(part) <= set(_UNSAID[lang])]
        said = _each([_said(c, corpus, lang) for c in claims])
        names.append(comma.join(about) + ("：" if lang == "zh" else ": ") + said)
    return names[0], names[1]


def _each(words: Sequence[str]) -> str:
    """What the claims of a ladder say of one thing, each once, in their order."""
    return " / ".join(dict.fromkeys(words))


def _said(claim: Claim, corpus: Corpus, lang: str) -> str:
    tag = "zh-Hant" if lang == "zh" else "en"
    if claim.figure is not None:
        return figure(tag, claim.figure.printed, claim.unit)
    sign = {"en": "not ", "zh": "非"}[lang] if claim.negative else ""
    return sign + corpus.name(claim.object, lang) if claim.object else time(tag, claim.when.edtf)


def _of_figures(claims: Sequence[Claim], vocabulary: Vocabulary) -> Iterator[Disagreement]:
    """Ladders of figures: pairs that exclude each other, joined where they differ in the same way."""
    measured = [
        c for c in claims if c.figure is not None and c.figure.comparator != "word" and not c.negative
    ]
    for group in _grouped(
        measured, lambda c: (c.subject, _family(c, vocabulary), c.object, c.unit, _forward(c))
    ):
        share = _property(group[0], vocabulary).is_share
        pairs: dict[tuple[str, str], list[tuple[Claim, Claim]]] = defaultdict(list)
        for a, b in combinations(group, 2):
            if _distance(a, b, share) > 0 and (way := _way(a, b)):
                pairs[way].append((a, b))
        for (kind, differs_in), edges in sorted(pairs.items()):
            for ladder in _components(edges):
                yield _figure_ladder(kind, ladder, share, differs_in)


def _way(a: Claim, b: Claim) -> tuple[str, str] | None:
    """How two claims whose figures exclude each other differ: kind and, for a difference, in what."""
    apart = tuple(d for d, differs in _differences(a, b) if differs)
    if a.source == b.source:
        return ("history", "") if apart == ("year",) and not (a.assumed or b.assumed) else None
    if apart:
        comparable = apart in DIFFERENCES and (a.stage == b.stage or "stage" in apart)
        return ("difference", ", ".join(apart)) if comparable else None
    certain = a.when.overlaps(b.when) and not (a.assumed or b.assumed) and a.stage == b.stage
    return ("contradiction", "") if certain else ("unsettled", "")


def _differences(a: Claim, b: Claim) -> Iterator[tuple[str, bool]]:
    """Each dimension, and whether the claims part in it; a stage that one does not say is no difference."""
    same_source = a.source == b.source
    yield "year", not (a.when.overlaps(b.when) if same_source else _nearly_meets(a, b))
    yield "stage", a.stage != b.stage and bool(same_source or (a.stage and b.stage))
    yield "material", a.material != b.material
    yield "definition", a.property != b.property


def _components(edges: Sequence[tuple[Claim, Claim]]) -> list[list[Claim]]:
    """The connected sets of claims under these edges."""
    sets: list[dict[str, Claim]] = []
    for a, b in edges:
        joined = {a.id: a, b.id: b}
        apart = []
        for known in sets:
            if joined.keys() & known.keys():
                joined |= known
            else:
                apart.append(known)
        sets = [*apart, joined]
    return [list(found.values()) for found in sets]


def _of_dates(claims: Sequence[Claim], vocabulary: Vocabulary) -> Iterator[Disagreement]:
    dated = [c for c in claims if vocabulary.properties[c.property].time_valued and not c.negative]
    for group in _grouped(dated, lambda c: (c.subject, c.property, _forward(c))):
        members = _connected(group, lambda a, b: a.source != b.source and not a.when.overlaps(b.when))
        if members:
            gap, unit = gap_of_times([c.when for c in members])
            yield Disagreement("contradiction", _by_time(members), gap=gap, unit=unit)


def _of_order(claims: Sequence[Claim]) -> Iterator[Disagreement]:
    """What one source has made public before another has it made at all."""
    made_known = [c for c in claims if c.property in {"enacted", "published"} and not c.negative]
    for group in _grouped(made_known, lambda c: (c.subject, _forward(c))):
        if members := _connected(group, lambda a, b: a.source != b.source and (_early(a, b) or _early(b, a))):
            yield Disagreement("contradiction", _by_time(members))


def _early(known: Claim, made: Claim) -> bool:
    """Whether the one is published before the other can have been enacted."""
    last, first = known.when.end, made.when.start
    ordered = (known.property, made.property) == ("published", "enacted")
    return ordered and last is not None and first is not None and last < first


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
            group, lambda a, b: a.source != b.source and _denies(a) != _denies(b) and a.when.overlaps(b.when)
        )
        if members:
            kind = "unsettled" if any(c.assumed for c in members) else "contradiction"
            yield Disagreement(kind, _by_time(members))


def _denies(claim: Claim) -> bool:
    return claim.negative or (claim.figure is not None and claim.figure.is_none)


def _connected(claims: Sequence[Claim], apart: Callable[[Claim, Claim], bool]) -> list[Claim]:
    named_ = {c.id for a, b in combinations(claims, 2) if apart(a, b) for c in (a, b)}
    return [c for c in claims if c.id in named_]


def _distance(a: Claim, b: Claim, share: bool) -> Decimal:
    """How far apart two figures are at least; zero or less when they can both be right."""
    (low_a, high_a), (low_b, high_b) = _interval(a, share), _interval(b, share)
    return max(low_a, low_b) - min(high_a, high_b)


def _interval(claim: Claim, share: bool) -> tuple[Decimal, Decimal]:
    """What a figure is compared by: widened by its last digit, but for a count, which is exact."""
    figure = claim.figure
    assert figure is not None  # only claims with figures are compared
    if claim.unit == "count" and figure.value is not None and figure.comparator == "=":
        return figure.value, figure.value
    return figure.widened(share)


def _figure_ladder(kind: str, claims: Iterable[Claim], share: bool, differs_in: str = "") -> Disagreement:
    ladder = tuple(sorted(claims, key=lambda c: (c.figure.widened(share)[0] if c.figure else 0, c.id)))
    gap, unit = gap_of_figures([c.figure for c in ladder if c.figure], ladder[0].unit)
    return Disagreement(kind, ladder, differs_in, gap, unit)


def _nearly_meets(a: Claim, b: Claim) -> bool:
    """Overlapping times, or years next to each other."""
    if a.when.overlaps(b.when):
        return True
    (first, second) = (a, b) if (a.when.start or a.when.end) and _start_year(a) <= _start_year(b) else (b, a)
    return _start_year(second) - _end_year(first) == 1


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
