"""Entities: what a row gives, and each fault of a row with its line and remedy."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reegraph.curation.entities import COLUMNS, Entity, canonical, read_entities
from reegraph.curation.vocabulary import Vocabulary

HEADER = "\t".join(COLUMNS)


def _rows(folder: Path, vocabulary: Vocabulary, **tables: list[str]) -> tuple[dict[str, Entity], list[str]]:
    for kind, rows in tables.items():
        lines = "".join(row + "\t" * (len(COLUMNS) - 1 - row.count("\t")) + "\n" for row in rows)
        (folder / f"{kind}.tsv").write_text(f"{HEADER}\n{lines}", encoding="utf-8")
    entities, problems = read_entities(folder, vocabulary)
    return entities, [str(p) for p in problems]


def test_a_row_becomes_an_entity(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """Aliases get their language tags, a country code its kind, an external id its IRI; a bloc stays."""
    entities, problems = _rows(
        tmp_path,
        vocabulary,
        country=["country:AU\tJurisdiction\tAustralia\t澳洲\t\t\t\twikidata:Q408"],
        bloc=["bloc:eu\tJurisdiction\tEuropean Union\t歐盟"],
        sector=["sector:energy\tSector\tenergy\t能源\t\tbloc:eu"],
        firm=[
            "firm:lynas\tFirm\tLynas\t萊納斯\ten:LYC;zh:萊那斯;zh-Hans:莱纳斯"
            "\tAU\tsector:energy\t\tseat in Perth\t總部在珀斯"
        ],
    )
    assert problems == []
    assert entities["sector:energy"].country == "bloc:eu"
    assert entities["country:AU"].external == ("http://www.wikidata.org/entity/Q408",)
    assert entities["firm:lynas"] == Entity(
        id="firm:lynas",
        cls="Firm",
        en="Lynas",
        zh="萊納斯",
        aliases=(("en", "LYC"), ("zh-Hant", "萊那斯"), ("zh-Hans", "莱纳斯")),
        country="country:AU",
        broader="sector:energy",
        note_en="seat in Perth",
        note_zh="總部在珀斯",
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Lynas\tFirm\tLynas\t萊納斯", "id 'Lynas' is not of the form kind:slug. Kinds are: country, bloc, "),
        ("firm:Ly nas\tFirm\tLynas\t萊納斯", "id 'firm:Ly nas' is not of the form kind:slug. Kinds are: "),
        (
            "org:lynas\tOrganization\tLynas\t萊納斯",
            "id org:lynas stands in firm.tsv. Move it to the file of its kind.",
        ),
        (
            "firm:lynas\tFirn\tLynas\t萊納斯",
            "class 'Firn' is not in the ontology (perhaps Firm). Correct the row or add the class.",
        ),
        (
            "firm:lynas\tSector\tLynas\t萊納斯",
            "class Sector is not a Firm, which every firm: is. Correct the class or the kind.",
        ),
        (
            "firm:lynas\tFirm\t\t萊納斯",
            "en is empty. Give the name in English and Traditional Chinese.",
        ),
        (
            "firm:lynas\tFirm\tLynas\t",
            "zh is empty. Give the name in English and Traditional Chinese.",
        ),
        (
            "firm:lynas\tFirm\tLynas\t萊納斯\tja:ライナス",
            "alias 'ja:ライナス' has no known tag. "
            "Write it as en:value, several joined by ; (known: en, zh, zh-Hans).",
        ),
        (
            "firm:lynas\tFirm\tLynas\t萊納斯\ten:",
            "alias 'en:' has no known tag. "
            "Write it as en:value, several joined by ; (known: en, zh, zh-Hans).",
        ),
        (
            "firm:lynas\tFirm\tLynas\t萊納斯\t\t\t\tlei:529900",
            "external id 'lei:529900' has no known tag. "
            "Write it as wikidata:value, several joined by ; (known: wikidata).",
        ),
        (
            "firm:lynas\tFirm\tLynas\t萊納斯\t\tAU",
            "country country:AU is not defined. Correct it or add the entity.",
        ),
        (
            "firm:lynas\tFirm\tLynas\t萊納斯\t\t\tfirm:lynass",
            "broader firm:lynass is not defined (perhaps firm:lynas). Correct it or add the entity.",
        ),
    ],
)
def test_faults_of_a_row(tmp_path: Path, vocabulary: Vocabulary, row: str, problem: str) -> None:
    """Each fault is one problem that says where, what and the remedy."""
    _, problems = _rows(tmp_path, vocabulary, firm=[row])
    assert len(problems) == 1
    assert problems[0].startswith(f"data/entities/firm.tsv:2: {problem}")


def test_a_second_row_with_one_id(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """The second row is refused and names the place of the first, which stays."""
    entities, problems = _rows(
        tmp_path, vocabulary, firm=["firm:lynas\tFirm\tLynas\t萊納斯", "firm:lynas\tFirm\tLinas\t萊納斯"]
    )
    assert problems == [
        "data/entities/firm.tsv:3: id firm:lynas is defined already at data/entities/firm.tsv:2. "
        "Keep one row, or choose another id."
    ]
    assert entities["firm:lynas"].en == "Lynas"


def test_an_id_of_the_ontology(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """A stage that the ontology defines cannot be defined again in a table."""
    _, problems = _rows(tmp_path, vocabulary, stage=["stage:mining\tStage\tdigging\t開採"])
    assert problems == [
        "data/entities/stage.tsv:2: id stage:mining is defined already in ontology/vocabulary.ttl. "
        "Keep one, or choose another id."
    ]


@pytest.mark.parametrize("external", ["wikidata:Q 408", "wikidata:408", "wikidata:Q408<"])
def test_an_external_id_must_be_one(tmp_path: Path, vocabulary: Vocabulary, external: str) -> None:
    """What cannot stand in an IRI of Wikidata is a fault of its row, not a crash of the build."""
    _, problems = _rows(tmp_path, vocabulary, firm=[f"firm:lynas\tFirm\tLynas\t萊納斯\t\t\t\t{external}"])
    assert len(problems) == 1
    assert problems[0].startswith(f"data/entities/firm.tsv:2: external id '{external}' ")
    assert "wikidata:" in problems[0].partition(f"'{external}' ")[2]


def test_canonical_sorts_rows_and_aliases() -> None:
    """Rows stand by id without regard to case, aliases by language and name, each once."""
    text = f"{HEADER}\nfirm:b\tFirm\tB\t乙\tzh:二; en:b ;zh:二;\t\t\t\t\nfirm:A\tFirm\tA\t甲\t\t\t\t\t\n"
    assert canonical(text) == (
        f"{HEADER}\nfirm:A\tFirm\tA\t甲\t\t\t\t\t\nfirm:b\tFirm\tB\t乙\ten:b;zh:二\t\t\t\t\n"
    )


def test_canonical_takes_a_short_row() -> None:
    """A row that ends before the aliases stays as it is, for the reader to refuse."""
    assert canonical(f"{HEADER}\nfirm:a\tFirm\n") == f"{HEADER}\nfirm:a\tFirm\n"


_ids = st.lists(st.from_regex(r"[A-Za-z][a-z0-9]{0,4}", fullmatch=True), unique_by=str.casefold, max_size=6)


@given(_ids, st.randoms())
def test_canonical_does_not_depend_on_the_order(slugs: list[str], random: Random) -> None:
    """However the rows are shuffled, the canonical table is one, and canonical again is the same."""
    rows = [f"firm:{slug}\tFirm\t{slug}\t名\t\t\t\t\t" for slug in slugs]
    shuffled = list(rows)
    random.shuffle(shuffled)
    first = canonical("\n".join([HEADER, *rows]) + "\n")
    assert canonical("\n".join([HEADER, *shuffled]) + "\n") == first
    assert canonical(first) == first
