"""Claims: what a row gives, each fault of a row with its remedy, and the canonical order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reegraph.curation import edtf
from reegraph.curation.anchors import Anchor
from reegraph.curation.claims import COLUMNS, Claim, Ids, canonical, read_claims, row_faults
from reegraph.curation.figure import Figure
from reegraph.curation.vocabulary import Vocabulary

CLASSES = {
    "country:CN": "Jurisdiction",
    "country:US": "Jurisdiction",
    "region:world": "Region",
    "element:Dy": "RareEarthElement",
    "event:talks": "Event",
    "stage:mining": "Stage",
    "org:usgs": "Organization",
}
IDS = Ids(CLASSES)
ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "id": "1",
    "subject": "country:CN",
    "property": "productionShare",
    "object": "region:world",
    "value": "70",
    "unit": "percent",
    "when": "2024",
    "stage": "stage:mining",
    "material": "element:Dy",
    "modality": "stated",
    "said_by": "org:usgs",
    "rank": "normal",
    "reading": "printed",
    "start": "6",
    "end": "16",
    "sha256": "0" * 64,
    "en": "China produces 70 % of the world's dysprosium.",
    "zh": "中國的鏑產量占全球70%。",
}
EVENT = {
    "subject": "event:talks",
    "property": "occurred",
    "object": "",
    "value": "",
    "unit": "",
    "stage": "",
    "material": "",
}
NUMBER = "Use the next free number of this file."
DEFINE = "Correct the id, or add the entity to data/entities/."
FILL = "Fill it in or choose another property."
SAY = "Say the claim in one plain sentence of your own."
WHY = "the note is empty. Say why the claim is deprecated or its reading corrected."
FIND = 'Find it by `reegraph anchor SOURCE "phrase"`.'


def _faults(vocabulary: Vocabulary, **changes: str) -> list[str]:
    return [f"{what} {remedy}".strip() for what, remedy in row_faults(ROW | changes, vocabulary, IDS)]


def _read(folder: Path, vocabulary: Vocabulary, *rows: dict[str, str]) -> tuple[list[Claim], list[str]]:
    lines = ["\t".join(COLUMNS), *("\t".join((ROW | row).values()) for row in rows)]
    path = folder / "tang-2025.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found, problems = read_claims(path, "source:tang-2025", 2025, vocabulary, IDS)
    return found, [str(p) for p in problems]


def test_a_row_becomes_a_claim(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """A claim is named after its source and number and keeps file and line."""
    found, problems = _read(tmp_path, vocabulary, {})
    assert problems == []
    assert found == [
        Claim(
            id="claim:tang-2025-1",
            source="source:tang-2025",
            subject="country:CN",
            property="productionShare",
            negative=False,
            object="region:world",
            figure=Figure("70", "=", Decimal(70), Decimal(70), Decimal(70)),
            unit="percent",
            when=edtf.Span("2024", date(2024, 1, 1), date(2024, 12, 31)),
            assumed=False,
            stage="stage:mining",
            material="element:Dy",
            modality="stated",
            said_by="org:usgs",
            rank="normal",
            reading="printed",
            anchor=Anchor(6, 16, "0" * 64),
            en=ROW["en"],
            zh=ROW["zh"],
            note_en="",
            note_zh="",
            place="data/claims/tang-2025.tsv:2",
        )
    ]


def test_an_empty_when_is_the_year_of_the_source(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """A claim without a time holds of its source's year, and says that this is assumed."""
    (claim,), _ = _read(tmp_path, vocabulary, {"when": ""})
    assert (claim.when.edtf, claim.assumed) == ("2025", True)


def test_not_makes_a_claim_negative(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """`not ` before a property is read as denial of that property."""
    (claim,), problems = _read(tmp_path, vocabulary, {"property": "not productionShare"})
    assert problems == []
    assert (claim.property, claim.negative) == ("productionShare", True)


@pytest.mark.parametrize(
    ("changes", "follows"),
    [
        ({}, True),
        ({"modality": "reported"}, True),
        ({"modality": "forecast"}, False),
        ({"modality": "hypothesis"}, False),
        ({"property": "not productionShare"}, False),
        ({"value": "none", "unit": ""}, False),
        ({"value": "most", "unit": ""}, True),
        ({"rank": "deprecated", "note_en": "Wrong.", "note_zh": "有誤。"}, False),
        (EVENT, False),
    ],
)
def test_which_claims_yield_a_statement(
    tmp_path: Path, vocabulary: Vocabulary, changes: dict[str, str], follows: bool
) -> None:
    """A direct triple follows from what is said as a fact, is not denied, not nothing and not wrong."""
    (claim,), problems = _read(tmp_path, vocabulary, changes)
    assert problems == []
    assert claim.yields_statement is follows


def test_a_remark_carries_no_property(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """What no property carries is a remark about its subject."""
    row = {"property": "remark", "object": "", "value": "", "unit": ""}
    (claim,), problems = _read(tmp_path, vocabulary, row)
    assert problems == []
    assert claim.is_remark


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "x"}, f"id 'x' is not a running number. {NUMBER}"),
        ({"id": ""}, f"id '' is not a running number. {NUMBER}"),
        ({"id": "007"}, f"id '007' is not a running number. {NUMBER}"),
        ({"id": "0"}, f"id '0' is not a running number. {NUMBER}"),
        ({"id": "１"}, f"id '１' is not a running number. {NUMBER}"),
        ({"id": "²"}, f"id '²' is not a running number. {NUMBER}"),
        ({"subject": ""}, "subject is empty. Say what the claim is about."),
        (
            {"object": "element:Dy"},
            f"object element:Dy is a RareEarthElement, where Place is wanted. {DEFINE}",
        ),
        ({"stage": "region:world"}, f"stage region:world is a Region, where Stage is wanted. {DEFINE}"),
        (
            {"material": "country:US"},
            f"material country:US is a Jurisdiction, where Flow or Good is wanted. {DEFINE}",
        ),
        (
            {"said_by": "element:Dy"},
            "said_by element:Dy is a RareEarthElement, where Agent or Agreement or Place or Policy or Source "
            f"or Work is wanted. {DEFINE}",
        ),
        (
            {"property": "xyzzy"},
            "property 'xyzzy' is not in the ontology. Correct the row or add the property.",
        ),
        ({"object": ""}, f"productionShare needs object, which is empty. {FILL}"),
        ({"material": ""}, f"productionShare needs material, which is empty. {FILL}"),
        ({"value": "", "unit": ""}, f"productionShare needs value, which is empty. {FILL}"),
        ({"property": "share"}, "share is too wide for a claim. Use one of its sub-properties."),
        (EVENT | {"when": ""}, "occurred needs when, which is its value. Fill it in."),
        (
            EVENT | {"object": "country:US"},
            "occurred takes no object. Take it out or choose another property.",
        ),
        (
            {"unit": "t"},
            "productionShare is not in t, but in percent. "
            "Correct the unit, or add it to the property's ree:takesUnit.",
        ),
        ({"value": "most"}, "value most is a word and takes no unit. Take the unit out."),
        (
            {"value": "1,000"},
            "value '1,000' is not a figure. "
            "Write it as 69.2, 85..90, ~85..90, >90, >=80, <1, <=65, ~12 or "
            "a word of ontology/vocabulary.ttl.",
        ),
        (
            {"when": "June 2024"},
            "time 'June 2024' is not understood. "
            "Write it as 2024, 2025-04, 2025-04-04, 198X, 2019/2022, /2026 or 2040/ (EDTF).",
        ),
        (
            {"modality": "said"},
            "modality 'said' is unknown; "
            "known: forecast, hypothesis, judgement, plan, reported, stated, target. Correct the row.",
        ),
        ({"rank": ""}, "rank '' is unknown; known: normal, preferred, deprecated. Correct the row."),
        ({"reading": "ocr"}, "reading 'ocr' is unknown; known: printed, corrected. Correct the row."),
        ({"en": ""}, f"en is empty. {SAY}"),
        ({"zh": ""}, f"zh is empty. {SAY}"),
        ({"rank": "deprecated"}, WHY),
        ({"reading": "corrected"}, WHY),
        (
            {"note_en": "From the caption."},
            "note_zh is empty, but note_en is not. Say it in English and Traditional Chinese.",
        ),
        (
            {"note_zh": "出自圖說。"},
            "note_en is empty, but note_zh is not. Say it in English and Traditional Chinese.",
        ),
        ({"start": "16"}, f"the anchor [16, 16) is not a span. {FIND}"),
        ({"start": ""}, f"the anchor [, 16) is not a span. {FIND}"),
        ({"end": "-1"}, f"the anchor [6, -1) is not a span. {FIND}"),
        ({"start": "²"}, f"the anchor [², 16) is not a span. {FIND}"),
        ({"end": "１６"}, f"the anchor [6, １６) is not a span. {FIND}"),
        ({"sha256": "abc"}, f"sha256 is not 64 hexadecimal digits. {FIND}"),
        ({"sha256": "Z" * 64}, f"sha256 is not 64 hexadecimal digits. {FIND}"),
    ],
)
def test_faults_of_a_row(vocabulary: Vocabulary, changes: dict[str, str], fault: str) -> None:
    """Each fault of a row is told once, with its remedy."""
    assert _faults(vocabulary, **changes) == [fault]


@pytest.mark.parametrize(
    ("changes", "what", "remedy"),
    [
        (
            {"subject": "country:CNN"},
            "subject country:CNN is not defined (perhaps country:CN",
            DEFINE,
        ),
        (
            {"object": "regoin:world"},
            "object regoin:world is not defined (perhaps region:world",
            DEFINE,
        ),
        (
            {"property": "productionShaer"},
            "property 'productionShaer' is not in the ontology (perhaps productionShare",
            "Correct the row or add the property.",
        ),
        (
            {"property": "not not productionShare"},
            "property 'not productionShare' is not in the ontology (perhaps productionShare",
            "Correct the row or add the property.",
        ),
    ],
)
def test_a_mistyped_name_is_guessed(
    vocabulary: Vocabulary, changes: dict[str, str], what: str, remedy: str
) -> None:
    """An id or property that nobody defines is told with the nearest one first."""
    (fault,) = _faults(vocabulary, **changes)
    assert fault.startswith(what)
    assert fault.endswith(f"). {remedy}")


def test_an_unknown_unit_lists_the_known_ones(vocabulary: Vocabulary) -> None:
    """A unit that nobody defines is told with those that are defined."""
    first, *_ = _faults(vocabulary, unit="kt")
    known = ", ".join(sorted(vocabulary.units))
    assert first == (
        f"unit 'kt' is unknown; known: {known}. Correct the row or add the unit to ontology/vocabulary.ttl."
    )


def test_a_unit_without_a_value(vocabulary: Vocabulary) -> None:
    """A unit that measures nothing is a fault, beside the value that the property needs."""
    assert "unit percent stands without a value. Give the value or take the unit out." in _faults(
        vocabulary, value=""
    )


def test_a_figure_without_a_unit_is_one_fault(vocabulary: Vocabulary) -> None:
    """A figure that lacks its unit is not also taken for a word."""
    changes = {"property": "memberCount", "object": "", "stage": "", "material": "", "subject": "event:talks"}
    known = ", ".join(sorted(vocabulary.units))
    assert _faults(vocabulary, **changes, value="7", unit="") == [
        f"value 7 has no unit. Give one of: {known}."
    ]
    assert _faults(vocabulary, **changes, value="most", unit="") == [
        "memberCount takes a figure, not the word most. Give the figure or use another property."
    ]


def test_an_unknown_word_lists_the_known_ones(vocabulary: Vocabulary) -> None:
    """A word that nobody defines is told with those that are defined."""
    first, *_ = _faults(vocabulary, value="plenty", unit="")
    assert first.startswith(
        f"value 'plenty' is not a known word; known: {', '.join(sorted(vocabulary.words))}. Write it as "
    )


def test_the_second_row_with_one_id(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """A number stands once in a file; the second row is refused and names the first."""
    found, problems = _read(tmp_path, vocabulary, {}, {"en": "Another."})
    assert problems == [
        "data/claims/tang-2025.tsv:3: id 1 stands already at data/claims/tang-2025.tsv:2. Number on."
    ]
    assert [c.en for c in found] == [ROW["en"]]


def test_all_faults_of_a_file_come_at_once(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """Every faulty row is told with its line, and the sound ones are read."""
    found, problems = _read(tmp_path, vocabulary, {"en": "", "zh": ""}, {"id": "2"}, {"id": "3", "rank": "x"})
    assert [p.partition(": ")[0].rpartition(":")[2] for p in problems] == ["2", "2", "4"]
    assert [c.id for c in found] == ["claim:tang-2025-2"]


def test_a_remark_takes_no_value(vocabulary: Vocabulary) -> None:
    """A remark with a figure is a fault: a property should carry it."""
    assert _faults(vocabulary, property="remark", object="") == [
        "remark takes no value. Take it out or choose another property."
    ]


def test_canonical_numbers_rows() -> None:
    """Rows stand by number, not by letter, cells are trimmed, what is no number comes last."""
    text = "\ufeffid\ten\r\n10\tten\r\n9\t nine  times \r\nx\tunknown\r\n²\tsquare\r\n"
    assert canonical(text) == "id\ten\n9\tnine times\n10\tten\nx\tunknown\n²\tsquare\n"


def test_columns_are_those_of_the_design() -> None:
    """The header of a claims table is fixed; other tools read it."""
    assert " ".join(COLUMNS) == (
        "id subject property object value unit when stage material "
        "modality said_by rank reading start end sha256 en zh note_en note_zh"
    )
