"""The parts of the pages that are plain functions: drawings, citations, words, search."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from webclient import Client, site

from reegraph import web
from reegraph.table import Column, Table, Thing
from reegraph.web.cite import Cited, CitedView
from reegraph.web.inline import Inline
from reegraph.web.pages.asking import told_once
from reegraph.web.svg import Neighbour, Row, ladder, neighbour_list, neighbourhood, timeline
from reegraph.web.svg.text import fit, halfwidths

ROW = Row("Tang ¶1", "/en/claim/a", 85.0, 90.0, None, "85–90%")
CITED = Cited(
    source=Thing("source:tang-2025", "How to respond", "怎麼應對"),
    creator_en="Tang Ming-hui",
    creator_zh="湯名暉",
    publisher_en="Up Media",
    publisher_zh="上報",
    issued="2025-06-15",
    claim=Thing("claim:tang-2025-1", "A & B hold 90 %.", "甲"),
    paragraph=19,
    version="abc",
)


@pytest.mark.parametrize("wide", [True, False])
def test_ladder_draws_intervals_points_and_open_ends(wide: bool) -> None:
    """An interval has two caps, a point a diamond, an open end an arrow; the band spans them all."""
    rows = [
        ROW,
        replace(ROW, low=None, high=None, value=92.0, text="92%"),
        replace(ROW, high=None, low=90.0, text=">90%"),
        replace(ROW, low=None, high=None, value=75.0, text="75%", shape="forecast"),
        replace(ROW, low=None, high=None, value=10.0, text="10%", shape="deprecated"),
    ]
    svg = ElementTree.fromstring(ladder(rows, title="share", unit="%", percent=True, wide=wide))
    kinds = [e.get("class", "") for e in svg.iter()]
    assert kinds.count("mark point cap") == 3
    assert kinds.count("mark point dot") == 1
    assert kinds.count("mark point open") == 1
    assert kinds.count("mark forecast dot") == 1
    assert kinds.count("mark deprecated cross") == 1
    assert kinds.count("band") == 1
    assert all("style" not in e.attrib for e in svg.iter())
    width = float(str(svg.get("width")))
    places = [float(e.get("x1", 0)) for e in svg.iter() if e.get("class", "").endswith(("bar", "cap"))]
    assert all(0 <= p <= width for p in places)


def test_drawings_escape_and_stay_empty_without_data() -> None:
    """A label is text; no rows give no drawing."""
    assert "<script" not in ladder([replace(ROW, label="<script>", text="<b>", href='"')], title="<i>")
    assert ladder([], title="") == timeline([], title="") == neighbourhood("x", 0, [], [""], "") == ""


def test_timeline_marks_days_spans_and_today() -> None:
    """A day is a diamond, a year a bar, and the chosen day a line."""
    day = float(date(2025, 4, 4).toordinal())
    rows = [
        Row("a", "/a", None, None, day, "2025-04-04"),
        Row(
            "b",
            "/b",
            float(date(2024, 1, 1).toordinal()),
            float(date(2024, 12, 31).toordinal()),
            None,
            "2024",
        ),
    ]
    drawn = timeline(rows, title="t", today=date(2025, 10, 15))
    assert drawn.count("dot") == 1
    assert drawn.count(" bar") == 1
    assert drawn.count('class="now"') == 1
    assert ">2025<" in drawn or "2025-01" in drawn


def test_timeline_leaves_open_what_reaches_far_beyond_today() -> None:
    """A span without a near end is an arrow; it does not press all other rows into a corner."""
    century = Row("a", "/a", *(float(date(y, 1, 1).toordinal()) for y in (2000, 2099)), None, "20XX")
    drawn = timeline([century], title="t", today=date(2025, 10, 15))
    assert drawn.count('class="mark point open"') == 1
    assert ">2025-10-15<" in drawn
    assert ">2080<" not in drawn


def test_long_charts_have_their_axis_at_both_ends() -> None:
    """Of many rows the reader sees the scale before scrolling."""
    assert ladder([ROW] * 20, title="t", unit="%").count(">86%<") == 2
    assert ladder([ROW] * 5, title="t", unit="%").count(">86%<") == 1


def test_neighbours_for_a_phone_stand_two_beside_each_other() -> None:
    """Each neighbour is in the narrow list too, with the way of its link, and nothing is wider than it."""
    others = [Neighbour(f"n{i}", f"/n{i}", i // 3, "supplies", i % 2 == 0, i == 4) for i in range(6)]
    drawn = ElementTree.fromstring(neighbour_list(others, ["firms", "places"], "n"))
    assert [e.get("href") for e in drawn.iter("a")] == [f"/n{i}" for i in range(6)]
    assert [t[0] for e in drawn.iter("text") if (t := e.text or "")[0] in "→←"] == [*"→←→←→←"]
    rects = list(drawn.iter("rect"))
    ends = [float(r.get("x", 0)) + float(r.get("width", 0)) for r in rects]
    assert max(ends) <= float(drawn.get("width", 0))
    assert [r.get("class") for r in rects].count("node derived") == 1


def test_citations_of_one_paragraph_fold_into_one() -> None:
    """Several claims of a paragraph are one citation that opens to all of their sentences."""
    catalogue = site().catalogue
    place = next(p for p, n in Counter(catalogue.places.values()).items() if n > 2)
    said = [c for c, at in catalogue.places.items() if at == place]
    other = next(c for c, at in catalogue.places.items() if at != place)
    drawn = str(Inline(catalogue, "en").chips([*said, other]))
    assert drawn.count("<summary") == 1
    assert f"×{len(said)}<" in drawn
    assert all(f'/claim/{c.removeprefix("claim:")}"' in drawn for c in [*said, other])


def test_a_column_that_says_the_same_in_each_row_is_said_once() -> None:
    """It leaves the table for a line above it; claims and numbers stay, and a table of two rows is whole."""
    columns = (Column("who", "thing"), Column("on", "thing"), Column("claims", "claims"))
    china, claims = Thing("country:CN", "China"), (Thing("claim:a"),)
    rows = tuple((Thing(f"firm:{n}", n), china, claims) for n in "abc")
    assert told_once(Table(columns, rows), [0, 1, 2]) == ([0, 2], [(columns[1], china)])
    assert told_once(Table(columns, rows[:2]), [0, 1, 2]) == ([0, 1, 2], [])


def test_neighbourhood_keeps_to_its_columns() -> None:
    """Neighbours stand under their headings, left to right, and a derived link is dashed by its class."""
    others = [
        Neighbour("Dy", "/dy", 1, "processes", True),
        Neighbour("Japan", "/jp", 2, "supplies", False, True),
    ]
    drawn = neighbourhood("Lynas", 0, others, ["firms", "elements", "places"], "n")
    assert drawn.index("firms") < drawn.index("elements") < drawn.index("places")
    assert drawn.count("edge derived") == 1


def test_text_is_cut_by_width_not_by_letters() -> None:
    """Chinese characters count twice."""
    assert fit("稀土永磁材料", 60, 14).endswith("…")
    assert halfwidths(fit("稀土永磁材料", 60, 14)) * 14 * 0.54 <= 60


def test_citations_name_claim_paragraph_and_version() -> None:
    """Each of the four forms leads back to the claim, the paragraph and the data."""
    assert (
        CITED.footnote() == "湯名暉，〈怎麼應對〉，《上報》，2025-06-15，第 19 段；"
        "據 reegraph 稀土知識圖譜，claim:tang-2025-1，版本 abc。"
    )
    assert CITED.chicago().startswith(
        "Tang Ming-hui, “How to respond” [怎麼應對], Up Media, 2025-06-15, para. 19."
    )
    assert CITED.bibtex().startswith("@misc{tang-2025-1,\n  author = {湯名暉},")
    assert '"locator": "19"' in CITED.csl()
    assert "%" not in re.sub(r"\\%", "", CITED.bibtex())


@pytest.mark.parametrize(
    ("word", "id_"),
    [
        ("鏑", "element:Dy"),
        ("dysprosium", "element:Dy"),
        ("Dy", "element:Dy"),
        ("莱纳斯", "firm:lynas"),
        ("lynas", "firm:lynas"),
    ],
)
def test_search_finds_by_any_name_first(word: str, id_: str) -> None:
    """Traditional, simplified, English, symbol: the thing itself comes first."""
    assert site().index.things(word)[0].id == id_


def test_search_offers_what_resembles() -> None:
    """A misspelt name leads to the right one, marked as merely alike."""
    hits = site().index.things("disprosium")
    assert hits[0].id == "element:Dy"
    assert hits[0].score < 0.8


def test_no_query_stands_in_code_or_templates() -> None:
    """SPARQL lives in queries/; the one example of the empty SPARQL box is text for the reader."""
    folder = Path(web.__file__).parent
    for path in (*folder.rglob("*.py"), *folder.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"\b(SELECT|CONSTRUCT|ASK)\b[^\n]*[{?]", text)
        assert len(found) == (path.name == "sparql.html"), path


def test_article_at_hand_shows_the_sentence(tmp_path: Path) -> None:
    """With a folder that lacks the article the page says what to provide, and does not fail."""
    answer = Client(articles=tmp_path).get("/en/claim/tang-2025-135")
    assert answer.status_code == 200
    assert "with the file at hand" in answer.text


def test_words_are_there_in_both_languages() -> None:
    """Each line of words.tsv has its four cells, a key of its own, and the same places to fill in."""
    path = Path(web.__file__).with_name("words.tsv")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows[0] == ["part", "key", "en", "zh-Hant"]
    coded = {"modality", "unit", "code"}
    keys = [(row[0] if row[0] in coded else "", row[1]) for row in rows[1:]]
    assert len(keys) == len(set(keys))
    for _, _, english, chinese in rows[1:]:
        given = {hole: hole for hole in re.findall(r"\{([a-z]\w*)\}", english)}
        chinese.format(*["x"] * english.count("{"), **given)  # asks for nothing that the English has not


@pytest.mark.parametrize("host", ["http://127.0.0.1:8765", "http://localhost", "http://[::1]:8765"])
def test_an_address_of_this_machine_alone_is_not_cited(host: str) -> None:
    """What nobody else reaches stands in no citation; what holds at any service does."""
    path = "/en/question/china-share?place=country:CN"
    view = CitedView("Shares", host + path, "abc", date(2026, 1, 2), "en")
    for text in (view.bibtex(), view.csl(), view.chicago(), view.footnote()):
        assert host not in text
        assert path.replace("_", r"\_") in text
    public = CitedView("Shares", f"https://example.org{path}", "abc", date(2026, 1, 2), "en")
    for text in (public.bibtex(), public.csl(), public.chicago(), public.footnote()):
        assert f"https://example.org{path}" in text
