"""Finding things by any of their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reegraph.names import Hit, Register, find, fold

NAMES = {
    "element:Dy": ["dysprosium", "鏑", "Dy", "镝"],
    "product:f-35": ["F-35 fighter", "F-35戰機"],
    "firm:lynas": ["Lynas Rare Earths", "萊納斯", "莱纳斯"],
    "firm:mp-materials": ["MP Materials", "MP材料公司"],
    "country:MM": ["Myanmar", "緬甸"],
}


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ｆ－35 戰機", "f35戰機"),
        ("F-35", "f35"),
        ("MP Materials", "mpmaterials"),
        ("Nd₂Fe₁₄B", "nd2fe14b"),
        ("Café", "cafe"),
        ("Straße", "strasse"),
        ("99.9 %", "999%"),
        (" \n-.", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    """Names are compared without width, case, accents, white space, hyphens and dots."""
    assert fold(text) == folded


@given(st.text(max_size=20))
def test_fold_is_idempotent(text: str) -> None:
    """A folded name stays as it is."""
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("word", "hit"),
    [
        ("鏑", Hit("element:Dy", "鏑", 1.0)),
        ("镝", Hit("element:Dy", "镝", 1.0)),
        ("DYSPROSIUM", Hit("element:Dy", "dysprosium", 1.0)),
        ("element:Dy", Hit("element:Dy", "element:Dy", 1.0)),
        ("lynas", Hit("firm:lynas", "lynas", 1.0)),
        ("f35", Hit("product:f-35", "f-35", 1.0)),
        ("mp mat", Hit("firm:mp-materials", "mp-materials", 0.9)),
        ("rare earths", Hit("firm:lynas", "Lynas Rare Earths", 0.8)),
    ],
)
def test_the_best_hit(word: str, hit: Hit) -> None:
    """An exact name scores 1, the start of one 0.9, a part of one 0.8, in any script or spelling."""
    assert find(word, NAMES)[0] == hit


def test_a_mistyped_name_is_found() -> None:
    """A name that resembles the word is found, below every name that contains it."""
    (hit,) = find("dysprosum", NAMES)
    assert hit.id == "element:Dy"
    assert 0 < hit.score < 0.8


@pytest.mark.parametrize("word", ["", " - ", "鋱", "zirconium", "zz"])
def test_nothing_is_found(word: str) -> None:
    """A word of no letters, or one that fits no name, finds nothing."""
    assert find(word, NAMES) == []


def test_best_first_each_once_and_limited() -> None:
    """Each thing comes once, by its best name; hits stand by score, then by length, then by id."""
    names = {
        "firm:b": ["rare"],
        "firm:a": ["rare"],
        "firm:c": ["rare earths", "a rare one"],
        "firm:d": ["so rare"],
    }
    hits = find("rare", names)
    assert [(h.id, h.score) for h in hits] == [
        ("firm:a", 1.0),
        ("firm:b", 1.0),
        ("firm:c", 0.9),
        ("firm:d", 0.8),
    ]
    assert find("rare", names, limit=2) == hits[:2]


@given(st.text(max_size=10))
def test_scores_are_between_nought_and_one(word: str) -> None:
    """Whatever is typed, hits are things of ours, scored over 0 and up to 1, best first."""
    hits = find(word, NAMES)
    assert {h.id for h in hits} <= set(NAMES)
    assert all(0 < h.score <= 1 for h in hits)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_register() -> None:
    """A name leads to all that have it, in the same letters first; a slug where it is nobody's name."""
    register = Register.of(
        {
            "bloc:eu": ["EU"],
            "element:Eu": ["Eu"],
            "scheme:china": ["x"],
            "country:CN": ["China"],
            "ree:X": ["EU"],
        }
    )
    assert (register.called("EU"), register.called("Eu")) == (["bloc:eu"], ["element:Eu"])
    assert register.called("eu") == ["bloc:eu", "element:Eu"]
    assert (register.called("china"), register.called("CN")) == (["country:CN"], ["country:CN"])
    assert register.called("chna") == []
