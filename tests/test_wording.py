"""Codes, figures and times in words, and that they are the ontology's own words."""

from __future__ import annotations

import pytest

from reegraph.curation.vocabulary import Vocabulary
from reegraph.sentence import Sentence
from reegraph.triples import MODALITIES
from reegraph.wording import code, figure, separated, spoken, time


@pytest.mark.parametrize(
    ("printed", "unit", "en", "zh"),
    [
        ("60..62", "percent", "60–62%", "60–62%"),
        (">90", "percent", ">90%", ">90%"),
        ("<=65", "percent", "≤65%", "≤65%"),
        ("69.2", "percent", "69.2%", "69.2%"),
        ("6648", "t", "6,648 t", "6,648 公噸"),
        ("65000", "t", "65,000 t", "6.5 萬公噸"),
        ("~138000", "t", "~138,000 t", "~13.8 萬公噸"),
        ("13920", "count", "13,920", "13,920"),
        ("44000000", "t", "44 million t", "4,400 萬公噸"),
        (">439000000", "USD", ">439 million USD", ">4.39 億美元"),
        ("1400000000", "USD", "1.4 billion USD", "14 億美元"),
        ("279", "t-per-year", "279 t/yr", "279 公噸／年"),
        ("1", "year", "1 year", "1 年"),
        ("3..5", "year", "3–5 years", "3–5 年"),
        ("2", "rank", "no. 2", "第 2 名"),
        ("2", "occasion", "no. 2", "第 2 次"),
        ("~85..90", "percent", "~85–90%", "~85–90%"),
        ("almost-none", "", "almost none", "幾乎沒有"),
    ],
)
def test_figures(printed: str, unit: str, en: str, zh: str) -> None:
    """A figure is set as each language writes it: dash, separators, large words, unit."""
    assert (figure("en", printed, unit), figure("zh-Hant", printed, unit)) == (en, zh)


@pytest.mark.parametrize(
    ("edtf", "en", "zh"),
    [
        ("2024", "2024", "2024"),
        ("2025-04-04", "2025-04-04", "2025-04-04"),
        ("2019/2022", "2019–2022", "2019–2022"),
        ("2025-11/2026-11", "2025-11 to 2026-11", "2025-11 至 2026-11"),
        ("2026/", "from 2026", "2026 起"),
        ("/2030", "until 2030", "至 2030"),
        ("2025-12-01/..", "2025-12-01 or later", "2025-12-01 或其後"),
        ("198X", "1980s", "1980 年代"),
        ("199X/", "from 1990s", "1990 年代起"),
        ("1927/194X", "1927 to 1940s", "1927 至 1940 年代"),
        ("20XX", "2000–2099", "2000–2099"),
        ("2000~", "about 2000", "約 2000"),
        ("2020~/2025", "about 2020 to 2025", "約 2020 至 2025"),
        ("tang-2025 ¶19", "tang-2025 ¶19", "tang-2025 ¶19"),
        ("", "", ""),
    ],
)
def test_times(edtf: str, en: str, zh: str) -> None:
    """A time is told in words; what is none stays as it is."""
    assert (time("en", edtf), time("zh-Hant", edtf)) == (en, zh)


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("in-force", "in force", "有效"),
        ("percent", "%", "%"),
        ("15..25 percent", "15–25%", "15–25%"),
        ("85..90", "85–90", "85–90"),
        ("2 rank", "no. 2", "第 2 名"),
        ("2 occasion", "no. 2", "第 2 次"),
        ("2025/ (forecast)", "from 2025 (forecast)", "2025 起（預測）"),
        (Sentence("2026/ (assumed)"), "from 2026 (assumed)", "2026 起（推定）"),
        (Sentence("It fell.", "下降。"), "It fell.", "下降。"),
        ("2010-09-01 to 2010-09-30", "2010-09-01 to 2010-09-30", "2010-09-01 至 2010-09-30"),
        ("85..90 (tan-2025 ¶8)", "85–90 (tan-2025 ¶8)", "85–90 (tan-2025 ¶8)"),
        ("most (tang-2025 ¶32)", "most (tang-2025 ¶32)", "大部分 (tang-2025 ¶32)"),
        ("釹鐳氧化物", "釹鐳氧化物", "釹鐳氧化物"),
    ],
)
def test_cells(text: str, en: str, zh: str) -> None:
    """A text cell is read as a code, a figure, a time or a sentence, whichever it is."""
    assert (spoken("en", text), spoken("zh-Hant", text)) == (en, zh)


def test_separators() -> None:
    """Numbers of a column get separators from five digits on, so that years stay years."""
    assert [separated(n) for n in ("2025", "6648", "65000", "12345.5")] == [
        "2025",
        "6648",
        "65,000",
        "12,345.5",
    ]


def test_words_are_the_ontology_s(vocabulary: Vocabulary) -> None:
    """A word of quantity and a way of saying are called in tables what the ontology calls them."""
    words = {f"word:{w}": w for w in vocabulary.words}
    ways = {f"ree:{name}": key for key, name in MODALITIES.items()}
    for id_, key in {**words, **ways}.items():
        labels = [vocabulary.labels.get((i, "zh")) for i in (id_, id_.removeprefix("ree:"))]
        assert code("zh-Hant", key) in labels, id_
