"""Where sources differ: golden tables of claims made by hand, and what the real ones give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pyoxigraph as ox
import pytest
from closure.claims import made

from reegraph.curation.claims import Claim
from reegraph.curation.corpus import Corpus
from reegraph.curation.reference import Reason
from reegraph.curation.vocabulary import Vocabulary
from reegraph.disagreements import DERIVED, disagreement_quads, find_disagreements
from reegraph.terms import PROV, REE, short

SHARE = "productionShare region:world"
Row = tuple[str, str, dict[str, str]]  # value, when, other cells
DEPRECATED = {"rank": "deprecated"}
FORECAST = {"modality": "forecast"}


def corpus_of(vocabulary: Vocabulary, claims: Sequence[Claim], reasons: Sequence[Reason] = ()) -> Corpus:
    """A corpus of nothing but these claims."""
    return Corpus(vocabulary, {}, {}, claims, reasons=reasons)


def found(vocabulary: Vocabulary, claims: Sequence[Claim]) -> list[str]:
    """A line for each disagreement: kind, what differs, the claims as source-number, and the gap."""
    lines = []
    for d in find_disagreements(corpus_of(vocabulary, claims)):
        said = " ".join(c.id.removeprefix("claim:") for c in d.claims)
        what = f" in {d.differs_in}" if d.differs_in else ""
        gap = "" if d.gap is None else f", {d.gap.printed} {d.unit.replace('percentage-point', 'points')}"
        lines.append(f"{d.kind}{what}: {said}{gap}")
    return lines


# Two sources on one share of the world: value, when and other cells of a-1 and b-1, and what comes of it.
FIGURES: list[tuple[str, Row, Row, list[str]]] = [
    ("all meets", ("69.2", "2024", {}), ("60", "2024", {}), ["contradiction: b-1 a-1, 9.2 points"]),
    ("the same", ("69.2", "2024", {}), ("69.2", "2024", {}), []),
    ("half a digit on each side", ("69.2", "2024", {}), ("69", "2024", {}), []),
    ("just touching", ("69.5", "2024", {}), ("69", "2024", {}), []),
    ("a tenth beyond", ("69.6", "2024", {}), ("69", "2024", {}), ["contradiction: b-1 a-1, 0.6 points"]),
    (
        "a tenth is not a percent",
        ("69.2", "2024", {}),
        ("69.0", "2024", {}),
        ["contradiction: b-1 a-1, 0.2 points"],
    ),
    ("about reaches 5 %", ("~60", "2024", {}), ("63", "2024", {}), []),
    (
        "about reaches no farther",
        ("~60", "2024", {}),
        ("64", "2024", {}),
        ["contradiction: a-1 b-1, 4 points"],
    ),
    ("about meets about", ("~60", "2024", {}), ("~66", "2024", {}), []),
    ("inside a range", ("85..90", "2024", {}), ("87", "2024", {}), []),
    ("outside a range", ("85..90", "2024", {}), ("92", "2024", {}), ["contradiction: a-1 b-1, 2..7 points"]),
    ("above a bound", (">90", "2024", {}), ("95", "2024", {}), []),
    ("below a bound", (">90", "2024", {}), ("85", "2024", {}), ["contradiction: b-1 a-1, >=5 points"]),
    ("two open ends that meet", (">50", "2024", {}), ("<65", "2024", {}), []),
    ("two that do not", (">65", "2024", {}), ("<=50", "2024", {}), ["contradiction: b-1 a-1, >=15 points"]),
    ("a share ends at 100", (">99.9", "2024", {}), ("100", "2024", {}), []),
    ("words are compared by nobody", ("most", "2024", {}), ("30", "2024", {}), []),
    (
        "days inside the year",
        ("69", "2024-03", {}),
        ("60", "2024", {}),
        ["contradiction: b-1 a-1, 9 points"],
    ),
    (
        "an open end that reaches it",
        ("69", "2023/", {}),
        ("60", "2024", {}),
        ["contradiction: b-1 a-1, 9 points"],
    ),
    # A qualifier that is not said.
    ("an assumed year", ("69", "", {}), ("60", "2025", {}), ["unsettled: b-1 a-1, 9 points"]),
    ("two assumed years", ("69", "", {}), ("60", "", {}), ["unsettled: b-1 a-1, 9 points"]),
    ("neighbouring years", ("69", "2023", {}), ("60", "2024", {}), ["unsettled: b-1 a-1, 9 points"]),
    (
        "a year of an earlier span",
        ("69", "2020/2023", {}),
        ("60", "2024", {}),
        ["unsettled: b-1 a-1, 9 points"],
    ),
    (
        "a stage not said",
        ("69", "2024", {}),
        ("60", "2024", {"stage": "stage:mining"}),
        ["unsettled: b-1 a-1, 9 points"],
    ),
    # All said, one of them different.
    ("years apart", ("69", "2021", {}), ("60", "2024", {}), ["difference in year: b-1 a-1, 9 points"]),
    (
        "stages",
        ("69", "2024", {"stage": "stage:mining"}),
        ("92", "2024", {"stage": "stage:refining"}),
        ["difference in stage: a-1 b-1, 23 points"],
    ),
    (
        "materials",
        ("69", "2024", {"material": "group:rare-earths"}),
        ("99", "2024", {}),
        ["difference in material: a-1 b-1, 30 points"],
    ),
    (
        "year and stage",
        ("69", "2020", {"stage": "stage:mining"}),
        ("92", "2024", {"stage": "stage:refining"}),
        [],
    ),
    ("another subject", ("69", "2024", {}), ("60", "2024", {"subject": "country:MM"}), []),
    ("another unit", ("69", "2024", {}), ("60", "2024", {"unit": "t"}), []),
    # Forecasts meet only forecasts; plans and targets are their like.
    ("a forecast and a fact", ("69", "2030", FORECAST), ("60", "2030", {}), []),
    (
        "two forecasts",
        ("69", "2030", FORECAST),
        ("60", "2030", FORECAST),
        ["contradiction: b-1 a-1, 9 points"],
    ),
    (
        "a forecast and a target",
        ("69", "2030", FORECAST),
        ("60", "2030", {"modality": "target"}),
        ["contradiction: b-1 a-1, 9 points"],
    ),
    (
        "a fact and a report",
        ("69", "2024", {}),
        ("60", "2024", {"modality": "reported"}),
        ["contradiction: b-1 a-1, 9 points"],
    ),
    # A wrong claim stays in the ladder that it lost.
    (
        "a deprecated one",
        ("69", "2024", {}),
        ("60", "2024", DEPRECATED),
        ["contradiction: b-1 a-1, 9 points"],
    ),
]


@pytest.mark.parametrize(
    ("first", "second", "expected"), [c[1:] for c in FIGURES], ids=[c[0] for c in FIGURES]
)
def test_two_figures(vocabulary: Vocabulary, first: Row, second: Row, expected: list[str]) -> None:
    """Two sources' figures disagree, or do not, as the table says, with kind, order and gap."""
    (value, when, cells), (value2, when2, cells2) = first, second
    a, b = made("a-1", SHARE, value, when, **cells), made("b-1", SHARE, value2, when2, **cells2)
    assert found(vocabulary, [a, b]) == expected
    assert found(vocabulary, [b, a]) == expected


def test_a_change_may_be_over_100_percent(vocabulary: Vocabulary) -> None:
    """A price that rose by more than 50 % may have risen by 150 %; of a share that could not be."""
    assert (
        found(
            vocabulary, [made("a-1", "priceChange", ">50", "2024"), made("b-1", "priceChange", "150", "2024")]
        )
        == []
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("270000", "274000", []),  # printed to ten thousand
        ("270000", "276000", ["contradiction: a-1 b-1, 6000 t"]),
        ("240000", "270000", ["contradiction: a-1 b-1, 30000 t"]),
        ("~1200", "1260", []),  # 1140..1260 meets 1255..1265
        ("~1200", "1270", ["contradiction: a-1 b-1, 70 t"]),
        (">200000", "270000", []),
    ],
)
def test_amounts_are_as_exact_as_printed(
    vocabulary: Vocabulary, first: str, second: str, expected: list[str]
) -> None:
    """Trailing zeros of an amount count as not printed, and an amount has no bound at 100."""
    rows = [made(f"{s}-1", "production", v, "2024", unit="t") for s, v in (("a", first), ("b", second))]
    assert found(vocabulary, rows) == expected


def test_definitions_of_one_family(vocabulary: Vocabulary) -> None:
    """Shares of imports and of use differ in definition, and in material too where that differs."""
    imports = made("a-1", "importsFrom country:CN", "58", "2024", subject="country:JP")
    use = made("b-1", "suppliedFrom country:CN", "75", "2024", subject="country:JP")
    assert found(vocabulary, [imports, use]) == ["difference in definition: a-1 b-1, 17 points"]
    both = replace(use, material="group:rare-earths")
    assert found(vocabulary, [imports, both]) == ["difference in material, definition: a-1 b-1, 17 points"]
    assert (
        found(vocabulary, [imports, made("b-1", "importReliance", "75", "2024", subject="country:JP")]) == []
    )


def test_one_source_over_years_is_history(vocabulary: Vocabulary) -> None:
    """What one source says of several years is history, never a contradiction; of one year it is nothing."""
    years = [
        made(f"a-{n}", SHARE, v, w) for n, v, w in ((1, "97", "2010"), (2, "69", "2024"), (3, "58", "2020"))
    ]
    assert found(vocabulary, years) == ["history: a-3 a-2 a-1, 39 points"]
    assert found(vocabulary, [made("a-1", SHARE, "69", "2024"), made("a-2", SHARE, "60", "2024")]) == []


def test_a_ladder_is_one_node(vocabulary: Vocabulary) -> None:
    """Many sources on one share are one disagreement, lowest first; who fits all is out."""
    values = {"a": "69", "b": "60", "c": "85..90", "d": ">50"}
    claims = [made(f"{s}-1", SHARE, v, "2024") for s, v in values.items()]
    assert found(vocabulary, claims) == ["contradiction: b-1 a-1 c-1, 25..30 points"]
    assert {tuple(found(vocabulary, order)) for order in permutations(claims)} == {
        tuple(found(vocabulary, claims))
    }


def test_a_looser_claim_makes_a_looser_ladder(vocabulary: Vocabulary) -> None:
    """A contradiction stays one when a claim without a year joins, which makes a second ladder, unsettled."""
    claims = [made("a-1", SHARE, "69", "2025"), made("b-1", SHARE, "60", "2025"), made("c-1", SHARE, "80")]
    assert found(vocabulary, claims) == [
        "contradiction: b-1 a-1, 9 points",
        "unsettled: b-1 a-1 c-1, 20 points",
    ]


EVENT = {"subject": "event:talks", "material": ""}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2024-06", "2025-06", ["contradiction: a-1 b-1, 12 month"]),
        ("2025-06-10", "2025-06-11", ["contradiction: a-1 b-1, 1 day"]),
        ("2025-06", "2025-06-10", []),
        ("2025", "2025-06-10", []),
        ("2025-06-10", "2025-06-10", []),
        ("2024/", "2023", ["contradiction: b-1 a-1, >=1 year"]),
        ("2022", "2024", ["contradiction: a-1 b-1, 2 year"]),
        ("2024-12", "2025", ["contradiction: a-1 b-1, 1..12 month"]),
        ("2024", "2025-06-11", ["contradiction: a-1 b-1, 162..527 day"]),
    ],
)
def test_dates(vocabulary: Vocabulary, first: str, second: str, expected: list[str]) -> None:
    """Two sources give one event two dates when no day lies in both; the gap is in the
    most exact unit that one of them is written in."""
    claims = [made("a-1", "occurred", when=first, **EVENT), made("b-1", "occurred", when=second, **EVENT)]
    assert found(vocabulary, claims) == expected


def test_dates_of_other_kind_or_source(vocabulary: Vocabulary) -> None:
    """A date of another property, of a plan or of the same source contradicts none."""
    first = made("a-1", "announced", when="2024-06", **EVENT)
    assert found(vocabulary, [first, made("b-1", "effective", when="2025-06", **EVENT)]) == []
    assert (
        found(vocabulary, [first, made("b-1", "announced", when="2025-06", modality="plan", **EVENT)]) == []
    )
    assert found(vocabulary, [first, made("a-2", "announced", when="2025-06", **EVENT)]) == []
    assert found(vocabulary, [first, made("b-1", "not announced", when="2025-06", **EVENT)]) == []


FIRM = {"subject": "firm:lynas", "material": ""}


@pytest.mark.parametrize(
    ("says", "when", "expected"),
    [
        ("headquarteredIn country:MY", "2024", ["contradiction: a-1 b-1"]),
        ("headquarteredIn country:MY", "", []),
        ("headquarteredIn country:AU", "2024", []),
        ("headquarteredIn country:MY", "2020", []),
        ("locatedIn country:MY", "2024", []),
    ],
    ids=["two seats", "another, assumed year", "one seat", "at another time", "another property"],
)
def test_one_object_at_a_time(vocabulary: Vocabulary, says: str, when: str, expected: list[str]) -> None:
    """Two objects contradict each other where the property has room for one at a time, and the times meet."""
    first = made("a-1", "headquarteredIn country:AU", when="2024", **FIRM)
    assert found(vocabulary, [first, made("b-1", says, when=when, **FIRM)]) == expected


def test_one_object_of_an_assumed_year_is_unsettled(vocabulary: Vocabulary) -> None:
    """Two objects at a time that one source only implies are unsettled."""
    claims = [
        made("a-1", "headquarteredIn country:AU", when="2025", **FIRM),
        made("b-1", "headquarteredIn country:MY", **FIRM),
    ]
    assert found(vocabulary, claims) == ["unsettled: a-1 b-1"]


def test_many_objects_are_no_contradiction(vocabulary: Vocabulary) -> None:
    """Two objects of a property with room for many agree."""
    claims = [made("a-1", "makes product:motor", when="2024"), made("b-1", "makes product:jet", when="2024")]
    assert found(vocabulary, claims) == []


def lists(**of_source: str) -> list[Claim]:
    """The members that each source lists, by letter."""
    return [
        made(
            f"{source}-{n}", f"hasMember country:{member}", when="2024", subject="agreement:msp", material=""
        )
        for source, members in of_source.items()
        for n, member in enumerate(members.split(), 1)
    ]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"a": "JP AU", "b": "JP KR"}, ["unsettled: a-1 a-2 b-1 b-2"]),
        ({"a": "JP AU", "b": "JP AU"}, []),
        ({"a": "JP AU KR", "b": "JP AU"}, []),  # the shorter list is a part of the longer
        ({"a": "JP AU", "b": "KR"}, []),  # one name is a mention, no list
        ({"a": "JP AU", "b": "JP KR", "c": "JP AU"}, ["unsettled: a-1 a-2 b-1 b-2 c-1 c-2"]),
        ({"a": "JP AU KR", "b": "JP US", "c": "JP AU"}, ["unsettled: a-1 a-2 a-3 b-1 b-2 c-1 c-2"]),
    ],
)
def test_lists(vocabulary: Vocabulary, members: dict[str, str], expected: list[str]) -> None:
    """Two lists of members disagree when each names some that the other does not."""
    assert found(vocabulary, lists(**members)) == expected


IMPORTS = "importsFrom country:CN"


@pytest.mark.parametrize(
    ("says", "value", "when", "cells", "expected"),
    [
        (f"not {IMPORTS}", "", "2024", {}, ["contradiction: a-1 b-1"]),
        (f"not {IMPORTS}", "", "2022", {}, []),
        (f"not {IMPORTS}", "", "2024", {"material": "element:Nd"}, []),
        (f"not {IMPORTS}", "", "2024", {"modality": "forecast"}, []),
        (f"not {IMPORTS}", "", "2024", {"modality": "judgement"}, []),
        ("not importsFrom country:AU", "", "2024", {}, []),
        (IMPORTS, "none", "2024", {}, ["contradiction: a-1 b-1"]),
        (IMPORTS, "most", "2024", {}, []),
    ],
    ids=[
        "denied",
        "other time",
        "other good",
        "forecast",
        "judgement",
        "other object",
        "none at all",
        "most",
    ],
)
def test_polarity(
    vocabulary: Vocabulary, says: str, value: str, when: str, cells: dict[str, str], expected: list[str]
) -> None:
    """One source affirms what another denies, of the same thing at the same time; `none` denies too."""
    claims = [made("a-1", IMPORTS, "58", "2024"), made("b-1", says, value, when, **cells)]
    assert found(vocabulary, claims) == expected


def test_polarity_of_an_assumed_year_is_unsettled(vocabulary: Vocabulary) -> None:
    """A denial of an assumed year leaves the matter unsettled."""
    assert found(vocabulary, [made("a-1", IMPORTS, when="2025"), made("b-1", f"not {IMPORTS}")]) == [
        "unsettled: a-1 b-1"
    ]


def test_remarks_are_never_compared(vocabulary: Vocabulary) -> None:
    """A remark has no property and takes part in nothing."""
    assert found(vocabulary, [made("a-1", "remark"), made("b-1", "remark", modality="judgement")]) == []


def nodes(corpus: Corpus) -> set[str]:
    """The quads of the disagreements and their gaps, predicate and value, without their labels."""
    return {
        f"{short(q.predicate.value)} {short(q.object.value).rpartition('/')[2]}"
        for q in disagreement_quads(corpus)
        if not q.predicate.value.endswith("#label")
    }


def test_a_node_says_kind_claims_gap_and_what_is_adopted(vocabulary: Vocabulary) -> None:
    """The node holds claims, kind, gap with unit, the claim that stands and the one not adopted."""
    claims = [made("a-1", SHARE, "69", "2024"), made("b-1", SHARE, "60", "2024", rank="deprecated")]
    assert nodes(corpus_of(vocabulary, claims)) == {
        "rdf:type ree:Disagreement",
        "ree:disagreementKind ree:Contradiction",
        "ree:hasClaim claim:a-1",
        "ree:hasClaim claim:b-1",
        "prov:wasDerivedFrom claim:a-1",
        "prov:wasDerivedFrom claim:b-1",
        "ree:adopted claim:a-1",
        "ree:notAdopted claim:b-1",
        "ree:gap gap",
        "rdf:type ree:Quantity",
        "ree:printed 9",
        "ree:comparator =",
        "ree:value 9",
        "ree:lower 9",
        "ree:upper 9",
        "ree:unit unit:percentage-point",
    }


@pytest.mark.parametrize(
    ("ranks", "adopted"),
    [
        (("normal", "normal"), []),
        (("normal", "deprecated"), ["a-1"]),
        (("deprecated", "deprecated"), []),
        (("normal", "normal", "deprecated"), []),  # 69 and 60 of one year are still at odds
        (("normal", "deprecated", "deprecated"), ["a-1"]),
    ],
)
def test_what_is_adopted(vocabulary: Vocabulary, ranks: Sequence[str], adopted: list[str]) -> None:
    """A claim is adopted when all that contradicts it is not."""
    claims = [
        made(f"{s}-1", SHARE, v, "2024", rank=rank)
        for s, v, rank in zip("abc", ("69", "60", "80"), ranks, strict=False)
    ]
    said = nodes(corpus_of(vocabulary, claims))
    assert sorted(s for s in said if s.startswith("ree:adopted")) == [
        f"ree:adopted claim:{a}" for a in adopted
    ]


def test_a_difference_says_in_what(vocabulary: Vocabulary) -> None:
    """A difference names the qualifier, and the curators' reason where its claims are all in the ladder."""
    claims = [
        made("a-1", SHARE, "69", "2024", stage="stage:mining"),
        made("b-1", SHARE, "92", "2024", stage="stage:refining"),
    ]
    reasons = [
        Reason(frozenset({"claim:a-1", "claim:b-1"}), "Mined is not refined.", "開採非精煉。"),
        Reason(frozenset({"claim:a-1", "claim:c-1"}), "Of another ladder.", "另一組。"),
    ]
    said = nodes(corpus_of(vocabulary, claims, reasons))
    assert {"ree:differsIn stage", "ree:reason Mined is not refined.", "ree:reason 開採非精煉。"} <= said
    assert not [s for s in said if "another" in s or s.startswith(("ree:adopted", "ree:notAdopted"))]


def test_labels_are_in_both_languages(vocabulary: Vocabulary) -> None:
    """A disagreement is named after subject, property and the ladder of figures, once in each language."""
    claims = [
        made("a-1", SHARE, "69.2", "2024"),
        made("b-1", SHARE, "60", "2024"),
        made("c-1", SHARE, "60", "2024"),
    ]
    quads = [
        q for q in disagreement_quads(corpus_of(vocabulary, claims)) if q.predicate.value.endswith("#label")
    ]
    literals = [q.object for q in quads if isinstance(q.object, ox.Literal)]
    assert [str(x.language).lower() for x in literals] == ["en", "zh-hant"]
    assert all("60% / 69.2%" in x.value for x in literals)
    assert {q.graph_name for q in quads} == {DERIVED}


MINED, REFINED = {"stage": "stage:mining"}, {"stage": "stage:refining"}
ALL = {"material": "group:rare-earths"}


@pytest.mark.parametrize(
    ("first", "second", "en", "zh"),
    [
        (MINED, {}, ", mining / stage not said, ", "，開採 / 未說明階段，"),
        (MINED, MINED, ", mining, ", "，開採，"),
        (MINED, REFINED, ", mining / refining, ", "，開採 / 精煉，"),
        ({}, ALL, ", element:Dy / group:rare-earths: ", "，element:Dy / group:rare-earths："),
    ],
)
def test_a_name_says_in_what_claims_part(
    vocabulary: Vocabulary, first: dict[str, str], second: dict[str, str], en: str, zh: str
) -> None:
    """A disagreement is named after the stages and materials of all its claims, said or not."""
    claims = [made("a-1", SHARE, "60", "2024", **first), made("b-1", SHARE, "69", "2024", **second)]
    names = [
        q.object.value
        for q in disagreement_quads(corpus_of(vocabulary, claims))
        if q.predicate.value.endswith("#label")
    ]
    assert len(names) == 2
    assert en in names[0]
    assert zh in names[1]


def test_ids_hang_on_kind_and_claims_alone(vocabulary: Vocabulary) -> None:
    """A disagreement keeps its id whatever the order of claims, and gets another when a claim joins."""
    claims = [made(f"{s}-1", SHARE, v, "2024") for s, v in (("a", "69"), ("b", "60"), ("c", "80"))]
    ids = {d.id for order in permutations(claims) for d in find_disagreements(corpus_of(vocabulary, order))}
    assert len(ids) == 1
    assert ids.isdisjoint(d.id for d in find_disagreements(corpus_of(vocabulary, claims[:2])))


def test_the_real_ladders_are_sound(corpus: Corpus) -> None:
    """Each real disagreement has at least two claims, of two sources but for history, and is found once."""
    real = find_disagreements(corpus)
    assert {d.kind for d in real} == {"contradiction", "unsettled", "difference", "history"}
    assert len({d.id for d in real}) == len(real)
    for d in real:
        sources = {c.source for c in d.claims}
        assert len(d.claims) > 1
        assert (len(sources) == 1) == (d.kind == "history"), d.id
        assert d.gap is None or (d.gap.value or d.gap.lower or 0) > 0
        assert bool(d.differs_in) == (d.kind == "difference")


def test_the_real_nodes_name_real_claims(corpus: Corpus) -> None:
    """Every premise of a real disagreement is a claim; those that are deprecated are not adopted."""
    known = {c.id: c.rank for c in corpus.claims}
    premises = [q for q in disagreement_quads(corpus) if q.predicate.value == PROV + "wasDerivedFrom"]
    rejected = {
        (q.subject, q.object) for q in disagreement_quads(corpus) if q.predicate.value == REE + "notAdopted"
    }
    assert {short(q.object.value) for q in premises} <= set(known)
    deprecated = {(q.subject, q.object) for q in premises if known[short(q.object.value)] == "deprecated"}
    assert rejected == deprecated


@pytest.mark.parametrize(
    ("published", "enacted", "disagree"),
    [
        ("2024-04", "2024-06", True),
        ("2024-06", "2024-06", False),
        ("2024-07", "2024-06", False),
        ("2024", "2024-06", False),
    ],
)
def test_a_law_is_made_before_it_is_made_public(
    vocabulary: Vocabulary, published: str, enacted: str, disagree: bool
) -> None:
    """A source that has a law published before another has it enacted disagrees with it."""
    claims = [
        made("a-1", "published", when=published, subject="policy:law", material=""),
        made("b-1", "enacted", when=enacted, subject="policy:law", material=""),
    ]
    assert found(vocabulary, claims) == (["contradiction: a-1 b-1"] if disagree else [])
