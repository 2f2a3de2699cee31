"""Pages that use browser libraries, with them and without; maps and free queries."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from webclient import Client, client, site

from reegraph.cli import cli
from reegraph.terms import iri
from reegraph.web.assets import Assets
from reegraph.web.geography import countries, project
from reegraph.web.pages.ask import Ask
from reegraph.web.pages.places import STAGES, sites
from reegraph.web.svg.bars import Bar, bars
from reegraph.web.svg.world import Place, world_map

LANGS = ("en", "zh-Hant")


@cache
def bare() -> Client:
    """The site as it is installed where npm could not be reached."""
    folder = Path(mkdtemp()) / "static"
    shutil.copytree(Assets().folder, folder, ignore=shutil.ignore_patterns("vendor", ".vendor-*"))
    return Client(assets=Assets(folder))


@pytest.fixture(scope="module")
def atlas() -> Path:
    """The outlines of the countries."""
    found = Assets().atlas()
    if found is None:
        pytest.skip(
            "provide the browser libraries: install with REEGRAPH_WEB=require and npm's registry in reach"
        )
    return found


def shown(path: str, of: Client | None = None) -> str:
    """The text of a page, entities resolved."""
    answer = (of or client()).get(path)
    assert answer.status_code == 200, answer.text[:500]
    return html.unescape(answer.text)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("sparql", ("plain box", "純文字框")),
        ("explore/firm:lynas", ("the list below is the same data", "以下清單為相同資料")),
        ("map", ("outlines of countries are missing", "缺少各國輪廓")),
    ],
)
def test_without_libraries_the_page_says_what_is_missing(page: str, said: tuple[str, str]) -> None:
    """The notice stands where the missing part matters, with the remedy, and no script is asked for."""
    for lang, words in zip(LANGS, said, strict=True):
        text = shown(f"/{lang}/{page}", bare())
        assert words in text
        assert "REEGRAPH_WEB=require" in text
        assert 'type="module"' not in text
        assert 'type="importmap"' not in text


def test_without_libraries_other_pages_are_as_always() -> None:
    """No notice where nothing is missing, and what the libraries only adorn is all there."""
    for page in ("", "questions", "thing/firm:lynas", "elements", "controls"):
        assert "REEGRAPH_WEB" not in shown(f"/en/{page}", bare())
    text = shown("/en/map", bare())
    assert text.count("<tr>") == shown("/en/map").count("<tr>") > 20
    assert "Mountain Pass mine; " in text  # has coordinates, so that it is drawn even so
    listed = shown("/en/explore/firm:lynas", bare())
    assert '<li data-id="country:JP"' in listed
    assert "/en/claim/" in listed
    assert '<textarea id="query"' in shown("/en/sparql", bare())


def test_serve_says_at_its_start_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with the remedy where the libraries are missing, and none where they are there."""
    monkeypatch.setattr("reegraph.server.listener.run", lambda *_args, pages, **_options: pages())
    for complete in (False, True):
        monkeypatch.setattr(Assets, "complete", complete)
        told = CliRunner().invoke(cli, ["serve"])
        assert told.exit_code == 0
        assert told.stderr.count("REEGRAPH_WEB=require") == (not complete)


def test_import_map_is_the_one_that_the_policy_allows(atlas: Path) -> None:
    """The policy carries the hash of the map that pages print; each address in it is a lasting script."""
    answer = client().get("/en/sparql")
    found = re.search(r'<script type="importmap">(.*?)</script>', answer.text)
    assert found
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
    imports = json.loads(found[1])["imports"]
    assert {"@codemirror/view", "codemirror-lang-sparql", "cytoscape", "reegraph/graph"} <= set(imports)
    for address in imports.values():
        sent = client().get(address, {"Accept-Encoding": "gzip"})
        assert sent.status_code == 200, address
        assert sent.headers["content-type"].startswith("text/javascript")
        assert "immutable" in sent.headers["cache-control"]
        assert sent.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "path",
    [
        "vendor/STAMP",
        "vendor/../../app.py",
        "vendor%2F..%2F..%2Fapp.py",
        "../assets.py",
        "vendor/nothing.js",
        "vendor",
    ],
)
def test_only_files_for_browsers_are_sent(path: str) -> None:
    """No way out of the folder, and nothing that is no browser's."""
    assert client().get(f"/static/{path}").status_code == 404


def test_countries_lie_where_they_should(atlas: Path) -> None:
    """The middle of a country's largest part is near a point that is known to be in it."""
    land = countries(atlas)
    known = {
        "250": (2.5, 46.6),
        "233": (25.5, 58.7),
        "156": (103, 36),
        "840": (-98, 39.5),
        "158": (121, 23.8),
    }
    for code, (longitude, latitude) in known.items():
        x, y = project(longitude, latitude)
        assert land[code].middle == pytest.approx((x, y), abs=0.015), code


def test_no_outline_runs_across_the_map(atlas: Path) -> None:
    """Two neighbouring points of an outline are never half the world apart."""
    for country in countries(atlas).values():
        for ring in country.rings:
            widest = max(abs(a[0] - b[0]) for a, b in pairwise(ring))
            assert widest < 0.3, country.code


def test_every_country_of_the_graph_has_an_outline(atlas: Path) -> None:
    """The reference data's numeric codes are those of the map."""
    rows = site().panel("places").table
    codes = {str(c) for c in rows.column("iso") if c}
    assert len(codes) == 19
    assert codes <= set(countries(atlas))


def test_no_place_is_invented(atlas: Path) -> None:
    """Coordinates are those of a reference; all else is in its country's middle, or nowhere."""
    found = {s.thing.id: s for s in sites(Ask(site(), "en", None, ""))}  # type: ignore[arg-type]
    given = client().store.select(site().panel("places").query)
    exact = {str(r["thing"]) for r in given.texts() if r["latitude"]}
    assert {iri(i) for i, s in found.items() if s.exact} == exact
    middles = {c.middle for c in countries(atlas).values()}
    assert all(s.at in middles for s in found.values() if s.at and not s.exact)
    assert found["deposit:europe-re"].at is None
    text = shown("/en/map")
    assert "Lynas separation plant in Malaysia; separation; only the country is known (Malaysia)" in text
    assert "no place known" in text


def test_the_map_filters_by_stage_material_and_kind() -> None:
    """A filter leaves the rows that say it, with their evidence; a wrong one is told what there is."""
    text = shown("/en/map?stage=stage:separation")
    rows = re.findall(r'<tr><td class="long">.*?</tr>', text, re.DOTALL)
    assert len(rows) >= 6
    assert all("/en/thing/stage:separation" in row for row in rows)
    assert "lynas-texas" in text
    assert "bayan-obo" not in text
    assert "Mountain Pass deposit" in shown("/en/map?kind=deposit")
    gallium = shown("/en/map?material=element:Ga")
    assert "alcoa-sojitz" in gallium
    assert "facility:lynas" not in gallium
    for query in ("stage=stage:alchemy", "kind=planet", "material=element:Xx", "zoom=3"):
        assert client().get(f"/en/map?{query}").status_code == 400


def test_a_lack_is_no_stage() -> None:
    """That a country lacks capacity for separation does not put it on the map of separation."""
    found = {s.thing.id: s for s in sites(Ask(site(), "en", None, ""))}  # type: ignore[arg-type]
    assert "stage:separation" not in found["country:US"].stages
    assert "stage:mining" in found["country:US"].stages


def test_marks_of_one_place_stand_apart() -> None:
    """Several marks in one middle are drawn side by side, each a link with its name."""
    places = [Place((0.0, 0.0), f"plant {i}", f"/p{i}", 2, exact=False) for i in range(5)]
    drawn = world_map(
        None, [*places, Place((0.0, 0.0), "land", "/land", 7, exact=False, country=True)], title="<map>"
    )
    assert "&lt;map&gt;" in drawn
    at = re.findall(r'transform="translate\(([\d.]+ [\d.]+)\)"', drawn)
    assert len(at) == len(set(at)) == 6
    assert 'class="site s2 hollow"' in drawn
    assert (
        world_map(None, [Place((9.0, 0.0), "off the map", "/x", 0, exact=True)], title="t").count("<a ") == 0
    )


def test_shapes_differ_besides_colours() -> None:
    """Each stage has a shape of its own."""
    drawn = [
        world_map(None, [Place((0.0, 0.0), "p", "/p", i, exact=True)], title="t")
        for i in range(len(STAGES) + 1)
    ]
    assert len({re.search(r'class="site[^"]*" d="([^"]+)"', d)[1] for d in drawn}) == len(STAGES) + 1  # type: ignore[index]


def test_a_thing_has_its_place() -> None:
    """Coordinates, country only, and no place are three things that a page says."""
    assert "At coordinates from a reference" in shown("/en/thing/facility:mountain-pass")
    if Assets().atlas():
        assert "only the country is known (Malaysia)" in shown("/en/thing/facility:lynas-malaysia")
        assert "largest part" in shown("/en/thing/country:JP")
    assert "<h2>Place</h2>" not in shown("/en/thing/firm:lynas")


def test_explore_lists_what_the_neighbourhood_has() -> None:
    """Every neighbour of the thing page's drawing is listed with evidence; a relation narrows the list."""
    for id_ in ("firm:lynas", "facility:mountain-pass", "element:Dy"):
        listed = shown(f"/en/explore/{id_}")
        ids = set(re.findall(r'<li data-id="([^"]+)"', listed))
        drawing = re.search(r'<svg class="chart net wide".*?</svg>', shown(f"/en/thing/{id_}"), re.DOTALL)
        assert drawing
        assert set(re.findall(r'href="/en/thing/([^"]+)"', drawing[0])) <= ids
        items = re.findall(r"<li data-id=.*?</li>", listed, re.DOTALL)
        assert all('class="chip"' in item for item in items)
    narrowed = shown("/en/explore/firm:lynas?relation=ree:operates")
    assert re.findall(r'<li data-id="([^"]+)"', narrowed) == ["facility:lynas-malaysia"]
    assert client().get("/en/explore/firm:lynas?relation=ree:eats").status_code == 400
    assert client().get("/en/explore/firm:lynass").status_code == 404


def test_answers_show_as_chart_and_map() -> None:
    """Numbers are drawn as bars, rows with a place on a map; a form that does not fit is a table."""
    query = "SELECT ?e ?n { ?e ree:atomicNumber ?n } ORDER BY ?n"
    chart = shown(f"/en/sparql?query={quote(query)}&view=chart")
    numbers = len(client().store.select("PREFIX ree: <https://w3id.org/reegraph/ontology#>\n" + query))
    assert chart.count('<rect class="mark"') == 2 * numbers > 30  # in two widths
    assert "/en/thing/element:Dy" in chart
    where = "SELECT ?f ?latitude ?longitude { ?f ree:latitude ?latitude ; ree:longitude ?longitude }"
    assert shown(f"/en/sparql?query={quote(where)}&view=map").count('class="site s7"') == 2 * 3
    operated = shown(f"/en/sparql?query={quote('SELECT * { ?who ree:operates ?plant }')}&view=map")
    assert "/en/thing/facility:mountain-pass" in operated[operated.index('class="drawing"') :]
    assert operated.count('class="site land"') == (
        3 if Assets().atlas() else 0
    )  # Japan's stockpile: two widths, and the key
    assert "<svg" not in shown(
        f"/en/sparql?query={quote('SELECT ?x { BIND(1 AS ?y) BIND(ree:a AS ?x) }')}&view=chart"
    )
    assert client().get("/en/sparql?view=hologram").status_code == 400
    assert client().get("/en/sparql?example=no-such-question").status_code == 404


def test_bars_run_from_zero() -> None:
    """A negative number runs to the left of zero, and a label is text."""
    drawn = bars([Bar("<a>", 10.0, "10"), Bar("b", -5.0, "-5", "/b")], title="t")
    spans = [
        (float(x), float(w))
        for x, w in re.findall(r'<rect class="mark" x="([\d.]+)" y="\d+" width="([\d.]+)"', drawn)
    ]
    assert spans[0][0] == pytest.approx(spans[1][0] + spans[1][1], abs=0.2)
    assert spans[0][1] == pytest.approx(2 * spans[1][1], abs=0.2)
    assert "&lt;a&gt;" in drawn
    assert bars([], title="t") == ""


def test_an_example_stands_under_its_question() -> None:
    """A named question's query comes without the head of its file, and runs as it stands."""
    text = shown("/zh-Hant/sparql?example=china-share")
    query = text[text.index('name="query"') :].partition(">")[2].partition("</textarea>")[0]
    assert query.startswith("# ")
    assert "#+" not in query
    assert len(client().store.select(query)) == len(site().ask("china-share", {}))


def test_a_graph_is_shown_as_triples() -> None:
    """CONSTRUCT gives a table that the drawing is made from, and its Turtle; literals too, as text."""
    text = shown("/en/sparql?query=" + quote("CONSTRUCT WHERE { firm:lynas rdfs:label ?l }"))
    assert 'class="triples"' in text
    assert 'data-id="firm:lynas"' in text
    assert "萊納斯" in text
    assert "As Turtle" in text


def test_an_error_has_its_line() -> None:
    """The page carries line and column of the endpoint's refusal, and shows that line of the query."""
    text = shown("/en/sparql?query=" + quote("SELECT * {\n  ?s ree:operates ?o .\n  ?s ree:operates\n}"))
    assert re.search(r'id="answer" data-line="4" data-column="\d+"', text)
    assert "Line 4: }" in text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p",
        "SELECT",
        "}" * 50,
        "SELECT * { ?s ?p ?o } LIMIT 1 #" + "x" * 60_000,
        "SELECT * { ?s ?p '" + "x" * 60_000,
        "SELECT ?x { VALUES ?x { '</textarea><script>alert(1)</script>' } }",
        "CONSTRUCT { <a:b> <a:b> '</pre><script>alert(1)</script>' } {}",
        "\x00\ufffd SELECT",
    ],
)
def test_bad_and_long_queries_are_answered(query: str) -> None:
    """Half-typed, endless and hostile queries give a page, with what was typed as text."""
    answer = client().get(f"/en/sparql?query={quote(query)}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert len(answer.content) < 150_000 + 2 * len(query)


def test_names_are_there_to_complete() -> None:
    """Terms and things with both names, and the prefixes that the endpoint predeclares."""
    told = client().get("/names.json").json()
    rows = {row[0]: row[1:] for row in told["names"]}
    assert rows["ree:operates"] == ["link", "operates", "營運"]
    assert rows["ree:Firm"][0] == "class"
    assert rows["firm:lynas"] == ["thing", "Lynas Rare Earths", "萊納斯"]
    assert told["prefixes"]["ree"] == "https://w3id.org/reegraph/ontology#"
    assert not [i for i in rows if i.startswith(("claim:", "support:", "dependency:"))]
