"""Labels: the numbers that a text prints, copies of the article, figures that stand nowhere."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import ARTICLE, Project

from reegraph.curation import figure
from reegraph.curation.anchors import ArticleText
from reegraph.curation.claims import Claim
from reegraph.curation.corpus import read_corpus
from reegraph.curation.labels import LONGEST_COPY, label_faults, numbers_in

PASSAGE = "天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋收冬藏閏餘成歲"  # 28 characters


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("920磅", ["920"]),
        ("69.2％", ["69.2"]),
        ("６９．２％", ["69.2"]),
        ("4,400萬噸", ["44000000"]),
        ("4\n400 噸", ["4400"]),
        ("4億美元", ["400000000"]),
        ("1億2,000萬", ["120000000"]),
        ("3萬5千", ["35000"]),
        ("12萬3,456", ["123456"]),
        ("百分之九十", ["90"]),
        ("百分之百", ["100"]),
        ("十四種", ["14"]),
        ("兩成", ["2"]),
        ("二○二五年", ["2025"]),
        ("二〇一〇年", ["2010"]),
        ("〇・一％", ["0.1"]),
        ("三點五", ["3.5"]),
        ("重點三項", ["3"]),
        ("二十一萬五千", ["215000"]),
        ("三千零五", ["3005"]),
        ("十萬", ["100000"]),
        ("三萬億", ["3000000000000"]),
        ("五十至七十五", ["50", "75"]),
    ],
)
def test_numbers_in(text: str, numbers: list[str]) -> None:
    """The numbers of a text are found in digits and in Chinese numerals, powers multiplied out."""
    assert {Decimal(n) for n in numbers} <= numbers_in(text)


def test_no_numbers() -> None:
    """A text without numbers has none."""
    assert numbers_in("稀土是戰略物資.") == set()


@pytest.fixture
def claims(project: Project) -> list[Claim]:
    """The claims of the tiny project."""
    return list(read_corpus(project.root).claims)


def _faults(claim: Claim, text: str = ARTICLE) -> list[str]:
    return [str(p) for p in label_faults([claim], {claim.source: ArticleText(Path("x.txt"), text)})]


def test_sound_labels_have_no_fault(claims: list[Claim]) -> None:
    """Labels in our own words, with figures that the article prints, pass: 三百 is 300."""
    assert _faults(claims[1]) == []
    assert _faults(claims[2]) == []


def test_a_copied_label(claims: list[Claim]) -> None:
    """A label may share 23 characters in a row with its article, not 24; white space hides none."""
    text = f"{ARTICLE}{PASSAGE[:14]}\n{PASSAGE[14:]}"
    allowed = replace(claims[2], zh=f"論者指出{PASSAGE[:LONGEST_COPY]}云云")
    copied = replace(claims[2], zh=f"論者 指出{PASSAGE[:10]} {PASSAGE[10 : LONGEST_COPY + 1]}云云")
    assert _faults(allowed, text) == []
    assert _faults(copied, text) == [
        f"{copied.place}: zh repeats 24 characters in a row of the article ({PASSAGE[:12]}...). "
        "Say it in our own words."
    ]


def test_a_figure_that_stands_nowhere(claims: list[Claim]) -> None:
    """A figure that the anchored text does not print is told; a corrected reading may differ."""
    wrong = replace(claims[1], figure=figure.parse("310", {}))
    assert _faults(wrong) == [
        f"{wrong.place}: the figure 310 stands nowhere in the anchored text. Mend either."
    ]
    assert _faults(replace(wrong, reading="corrected")) == []


def test_both_ends_of_a_range_must_stand(claims: list[Claim]) -> None:
    """Each end of a range is looked for; a word and a rank are not."""
    told = _faults(replace(claims[1], figure=figure.parse("300..310", {})))
    assert len(told) == 1
    assert "the figure 310 stands nowhere" in told[0]
    word = figure.parse("most", {"most": figure.Bounds(Decimal(50))})
    assert _faults(replace(claims[1], figure=word, unit="")) == []
    assert _faults(replace(claims[1], figure=figure.parse("2", {}), unit="rank")) == []
